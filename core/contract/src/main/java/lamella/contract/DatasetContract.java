package lamella.contract;

import static java.util.Objects.requireNonNull;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import lamella.core.Batch;
import lamella.core.DType;
import lamella.core.Dataset;
import lamella.core.Tensor;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.LongRange;
import org.jspecify.annotations.Nullable;

/**
 * The contract of {@link Dataset} as jqwik properties; a test inherits from it and says which
 * dataset.
 *
 * @param <T> the targets of a batch: {@code int[]} or {@link Tensor}
 */
public abstract class DatasetContract<T> {
  private static final int TRIES = 20;

  /** For subclasses. */
  protected DatasetContract() {}

  /** {@return the dataset to test; may be the same at each call} */
  protected abstract Dataset<T> dataset();

  /**
   * {@return datasets like it, but for one number, one target, the order or what is done to the
   * examples: none may have its fingerprint} None by default.
   */
  protected List<Dataset<T>> others() {
    return List.of();
  }

  /**
   * Every promise on one case, but those of threads and memory.
   *
   * @param seed picks the case
   */
  public final void all(long seed) {
    aBatchHasTheShapeAndTypeAskedFor(seed);
    anExampleIsTheSameInAnyBatch(seed);
    wrongIndicesAreRefused(seed);
    anEpochIsAFunctionOfItsNumber(seed);
    theExamplesRepeatAfterThePeriod(seed);
    theFingerprintTellsDatasetsApart(seed);
  }

  /**
   * Whatever was asked for before, and in whatever order: a resumed run begins in the middle.
   *
   * @param seed picks the case
   */
  @Property(tries = TRIES, edgeCases = EdgeCasesMode.NONE)
  public void anEpochIsAFunctionOfItsNumber(@ForAll @LongRange(max = 1000) long seed) {
    Dataset<T> dataset = dataset();
    int[] indices = new SplittableRandom(seed).ints(5, 0, dataset.size()).toArray();
    Dataset<T> first = dataset.forEpoch(1);
    double[] expected = inputs(first, indices);
    Dataset<T> other = dataset.forEpoch(3);
    double[] ofOther = inputs(other, indices);
    requireSame(
        "epoch 1 changes when another epoch is asked for:", expected, inputs(first, indices));
    requireSame("epoch 1, asked for again,", expected, inputs(dataset.forEpoch(1), indices));
    requireSame(
        "epoch 3 of a dataset of which no epoch was asked for before",
        ofOther,
        inputs(dataset().forEpoch(3), indices));
  }

  /**
   * Examples of epochs that are a period apart are the same, and every epoch says the same period.
   *
   * @param seed picks the case
   */
  @Property(tries = TRIES, edgeCases = EdgeCasesMode.NONE)
  public void theExamplesRepeatAfterThePeriod(@ForAll @LongRange(max = 1000) long seed) {
    Dataset<T> dataset = dataset();
    int period = dataset.period();
    require(period >= 0, "the period is negative: " + period);
    require(
        dataset.forEpoch(1).period() == period,
        "the period is " + period + ", and in epoch 1 " + dataset.forEpoch(1).period());
    if (period == 0) {
      return;
    }
    int[] indices = new SplittableRandom(seed).ints(5, 0, dataset.size()).toArray();
    requireSame(
        "epoch " + (seed + period) + ", a period of " + period + " after " + seed + ",",
        inputs(dataset.forEpoch(seed), indices),
        inputs(dataset.forEpoch(seed + period), indices));
  }

  private double[] inputs(Dataset<T> dataset, int[] indices) {
    Batch<T> batch = dataset.newBatch(indices.length, DType.FLOAT32);
    dataset.read(indices, batch);
    return batch.inputs().toDoubleArray();
  }

  /**
   * The same at each call, also after reading; another for other examples.
   *
   * @param seed picks the case
   */
  @Property(tries = 2, edgeCases = EdgeCasesMode.NONE)
  public void theFingerprintTellsDatasetsApart(@ForAll @LongRange(max = 1000) long seed) {
    Dataset<T> dataset = dataset();
    String fingerprint = dataset.fingerprint();
    dataset.forEpoch(seed).fingerprint();
    inputs(dataset, new int[] {0});
    for (Dataset<T> again : List.of(dataset, dataset())) {
      require(
          again.fingerprint().equals(fingerprint),
          "two fingerprints of the same dataset differ: "
              + fingerprint
              + ", then "
              + again.fingerprint());
    }
    List<Dataset<T>> others = others();
    for (int i = 0; i < others.size(); i++) {
      require(
          !others.get(i).fingerprint().equals(fingerprint),
          "the fingerprint of dataset " + i + " of others() is the same: " + fingerprint);
    }
  }

  /**
   * A new batch has the size, the shape and the type that it was asked for.
   *
   * @param seed picks the case
   */
  @Property(tries = TRIES, edgeCases = EdgeCasesMode.NONE)
  public void aBatchHasTheShapeAndTypeAskedFor(@ForAll @LongRange(max = 1000) long seed) {
    Dataset<T> dataset = dataset();
    int n = 1 + new SplittableRandom(seed).nextInt(7);
    for (DType dtype : DType.values()) {
      Batch<T> batch = dataset.newBatch(n, dtype);
      require(batch.size() == n, "newBatch(" + n + ") has size " + batch.size());
      require(
          batch.inputs().shape().equals(dataset.exampleShape().batch(n)),
          "newBatch(" + n + ") has inputs of shape " + batch.inputs().shape());
      require(batch.inputs().dtype() == dtype, "newBatch has inputs " + batch.inputs());
    }
  }

