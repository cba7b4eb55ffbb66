package lamella.examples;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongPredicate;
import java.util.stream.IntStream;
import lamella.core.Dataset;
import lamella.core.Network;
import lamella.core.Sampler;
import lamella.core.random.NumPyRandom;
import lamella.data.cifar.Augmentation;
import lamella.data.cifar.ImageDataset;
import lamella.losses.SoftmaxCrossEntropy;
import lamella.optim.AdamW;
import lamella.optim.Checkpoints;
import lamella.optim.EarlyStopping;
import lamella.optim.Fit;
import lamella.optim.GradientClipping;
import lamella.optim.History;
import lamella.optim.Lion;
import lamella.optim.Metrics;
import lamella.optim.Mixup;
import lamella.optim.NonFiniteException;
import lamella.optim.Optimizer;
import lamella.optim.Schedule;
import lamella.optim.Sgd;
import lamella.optim.Trainer;
import lamella.optim.TrainingListener;
import lamella.optim.WeightAverage;
import org.jspecify.annotations.Nullable;

/**
 * The report's training: a batch drawn with replacement, an update, and once an epoch the
 * accuracies; with whatever an {@link Experiment} adds to it.
 *
 * <p>One {@link NumPyRandom} serves the weights, layer by layer, and then the batches, so that ten
 * lines of NumPy repeat a run. What layers, mixtures and changes of images draw besides is a
 * function of the seed and of the place it is for.
 */
public final class Training {

  /**
   * What one iteration saw before its update.
   *
   * @param dataLoss mean cross-entropy of the batch, smoothing included
   * @param penalty ½ λ ‖W‖² over all weights
   * @param learningRate the rate of this iteration's update
   */
  public record Step(int iteration, double dataLoss, double penalty, double learningRate) {
    /** The sum of both terms. */
    public double loss() {
      return dataLoss + penalty;
    }
  }

  /**
   * Fractions classified rightly, after the update of an iteration.
   *
   * @param train of the training images; NaN where it is not measured
   */
  public record Accuracy(int iteration, double train, double validation) {}

  /**
   * A finished run.
   *
   * @param network with the parameters of its end, or those that early stopping kept
   * @param accuracies once an epoch
   * @param measurements whatever was measured, in order
   * @param average the network with the averaged parameters, or null if none were averaged
   * @param averageAccuracies those of the average; empty if there is none
   * @param stopReason why it ended before its last iteration, or null if it did not
   */
  public record Result(
      Network network,
      List<Step> history,
      List<Accuracy> accuracies,
      List<History.Measurement> measurements,
      @Nullable Network average,
      List<Accuracy> averageAccuracies,
      @Nullable String stopReason) {}

  /** The measurement of an epoch's accuracy on the images set aside for it. */
  public static final String VALIDATION_ACCURACY = "validation accuracy";

  private static final String TRAIN_ACCURACY = "train accuracy";

  /** Before the names of what is measured of the average. */
  private static final String OF_AVERAGE = "EMA ";

  /** Seeds are below this; what draws by a seed of its own adds a multiple. */
  private static final long SEEDS = 1L << 32;

  private Training() {}

  /**
   * Trains a new network.
   *
   * @param classes the number of classes, one output each
   * @param listener told of every iteration after its update
   * @throws DivergedException at the first number that is not finite; names step and layer
   */
  public static Result run(
      Experiment experiment,
      int classes,
      ImageDataset train,
      Dataset<int[]> validation,
      Consumer<Step> listener)
      throws DivergedException {
    Head head = Head.of(train.normalisation());
    PreparedImages images = PreparedImages.of(experiment, head, train, validation);
    return run(experiment, classes, images, null, listener(listener));
  }

  /** A consumer of steps as a listener of the trainer. */
  public static TrainingListener listener(Consumer<Step> consumer) {
    return new TrainingListener() {
      @Override
      public void afterStep(Fit fit) {
        consumer.accept(
            new Step((int) fit.step(), fit.dataLoss(), fit.penalty(), fit.learningRate()));
      }
    };
  }

