/** A peer: what Lamella is compared with. */
@NullMarked
package lamella.benchmarks.peers.openblas;

import org.jspecify.annotations.NullMarked;
