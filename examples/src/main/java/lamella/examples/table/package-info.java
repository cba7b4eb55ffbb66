/** What the commands for tables do: parts of a table, tables as text, predictions of a file. */
@NullMarked
package lamella.examples.table;

import org.jspecify.annotations.NullMarked;
