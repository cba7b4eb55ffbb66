/** A peer: what Lamella is compared with. */
@NullMarked
package lamella.benchmarks.peers.pytorch;

import org.jspecify.annotations.NullMarked;
