/** A peer: what Lamella is compared with. */
@NullMarked
package lamella.benchmarks.peers.tribuo;

import org.jspecify.annotations.NullMarked;
