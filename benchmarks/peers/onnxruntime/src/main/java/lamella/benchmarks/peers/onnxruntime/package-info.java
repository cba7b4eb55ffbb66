/** A peer: what Lamella is compared with. */
@NullMarked
package lamella.benchmarks.peers.onnxruntime;

import org.jspecify.annotations.NullMarked;
