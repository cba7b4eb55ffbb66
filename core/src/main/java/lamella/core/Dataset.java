package lamella.core;

import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Examples that can be read in any order. Reading is safe from many threads, each into a batch of
 * its own.
 *
 * @param <T> the targets of a batch: {@code int[]} labels, or a {@link Tensor}; or either of them
 *     {@link Weighted}
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
   * Refuses what {@link #read} is to refuse: the first line of a {@code read} of one's own.
   *
   * @param indices as for {@link #read}
   * @param batch to be filled
   * @throws IllegalArgumentException if the number of indices is not the batch's size
   * @throws IndexOutOfBoundsException if an index is outside; names it and its position
   */
  default void requireIndices(int[] indices, Batch<?> batch) {
    if (indices.length != batch.size()) {
      throw new IllegalArgumentException(
          this
              + ": expects as many indices as the batch has examples, got "
              + indices.length
              + " indices and a batch of "
              + batch.size());
    }
    int size = size();
    for (int i = 0; i < indices.length; i++) {
      if (indices[i] < 0 || indices[i] >= size) {
        throw new IndexOutOfBoundsException(
            this + ": index " + indices[i] + " at position " + i + " is outside [0, " + size + ")");
      }
    }
  }

  /**
   * Fills a batch with the targets of these examples; what its inputs are is left open. By default
   * it reads the inputs as well; a dataset that can do without overrides this.
   *
   * @param indices as for {@link #read}
   * @param batch as for {@link #read}
   * @throws IllegalArgumentException as {@link #read} does
   * @throws IndexOutOfBoundsException likewise
   */
  default void readTargets(int[] indices, Batch<T> batch) {
    read(indices, batch);
  }

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
   * {@return after how many epochs the examples repeat: those of epoch e + period are those of
   * epoch e, bit for bit; 0 if they never do} What is computed from examples can be kept for as
   * many epochs, and not at all where they never repeat.
   *
   * <p>By default 1 if {@link #forEpoch} gives the same dataset for two epochs, and 0 if not: a
   * dataset that changes its examples and repeats them says so itself. One that reads from another
   * asks that.
   */
  default int period() {
    return forEpoch(1).equals(forEpoch(0)) ? 1 : 0;
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
   * {@return the examples with the indices from, ..., to - 1, as a dataset of their own} They are
   * not copied.
   *
   * @param from the first, from 0 on
   * @param to the one after the last
   * @throws IllegalArgumentException if there are no such examples, or none at all
   */
  default Dataset<T> rows(int from, int to) {
    if (from < 0 || to <= from || to > size()) {
      throw new IllegalArgumentException(
          "Dataset: no rows [" + from + ", " + to + ") in a dataset of " + size());
    }
    return new Subset<>(this, IntStream.range(from, to).toArray());
  }

  /**
   * {@return two datasets, the first of so many examples drawn at random, the second of the others:
   * for example to train with and to validate with} They are not copied; each example is in one of
   * the two.
   *
   * @param first how many examples the first has, at least 1 and fewer than there are
   * @param random decides which, by a shuffle
   * @throws IllegalArgumentException if one of the two would have none
   */
  default List<Dataset<T>> split(int first, RandomGenerator random) {
    int size = size();
    if (first < 1 || first >= size) {
      throw new IllegalArgumentException(
          "Dataset: expects from 1 to " + (size - 1) + " of " + size + " examples, got " + first);
    }
    int[] order = IntStream.range(0, size).toArray();
    for (int i = size - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int swapped = order[i];
      order[i] = order[j];
      order[j] = swapped;
    }
    return List.of(
        new Subset<>(this, Arrays.copyOfRange(order, 0, first)),
        new Subset<>(this, Arrays.copyOfRange(order, first, size)));
  }

  /**
   * {@return these examples, each with how much it counts in a loss} They are not copied.
   *
   * <p>For a loss with weights of examples, as {@code new
   * SoftmaxCrossEntropy().withExampleWeights()} is: the mean is then one by weight.
   *
   * @param weights one for each example, finite and not negative; used, not copied
   * @throws IllegalArgumentException if they are not
   */
  default Dataset<Weighted<T>> withWeights(double... weights) {
    return new WeightedExamples<>(this, weights);
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
    requirePresent("inputs", inputs);
    requirePresent("labels", labels);
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
    requirePresent("inputs", inputs);
    requirePresent("targets", targets);
    return new TargetRows(inputs, targets);
  }

  private static void requirePresent(String what, @Nullable Object given) {
    if (given == null) {
      throw new IllegalArgumentException("Dataset: " + what + " are null");
    }
  }
}
