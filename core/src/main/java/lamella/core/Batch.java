package lamella.core;

/**
 * Some examples of a dataset, gathered for one step; its memory is reused from batch to batch.
 *
 * @param <T> the targets: {@code int[]} labels, or a {@link Tensor}
 */
public interface Batch<T> {

  /**
   * {@return a batch of these inputs and targets, for a dataset of one's own to fill}
   *
   * <p><b>Shapes:</b> inputs {@code [n, ...]}; targets {@code int[n]} or {@code [n, ...]}, or
   * either of them {@link Weighted}, with n weights.
   *
   * @param <T> the targets of a batch
   * @param inputs used, not copied
   * @param targets used, not copied
   * @throws IllegalArgumentException if labels, a tensor of targets or weights are not as many as
   *     the inputs
   */
  static <T> Batch<T> of(Tensor inputs, T targets) {
    return new TensorBatch<>(inputs, targets);
  }

  /** {@return the number of examples n} */
  int size();

  /** {@return the inputs, {@code [n, ...]}} */
  Tensor inputs();

  /** {@return one target for each input} */
  T targets();

  /** {@return what the targets are; by default what their class says} */
  default TargetKind<T> targetKind() {
    return TargetKind.of(targets());
  }
}
