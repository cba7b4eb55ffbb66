package lamella.spark;

import java.io.Serial;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import lamella.core.DType;
import lamella.core.Dataset;
import lamella.core.DoubleTensor;
import lamella.core.Layer;
import lamella.core.Loss;
import lamella.core.Network;
import lamella.core.Outputs;
import lamella.core.Shape;
import lamella.core.Tensor;
import lamella.core.Weighted;
import lamella.core.random.NumPyRandom;
import lamella.core.random.SplitMix64;
import lamella.layers.InputNorm;
import lamella.layers.Linear;
import lamella.losses.SoftmaxCrossEntropy;
import lamella.losses.SquaredError;
import lamella.optim.AdamW;
import lamella.optim.EarlyStopping;
import lamella.optim.GradientClipping;
import lamella.optim.History;
import lamella.optim.Optimizer;
import lamella.optim.Schedule;
import lamella.optim.Sgd;
import lamella.optim.Trainer;
import org.jspecify.annotations.Nullable;

/**
 * A training that {@link NetworkSettings} describe: the network that it begins with, and the same
 * {@link Trainer} wherever one is made. It can be serialised.
 *
 * @param <T> the targets
 */
public final class NetworkTraining<T> implements TrainerRecipe<T> {
  @Serial private static final long serialVersionUID = 1;

  /** The evaluation of validation rows, and what is measured. */
  private static final String VALIDATION = "validation";

  private static final String VALIDATION_LOSS = VALIDATION + " loss";

  /** What random numbers are for. */
  private static final int WEIGHTS = 1;

  private static final int ORDER = 2;

  private final NetworkSettings settings;
  private final SavedNetwork first;
  private final int rows;
  private final LossMaker<T> loss;

  /** Of the numbers that are learned; the network's own outputs are theirs where it is null. */
  private final @Nullable Standard standard;

  /** Each training has a loss of its own. */
  private interface LossMaker<T> extends Serializable {
    Loss<T> loss();
  }

  /** Learned is (number - mean) / deviation. */
  private record Standard(double mean, double deviation) implements Serializable {}

  private NetworkTraining(
      NetworkSettings settings,
      Network first,
      int rows,
      LossMaker<T> loss,
      @Nullable Standard standard) {
    this.settings = settings;
    this.first = SavedNetwork.of(first);
    this.rows = rows;
    this.loss = loss;
    this.standard = standard;
    settings.batchSize(rows); // or says what does not fit
  }

  static NetworkTraining<int[]> ofClasses(
      NetworkSettings settings, Dataset<int[]> data, int classes, String schema) {
    double smoothing = settings.labelSmoothing();
    return new NetworkTraining<>(
        settings,
        classifier(settings, data, classes, schema),
        data.size(),
        () -> new SoftmaxCrossEntropy().withSmoothing(smoothing),
        null);
  }

  static NetworkTraining<Weighted<int[]>> ofWeightedClasses(
      NetworkSettings settings, Dataset<Weighted<int[]>> data, int classes, String schema) {
    double smoothing = settings.labelSmoothing();
    return new NetworkTraining<>(
        settings,
        classifier(settings, data, classes, schema),
        data.size(),
        () -> new SoftmaxCrossEntropy().withSmoothing(smoothing).withExampleWeights(),
        null);
  }

  static NetworkTraining<Tensor> ofNumbers(
      NetworkSettings settings, Dataset<Tensor> data, String schema) {
    Network first = regressor(settings, data, schema);
    Standard standard = standard(settings, data, targets -> targets);
    LossMaker<Tensor> loss =
        standard == null
            ? SquaredError::new
            : () -> new StandardError(standard.mean, standard.deviation);
    return new NetworkTraining<>(settings, first, data.size(), loss, standard);
  }

  static NetworkTraining<Weighted<Tensor>> ofWeightedNumbers(
      NetworkSettings settings, Dataset<Weighted<Tensor>> data, String schema) {
    Network first = regressor(settings, data, schema);
    Standard standard = standard(settings, data, Weighted::targets);
    LossMaker<Weighted<Tensor>> loss =
        standard == null
            ? () -> new SquaredError().withExampleWeights()
            : () -> new StandardError(standard.mean, standard.deviation).withExampleWeights();
    return new NetworkTraining<>(settings, first, data.size(), loss, standard);
  }

