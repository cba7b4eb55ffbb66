package lamella.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.OptionalDouble;
import lamella.core.DType;
import org.junit.jupiter.api.Test;

class PublishedReportTest {
  @Test
  void hasALineForEveryHundredIterations() {
    for (Activation activation : Activation.values()) {
      for (int t = 0; t < 1000; t++) {
        OptionalDouble line = PublishedReport.column(activation, t);
        assertEquals(t % 100 == 0, line.isPresent());
        assertTrue(line.isEmpty() || (line.getAsDouble() < -1.3 && line.getAsDouble() > -2.31));
      }
      assertTrue(PublishedReport.column(activation, 1000).isEmpty());
    }
    // The two activations' lines of iteration 600, which agree to two digits, are easily mistaken
    // for each other.
    assertEquals(-1.455952, PublishedReport.column(Activation.LEAKY_RELU, 600).getAsDouble());
    assertEquals(-1.451981, PublishedReport.column(Activation.SWISH, 600).getAsDouble());
  }

  @Test
  void itsColumnIsThePenaltyLessTheCrossEntropy() {
    assertEquals(-2.25, PublishedReport.column(new Training.Step(0, 2.5, 0.25, 1)));
  }

  @Test
  void theDefaultsAreTheReports() {
    Experiment report = Experiment.report(Activation.SELU, DType.FLOAT64);
    assertEquals(
        "--activation selu --hidden 64 --iterations 1000 --batch-size 200 --learning-rate 0.001"
            + " --decay 0.95 --l2 1.0 --init-std 1.0E-4 --seed 1 --dtype float64",
        report.toString());
    assertEquals("", report.differencesFromReport());
    assertEquals(245, report.iterationsPerEpoch(49_000));
    Experiment other =
        Experiment.report(Activation.RELU, DType.FLOAT32)
            .with(RunOption.HIDDEN, 32L)
            .with(RunOption.ITERATIONS, 9L)
            .with(RunOption.LEARNING_RATE, 0.002)
            .with(RunOption.SEED, 2L);
    assertEquals(
        "--hidden 32 (report: 64), --learning-rate 0.002 (report: 0.001), --seed 2 (report: 1)",
        other.differencesFromReport());
  }
}
