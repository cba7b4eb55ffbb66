package lamella.core;

/**
 * Examples that can be read in any order. Reading is safe from many threads, each into a batch of
 * its own.
 *
 * @param <T> the targets of a batch: {@code int[]} labels, or a {@link Tensor}
 */
public interface Dataset<T> {

  /** The number of examples. */
  int size();

  /** The shape of one input, for example {@code [3072]}. */
  Shape exampleShape();

  /** Memory for n examples, to be filled by {@link #read}. */
  Batch<T> newBatch(int n, DType dtype);

  /**
   * Fills a batch with the examples of these indices.
   *
   * @param indices as many as the batch has examples; each in {@code [0, size())}, repeats allowed
   * @param batch made by {@link #newBatch} of this dataset or one of the same kind and shape
   * @throws IllegalArgumentException if the number of indices is not the batch's size
   * @throws IndexOutOfBoundsException if an index is outside; names it
   */
  void read(int[] indices, Batch<T> batch);
}
