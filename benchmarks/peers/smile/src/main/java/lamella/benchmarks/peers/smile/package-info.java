/** A peer: what Lamella is compared with. */
@NullMarked
package lamella.benchmarks.peers.smile;

import org.jspecify.annotations.NullMarked;
