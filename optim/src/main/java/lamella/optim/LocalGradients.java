package lamella.optim;

import lamella.core.Batch;
import lamella.core.Dataset;
import lamella.core.Gradients;
import lamella.core.Layer;
import lamella.core.Loss;
import lamella.core.Parameter;
import lamella.core.Pass;
import lamella.core.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * A step's gradients on the thread that trains: by one forward and backward over all its examples,
 * or by one for each micro-batch, whose gradients add up.
 */
final class LocalGradients<T> implements StepGradients<T> {
  private final Layer network;
  private final Loss<T> loss;
  private final int microBatches;
  private final Pass pass;

  private double weight;

  /** The memory for the micro-batches, which have one row more or less. */
  private @Nullable Part<T> larger;

  private @Nullable Part<T> smaller;

  /** Some of a step's examples. */
  private static final class Part<T> {
    private final int[] examples;
    private final Batch<T> batch;

    private Part(Batch<T> batch) {
      this.examples = new int[batch.size()];
      this.batch = batch;
    }
  }

  LocalGradients(Layer network, Loss<T> loss, int microBatches, long seed) {
    this.network = network;
    this.loss = loss;
    this.microBatches = microBatches;
    this.pass = Pass.forTraining(seed);
    if (microBatches == 1) {
      // The batch is read again for the next step only, when this step's gradients are used up.
      pass.deferProducts();
    }
  }

  @Override
  public double compute(long step, Dataset<T> data, int[] examples, Gradients into) {
    return compute(step, data, examples, 0, into);
  }

  /**
   * The mean over these rows and its gradient.
   *
   * @param firstRow the place of the first of them in the step's batch, which has more
   */
  double compute(long step, Dataset<T> data, int[] examples, long firstRow, Gradients into) {
    int n = examples.length;
    double mean = contribute(step, data, examples, firstRow, n, into);
    if (weight != n) {
      // Only now is it known what all rows weigh together.
      into.scale(n / weight);
      mean *= n / weight;
    }
    return mean;
  }

  /**
   * What these rows contribute to a mean over n, and its gradient; {@link #weight} is then what
   * they weigh together.
   *
   * @param firstRow the place of the first of them in the step's batch
   * @param n the rows of the batch: these, or more
   */
  double contribute(
      long step, Dataset<T> data, int[] examples, long firstRow, int n, Gradients into) {
    pass.addTo(into);
    boolean atOnce = microBatches == 1 && examples.length == n;
    double mean = 0;
    weight = 0;
    int from = 0;
    for (int i = 0; i < microBatches; i++) {
      int rows = rows(examples.length, i);
      Part<T> part = part(data, rows);
      System.arraycopy(examples, from, part.examples, 0, rows);
      data.read(part.examples, part.batch);
      pass.beginStep(step, firstRow + from);
      Tensor outputs = network.forward(part.batch.inputs(), pass);
      Tensor gradient = pass.outputGradient(outputs);
      mean += lossAndGradient(step, outputs, part, gradient, atOnce ? 0 : n);
      weight += atOnce ? n : loss.weight(outputs, part.batch.targets());
      network.backward(gradient, pass);
      from += rows;
    }
    return mean;
  }

  /** The weight of the rows that {@link #contribute} was given last. */
  double weight() {
    return weight;
  }

  /**
   * Forgets the new statistics of this step, where the next rows are those of another shard: each
   * begins with the same ones.
   */
  void forgetStatistics(long step) {
    pass.beginStep(step + 1);
    pass.beginStep(step);
  }

  /** The new value of a statistic, or, where nothing updates it, the one it has. */
  Tensor statistic(Parameter parameter) {
    return pass.update(parameter);
  }

  /** Lets another thread go on. */
  void release() {
    pass.release();
  }

  @Override
  public void commit() {
    pass.commit();
  }

  /** The rows of a micro-batch: of the first ones one more where they cannot all be alike. */
  private int rows(int n, int microBatch) {
    return n / microBatches + (microBatch < n % microBatches ? 1 : 0);
  }

  private Part<T> part(Dataset<T> data, int rows) {
    Part<T> first = larger;
    if (first == null) {
      first = new Part<>(data.newBatch(rows, Evaluation.type(network)));
      larger = first;
    }
    if (first.examples.length == rows) {
      return first;
    }
    Part<T> second = smaller;
    if (second == null) {
      second = new Part<>(data.newBatch(rows, Evaluation.type(network)));
      smaller = second;
    }
    return second;
  }

  /** What the rows contribute to the mean over n; the mean over themselves if that is 0. */
  private double lossAndGradient(long step, Tensor outputs, Part<T> part, Tensor gradient, int n) {
    try {
      return n == 0
          ? loss.valueAndGradient(outputs, part.batch.targets(), gradient)
          : loss.valueAndGradient(outputs, part.batch.targets(), gradient, n);
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      throw Mistakes.named("step " + step, part.examples, e);
    }
  }

  /** The pass that all rows of a step go through at once, if they do. */
  @Nullable Pass passOfWholeBatch() {
    return microBatches == 1 ? pass : null;
  }

  /** For example {@code 4 micro-batches}. */
  @Override
  public String toString() {
    return microBatches == 1 ? "one batch" : microBatches + " micro-batches";
  }
}
