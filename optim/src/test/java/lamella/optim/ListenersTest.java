package lamella.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import lamella.core.DType;
import lamella.core.Dataset;
import lamella.core.Fingerprint;
import lamella.core.Gradients;
import lamella.core.Network;
import lamella.core.Parameter;
import lamella.core.random.NumPyRandom;
import lamella.losses.SoftmaxCrossEntropy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The listeners that come with the trainer. */
class ListenersTest {
  private static final SoftmaxCrossEntropy LOSS = new SoftmaxCrossEntropy();

  private final Dataset<int[]> data = Toy.points(60, 1);

  @TempDir Path directory;

  private History fit(Network network, Optimizer optimizer, long steps, TrainingListener... all) {
    return Trainer.of(network, LOSS, optimizer)
        .withBatchSize(20)
        .withSteps(steps)
        .withListeners(all)
        .fit(data, new NumPyRandom(3));
  }

  /** Measures "it" after every step: these numbers, one after the other. */
  private static TrainingListener measuring(double... values) {
    return new TrainingListener() {
      @Override
      public void afterStep(Fit fit) throws IOException {
        fit.measure("it", values[(int) fit.step()]);
      }
    };
  }

  // Early stopping.

  @Test
  void earlyStoppingEndsAfterItsPatienceWithTheBestParameters() {
    List<String> fingerprints = new ArrayList<>();
    TrainingListener fingerprinting =
        new TrainingListener() {
          @Override
          public void afterStep(Fit fit) {
            fingerprints.add(Fingerprint.of(fit.parameters()));
          }
        };
    Network network = Toy.network(DType.FLOAT32, 2);
    EarlyStopping stopping = EarlyStopping.lowest("it", 3);
    History history =
        fit(
            network,
            Sgd.of(0.1),
            9,
            fingerprinting,
            measuring(Double.NaN, 5, 6, 4, 4, 7, Double.NaN, 1, 0),
            stopping);
    assertEquals(7, history.steps().size());
    assertEquals(
        "it was best, 4.0, after step 3, and no better at 3 measurements since",
        history.stopReason().orElseThrow());
    assertEquals(4, stopping.best());
    assertEquals(3, stopping.bestStep());
    assertEquals(fingerprints.get(3), Fingerprint.of(network.parameters()));
    assertEquals(7, fingerprints.stream().distinct().count());
  }

  @Test
  void whatIsToBecomeLargeIsStoppedWhenItDoesNot() {
    History history =
        fit(
            Toy.network(DType.FLOAT32, 2),
            Sgd.of(0.1),
            9,
            EarlyStopping.highest("it", 2),
            measuring(1, 2, 1.5, 2, 3, 4, 5, 6, 7));
    assertEquals(4, history.steps().size());
  }

  // A rate that falls on a plateau.

  @Test
  void onAPlateauTheRateFallsByItsFactor() {
    PlateauSchedule rate =
        PlateauSchedule.lowest("it", Schedule.exponentialDecay(0.8, 0.5, 100), 0.25, 2);
    History history =
        fit(
            Toy.network(DType.FLOAT32, 2),
            Sgd.of(rate),
            9,
            rate,
            measuring(3, 4, 3, 2, 2, 2, 2, 2, 1));
    assertArrayEquals(
        new double[] {0.8, 0.4, 0.4, 0.1, 0.1, 0.1, 0.025, 0.025, 0.00625},
        history.steps().stream().mapToDouble(History.Step::learningRate).toArray(),
        1e-15);
  }

  // Clipping.

  /** The gradients of one step as each listener left them. */
  private static final class Seen implements TrainingListener {
    private final List<double[]> gradients = new ArrayList<>();

    @Override
    public void beforeUpdate(Fit fit) {
      Gradients all = fit.gradients();
      for (Parameter parameter : fit.parameters()) {
        gradients.add(all.of(parameter).toDoubleArray());
      }
    }

    double norm() {
      double sum = 0;
      for (double[] gradient : gradients) {
        for (double g : gradient) {
          sum += g * g;
        }
      }
      return Math.sqrt(sum);
    }
  }

