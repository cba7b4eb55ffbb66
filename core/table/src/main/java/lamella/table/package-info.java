/** Tables: from a CSV file to a network that predicts rows. */
@NullMarked
package lamella.table;

import org.jspecify.annotations.NullMarked;
