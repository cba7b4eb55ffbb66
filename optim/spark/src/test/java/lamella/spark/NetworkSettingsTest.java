package lamella.spark;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.UnaryOperator;
import lamella.core.Dataset;
import lamella.core.DoubleTensor;
import lamella.core.Fingerprint;
import lamella.core.FloatTensor;
import lamella.core.Initializer;
import lamella.core.Network;
import lamella.core.Outputs;
import lamella.core.Predictor;
import lamella.core.Shape;
import lamella.core.Tensor;
import lamella.core.Weighted;
import lamella.core.random.NumPyRandom;
import lamella.core.random.SplitMix64;
import lamella.layers.BatchNorm;
import lamella.layers.Dropout;
import lamella.layers.GELU;
import lamella.layers.InputNorm;
import lamella.layers.Linear;
import lamella.layers.ReLU;
import lamella.losses.SoftmaxCrossEntropy;
import lamella.losses.SquaredError;
import lamella.optim.AdamW;
import lamella.optim.GradientClipping;
import lamella.optim.Schedule;
import lamella.optim.Sgd;
import lamella.optim.Trainer;
import org.junit.jupiter.api.Test;

final class NetworkSettingsTest {
  private static final NetworkSettings SMALL =
      NetworkSettings.defaults().withHiddenLayers(16).withEpochs(5).withBatchSize(32);

  private static Dataset<int[]> classes(Clouds clouds) {
    return Dataset.of(inputs(clouds), clouds.labels());
  }