  /**
   * Trains a new network, or goes on with one.
   *
   * @param classes the number of classes, one output each
   * @param images to learn from, and for validation
   * @param checkpoints where to resume from or write to, if at all
   * @throws DivergedException at the first number that is not finite; names step and layer
   * @throws java.io.UncheckedIOException if checkpoints cannot be read or written
   */
  public static Result run(
      Experiment wanted,
      int classes,
      PreparedImages images,
      @Nullable Checkpoints checkpoints,
      TrainingListener... listeners)
      throws DivergedException {
    ImageDataset train = images.train();
    Experiment experiment = wanted.on(train.size());
    NumPyRandom random = new NumPyRandom(experiment.seed());
    Network network =
        experiment
            .network()
            .withInputs(images.seen().exampleShape().size())
            .network(
                classes,
                experiment.get(RunOption.INIT_STD).initializer(),
                experiment.lastInitializer(),
                experiment.dtype(),
                random);
    int epoch = experiment.iterationsPerEpoch(train.size());
    long interval = epoch * experiment.get(RunOption.MEASURE_EVERY);
    LongPredicate due = step -> step % interval == 0;
    SoftmaxCrossEntropy loss =
        new SoftmaxCrossEntropy().withSmoothing(experiment.get(RunOption.LABEL_SMOOTHING));
    Optimizer optimizer = optimizer(experiment, epoch);
    Sampler sampler =
        switch (experiment.get(RunOption.ORDER)) {
          case REPLACEMENT -> Sampler.withReplacement(train.size(), random);
          // No batch reaches into the next epoch, for which images may be changed otherwise.
          case SHUFFLED -> Sampler.shuffled(train.size(), epoch * experiment.batchSize(), random);
        };
    Dataset<int[]> changed = augmented(experiment, train);
    Dataset<int[]> learned =
        changed == train ? images.seen() : images.head().over(changed, experiment.dtype());
    double alpha = experiment.get(RunOption.MIXUP);
    WeightAverage average = average(experiment);
    List<TrainingListener> all = rules(experiment);
    all.addAll(List.of(listeners));
    Plan plan =
        new Plan(experiment, images.seen(), images.validation(), due, average, checkpoints, all);
    try {
      History history =
          alpha == 0
              ? plan.of(Trainer.of(network, loss, optimizer)).fit(learned, sampler)
              : plan.of(Trainer.of(network, loss.withProbabilities(), optimizer))
                  .fit(Mixup.of(learned, classes, alpha, experiment.seed() + SEEDS), sampler);
      return result(network, history, average);
    } catch (NonFiniteException e) {
      throw new DivergedException(
          e.step() > 0
              ? String.valueOf(e.getMessage()).replaceFirst("^step ", "iteration ")
              : "iteration 0, "
                  + e.what()
                  + "; the initial weights' standard deviation "
                  + experiment.get(RunOption.INIT_STD)
                  + " is too high");
    }
  }

  private static Result result(Network network, History history, @Nullable WeightAverage average) {
    Network averaged = null;
    if (average != null) {
      averaged = network.copy();
      average.copyTo(averaged);
    }
    return new Result(
        network,
        steps(history),
        accuracies(history, ""),
        history.measurements(),
        averaged,
        accuracies(history, OF_AVERAGE),
        history.stopReason().orElse(null));
  }

  /**
   * What a trainer is told besides network, loss and optimiser, whatever its targets are.
   *
   * @param train the images as they are, of which the accuracy is measured
   * @param due the steps after which it is
   */
  private record Plan(
      Experiment experiment,
      Dataset<int[]> train,
      Dataset<int[]> validation,
      LongPredicate due,
      @Nullable WeightAverage average,
      @Nullable Checkpoints checkpoints,
      List<TrainingListener> listeners) {

    <T> Trainer<T> of(Trainer<T> first) {
      Trainer<T> trainer =
          first
              .withSeed(experiment.seed())
              .withBatchSize(experiment.batchSize())
              .withSteps(experiment.iterations())
              .withListeners(listeners.toArray(TrainingListener[]::new));
      if (experiment.get(RunOption.MEASURE) == RunOption.Measured.BOTH) {
        trainer = trainer.withEvaluation("train", train, metrics(), due);
      }
      trainer = trainer.withEvaluation("validation", validation, metrics(), due);
      if (average != null) {
        trainer = trainer.withAverage(average);
      }
      return checkpoints == null ? trainer : trainer.withCheckpoints(checkpoints);
    }

    private static Metrics<int[]> metrics() {
      return Metrics.loss(new SoftmaxCrossEntropy()).and(Metrics.accuracy());
    }
  }