  /**
   * An example has the same numbers and the same target alone and in any batch, at any place.
   *
   * @param seed picks the case
   */
  @Property(tries = TRIES, edgeCases = EdgeCasesMode.NONE)
  public void anExampleIsTheSameInAnyBatch(@ForAll @LongRange(max = 1000) long seed) {
    Dataset<T> dataset = dataset();
    RandomGenerator random = new SplittableRandom(seed);
    for (DType dtype : DType.values()) {
      int[] indices = random.ints(1 + random.nextInt(7), 0, dataset.size()).toArray();
      Batch<T> together = dataset.newBatch(indices.length, dtype);
      // What a batch held before does not matter.
      dataset.read(random.ints(indices.length, 0, dataset.size()).toArray(), together);
      dataset.read(indices, together);
      Batch<T> alone = dataset.newBatch(1, dtype);
      for (int row = 0; row < indices.length; row++) {
        dataset.read(new int[] {indices[row]}, alone);
        String where = "example " + indices[row] + " at row " + row + " of " + indices.length;
        requireSame(where + ", input", row(together.inputs(), row), alone.inputs().toDoubleArray());
        double[] target = target(alone.targets(), 0);
        if (target != null) {
          requireSame(where + ", target", requireNonNull(target(together.targets(), row)), target);
        }
      }
    }
  }

  /**
   * Reading does not change the fingerprint, and equal datasets have equal ones.
   *
   * @param seed picks the case
   */
  @Property(tries = 3, edgeCases = EdgeCasesMode.NONE)
  public void aFingerprintIsTheSameForTheSameExamples(@ForAll @LongRange(max = 1000) long seed) {
    Dataset<T> dataset = dataset();
    String before = dataset.fingerprint();
    int[] indices = new SplittableRandom(seed).ints(7, 0, dataset.size()).toArray();
    dataset.read(indices, dataset.newBatch(7, DType.FLOAT32));
    require(
        dataset.fingerprint().equals(before),
        "reading changes the fingerprint " + before + " to " + dataset.fingerprint());
    String again = dataset().fingerprint();
    require(
        again.equals(before),
        "the same examples have the fingerprints " + before + " and " + again);
  }

  /**
   * Indices that are too many, too few or out of range are refused by an exception that names them.
   *
   * @param seed picks the case
   */
  @Property(tries = TRIES, edgeCases = EdgeCasesMode.NONE)
  public void wrongIndicesAreRefused(@ForAll @LongRange(max = 1000) long seed) {
    Dataset<T> dataset = dataset();
    int n = 2 + new SplittableRandom(seed).nextInt(4);
    Batch<T> batch = dataset.newBatch(n, DType.FLOAT32);
    for (int wrong : new int[] {n - 1, n + 1}) {
      try {
        dataset.read(new int[wrong], batch);
      } catch (IllegalArgumentException e) {
        continue;
      }
      throw new AssertionError(wrong + " indices are accepted for a batch of " + n);
    }
    for (int wrong : new int[] {-1, dataset.size(), Integer.MAX_VALUE, Integer.MIN_VALUE}) {
      int[] indices = new int[n];
      indices[n - 1] = wrong;
      try {
        dataset.read(indices, batch);
      } catch (IndexOutOfBoundsException e) {
        require(
            String.valueOf(e.getMessage()).contains(Integer.toString(wrong)),
            "the exception for index " + wrong + " does not name it: " + e.getMessage());
        continue;
      }
      throw new AssertionError("index " + wrong + " of " + dataset.size() + " is accepted");
    }
  }

  /**
   * Threads that read at once, each into a batch of its own, get the bits that one alone gets.
   *
   * @param seed picks the case
   */
  @Property(tries = 2, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
  public void threadsReadTheSameBits(@ForAll @LongRange(max = 1000) long seed) {
    Dataset<T> dataset = dataset();
    Throwable thrown =
        Threads.run(i -> {
          int[] indices = new SplittableRandom(seed + i).ints(8, 0, dataset.size()).toArray();
          Batch<T> batch = dataset.newBatch(8, DType.FLOAT32);
          dataset.read(indices, batch);
          double[] expected = batch.inputs().toDoubleArray();
          return () -> {
            batch.inputs().fill(-1);
            dataset.read(indices, batch);
            requireSame(
                "a batch read by several threads", expected, batch.inputs().toDoubleArray());
          };
        });
    if (thrown != null) {
      throw new AssertionError("reading from several threads fails: " + thrown, thrown);
    }
  }

  /**
   * Once a batch exists, reading into it allocates nothing.
   *
   * @param seed picks the case
   */
  @Property(tries = 2, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
  public void aSteadyReadAllocatesNothing(@ForAll @LongRange(max = 1000) long seed) {
    Dataset<T> dataset = dataset();
    int[] indices = new SplittableRandom(seed).ints(5, 0, dataset.size()).toArray();
    Batch<T> batch = dataset.newBatch(5, DType.FLOAT32);
    long bytes = Allocation.perStep(() -> dataset.read(indices, batch));
    require(bytes == 0, "allocates " + bytes + " bytes per read; must be 0");
  }

  private static double[] row(Tensor batch, int row) {
    int width = batch.size() / batch.shape().dimension(0);
    return Arrays.copyOfRange(batch.toDoubleArray(), row * width, (row + 1) * width);
  }

  /** The target of one row; null if targets are of a type of which rows are unknown. */
  private static double @Nullable [] target(Object targets, int row) {
    return switch (targets) {
      case int[] labels -> new double[] {labels[row]};
      case Tensor tensor -> row(tensor, row);
      default -> null;
    };
  }

  private static void requireSame(String what, double[] expected, double[] actual) {
    String difference = LayerChecks.difference(expected, actual);
    require(difference == null, what + " differs from the same read before: " + difference);
  }

  private static void require(boolean condition, String message) {
    if (!condition) {
      throw new AssertionError(message);
    }
  }
}
