/** A peer: what Lamella is compared with. */
@NullMarked
package lamella.benchmarks.peers.mkl;

import org.jspecify.annotations.NullMarked;
