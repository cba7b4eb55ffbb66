package lamella.core;

import java.util.List;

/**
 * Examples that can be read in any order. Reading is safe from many threads, each into a batch of
 * its own.
 *
 * @param <T> the targets of a batch: {@code int[]} labels, or a {@link Tensor}
 */
public interface Dataset<T> {

  /** {@return the number of examples} */
  int size();

  /** {@return the shape of one input, for example {@code [3072]}} */
  Shape exampleShape();

  /**
   * {@return memory for n examples, to be filled by {@link #read}}
   *
   * @param n examples, at least 1
   * @param dtype the type of the inputs
   */
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

  /**
   * {@return the examples as they are in an epoch: a pure function of its number, so that a run
   * that is resumed sees what one without a break sees} By default they are the same in every
   * epoch; a dataset that changes its examples at random changes them with the epoch.
   *
   * <p>Whoever draws batches asks once an epoch, and reads from what is given into the same
   * batches. Where E steps are taken for an epoch, step t (from 0 on) belongs to epoch t / E,
   * rounded down, in whatever order examples are drawn.
   *
   * @param epoch 0 for the first
   */
  default Dataset<T> forEpoch(long epoch) {
    return this;
  }

  /**
   * {@return a text that is the same for the same examples, inputs and targets, in the same order,
   * and another for others} A checkpoint has that of the data it was made with, and a training with
   * other data is not resumed from it.
   *
   * <p>The datasets made here and those of images look at every number. By default the first and
   * the last example are looked at and those between them, all up to 2,048 examples and 4 million
   * numbers, of a larger dataset so many spread evenly; and 64 in their second epoch, if {@link
   * #forEpoch} gives another dataset for it. A difference elsewhere is not noticed: a dataset that
   * knows a cheap sign of all its examples, a file's checksum or a version, gives that.
   */
  default String fingerprint() {
    return DatasetSample.fingerprint(this);
  }

  /**
   * {@return the datasets that this one reads its examples from; none by default} A checkpoint also
   * asks those of them for their state that are {@link Stateful}.
   */
  default List<Dataset<?>> datasets() {
    return List.of();
  }

  /**
   * {@return a dataset of examples that lie in memory, with a label each}
   *
   * <p><b>Shapes:</b> inputs {@code [size, ...]}, one label for each row.
   *
   * @param inputs used, not copied
   * @param labels used, not copied
   * @throws IllegalArgumentException unless there are as many labels as rows, and at least one
   */
  static Dataset<int[]> of(Tensor inputs, int[] labels) {
    return new LabelledRows(inputs, labels);
  }

  /**
   * {@return a dataset of examples that lie in memory, with a target tensor each, for regression}
   *
   * <p><b>Shapes:</b> inputs {@code [size, ...]}, targets {@code [size, ...]}.
   *
   * @param inputs used, not copied
   * @param targets used, not copied
   * @throws IllegalArgumentException unless there are as many targets as inputs, and at least one
   */
  static Dataset<Tensor> of(Tensor inputs, Tensor targets) {
    return new TargetRows(inputs, targets);
  }
}
