package lamella.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import lamella.core.DType;
import lamella.core.Dataset;
import lamella.core.DoubleTensor;
import lamella.core.Fingerprint;
import lamella.core.Layer;
import lamella.core.Network;
import lamella.core.Parameter;
import lamella.core.Parameter.Role;
import lamella.core.Pass;
import lamella.core.SavedState;
import lamella.core.Shape;
import lamella.core.Tensor;
import lamella.core.io.ModelFile;
import lamella.core.random.NumPyRandom;
import lamella.losses.SoftmaxCrossEntropy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class WeightAverageTest {
  private static final Dataset<int[]> DATA = Toy.points(60, 1);

  @TempDir Path directory;

  private static Trainer<int[]> trainer(Network network) {
    return Trainer.of(network, new SoftmaxCrossEntropy(), Sgd.of(0.3).withMomentum(0.9))
        .withBatchSize(20)
        .withSteps(12);
  }

  /** The parameters after every step. */
  private static TrainingListener recording(List<double[]> values, int parameter) {
    return new TrainingListener() {
      @Override
      public void started(Fit fit) {
        afterStep(fit);
      }

      @Override
      public void afterStep(Fit fit) {
        values.add(fit.parameters().get(parameter).value().toDoubleArray());
      }
    };
  }

  @ParameterizedTest
  @EnumSource(DType.class)
  void itFollowsItsFormula(DType dtype) {
    for (double decay : new double[] {0.3, 0.999}) {
      Network network = Toy.network(dtype, 2);
      WeightAverage average = WeightAverage.of(decay);
      List<double[]> values = new ArrayList<>();
      trainer(network)
          .withAverage(average)
          .withListeners(recording(values, 0))
          .fit(DATA, new NumPyRandom(3));
      double[] expected = values.getFirst();
      for (int t = 1; t < values.size(); t++) {
        double d = Math.min(decay, (1.0 + t) / (10.0 + t));
        for (int i = 0; i < expected.length; i++) {
          expected[i] = d * expected[i] + (1 - d) * values.get(t)[i];
        }
      }
      double[] trained = network.parameters().get(0).value().toDoubleArray();
      assertArrayEquals(values.getLast(), trained);
      assertEquals(12, average.updates());
      average.copyTo(network);
      double allowed = dtype == DType.FLOAT64 ? 1e-14 : 1e-6;
      assertArrayEquals(expected, network.parameters().get(0).value().toDoubleArray(), allowed);
      assertFalse(Arrays.equals(trained, expected));
    }
  }

  /** A decay of 2/11 first, from a copy of 1: not from 0. */
  @Test
  void itBeginsAsACopyWithASmallDecay() {
    Constant network = new Constant(1);
    WeightAverage average = WeightAverage.of(0.999);
    average.started(fit(network));
    network.weight.value().fill(12);
    average.update(network.parameters());
    average.copyTo(network);
    assertEquals(12 - 2 / 11.0 * 11, network.weight.value().get(0), 1e-14);
  }

  @ParameterizedTest
  @EnumSource(DType.class)
  void whatDoesNotChangeIsItsOwnAverageToTheLastBit(DType dtype) {
    Network network = Toy.network(dtype, 2);
    network.layers().getFirst().parameters().forEach(Parameter::freeze);
    double[] before = network.parameters().get(0).value().toDoubleArray();
    WeightAverage average = WeightAverage.of(0.99);
    trainer(network).withSteps(300).withAverage(average).fit(DATA, new NumPyRandom(3));
    network.parameters().get(0).value().fill(9);
    average.copyTo(network);
    assertArrayEquals(before, network.parameters().get(0).value().toDoubleArray());
  }

  /** A weight that has become 0 leaves nothing that is slow to compute with. */
  @Test
  void anAverageThatOnlyShrinksEndsAtZero() {
    Network network = Toy.network(DType.FLOAT32, 2);
    List<Parameter> parameters = network.parameters();
    WeightAverage average = WeightAverage.of(0.9);
    average.started(fit(network));
    parameters.forEach(parameter -> parameter.value().fill(0));
    for (int i = 0; i < 2000; i++) {
      average.update(parameters);
      average.exchange(parameters);
      for (double a : parameters.getFirst().value().toDoubleArray()) {
        assertTrue(a == 0 || Math.abs(a) >= Float.MIN_NORMAL, "update " + i + ": " + a);
      }
      average.exchange(parameters);
    }
    average.copyTo(network);
    assertArrayEquals(new double[18], parameters.getFirst().value().toDoubleArray());
  }

  @Test
  void evaluationsAreMadeOfTheAverageToo() {
    Network network = Toy.network(DType.FLOAT64, 2);
    WeightAverage average = WeightAverage.of(0.9);
    Dataset<int[]> validation = Toy.points(40, 2);
    History history =
        trainer(network)
            .withEvaluation("validation", validation)
            .withAverage(average)
            .fit(DATA, new NumPyRandom(3));
    assertEquals(
        List.of(
            "validation loss",
            "validation accuracy",
            "EMA validation loss",
            "EMA validation accuracy"),
        history.measurements().stream().map(History.Measurement::name).distinct().toList());
    SoftmaxCrossEntropy loss = new SoftmaxCrossEntropy();
    assertEquals(Evaluation.loss(network, loss, validation), last(history, "validation loss"));
    average.copyTo(network);
    assertEquals(Evaluation.loss(network, loss, validation), last(history, "EMA validation loss"));
    assertNotEquals(last(history, "validation loss"), last(history, "EMA validation loss"));
  }

  /** Averaging and measuring the average do not disturb the training. */
  @Test
  void theTrainingIsTheSameWithAndWithoutIt() {
    List<String> fingerprints = new ArrayList<>();
    for (boolean averaged : new boolean[] {false, true}) {
      Network network = Toy.network(DType.FLOAT32, 2);
      Trainer<int[]> trainer = trainer(network).withEvaluation("validation", DATA, step -> true);
      (averaged ? trainer.withAverage(WeightAverage.of(0.9)) : trainer)
          .fit(DATA, new NumPyRandom(3));
      fingerprints.add(Fingerprint.of(network.parameters()));
    }
    assertEquals(fingerprints.get(0), fingerprints.get(1));
  }

  @Test
  void whoWatchesTheAverageKeepsTheAverage() throws IOException {
    Network network = Toy.network(DType.FLOAT32, 2);
    Path file = directory.resolve("best.safetensors");
    Dataset<int[]> validation = Toy.points(40, 2);
    SaveBest best = SaveBest.lowest("EMA validation loss", file);
    EarlyStopping early = EarlyStopping.lowest("EMA validation loss", 100);
    History history =
        trainer(network)
            .withEvaluation("validation", validation)
            .withAverage(WeightAverage.of(0.9))
            .withListeners(best, early)
            .fit(DATA, new NumPyRandom(3));
    double lowest =
        history.measurements("EMA validation loss").stream()
            .mapToDouble(History.Measurement::value)
            .min()
            .orElseThrow();
    SoftmaxCrossEntropy loss = new SoftmaxCrossEntropy();
    assertEquals(lowest, Evaluation.loss(network, loss, validation));
    assertEquals(lowest, Evaluation.loss(ModelFile.read(file).network(), loss, validation));
  }

  @Test
  void aListenerThatThrowsWhileTheAverageIsMeasuredLeavesTheTrainedParameters() {
    Network network = Toy.network(DType.FLOAT64, 2);
    List<double[]> values = new ArrayList<>();
    TrainingListener throwing =
        new TrainingListener() {
          @Override
          public void measured(Fit fit, String name, double value) throws IOException {
            if (name.equals("EMA validation loss")) {
              throw new IOException("a full disk");
            }
            if (name.equals("validation loss")) {
              values.add(fit.parameters().get(0).value().toDoubleArray());
            }
          }
        };
    assertThrows(
        UncheckedIOException.class,
        () ->
            trainer(network)
                .withEvaluation("validation", DATA)
                .withAverage(WeightAverage.of(0.9))
                .withListeners(throwing)
                .fit(DATA, new NumPyRandom(3)));
    assertArrayEquals(values.getFirst(), network.parameters().get(0).value().toDoubleArray());
  }

  /** Running means are those of the network, also while the average is evaluated. */
  @Test
  void statisticsAreNotAveraged() {
    Constant network = new Constant(1);
    WeightAverage average = WeightAverage.of(0.5);
    average.started(fit(network));
    network.weight.value().fill(3);
    network.mean.value().fill(7);
    average.update(network.parameters());
    average.exchange(network.parameters());
    assertEquals(3 - 2 / 11.0 * 2, network.weight.value().get(0), 1e-15);
    assertEquals(7, network.mean.value().get(0));
    average.exchange(network.parameters());
    assertEquals(3, network.weight.value().get(0));
    network.mean.value().fill(8);
    average.copyTo(network);
    assertEquals(8, network.mean.value().get(0));
  }

  @Test
  void aStateThatWasLoadedIsItsOwn() {
    Constant network = new Constant(1);
    WeightAverage first = WeightAverage.of(0.5);
    first.started(fit(network));
    network.weight.value().fill(2);
    first.update(network.parameters());
    SavedState state = SavedState.of(network.parameters());
    first.save(state);
    WeightAverage second = WeightAverage.of(0.5);
    second.load(state);
    second.started(fit(network));
    second.update(network.parameters());
    assertEquals(2, second.updates());
    first.copyTo(network);
    assertEquals(2 - 2 / 11.0, network.weight.value().get(0), 1e-15);
    network.weight.value().fill(0);
    second.copyTo(network);
    assertEquals(2 - 2 / 11.0 * 3 / 12, network.weight.value().get(0), 1e-15);
  }

  private static Fit fit(Layer network) {
    return new Fit(
        new TrainerSettings<>(network, new SoftmaxCrossEntropy(), Sgd.of(1)),
        1,
        List.of(),
        List.of());
  }

  /** A weight and a statistic. */
  private static final class Constant implements Layer {
    private final Parameter weight;
    private final Parameter mean =
        new Parameter("mean", Role.STATISTIC, DoubleTensor.of(Shape.of(1), 0));

    private Constant(double value) {
      weight = new Parameter("weight", Role.WEIGHT, DoubleTensor.of(Shape.of(1), value));
    }

    @Override
    public List<Parameter> parameters() {
      return List.of(mean, weight);
    }

    @Override
    public Shape outputShape(Shape input) {
      return input;
    }

    @Override
    public Tensor forward(Tensor input, Pass pass) {
      return input;
    }

    @Override
    public Tensor backward(Tensor outputGradient, Pass pass) {
      return outputGradient;
    }
  }

  private static double last(History history, String name) {
    return history.measurements(name).getLast().value();
  }

  // Errors.

  @Test
  void whatIsWrongIsNamed() {
    for (double decay : new double[] {-0.1, 1, Double.NaN}) {
      assertEquals(
          "WeightAverage: decay must lie in [0, 1), got " + decay,
          assertThrows(IllegalArgumentException.class, () -> WeightAverage.of(decay)).getMessage());
    }
    Network network = Toy.network(DType.FLOAT32, 2);
    WeightAverage average = WeightAverage.of(0.9);
    assertEquals(
        "WeightAverage(decay 0.9): there is no average before a training begins",
        assertThrows(IllegalStateException.class, () -> average.copyTo(network)).getMessage());
    Trainer<int[]> trainer = trainer(network).withAverage(average);
    assertEquals(
        "Trainer: there is an average already, WeightAverage(decay 0.9); a training has one",
        assertThrows(
                IllegalArgumentException.class, () -> trainer.withAverage(WeightAverage.of(0.5)))
            .getMessage());
    trainer.fit(DATA, new NumPyRandom(3));
    assertEquals(
        "WeightAverage(decay 0.9): expects parameters of shapes [[2, 9], [9], [9, 3], [3]], got"
            + " [[1]]",
        assertThrows(IllegalArgumentException.class, () -> average.copyTo(new Constant(1)))
            .getMessage());
    assertTrue(
        assertThrows(IllegalStateException.class, () -> trainer.fit(DATA, new NumPyRandom(3)))
            .getMessage()
            .contains("WeightAverage(decay 0.9): has served a training already"));
  }
}