  @ParameterizedTest
  @EnumSource(DType.class)
  void clippingByNormScalesAllGradientsTogether(DType dtype) {
    Seen before = new Seen();
    Seen after = new Seen();
    fit(Toy.network(dtype, 2), Sgd.of(0.1), 1, before, GradientClipping.byNorm(1e-3), after);
    double norm = before.norm();
    assertTrue(norm > 1e-3);
    double precision = dtype == DType.FLOAT32 ? 1e-6 : 1e-14;
    assertEquals(1e-3, after.norm(), 1e-3 * precision);
    for (int p = 0; p < before.gradients.size(); p++) {
      for (int i = 0; i < before.gradients.get(p).length; i++) {
        double expected = before.gradients.get(p)[i] * 1e-3 / norm;
        assertEquals(
            expected, after.gradients.get(p)[i], Math.abs(expected) * precision, p + " " + i);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(DType.class)
  void gradientsBelowTheLimitKeepTheirBits(DType dtype) {
    Seen before = new Seen();
    Seen after = new Seen();
    fit(
        Toy.network(dtype, 2),
        Sgd.of(0.1),
        1,
        before,
        GradientClipping.byNorm(1e3),
        GradientClipping.byValue(1e3),
        after);
    for (int p = 0; p < before.gradients.size(); p++) {
      assertArrayEquals(before.gradients.get(p), after.gradients.get(p));
    }
  }

  /** 1e20 squared is no float32. */
  @Test
  void aNormThatOnlyFloat64HoldsIsClipped() {
    TrainingListener huge =
        new TrainingListener() {
          @Override
          public void beforeUpdate(Fit fit) {
            for (Parameter parameter : fit.parameters()) {
              fit.gradients().of(parameter).fill(1e20);
            }
          }
        };
    Seen after = new Seen();
    fit(Toy.network(DType.FLOAT32, 2), Sgd.of(0.1), 1, huge, GradientClipping.byNorm(1), after);
    int count = after.gradients.stream().mapToInt(gradient -> gradient.length).sum();
    for (double[] gradient : after.gradients) {
      for (double g : gradient) {
        assertEquals(1 / Math.sqrt(count), g, 1e-7);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(DType.class)
  void clippingByValueLimitsEachElement(DType dtype) {
    Seen before = new Seen();
    Seen after = new Seen();
    double limit = 0.03125;
    fit(Toy.network(dtype, 2), Sgd.of(0.1), 1, before, GradientClipping.byValue(limit), after);
    int clipped = 0;
    for (int p = 0; p < before.gradients.size(); p++) {
      for (int i = 0; i < before.gradients.get(p).length; i++) {
        double g = before.gradients.get(p)[i];
        assertEquals(Math.signum(g) * Math.min(Math.abs(g), limit), after.gradients.get(p)[i]);
        clipped += Math.abs(g) > limit ? 1 : 0;
      }
    }
    assertTrue(clipped > 3);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, -1, Double.NaN, Double.POSITIVE_INFINITY})
  void aLimitThatIsNoneIsRefused(double limit) {
    String expected = "GradientClipping: the limit must be finite and > 0, got " + limit;
    assertEquals(
        expected,
        assertThrows(IllegalArgumentException.class, () -> GradientClipping.byNorm(limit))
            .getMessage());
    assertEquals(
        expected,
        assertThrows(IllegalArgumentException.class, () -> GradientClipping.byValue(limit))
            .getMessage());
  }

  // Time, lines and files.

  @Test
  void aTimeThatIsOverStopsAfterTheStep() {
    Network network = Toy.network(DType.FLOAT32, 2);
    History history = fit(network, Sgd.of(0.1), 5, new TimeLimit(Duration.ZERO));
    assertEquals(1, history.steps().size());
    assertEquals("its time was over: 0.0 s", history.stopReason().orElseThrow());
    assertEquals(5, fit(network, Sgd.of(0.1), 5, new TimeLimit(Duration.ofDays(1))).steps().size());
  }

  @Test
  void progressIsALineEverySoManySteps() {
    List<String> lines = new ArrayList<>();
    History history =
        fit(
            Toy.network(DType.FLOAT32, 2),
            Sgd.of(0.1),
            5,
            measuring(0.5, 0.25, 0.125, 1, 1),
            ProgressLines.every(2, lines::add));
    assertEquals(3, lines.size());
    for (int i = 0; i < 3; i++) {
      assertEquals(
          String.format(
              Locale.ROOT,
              "step %d of 5: loss %.6f, it %.4f",
              2 * i,
              history.steps().get(2 * i).loss(),
              i == 0 ? 0.5 : i == 1 ? 0.125 : 1),
          lines.get(i));
    }
  }

  @Test
  void progressByTimeTellsRateAndTimeLeft() {
    List<String> lines = new ArrayList<>();
    fit(
        Toy.network(DType.FLOAT32, 2),
        Sgd.of(0.1),
        5,
        ProgressLines.every(Duration.ofNanos(1), lines::add));
    assertEquals(5, lines.size());
    assertTrue(
        lines.getLast().matches("step 4 of 5: loss \\d\\.\\d{6}; \\d+ examples/s, 0 s left"),
        lines.getLast());
  }

  @Test
  void theCsvFileHasALineForEveryStepAndWhatWasMeasuredAfterIt() throws IOException {
    Path file = directory.resolve("history.csv");
    History history =
        Trainer.of(Toy.network(DType.FLOAT64, 2), LOSS, Sgd.of(0.1).withL2(0.5))
            .withBatchSize(20)
            .withSteps(4)
            .withListeners(new CsvHistory(file))
            .withEvaluation("train", data)
            .fit(data, new NumPyRandom(3));
    List<String> lines = Files.readAllLines(file);
    assertEquals(
        "step,loss,data_loss,penalty,learning_rate,train_loss,train_accuracy", lines.getFirst());
    assertEquals(5, lines.size());
    for (int i = 0; i < 4; i++) {
      History.Step step = history.steps().get(i);
      // After the epoch's last step, and after the last of all.
      int first = 2 * (i - 2);
      String measured =
          i >= 2
              ? history.measurements().get(first).value()
                  + ","
                  + history.measurements().get(first + 1).value()
              : ",";
      assertEquals(
          i + "," + step.loss() + "," + step.dataLoss() + "," + step.penalty() + ",0.1," + measured,
          lines.get(i + 1));
    }
  }
}
