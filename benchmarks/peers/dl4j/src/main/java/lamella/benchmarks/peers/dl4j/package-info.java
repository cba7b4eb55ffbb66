/** A peer: what Lamella is compared with. */
@NullMarked
package lamella.benchmarks.peers.dl4j;

import org.jspecify.annotations.NullMarked;
