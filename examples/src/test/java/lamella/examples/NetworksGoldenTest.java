package lamella.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import lamella.core.Network;
import lamella.core.Parameter;
import lamella.losses.SoftmaxCrossEntropy;
import lamella.optim.Evaluation;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Networks of all kinds of layers, optimisers and schedules learn in float64 as NumPy does. */
class NetworksGoldenTest {
  /** What the last digits may differ by, relative to the number. */
  private static final double TOLERANCE = 1e-9;

  /** A gradient that is 0 but for rounding, of a bias that a BatchNorm takes off again. */
  private static final double ZERO = 1e-15;

  /** A training of networks_golden.py. */
  record Run(
      String name,
      Map<RunOption<?>, String> options,
      List<double[]> steps,
      List<double[]> validation,
      List<String> parameters,
      List<double[]> sums) {

    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Run> runs() throws IOException {
    List<Run> runs = new ArrayList<>();
    for (String line : lines()) {
      String[] words = line.split(" ", 2);
      String rest = words[1];
      switch (words[0]) {
        case "run" ->
            runs.add(
                new Run(
                    rest,
                    new LinkedHashMap<>(Map.of(RunOption.DTYPE, "float64")),
                    new ArrayList<>(),
                    new ArrayList<>(),
                    new ArrayList<>(),
                    new ArrayList<>()));
        case "option" -> {
          String[] option = rest.split(" ", 2);
          runs.getLast().options.put(named(option[0]), option.length == 1 ? "true" : option[1]);
        }
        case "step" -> runs.getLast().steps.add(numbers(rest));
        case "validation" -> runs.getLast().validation.add(numbers(rest));
        default -> {
          String[] parameter = rest.split(" ", 2);
          runs.getLast().parameters.add(parameter[0]);
          runs.getLast().sums.add(numbers(parameter[1]));
        }
      }
    }
    return runs.stream();
  }

  private static List<String> lines() throws IOException {
    try (InputStream in = NetworksGoldenTest.class.getResourceAsStream("networks_golden.txt")) {
      return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .toList();
    }
  }

  private static RunOption<?> named(String name) {
    return RunOption.all().stream()
        .filter(option -> option.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static double[] numbers(String text) {
    return Stream.of(text.split(" ")).mapToDouble(Double::parseDouble).toArray();
  }

  private static void near(double expected, double actual, String what) {
    assertEquals(expected, actual, TOLERANCE * Math.abs(expected) + ZERO, what);
  }

  @ParameterizedTest
  @MethodSource("runs")
  void everyIterationIsWhatNumPyComputes(Run run) throws DivergedException {
    RandomImages images = RandomImages.of();
    Training.Result result =
        Training.run(
            Experiment.of(run.options), 10, images.train(), images.validation(), step -> {});
    assertEquals(run.steps.size(), result.history().size());
    for (int t = 0; t < run.steps.size(); t++) {
      double[] expected = run.steps.get(t);
      Training.Step step = result.history().get(t);
      near(expected[0], step.dataLoss(), "data loss " + t);
      near(expected[1], step.penalty(), "penalty " + t);
      near(expected[2], step.learningRate(), "learning rate " + t);
    }
    Network network = result.network();
    // Of a prediction: statistics of batches are those that training has kept.
    Evaluation evaluation = Evaluation.of(network, new SoftmaxCrossEntropy(), images.validation());
    near(run.validation.getFirst()[0], evaluation.loss(), "validation loss");
    assertEquals(run.validation.getFirst()[1], evaluation.accuracy(), "validation accuracy");
    List<Parameter> parameters = network.parameters();
    assertEquals(run.parameters, parameters.stream().map(Parameter::name).toList());
    for (int i = 0; i < parameters.size(); i++) {
      double sum = 0;
      double squares = 0;
      for (double value : parameters.get(i).value().toDoubleArray()) {
        sum += value;
        squares += value * value;
      }
      double[] expected = run.sums.get(i);
      String what = "parameter " + i + ", " + run.parameters.get(i);
      // A sum of numbers of both signs may cancel.
      double tolerance = TOLERANCE * (Math.abs(expected[0]) + expected[1]) + ZERO;
      assertEquals(expected[0], sum, tolerance, what);
      near(expected[1], squares, what);
    }
  }

  /** A run that agrees whatever it does would prove nothing. */
  @ParameterizedTest
  @MethodSource("runs")
  void everyOptionOfARunMatters(Run run) throws DivergedException {
    RandomImages images = RandomImages.of();
    Experiment whole = Experiment.of(run.options);
    for (RunOption<?> option : run.options.keySet()) {
      if (option == RunOption.ITERATIONS || option == RunOption.DTYPE) {
        continue;
      }
      Map<RunOption<?>, String> others = new LinkedHashMap<>(run.options);
      others.remove(option);
      Experiment other;
      try {
        other = Experiment.of(others);
      } catch (IllegalArgumentException e) {
        continue; // without it others have no meaning
      }
      assertNotEquals(whole.toString(), other.toString(), option.name());
      List<Training.Step> steps =
          Training.run(other, 10, images.train(), images.validation(), step -> {}).history();
      boolean differs = false;
      for (int t = 0; t < run.steps.size(); t++) {
        double[] expected = run.steps.get(t);
        Training.Step step = steps.get(t);
        differs |= Math.abs(expected[0] - step.dataLoss()) > 1e-6 * expected[0];
      }
      assertTrue(differs, option.name());
    }
  }
}