  private static FloatTensor inputs(Clouds clouds) {
    int width = clouds.features()[0].length;
    float[] numbers = new float[clouds.labels().length * width];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = (float) clouds.features()[i / width][i % width];
    }
    return FloatTensor.wrap(Shape.of(clouds.labels().length, width), numbers);
  }

  /** y = 1000 + 20 x0 - 10 x1 + noise of deviation 5. */
  private static Dataset<Tensor> numbers(Clouds clouds) {
    NumPyRandom random = new NumPyRandom(99);
    double[] y = new double[clouds.labels().length];
    for (int i = 0; i < y.length; i++) {
      double[] x = clouds.features()[i];
      y[i] = 1000 + 20 * x[0] - 10 * x[1] + 5 * random.nextGaussian();
    }
    return Dataset.of(inputs(clouds), DoubleTensor.wrap(Shape.of(y.length, 1), y));
  }

  // What it is.

  @Test
  void aSettingDoesNotChangeTheOneItWasMadeOf() {
    NetworkSettings defaults = NetworkSettings.defaults();
    String before = defaults.toString();
    NetworkSettings other = defaults.withHiddenLayers(3, 4).withDropout(0.5).withShards(8);
    assertEquals(before, defaults.toString());
    assertArrayEquals(new int[] {3, 4}, other.hiddenLayers());
    assertEquals(0.5, other.dropout());
    assertEquals(8, other.shards());
    other.hiddenLayers()[0] = 99;
    assertArrayEquals(new int[] {3, 4}, other.hiddenLayers());
  }

  @Test
  void eachSettingMakesThemDifferent() {
    Network network = Network.of(Shape.of(2), new Linear(2, 2, new NumPyRandom(1)));
    Network another = Network.of(Shape.of(2), new Linear(2, 2, new NumPyRandom(2)));
    List<UnaryOperator<NetworkSettings>> changes =
        List.of(
            s -> s.withHiddenLayers(7),
            s -> s.withActivation("tanh"),
            s -> s.withDropout(0.1),
            s -> s.withNormalization("batch"),
            s -> s.withStandardization(false),
            s -> s.withSolver("sgd"),
            s -> s.withSolver("sgd").withMomentum(0.8),
            s -> s.withStepSize(0.1),
            s -> s.withRegParam(0.1),
            s -> s.withSchedule("constant"),
            s -> s.withWarmUp(0),
            s -> s.withEpochs(7),
            s -> s.withBatchSize(7),
            s -> s.withShards(2),
            s -> s.withLocalSteps(3),
            s -> s.withLocalSteps(3, 1),
            s -> s.withLabelSmoothing(0.1),
            s -> s.withClipNorm(1),
            s -> s.withPatience(3),
            s -> s.withSeed(1),
            s -> s.withInitialNetwork(network),
            s -> s.withInitialNetwork(another));
    List<NetworkSettings> all = new ArrayList<>(List.of(NetworkSettings.defaults()));
    for (UnaryOperator<NetworkSettings> change : changes) {
      NetworkSettings changed = change.apply(NetworkSettings.defaults());
      assertEquals(changed, change.apply(NetworkSettings.defaults()));
      assertEquals(changed.hashCode(), change.apply(NetworkSettings.defaults()).hashCode());
      for (NetworkSettings other : all) {
        assertNotEquals(other, changed);
      }
      all.add(changed);
    }
  }

  @Test
  void itTravels() throws Exception {
    Network network = Network.of(Shape.of(2), new Linear(2, 2, new NumPyRandom(1)));
    NetworkSettings settings = SMALL.withSeed(3).withInitialNetwork(network);
    NetworkSettings copy = travelled(settings);
    assertEquals(settings, copy);
    assertEquals(
        Fingerprint.of(network.parameters()), Fingerprint.of(copy.initialNetwork().parameters()));
    NetworkTraining<int[]> training = SMALL.classes(classes(Clouds.of(64, 2, 3, 1, 1)), 2);
    assertEquals(training.toString(), travelled(training).toString());
    assertEquals(training.trainer().toString(), travelled(training).trainer().toString());
  }

  @SuppressWarnings({"unchecked", "BanSerializableRead"}) // what it has just written
  private static <T> T travelled(T object) throws IOException, ClassNotFoundException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(object);
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      return (T) in.readObject();
    }
  }

  @Test
  void whatCannotBeIsRefusedWithWhatCan() {
    NetworkSettings s = NetworkSettings.defaults();
    refuses("hidden layer 1 must have at least 1 unit, got 0", () -> s.withHiddenLayers(4, 0));
    refuses("activation must be one of relu, leakyRelu, ", () -> s.withActivation("rleu"));
    refuses("sigmoid; got rleu", () -> s.withActivation("rleu"));
    refuses("dropout must lie in [0, 1), got 1.0", () -> s.withDropout(1));
    refuses(
        "normalization must be one of none, batch, layer; got x", () -> s.withNormalization("x"));
    refuses("solver must be one of adamw, sgd; got l-bfgs", () -> s.withSolver("l-bfgs"));
    refuses("step size must be finite and above 0, got 0.0", () -> s.withStepSize(0));
    refuses("step size must be finite and above 0, got NaN", () -> s.withStepSize(Double.NaN));
    refuses("momentum must lie in [0, 1), got 1.0", () -> s.withMomentum(1));
    refuses("regParam must be finite and not negative, got -1.0", () -> s.withRegParam(-1));
    refuses("schedule must be one of cosine, constant; got x", () -> s.withSchedule("x"));
    refuses("warm-up must lie in [0, 1), got -0.1", () -> s.withWarmUp(-0.1));
    refuses("number of epochs must be at least 1, got 0", () -> s.withEpochs(0));
    refuses("batch size must be at least 1, got 0", () -> s.withBatchSize(0));
    refuses("number of shards must be at least 1, got 0", () -> s.withShards(0));
    refuses("number of local steps must be at least 1, got 0", () -> s.withLocalSteps(0));
    refuses("before local steps must not be negative, got -1", () -> s.withLocalSteps(1, -1));
    refuses("label smoothing must lie in [0, 1), got 1.0", () -> s.withLabelSmoothing(1));
    refuses("clipNorm must be finite and not negative", () -> s.withClipNorm(-1));
    refuses("patience must not be negative, 0 for all epochs, got -1", () -> s.withPatience(-1));
  }

  private static void refuses(String message, Runnable action) {
    String got = assertThrows(IllegalArgumentException.class, action::run).getMessage();
    assertTrue(got.contains(message), got);
  }

  @Test
  void aBatchFitsTheShardsAndTheRows() {
    NetworkSettings s = NetworkSettings.defaults().withBatchSize(96).withShards(8);
    assertEquals(96, s.batchSize(1000));
    assertEquals(96, s.batchSize(96));
    assertEquals(88, s.batchSize(95));
    assertEquals(8, s.batchSize(8));
    refuses("at least as many rows as shards, 8, got 7; take fewer shards", () -> s.batchSize(7));
    refuses(
        "a multiple of the number of shards, 8, got 100; the next that fit are 96 and 104",
        () -> s.withBatchSize(100).batchSize(1000));
    refuses("the next that fit are 8", () -> s.withBatchSize(3).batchSize(1000));
  }

  // What it makes.

  @Test
  void theTrainingIsTheOneThatTheSettingsSay() {
    Clouds clouds = Clouds.of(300, 3, 4, 2, 5);
    Dataset<int[]> data = classes(clouds);
    NetworkSettings settings =
        NetworkSettings.defaults()
            .withHiddenLayers(16, 8)
            .withEpochs(4)
            .withBatchSize(32)
            .withRegParam(0.02)
            .withClipNorm(0.5)
            .withLabelSmoothing(0.1)
            .withSeed(11);
    Trained trained = settings.classes(data, 3).fit(data);

    NumPyRandom weights = new NumPyRandom(SplitMix64.stream(11, 1).nextLong() >>> 32);
    Network network =
        Network.of(
            Shape.of(4),
            InputNorm.fit(data),
            new Linear(4, 16, Initializer.he(), weights),
            new ReLU(),
            new Linear(16, 8, Initializer.he(), weights),
            new ReLU(),
            new Linear(8, 3, Initializer.glorot(), weights));
    // 9 steps an epoch, 36 in all, of which a twentieth is 1.
    Schedule schedule = Schedule.warmUp(1).then(Schedule.cosine(0.005, 0, 35));
    Trainer.of(
            network,
            new SoftmaxCrossEntropy().withSmoothing(0.1),
            AdamW.of(schedule).withDecay(0.02))
        .withBatchSize(32)
        .withEpochs(4)
        .withSeed(11)
        .withListeners(GradientClipping.byNorm(0.5))
        .fit(data, new NumPyRandom(SplitMix64.stream(11, 2).nextLong() >>> 32));
    assertEquals(Fingerprint.of(network.parameters()), trained.fingerprint());
    assertEquals(36, trained.history().steps().size());
    assertEquals(OptionalInt.empty(), trained.bestEpoch());
  }

  @Test
  void layersAndOptimiserAreThoseThatTheSettingsSay() {
    Dataset<int[]> data = classes(Clouds.of(64, 2, 3, 1, 1));
    NetworkTraining<int[]> training =
        SMALL
            .withStandardization(false)
            .withActivation("gelu")
            .withNormalization("batch")
            .withDropout(0.25)
            .withSolver("sgd")
            .withMomentum(0.8)
            .withRegParam(0.001)
            .withSchedule("constant")
            .withWarmUp(0)
            .withStepSize(0.03)
            .withShards(4)
            .withLocalSteps(2, 1)
            .classes(data, 2);
    Network network = training.firstNetwork();
    assertEquals(
        Network.of(
                Shape.of(3),
                new Linear(3, 16, new NumPyRandom(0)),
                new BatchNorm(16),
                new GELU(),
                new Dropout(0.25),
                new Linear(16, 2, new NumPyRandom(0)))
            .toString(),
        network.toString());
    assertEquals(Outputs.CLASSES, network.outputs());
    Sgd sgd = Sgd.of(Schedule.constant(0.03)).withMomentum(0.8).withL2(0.001);
    assertEquals(
        Trainer.of(network, new SoftmaxCrossEntropy(), sgd)
            .withBatchSize(32)
            .withEpochs(5)
            .withShards(4)
            .withLocalSteps(2, 1)
            .toString(),
        training.trainer().toString());
    for (String activation : NetworkSettings.ACTIVATIONS) {
      NetworkSettings settings = SMALL.withActivation(activation).withNormalization("layer");
      String name = settings.classes(data, 2).firstNetwork().layers().get(3).toString();
      assertTrue(
          name.toLowerCase(java.util.Locale.ROOT)
              .startsWith(activation.toLowerCase(java.util.Locale.ROOT)),
          name);
      assertTrue(Double.isFinite(lastLoss(settings.classes(data, 2).fit(data))), activation);
    }
  }

  private static double lastLoss(Trained trained) {
    return trained.history().steps().getLast().dataLoss();
  }

  @Test
  void shardsAndLocalStepsArePartOfTheResultAndSeedsToo() {
    Dataset<int[]> data = classes(Clouds.of(256, 2, 3, 1, 1));
    String one = SMALL.classes(data, 2).fit(data).fingerprint();
    assertEquals(one, SMALL.classes(data, 2).fit(data).fingerprint());
    NetworkSettings four = SMALL.withShards(4);
    String sharded = four.classes(data, 2).fit(data).fingerprint();
    assertEquals(sharded, four.classes(data, 2).fit(data).fingerprint());
    NetworkSettings local = four.withLocalSteps(2);
    assertNotEquals(one, sharded);
    assertNotEquals(sharded, local.classes(data, 2).fit(data).fingerprint());
    assertNotEquals(one, SMALL.withSeed(1).classes(data, 2).fit(data).fingerprint());
  }

  // What it learns.

  @Test
  void twoCloudsAreToldApartAboutAsWellAsCanBe() {
    // The best is right with probability Φ(2.5 / √2) = 0.9614 (SciPy 1.14: norm.cdf).
    double best = 0.9614;
    Dataset<int[]> data = classes(Clouds.of(2000, 2, 5, 2.5, 1));
    Clouds others = Clouds.of(8000, 2, 5, 2.5, 2);
    Trained trained =
        NetworkSettings.defaults().withHiddenLayers(16).withEpochs(10).classes(data, 2).fit(data);
    double accuracy = accuracy(trained.network(), others);
    // Of 8,000 rows the deviation is 0.002.
    assertTrue(accuracy > best - 0.01 && accuracy < best + 0.008, "accuracy " + accuracy);
  }

  private static double accuracy(Network network, Clouds rows) {
    int[] classes = Predictor.of(network).classes(inputs(rows));
    int right = 0;
    for (int i = 0; i < classes.length; i++) {
      right += classes[i] == rows.labels()[i] ? 1 : 0;
    }
    return (double) right / classes.length;
  }

  @Test
  void numbersAreLearnedInAnyUnit() {
    Clouds clouds = Clouds.of(2000, 2, 3, 1, 1);
    Dataset<Tensor> data = numbers(clouds);
    Trained trained =
        NetworkSettings.defaults().withHiddenLayers(16).withEpochs(40).numbers(data).fit(data);
    assertEquals(Outputs.NUMBERS, trained.network().outputs());
    Clouds others = Clouds.of(2000, 2, 3, 1, 2);
    Tensor given = Predictor.of(trained.network()).outputs(inputs(others));
    double squares = 0;
    for (int i = 0; i < others.labels().length; i++) {
      double[] x = others.features()[i];
      double error = given.get(i) - (1000 + 20 * x[0] - 10 * x[1]);
      squares += error * error / others.labels().length;
    }
    // The noise that nobody can learn is 5; the deviation of all is 25.
    assertTrue(Math.sqrt(squares) < 2, "rmse " + Math.sqrt(squares));
  }

  @Test
  void numbersFarFromZeroKeepTheirDigits() {
    // In float32 numbers near 2^27 are 16 apart.
    Clouds clouds = Clouds.of(1000, 2, 2, 1, 1);
    double[] y = new double[1000];
    for (int i = 0; i < y.length; i++) {
      y[i] = 0x1p27 + clouds.features()[i][0];
    }
    Dataset<Tensor> data = Dataset.of(inputs(clouds), DoubleTensor.wrap(Shape.of(1000, 1), y));
    NetworkTraining<Tensor> training =
        NetworkSettings.defaults().withHiddenLayers(16).withEpochs(20).numbers(data);
    assertTrue(lastLoss(training.fit(data)) < 0.05);
  }

  @Test
  void theLossIsTheSquaredErrorOfStandardisedNumbers() {
    NumPyRandom random = new NumPyRandom(3);
    double[] outputs = new double[12];
    double[] targets = new double[12];
    double[] standardised = new double[12];
    double[] weights = new double[6];
    for (int i = 0; i < 12; i++) {
      outputs[i] = random.nextGaussian();
      targets[i] = 100 + 7 * random.nextGaussian();
      standardised[i] = (targets[i] - 100) / 7;
      weights[i / 2] = random.nextDouble();
    }
    Shape shape = Shape.of(6, 2);
    DoubleTensor output = DoubleTensor.of(shape, outputs);
    DoubleTensor target = DoubleTensor.of(shape, targets);
    DoubleTensor expected = DoubleTensor.zeros(shape);
    DoubleTensor gradient = DoubleTensor.zeros(shape);
    double value =
        new SquaredError().valueAndGradient(output, DoubleTensor.of(shape, standardised), expected);
    assertEquals(
        value, new StandardError(100, 7).valueAndGradient(output, target, gradient), 1e-12);
    assertArrayEquals(expected.array(), gradient.array(), 1e-12);
    value =
        new SquaredError()
            .withExampleWeights()
            .valueAndGradient(
                output, new Weighted<>(DoubleTensor.of(shape, standardised), weights), expected);
    assertEquals(
        value,
        new StandardError(100, 7)
            .withExampleWeights()
            .valueAndGradient(output, new Weighted<>(target, weights), gradient),
        1e-12);
    assertArrayEquals(expected.array(), gradient.array(), 1e-12);
  }

  @Test
  void rowsOfNoWeightAreNotLearned() {
    Clouds clouds = Clouds.of(600, 2, 3, 3, 1);
    // Half of the rows have the wrong label, and weight 0.
    int[] labels = clouds.labels().clone();
    double[] weights = new double[600];
    for (int i = 0; i < 600; i++) {
      weights[i] = i % 2;
      labels[i] = i % 2 == 0 ? 1 - labels[i] : labels[i];
    }
    Dataset<Weighted<int[]>> data = Dataset.of(inputs(clouds), labels).withWeights(weights);
    Trained trained = SMALL.withEpochs(20).weightedClasses(data, 2).fit(data);
    assertTrue(accuracy(trained.network(), Clouds.of(1000, 2, 3, 3, 2)) > 0.95);
  }

  // Validation rows.

  @Test
  void theBestEpochIsKeptAndPatienceEndsATraining() {
    // Labels that are hardly to be learned: the validation loss soon rises.
    Dataset<int[]> data = classes(Clouds.of(128, 2, 8, 0.3, 1));
    Dataset<int[]> others = classes(Clouds.of(256, 2, 8, 0.3, 2));
    NetworkSettings settings =
        SMALL.withHiddenLayers(64).withStepSize(0.02).withEpochs(30).withPatience(4);
    Trained trained = settings.classes(data, 2).fit(data, others, trainer -> trainer);
    List<Double> losses =
        trained.history().measurements("validation loss").stream().map(m -> m.value()).toList();
    int best = 0;
    for (int i = 0; i < losses.size(); i++) {
      best = losses.get(i) < losses.get(best) ? i : best;
    }
    assertEquals(OptionalInt.of(best + 1), trained.bestEpoch());
    assertEquals(best + 1 + 4, losses.size());
    assertTrue(trained.history().stopReason().isPresent());
    double kept =
        new SoftmaxCrossEntropy()
            .value(
                Predictor.of(trained.network()).outputs(inputs(Clouds.of(256, 2, 8, 0.3, 2))),
                Clouds.of(256, 2, 8, 0.3, 2).labels());
    assertEquals(losses.get(best), kept, 1e-5);
    Trained all = settings.withPatience(0).classes(data, 2).fit(data, others, trainer -> trainer);
    assertEquals(30, all.history().measurements("validation loss").size());
    assertFalse(all.history().stopReason().isPresent());
  }

  // Mistakes.

  @Test
  void dataThatDoNotFitAreRefused() {
    Dataset<int[]> data = classes(Clouds.of(64, 2, 3, 1, 1));
    refuses("expects at least 2 classes, got 1", () -> SMALL.classes(data, 1));
    Dataset<Tensor> constant =
        Dataset.of(
            FloatTensor.zeros(Shape.of(8, 2)), DoubleTensor.of(Shape.of(8, 1), new double[8]));
    refuses("the label is the same in all 8 rows", () -> SMALL.numbers(constant));
    FloatTensor bad = inputs(Clouds.of(64, 2, 3, 1, 1));
    bad.set(7, Double.NaN);
    refuses(
        "feature 1 of row 2 must be finite, got NaN",
        () -> SMALL.classes(Dataset.of(bad, new int[64]), 2));
    refuses(
        "expects at least as many rows as shards, 128, got 64",
        () -> SMALL.withBatchSize(128).withShards(128).classes(data, 2));
    Network other = Network.of(Shape.of(4), new Linear(4, 2, new NumPyRandom(1)));
    refuses(
        "the initial network must take 3 features and give [2], an output for each class; it takes"
            + " [4] and gives [2]",
        () -> SMALL.withInitialNetwork(other).classes(data, 2));
  }

  @Test
  void aNetworkOfOnesOwnIsTrainedAsItIs() {
    Dataset<int[]> data = classes(Clouds.of(256, 2, 3, 2, 1));
    Network own =
        Network.of(
            Shape.of(3),
            new Linear(3, 5, new NumPyRandom(1)),
            new GELU(),
            new Linear(5, 2, new NumPyRandom(2)));
    own.parameters().getFirst().freeze();
    String before = Fingerprint.of(own.parameters());
    NetworkTraining<int[]> training = SMALL.withInitialNetwork(own).classes(data, 2);
    assertEquals(before, Fingerprint.of(training.firstNetwork().parameters()));
    Network trained = training.fit(data).network();
    assertEquals(before, Fingerprint.of(own.parameters()));
    assertNotEquals(before, Fingerprint.of(trained.parameters()));
    assertEquals(
        Fingerprint.of(List.of(own.parameters().getFirst())),
        Fingerprint.of(List.of(trained.parameters().getFirst())));
    Network number =
        Network.of(Shape.of(3), new Linear(3, 1, Initializer.zeros(), new NumPyRandom(2)));
    Dataset<Tensor> numbers = numbers(Clouds.of(256, 2, 3, 2, 1));
    // It begins at 0, and the numbers lie about 1000: not standardised.
    double first =
        SMALL
            .withInitialNetwork(number)
            .numbers(numbers)
            .fit(numbers)
            .history()
            .steps()
            .getFirst()
            .dataLoss();
    assertTrue(first > 900_000, "first loss " + first);
  }

  @Test
  void anInterruptionEndsATraining() {
    Dataset<int[]> data = classes(Clouds.of(64, 2, 3, 1, 1));
    Thread.currentThread().interrupt();
    IllegalStateException e =
        assertThrows(IllegalStateException.class, () -> SMALL.classes(data, 2).fit(data));
    assertTrue(Thread.interrupted());
    assertTrue(e.getMessage().startsWith("NetworkTraining: interrupted after "), e.getMessage());
  }
}
