package lamella.optim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.UncheckedIOException;
import java.nio.file.Path;
import lamella.core.DType;
import lamella.core.Dataset;
import lamella.core.Fingerprint;
import lamella.core.Network;
import lamella.core.Sampler;
import lamella.core.Tensor;
import lamella.core.random.NumPyRandom;
import lamella.losses.SoftmaxCrossEntropy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Trainings with an optimiser that keeps means, a warm-up, mixed examples and an average of the
 * weights: interrupted after any step and resumed, they are the ones that were not.
 */
class ResumedAdaptiveTrainingTest {
  private static final Dataset<int[]> POINTS = Toy.points(64, 1);

  @TempDir Path directory;

  private record Outcome(String fingerprint, String average, History history) {}

  private static Schedule rates() {
    return Schedule.warmUp(5).then(Schedule.cosine(0.05, 0, 19));
  }

  private static Optimizer optimizer(String name) {
    return switch (name) {
      case "AdamW" -> AdamW.of(rates()).withL2(1e-3).withDecay(0.1);
      case "Lion" -> Lion.of(rates()).withL2(1e-3).withDecay(0.1);
      default -> Sgd.of(rates()).withMomentum(0.9).withNesterov().withL2(1e-3).withDecay(0.1);
    };
  }

  /** 24 steps, 8 an epoch; it ends after {@code last}, as if it were interrupted. */
  private static Outcome fit(
      String optimizer, double decay, long last, boolean listeners, Checkpoints checkpoints) {
    Network network = Toy.network(DType.FLOAT32, 2);
    WeightAverage average = WeightAverage.of(decay);
    Trainer<Tensor> trainer =
        Trainer.of(
                network,
                new SoftmaxCrossEntropy().withSmoothing(0.1).withProbabilities(),
                optimizer(optimizer))
            .withBatchSize(8)
            .withSteps(24)
            .withAverage(average)
            .withCheckpoints(checkpoints)
            .withEvaluation("validation", Toy.points(30, 2), Metrics.accuracy());
    if (listeners) {
      trainer =
          trainer.withListeners(
              GradientClipping.byNorm(1), EarlyStopping.highest("EMA validation accuracy", 100));
    }
    History history =
        trainer
            .withListeners(
                new TrainingListener() {
                  @Override
                  public void afterStep(Fit fit) {
                    if (fit.step() == last) {
                      fit.stop("stopped");
                    }
                  }
                })
            .fit(
                Mixup.of(POINTS, Toy.CLASSES, 0.4, 5),
                Sampler.shuffled(POINTS.size(), new NumPyRandom(3)));
    String fingerprint = Fingerprint.of(network.parameters());
    average.copyTo(network);
    return new Outcome(fingerprint, Fingerprint.of(network.parameters()), history);
  }

  @ParameterizedTest
  @ValueSource(strings = {"AdamW", "Lion", "Nesterov"})
  void interruptedAfterAnyStepItIsTheSameTraining(String optimizer) {
    for (boolean listeners : new boolean[] {false, true}) {
      Checkpoints complete = Checkpoints.in(directory.resolve("whole-" + listeners));
      Outcome whole = fit(optimizer, 0.9, -1, listeners, complete);
      // Nothing is left to be done, and the result is the same.
      assertEquals(whole, fit(optimizer, 0.9, -1, listeners, complete.resuming()));
      for (long last = 0; last < 23; last++) {
        Checkpoints checkpoints =
            Checkpoints.in(directory.resolve(listeners + "-" + last)).onlyWhenStopped();
        fit(optimizer, 0.9, last, listeners, checkpoints);
        Outcome resumed = fit(optimizer, 0.9, -1, listeners, checkpoints.resuming());
        assertEquals(whole, resumed, "interrupted after step " + last);
      }
    }
  }

  @Test
  void withAnotherDecayOfTheAverageItIsAnotherTraining() {
    Checkpoints checkpoints = Checkpoints.in(directory);
    fit("AdamW", 0.9, 3, true, checkpoints);
    String message =
        assertThrows(
                UncheckedIOException.class,
                () -> fit("AdamW", 0.8, -1, true, checkpoints.resuming()))
            .getMessage();
    assertTrue(
        message.contains("WeightAverage(decay 0.9)")
            && message.contains("WeightAverage(decay 0.8)"),
        message);
  }

  @Test
  void withAnotherShareOfMixingItIsAnotherTraining() {
    trainMixed(0.4);
    String message = assertThrows(UncheckedIOException.class, () -> trainMixed(0.5)).getMessage();
    assertTrue(message.contains("alpha 0.4") && message.contains("alpha 0.5"), message);
  }

  private void trainMixed(double alpha) {
    Trainer.of(
            Toy.network(DType.FLOAT32, 2),
            new SoftmaxCrossEntropy().withProbabilities(),
            AdamW.of(1e-3))
        .withSteps(2)
        .withCheckpoints(Checkpoints.in(directory).resuming())
        .fit(Mixup.of(POINTS, Toy.CLASSES, alpha, 5), new NumPyRandom(1));
  }
}
