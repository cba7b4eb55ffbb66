package lamella.optim.tensorboard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;
import lamella.core.Dataset;
import lamella.core.Fingerprint;
import lamella.core.FloatTensor;
import lamella.core.Layer;
import lamella.core.Network;
import lamella.core.Parameter;
import lamella.core.Pass;
import lamella.core.Shape;
import lamella.core.Tensor;
import lamella.core.random.NumPyRandom;
import lamella.layers.Linear;
import lamella.layers.ReLU;
import lamella.losses.SoftmaxCrossEntropy;
import lamella.optim.Fit;
import lamella.optim.History;
import lamella.optim.Metrics;
import lamella.optim.NonFiniteException;
import lamella.optim.Sgd;
import lamella.optim.Trainer;
import lamella.optim.TrainingListener;
import lamella.optim.tensorboard.EventReader.Event;
import lamella.optim.tensorboard.EventReader.Value;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TensorBoardListenerTest {
  private static final NumPyRandom RANDOM = new NumPyRandom(1);

  @TempDir Path directory;

  /** Ten points of the plane, in two classes by the side of a line. */
  private static Dataset<int[]> data() {
    Tensor inputs = FloatTensor.zeros(Shape.of(10, 2));
    int[] labels = new int[10];
    for (int i = 0; i < 10; i++) {
      inputs.set(2 * i, i - 4.5);
      inputs.set(2 * i + 1, (i * 7) % 10 - 4.5);
      labels[i] = inputs.get(i, 0) + inputs.get(i, 1) > 0 ? 1 : 0;
    }
    return Dataset.of(inputs, labels);
  }

  private static Network network() {
    return Network.of(Shape.of(2), new Linear(2, 3, RANDOM), new ReLU(), new Linear(3, 2, RANDOM));
  }

  private static Trainer<int[]> trainer(Layer network, TrainingListener listener) {
    return Trainer.of(network, new SoftmaxCrossEntropy(), Sgd.of(0.1).withL2(0.5))
        .withBatchSize(5)
        .withSteps(5)
        .withEvaluation("validation", data())
        .withListeners(listener);
  }

  private List<Event> events() throws IOException {
    List<Event> events = new ArrayList<>();
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.sorted().toList()) {
        events.addAll(EventReader.events(Files.readAllBytes(file)));
      }
    }
    return events;
  }

  private record At(long step, Value value) {}

  private List<At> values(Predicate<String> tag) throws IOException {
    List<At> values = new ArrayList<>();
    for (Event event : events()) {
      for (Value value : event.values()) {
        if (tag.test(value.tag())) {
          values.add(new At(event.step(), value));
        }
      }
    }
    return values;
  }

  private List<Object> contents(String tag) throws IOException {
    return values(tag::equals).stream().map(at -> at.value().content().getFirst()).toList();
  }

  @Test
  void whateverIsMeasuredIsAScalar() throws IOException {
    History history =
        Trainer.of(network(), new SoftmaxCrossEntropy(), Sgd.of(0.1))
            .withBatchSize(5)
            .withSteps(4)
            .withEvaluation("held out", data(), Metrics.auc().and(Metrics.calibrationError(5)))
            .withListeners(new TensorBoardListener(directory))
            .fit(data(), new NumPyRandom(2));
    for (String name : List.of("auc", "calibration-error")) {
      assertEquals(
          history.measurements("held out " + name).stream()
              .map(measured -> (Object) (float) measured.value())
              .toList(),
          contents(name + "/held out"));
      assertEquals(2, contents(name + "/held out").size());
    }
  }

  @Test
  void everyStepAndMeasurementIsAScalar() throws IOException {
    History history =
        trainer(network(), new TensorBoardListener(directory)).fit(data(), new NumPyRandom(2));
    assertEquals(
        List.of(0L, 1L, 2L, 3L, 4L), values("loss/batch"::equals).stream().map(At::step).toList());
    assertEquals(
        history.steps().stream().map(step -> (Object) (float) step.loss()).toList(),
        contents("loss/batch"));
    assertEquals(
        history.steps().stream().map(step -> (Object) (float) step.dataLoss()).toList(),
        contents("loss/data"));
    assertEquals(
        history.steps().stream().map(step -> (Object) (float) step.penalty()).toList(),
        contents("loss/penalty"));
    assertEquals(
        history.steps().stream().map(step -> (Object) (float) step.learningRate()).toList(),
        contents("learning rate"));
    List<History.Measurement> accuracies = history.measurements("validation accuracy");
    assertEquals(3, accuracies.size());
    assertEquals(
        accuracies.stream()
            .map(measurement -> List.of(measurement.step(), (float) measurement.value()))
            .toList(),
        values("accuracy/validation"::equals).stream()
            .map(at -> List.of(at.step(), at.value().content().getFirst()))
            .toList());
    assertEquals(3, values("loss/validation"::equals).size());
  }

  @Test
  void everyEpochHasHistogramsOfParametersAndGradients() throws IOException {
    Network network = network();
    Tensor before = network.parameters().getFirst().value().copy();
    trainer(network, new TensorBoardListener(directory)).fit(data(), new NumPyRandom(2));
    List<At> histograms = values(tag -> tag.startsWith("parameters/") || tag.startsWith("grad"));
    assertEquals(3 * 8, histograms.size());
    assertEquals(
        List.of(0L, 2L, 4L), histograms.stream().map(At::step).distinct().sorted().toList());
    assertEquals(
        "[gradients/0.bias, gradients/0.weight, gradients/2.bias, gradients/2.weight,"
            + " parameters/0.bias, parameters/0.weight, parameters/2.bias, parameters/2.weight]",
        new TreeSet<>(histograms.stream().map(at -> at.value().tag()).toList()).toString());
    Value first = values("parameters/0.weight"::equals).getFirst().value();
    assertEquals("histograms", first.plugin());
    double smallest = Double.POSITIVE_INFINITY;
    for (double value : before.toDoubleArray()) {
      smallest = Math.min(smallest, value);
    }
    assertEquals(smallest, first.content().getFirst());
    double counted = 0;
    for (int i = 2; i < 90; i += 3) {
      counted += (double) first.content().get(i);
    }
    assertEquals(6, counted);
  }

  @Test
  void textsAndImagesAreThereAndAsOftenAsAsked() throws IOException {
    byte[] png;
    try (var in = EventFileTest.class.getResourceAsStream("image.png")) {
      png = in.readAllBytes();
    }
    TensorBoardListener listener =
        new TensorBoardListener(directory)
            .withText("configuration", "learning rate 0.1")
            .withImage("weights", fit -> png)
            .withHistogramsEvery(3);
    trainer(network(), listener).fit(data(), new NumPyRandom(2));
    assertEquals(List.of("learning rate 0.1"), contents("configuration"));
    assertEquals(List.of(0L, 3L), values("weights"::equals).stream().map(At::step).toList());
    assertEquals(
        List.of(0L, 3L), values("parameters/2.bias"::equals).stream().map(At::step).toList());
    assertEquals(
        "TensorBoardListener: histograms must be at least 1 step apart, got 0",
        assertThrows(IllegalArgumentException.class, () -> listener.withHistogramsEvery(0))
            .getMessage());
  }

  @Test
  void aLayerThatIsNoNetworkHasItsOwnNames() throws IOException {
    trainer(new Linear(2, 2, RANDOM), new TensorBoardListener(directory))
        .fit(data(), new NumPyRandom(2));
    assertEquals(3, values("parameters/weight"::equals).size());
  }

  /** Two layers one after the other; both are named or none, both are trained or the second. */
  private record Pair(Linear first, Linear second, boolean names, boolean trainsBoth)
      implements Layer {
    @Override
    public List<Layer> layers() {
      return names ? List.of(first, second) : List.of();
    }

    @Override
    public List<Parameter> parameters() {
      return trainsBoth
          ? Stream.of(first, second).flatMap(layer -> layer.parameters().stream()).toList()
          : second.parameters();
    }

    @Override
    public Shape outputShape(Shape input) {
      return second.outputShape(first.outputShape(input));
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
      return pass.forward(this, 1, second, pass.forward(this, 0, first, x));
    }

    @Override
    public Tensor backward(Tensor dy, Pass pass) {
      boolean needed = pass.needsInputGradient();
      return pass.backward(this, 0, first, pass.backward(this, 1, second, dy, true), needed);
    }

    @Override
    public String toString() {
      return "Pair";
    }
  }

  private static Network withPair(boolean names, boolean trainsBoth) {
    return Network.of(
        Shape.of(2),
        new Pair(new Linear(2, 3, RANDOM), new Linear(3, 2, RANDOM), names, trainsBoth));
  }

  private Set<String> parameterTags() throws IOException {
    Set<String> tags = new TreeSet<>();
    values(tag -> tag.startsWith("parameters/")).forEach(at -> tags.add(at.value().tag()));
    return tags;
  }

  @Test
  void layersInsideAContainerAreNamedByTheirPlaces() throws IOException {
    trainer(withPair(true, true), new TensorBoardListener(directory))
        .fit(data(), new NumPyRandom(2));
    assertEquals(
        "[parameters/0.0.bias, parameters/0.0.weight, parameters/0.1.bias, parameters/0.1.weight]",
        parameterTags().toString());
  }

  @Test
  void parametersThatAContainerDoesNotTrainHaveNoTags() throws IOException {
    trainer(withPair(true, false), new TensorBoardListener(directory))
        .fit(data(), new NumPyRandom(2));
    assertEquals("[parameters/0.1.bias, parameters/0.1.weight]", parameterTags().toString());
  }

  @Test
  void aContainerThatDoesNotNameItsLayersIsRefusedBeforeTheFirstStep() {
    Network network = withPair(false, true);
    String before = Fingerprint.of(network.parameters());
    assertEquals(
        "layer 0 Pair: two of its parameters are named weight; a container of layers names them in"
            + " layers(), a layer its parameters apart",
        assertThrows(
                IllegalArgumentException.class,
                () ->
                    trainer(network, new TensorBoardListener(directory))
                        .fit(data(), new NumPyRandom(2)))
            .getMessage());
    assertEquals(before, Fingerprint.of(network.parameters()));
  }

  @Test
  void whatWasWrittenBeforeATrainingFailedIsThere() throws IOException {
    TrainingListener failing =
        new TrainingListener() {
          @Override
          public void beforeUpdate(Fit fit) {
            if (fit.step() == 2) {
              fit.gradients().of(fit.parameters().getFirst()).fill(Double.NaN);
            }
          }
        };
    assertThrows(
        NonFiniteException.class,
        () ->
            trainer(network(), failing)
                .withListeners(new TensorBoardListener(directory))
                .fit(data(), new NumPyRandom(2)));
    assertEquals(3, values("loss/batch"::equals).size());
  }

  @Test
  void trainingIsTheSameBitForBit() throws IOException {
    Network watched = network();
    Network alone = network();
    for (int i = 0; i < 4; i++) {
      alone.parameters().get(i).value().copyFrom(watched.parameters().get(i).value());
    }
    trainer(watched, new TensorBoardListener(directory).withHistogramsEvery(1))
        .fit(data(), new NumPyRandom(2));
    trainer(alone, new TrainingListener() {}).fit(data(), new NumPyRandom(2));
    assertEquals(Fingerprint.of(alone.parameters()), Fingerprint.of(watched.parameters()));
  }
}
