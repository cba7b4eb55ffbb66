@NullMarked
package lamella.benchmarks;

import org.jspecify.annotations.NullMarked;
