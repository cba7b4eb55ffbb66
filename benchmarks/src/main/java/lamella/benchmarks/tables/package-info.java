/** Tables: accuracy, training, scoring and reading, ours and others'. */
@NullMarked
package lamella.benchmarks.tables;

import org.jspecify.annotations.NullMarked;
