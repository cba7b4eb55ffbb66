package lamella.core;

/**
 * Some examples of a dataset, gathered for one step; its memory is reused from batch to batch.
 *
 * @param <T> the targets: {@code int[]} labels, or a {@link Tensor}
 */
public interface Batch<T> {

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
