package lamella.core;

/**
 * The targets of a batch, and how much each of its examples counts: made by {@link
 * Dataset#withWeights}, taken by a loss with weights of examples.
 *
 * @param <T> the targets: {@code int[]} labels, or a {@link Tensor}
 */
public final class Weighted<T> {
  private final T targets;
  private final double[] weights;

  /**
   * Targets with weights.
   *
   * @param targets one for each row; used, not copied
   * @param weights one for each row, finite and not negative; used, not copied
   */
  public Weighted(T targets, double[] weights) {
    this.targets = targets;
    this.weights = weights;
  }

  /** {@return one target for each row} */
  public T targets() {
    return targets;
  }

  /** {@return one weight for each row: the live array} */
  public double[] weights() {
    return weights;
  }
}