  private static Dataset<int[]> augmented(Experiment experiment, ImageDataset images) {
    List<Augmentation> steps = experiment.get(RunOption.AUGMENT).steps();
    return steps.isEmpty()
        ? images
        : images.augmented(experiment.seed() + 2 * SEEDS, steps.toArray(Augmentation[]::new));
  }

  private static @Nullable WeightAverage average(Experiment experiment) {
    double decay = experiment.get(RunOption.EMA);
    return decay == 0 ? null : WeightAverage.of(decay);
  }

  private static Optimizer optimizer(Experiment experiment, int epoch) {
    Schedule schedule = schedule(experiment, epoch);
    double l2 = experiment.get(RunOption.L2);
    return switch (experiment.get(RunOption.OPTIMIZER)) {
      case SGD -> {
        Sgd sgd = Sgd.of(schedule).withL2(l2).withMomentum(experiment.get(RunOption.MOMENTUM));
        yield experiment.get(RunOption.NESTEROV) ? sgd.withNesterov() : sgd;
      }
      case ADAMW ->
          AdamW.of(schedule)
              .withBetas(experiment.get(RunOption.BETA1), experiment.get(RunOption.BETA2))
              .withEpsilon(experiment.get(RunOption.EPSILON))
              .withDecay(experiment.get(RunOption.WEIGHT_DECAY))
              .withL2(l2);
      case LION ->
          Lion.of(schedule)
              .withBetas(experiment.get(RunOption.BETA1), experiment.get(RunOption.BETA2))
              .withDecay(experiment.get(RunOption.WEIGHT_DECAY))
              .withL2(l2);
    };
  }

  private static Schedule schedule(Experiment experiment, int epoch) {
    double peak = experiment.get(RunOption.LEARNING_RATE);
    int warmUp = experiment.warmUp();
    // A warm-up may take all iterations there are.
    int others = Math.max(1, experiment.iterations() - warmUp);
    return switch (experiment.get(RunOption.SCHEDULE)) {
      case REPORT ->
          warmed(
              warmUp,
              peak,
              Schedule.exponentialDecay(peak, experiment.get(RunOption.DECAY), epoch));
      case CONSTANT -> warmed(warmUp, peak, Schedule.constant(peak));
      case COSINE -> warmed(warmUp, peak, Schedule.cosine(peak, 0, others));
      case COSINE_LOG -> warmed(warmUp, peak, Schedule.cosineLog(peak, others));
      case ONE_CYCLE -> Schedule.oneCycle(peak, warmUp, experiment.iterations());
    };
  }

  private static Schedule warmed(int warmUp, double peak, Schedule schedule) {
    return warmUp == 0 || peak == 0 ? schedule : Schedule.warmUp(warmUp, peak).then(schedule);
  }

  /** What acts on the training between two steps. */
  private static List<TrainingListener> rules(Experiment experiment) {
    List<TrainingListener> rules = new ArrayList<>();
    double norm = experiment.get(RunOption.CLIP_NORM);
    if (norm > 0) {
      rules.add(GradientClipping.byNorm(norm));
    }
    int patience = experiment.get(RunOption.EARLY_STOPPING).intValue();
    if (patience > 0) {
      rules.add(EarlyStopping.highest(VALIDATION_ACCURACY, patience));
    }
    return rules;
  }

  private static List<Step> steps(History history) {
    return history.steps().stream()
        .map(step ->
            new Step((int) step.number(), step.dataLoss(), step.penalty(), step.learningRate()))
        .toList();
  }

  private static List<Accuracy> accuracies(History history, String prefix) {
    List<History.Measurement> train = history.measurements(prefix + TRAIN_ACCURACY);
    List<History.Measurement> validation = history.measurements(prefix + VALIDATION_ACCURACY);
    return IntStream.range(0, validation.size())
        .mapToObj(i ->
            new Accuracy(
                (int) validation.get(i).step(),
                train.isEmpty() ? Double.NaN : train.get(i).value(),
                validation.get(i).value()))
        .toList();
  }
}
