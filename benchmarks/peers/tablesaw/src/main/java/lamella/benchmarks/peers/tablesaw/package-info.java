/** A peer: what Lamella is compared with. */
@NullMarked
package lamella.benchmarks.peers.tablesaw;

import org.jspecify.annotations.NullMarked;
