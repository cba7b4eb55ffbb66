package lamella.optim;

import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * Arrays of nodes that have been added to others, for the next nodes: the shards of a step would
 * otherwise take memory for as many copies of the parameters, in every step.
 */
final class SpareArrays {
  private final ConcurrentLinkedQueue<float[]> arrays = new ConcurrentLinkedQueue<>();

  /** Of this length; what is in it is undefined. */
  float[] take(int length) {
    float @Nullable [] spare = arrays.poll();
    return spare != null && spare.length == length ? spare : new float[length];
  }

  void give(Node node) {
    arrays.add(node.floats());
  }
}
