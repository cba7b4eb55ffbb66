package lamella.examples;

import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongPredicate;
import java.util.stream.IntStream;
import lamella.core.Dataset;
import lamella.core.Sampler;
import lamella.core.random.NumPyRandom;
import lamella.losses.SoftmaxCrossEntropy;
import lamella.optim.Checkpoints;
import lamella.optim.Fit;
import lamella.optim.History;
import lamella.optim.NonFiniteException;
import lamella.optim.Schedule;
import lamella.optim.Sgd;
import lamella.optim.Trainer;
import lamella.optim.TrainingListener;
import org.jspecify.annotations.Nullable;

/**
 * The report's training: a batch drawn with replacement, an update, and once an epoch the
 * accuracies.
 *
 * <p>One {@link NumPyRandom} serves W1, W2 and then the batches, in this order, so that ten lines
 * of NumPy repeat a run.
 */
public final class Training {

  /**
   * What one iteration saw before its update.
   *
   * @param dataLoss mean cross-entropy of the batch
   * @param penalty ½ λ (‖W1‖² + ‖W2‖²)
   * @param learningRate the rate of this iteration's update
   */
  public record Step(int iteration, double dataLoss, double penalty, double learningRate) {
    /** The sum of both terms. */
    public double loss() {
      return dataLoss + penalty;
    }
  }

  /** Fractions classified rightly, after the update of an iteration. */
  public record Accuracy(int iteration, double train, double validation) {}

  /** A finished run. */
  public record Result(TwoLayerNetwork network, List<Step> history, List<Accuracy> accuracies) {}

  /** The measurement of an epoch's accuracy on the images set aside for it. */
  public static final String VALIDATION_ACCURACY = "validation accuracy";

  private static final String TRAIN_ACCURACY = "train accuracy";

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
      Dataset<int[]> train,
      Dataset<int[]> validation,
      Consumer<Step> listener)
      throws DivergedException {
    return run(experiment, classes, train, validation, null, listener(listener));
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
   * @param checkpoints where to resume from or write to, if at all
   * @throws DivergedException at the first number that is not finite; names step and layer
   * @throws java.io.UncheckedIOException if checkpoints cannot be read or written
   */
  public static Result run(
      Experiment experiment,
      int classes,
      Dataset<int[]> train,
      Dataset<int[]> validation,
      @Nullable Checkpoints checkpoints,
      TrainingListener... listeners)
      throws DivergedException {
    NumPyRandom random = new NumPyRandom(experiment.seed());
    TwoLayerNetwork network =
        TwoLayerNetwork.of(
            train.exampleShape().size(),
            experiment.hidden(),
            classes,
            experiment.activation(),
            experiment.initStd(),
            experiment.dtype(),
            random);
    int epoch = experiment.iterationsPerEpoch(train.size());
    LongPredicate oncePerEpoch = step -> step % epoch == 0;
    Schedule schedule =
        Schedule.exponentialDecay(experiment.learningRate(), experiment.decay(), epoch);
    Trainer<int[]> trainer =
        Trainer.of(
                network.network(),
                new SoftmaxCrossEntropy(),
                Sgd.of(schedule).withL2(experiment.l2()))
            .withBatchSize(experiment.batchSize())
            .withSteps(experiment.iterations())
            .withEvaluation("train", train, oncePerEpoch)
            .withEvaluation("validation", validation, oncePerEpoch)
            .withListeners(listeners);
    if (checkpoints != null) {
      trainer = trainer.withCheckpoints(checkpoints);
    }
    try {
      History history = trainer.fit(train, Sampler.withReplacement(train.size(), random));
      return new Result(network, steps(history), accuracies(history));
    } catch (NonFiniteException e) {
      throw new DivergedException(
          e.step() > 0
              ? String.valueOf(e.getMessage()).replaceFirst("^step ", "iteration ")
              : "iteration 0, "
                  + e.what()
                  + "; the initial weights' standard deviation "
                  + experiment.initStd()
                  + " is too high");
    }
  }

  private static List<Step> steps(History history) {
    return history.steps().stream()
        .map(step ->
            new Step((int) step.number(), step.dataLoss(), step.penalty(), step.learningRate()))
        .toList();
  }

  private static List<Accuracy> accuracies(History history) {
    List<History.Measurement> train = history.measurements(TRAIN_ACCURACY);
    List<History.Measurement> validation = history.measurements(VALIDATION_ACCURACY);
    return IntStream.range(0, train.size())
        .mapToObj(i ->
            new Accuracy(
                (int) train.get(i).step(), train.get(i).value(), validation.get(i).value()))
        .toList();
  }
}
