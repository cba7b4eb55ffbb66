@NullMarked
package lamella.examples.cli;

import org.jspecify.annotations.NullMarked;
