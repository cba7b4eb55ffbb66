package lamella.core;

/**
 * Some examples of a dataset, gathered for one step; its memory is reused from batch to batch.
 *
 * @param <T> the targets: {@code int[]} labels, or a {@link Tensor}
 */
public interface Batch<T> {

  /** The number of examples n. */
  int size();

  /** The inputs, {@code [n, ...]}. */
  Tensor inputs();

  /** One target for each input. */
  T targets();
}