  private static Network classifier(
      NetworkSettings settings, Dataset<?> data, int classes, String schema) {
    if (classes < 2) {
      throw new IllegalArgumentException(
          "NetworkSettings: expects at least 2 classes, got " + classes);
    }
    return network(settings, data, classes, Outputs.CLASSES, schema);
  }

  private static Network regressor(NetworkSettings settings, Dataset<?> data, String schema) {
    return network(settings, data, 1, Outputs.NUMBERS, schema);
  }

  private static Network network(
      NetworkSettings settings, Dataset<?> data, int outputs, Outputs meaning, String schema) {
    Network own = settings.initialNetwork();
    if (own != null) {
      return requireFit(own, data.exampleShape(), outputs, meaning);
    }
    RandomGenerator random = random(settings, WEIGHTS);
    Shape example = data.exampleShape();
    List<Layer> head = new ArrayList<>();
    if (!schema.isEmpty()) {
      head.addAll(TableHead.layers(schema, data, random));
    } else if (settings.standardization()) {
      Statistics statistics = Statistics.ofInputs(data);
      head.add(
          InputNorm.standardising(
              statistics.meanLike(example).to(DType.FLOAT32),
              statistics.divisorLike(example).to(DType.FLOAT32)));
    }
    return Layering.network(settings, example.size(), head, outputs, meaning, random);
  }

  private static Network requireFit(Network own, Shape example, int outputs, Outputs meaning) {
    Shape expected = Shape.of(outputs);
    if (own.inputShape().size() != example.size() || !own.outputShape().equals(expected)) {
      throw new IllegalArgumentException(
          "NetworkSettings: the initial network must take "
              + example.size()
              + " features and give "
              + expected
              + (meaning == Outputs.CLASSES ? ", an output for each class" : "")
              + "; it takes "
              + own.inputShape()
              + " and gives "
              + own.outputShape()
              + ": "
              + own);
    }
    if (own.outputs() != Outputs.UNSPECIFIED && own.outputs() != meaning) {
      throw new IllegalArgumentException(
          "NetworkSettings: the outputs of the initial network must be "
              + meaning
              + ", and are "
              + own.outputs()
              + ": "
              + own);
    }
    return own.withOutputs(meaning);
  }

  private static <T> @Nullable Standard standard(
      NetworkSettings settings, Dataset<T> data, Function<T, Tensor> numbers) {
    if (settings.initialNetwork() != null) {
      return null;
    }
    Statistics statistics = Statistics.ofTargets(data, numbers);
    double mean = statistics.mean(0);
    double deviation = statistics.deviation(0);
    // The mean of equal numbers may differ from them by a rounding.
    if (!(deviation > 1e-14 * Math.abs(mean))) {
      throw new IllegalArgumentException(
          "NetworkSettings: the label is the same in all "
              + data.size()
              + " rows, about "
              + mean
              + "; there is nothing to learn");
    }
    return new Standard(mean, deviation);
  }

  private static NumPyRandom random(NetworkSettings settings, int purpose) {
    return new NumPyRandom(SplitMix64.stream(settings.seed(), purpose).nextLong() >>> 32);
  }

  /** {@return what was set} */
  public NetworkSettings settings() {
    return settings;
  }

  /** {@return a new copy of the network that training begins with} */
  public Network firstNetwork() {
    return first.network();
  }

  /** {@return a trainer of a new copy of the first network; equal ones wherever it is called} */
  @Override
  public Trainer<T> trainer() {
    return trainer(first.network());
  }

