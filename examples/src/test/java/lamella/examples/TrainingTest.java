package lamella.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
import lamella.core.DType;
import lamella.core.Fingerprint;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TrainingTest {
  private static RandomImages images;

  /** The lines of training_golden.csv by "activation,seed". */
  private static Map<String, List<String[]>> golden;

  @BeforeAll
  static void read() throws IOException {
    images = RandomImages.of();
    try (InputStream in = TrainingTest.class.getResourceAsStream("training_golden.csv");
        BufferedReader lines =
            new BufferedReader(
                new InputStreamReader(Objects.requireNonNull(in), StandardCharsets.UTF_8))) {
      golden =
          lines
              .lines()
              .skip(1)
              .map(line -> line.split(",", -1))
              .collect(
                  Collectors.groupingBy(
                      fields -> fields[0] + "," + fields[1], TreeMap::new, Collectors.toList()));
    }
  }

  /** The experiment of training_golden.py. */
  private static Experiment experiment(Activation activation, long seed, DType dtype) {
    return Experiment.report(activation, dtype)
        .with(RunOption.HIDDEN, 12L)
        .with(RunOption.ITERATIONS, 31L)
        .with(RunOption.BATCH_SIZE, 20L)
        .with(RunOption.LEARNING_RATE, 2e-3)
        .with(RunOption.DECAY, 0.9)
        .with(RunOption.L2, 0.5)
        .with(RunOption.INIT_STD, new InitialWeights(1e-2))
        .with(RunOption.SEED, seed);
  }

  private static Training.Result run(Experiment experiment) throws DivergedException {
    return Training.run(experiment, 10, images.train(), images.validation(), step -> {});
  }

  @ParameterizedTest
  @EnumSource(Activation.class)
  void everyIterationInFloat64IsWhatNumPyComputes(Activation activation) throws DivergedException {
    for (long seed : new long[] {0, 4294967295L}) {
      List<String[]> expected = golden.get(activation + "," + seed);
      Training.Result result = run(experiment(activation, seed, DType.FLOAT64));
      assertEquals(31, expected.size());
      assertEquals(31, result.history().size());
      List<Training.Accuracy> accuracies = new ArrayList<>(result.accuracies());
      for (int t = 0; t < 31; t++) {
        String[] line = expected.get(t);
        Training.Step step = result.history().get(t);
        String where = activation + ", seed " + seed + ", iteration " + t;
        assertEquals(t, step.iteration(), where);
        assertEquals(Double.parseDouble(line[3]), step.loss(), 1e-9, where);
        assertEquals(Double.parseDouble(line[4]), step.dataLoss(), 1e-9, where);
        assertEquals(Double.parseDouble(line[5]), step.penalty(), 1e-9, where);
        assertEquals(Double.parseDouble(line[6]), step.learningRate(), where);
        if (!line[7].isEmpty()) {
          Training.Accuracy accuracy = accuracies.removeFirst();
          assertEquals(t, accuracy.iteration(), where);
          assertEquals(Double.parseDouble(line[7]), accuracy.train(), where);
          assertEquals(Double.parseDouble(line[8]), accuracy.validation(), where);
        }
      }
      assertEquals(List.of(), accuracies);
    }
  }

  @ParameterizedTest
  @EnumSource(Activation.class)
  void float32StaysNearFloat64(Activation activation) throws DivergedException {
    Training.Result exact = run(experiment(activation, 0, DType.FLOAT64));
    Training.Result rounded = run(experiment(activation, 0, DType.FLOAT32));
    for (int t = 0; t < 31; t++) {
      double loss = exact.history().get(t).loss();
      assertEquals(loss, rounded.history().get(t).loss(), 1e-4 * loss, "iteration " + t);
    }
  }

  @Test
  void theSameExperimentTwiceGivesTheSameBits() throws DivergedException {
    for (DType dtype : DType.values()) {
      Training.Result once = run(experiment(Activation.SWISH, 5, dtype));
      Training.Result twice = run(experiment(Activation.SWISH, 5, dtype));
      assertEquals(
          Fingerprint.of(once.network().parameters()),
          Fingerprint.of(twice.network().parameters()));
      assertEquals(once.history(), twice.history());
      Training.Result other = run(experiment(Activation.SWISH, 6, dtype));
      assertTrue(
          !Fingerprint.of(once.network().parameters())
              .equals(Fingerprint.of(other.network().parameters())));
    }
  }

  @Test
  void theListenerSeesEveryIterationInOrder() throws DivergedException {
    List<Training.Step> seen = new ArrayList<>();
    Training.Result result =
        Training.run(
            experiment(Activation.RELU, 1, DType.FLOAT32),
            10,
            images.train(),
            images.validation(),
            seen::add);
    assertEquals(result.history(), seen);
  }

  // Divergence. The factor of W in a step without data is 1 - rate l2.

  private static String divergence(double rate, double l2, double initStd, DType dtype) {
    Experiment experiment =
        experiment(Activation.RELU, 1, dtype)
            .with(RunOption.ITERATIONS, 500L)
            .with(RunOption.LEARNING_RATE, rate)
            .with(RunOption.DECAY, 1.0)
            .with(RunOption.L2, l2)
            .with(RunOption.INIT_STD, new InitialWeights(initStd));
    return assertThrows(DivergedException.class, () -> run(experiment)).getMessage();
  }

  @Test
  void aRateThatIsTooHighNamesStepLayerAndRate() {
    for (DType dtype : DType.values()) {
      assertMatches(
          "iteration [1-9]\\d*, layer \\d (Linear\\(\\d+ -> \\d+\\)|ReLU): (weight|bias|output)( gradient)?"
              + " is not finite; learning rate 10\\.0 is probably too high",
          divergence(10, 1, 1e-4, dtype));
    }
  }

  @Test
  void whereThePenaltyBlowsTheWeightsUpItIsNamed() {
    assertMatches(
        "iteration [1-9]\\d*, layer \\d Linear\\(\\d+ -> \\d+\\): .* is not finite;"
            + " learning rate 0\\.01 is probably too high for l2 10000\\.0",
        divergence(0.01, 1e4, 1e-4, DType.FLOAT32));
  }

  @Test
  void atStepZeroTheInitialWeightsAreBlamed() {
    assertMatches(
        "iteration 0, layer 0 Linear\\(3072 -> 12\\): output is not finite;"
            + " the initial weights' standard deviation 1\\.0E37 is too high",
        divergence(1e-3, 0, 1e37, DType.FLOAT32));
  }

  @Test
  void anUpdateOfTheLastIterationThatOverflowsIsNoticed() {
    Experiment experiment =
        experiment(Activation.RELU, 1, DType.FLOAT64)
            .with(RunOption.ITERATIONS, 1L)
            .with(RunOption.LEARNING_RATE, Double.MAX_VALUE)
            .with(RunOption.DECAY, 1.0)
            .with(RunOption.L2, 0.0);
    String message = assertThrows(DivergedException.class, () -> run(experiment)).getMessage();
    assertMatches(
        "iteration 1, layer \\d Linear\\(\\d+ -> \\d+\\): weight is not finite; .*", message);
  }

  private static void assertMatches(String pattern, String actual) {
    assertTrue(actual.matches(pattern), actual);
  }
}