  private Trainer<T> trainer(Network network) {
    int batchSize = settings.batchSize(rows);
    long steps = stepsPerEpoch() * settings.epochs();
    Trainer<T> trainer =
        Trainer.of(network, loss.loss(), optimizer(schedule(steps)))
            .withBatchSize(batchSize)
            .withEpochs(settings.epochs())
            .withSeed(settings.seed())
            .withShards(settings.shards())
            .withLocalSteps(settings.localSteps(), settings.localStepsAfter());
    return settings.clipNorm() > 0
        ? trainer.withListeners(GradientClipping.byNorm(settings.clipNorm()))
        : trainer;
  }

  long stepsPerEpoch() {
    return Math.max(1, rows / settings.batchSize(rows));
  }

  private Schedule schedule(long steps) {
    double rate = settings.stepSize();
    long rising = (long) (settings.warmUp() * steps);
    Schedule rest =
        settings.schedule().equals("cosine")
            ? Schedule.cosine(rate, 0, Math.max(1, steps - rising))
            : Schedule.constant(rate);
    return rising > 0 ? Schedule.warmUp(rising).then(rest) : rest;
  }

  private Optimizer optimizer(Schedule schedule) {
    return settings.solver().equals("adamw")
        ? AdamW.of(schedule).withDecay(settings.regParam())
        : Sgd.of(schedule).withMomentum(settings.momentum()).withL2(settings.regParam());
  }

  /**
   * {@return what this training gives on this machine}
   *
   * @param data the rows that it was made of
   */
  public Trained fit(Dataset<T> data) {
    return fit(data, null, trainer -> trainer);
  }

  /**
   * {@return what this training gives}
   *
   * @param data the rows that it was made of
   * @param validation after each epoch {@code validation loss} is measured with these rows, and the
   *     network of the best epoch is kept; null for the last epoch's
   * @param more adds to the trainer what does not change the result: who computes the rounds,
   *     checkpoints, listeners
   * @throws IllegalArgumentException if the data do not fit
   * @throws IllegalStateException if the thread is interrupted, which ends the training
   */
  public Trained fit(
      Dataset<T> data, @Nullable Dataset<T> validation, UnaryOperator<Trainer<T>> more) {
    Network network = first.network();
    Trainer<T> trainer = trainer(network);
    EarlyStopping stopping = null;
    if (validation != null) {
      int patience = settings.patience() == 0 ? Integer.MAX_VALUE : settings.patience();
      stopping = EarlyStopping.lowest(VALIDATION_LOSS, patience);
      trainer = trainer.withEvaluation(VALIDATION, validation).withListeners(stopping);
    }
    History history = more.apply(trainer).fit(data, random(settings, ORDER));
    if (Thread.currentThread().isInterrupted()) {
      throw new IllegalStateException("NetworkTraining: interrupted after " + history);
    }
    return new Trained(finished(network), history, bestEpoch(stopping));
  }

  private OptionalInt bestEpoch(@Nullable EarlyStopping stopping) {
    if (stopping == null || Double.isNaN(stopping.best())) {
      return OptionalInt.empty();
    }
    return OptionalInt.of((int) (stopping.bestStep() / stepsPerEpoch()) + 1);
  }

  /** The network with its outputs in the label's unit. */
  private Network finished(Network network) {
    if (standard == null) {
      return network;
    }
    List<Layer> layers = new ArrayList<>(network.layers());
    Linear last = (Linear) layers.removeLast();
    double[] weight = last.weight().value().toDoubleArray();
    double[] bias = last.bias().value().toDoubleArray();
    for (int i = 0; i < weight.length; i++) {
      weight[i] *= standard.deviation;
    }
    for (int i = 0; i < bias.length; i++) {
      bias[i] = bias[i] * standard.deviation + standard.mean;
    }
    layers.add(
        Linear.of(
            DoubleTensor.of(last.weight().shape(), weight).to(DType.FLOAT32),
            DoubleTensor.of(last.bias().shape(), bias).to(DType.FLOAT32)));
    return Network.of(network.inputShape(), layers).withOutputs(Outputs.NUMBERS);
  }

  /** For example {@code NetworkTraining(Network([4] -> ...), 150 rows, NetworkSettings(...))}. */
  @Override
  public String toString() {
    return "NetworkTraining(" + first + ", " + rows + " rows, " + settings + ")";
  }
}
