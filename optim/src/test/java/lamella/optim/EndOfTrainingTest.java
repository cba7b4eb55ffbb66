package lamella.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import lamella.core.DType;
import lamella.core.Dataset;
import lamella.core.Fingerprint;
import lamella.core.FloatTensor;
import lamella.core.Initializer;
import lamella.core.Loss;
import lamella.core.Network;
import lamella.core.Sampler;
import lamella.core.Shape;
import lamella.core.Tensor;
import lamella.core.io.ModelFile;
import lamella.core.random.NumPyRandom;
import lamella.layers.Linear;
import lamella.losses.SoftmaxCrossEntropy;
import lamella.optim.tensorboard.TensorBoardListener;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** However a training ends, its network is not lost; and what ended it is told so that it helps. */
class EndOfTrainingTest {
  private static final SoftmaxCrossEntropy LOSS = new SoftmaxCrossEntropy();

  private final Dataset<int[]> data = Toy.points(60, 1);
  private final Network network = Toy.network(DType.FLOAT32, 2);

  @TempDir Path directory;

  private Trainer<int[]> trainer(Network trained) {
    return Trainer.of(trained, LOSS, Sgd.of(0.1)).withBatchSize(20).withSteps(9);
  }

  private History fit(Trainer<int[]> trainer) {
    return trainer.fit(data, new NumPyRandom(3));
  }

  // Interrupted.

  /** Interrupts its own thread after a step. */
  private record Interrupting(long step) implements TrainingListener {
    @Override
    public void afterStep(Fit fit) {
      if (fit.step() == step) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Test
  void anInterruptEndsTrainingAfterTheStepWithACheckpoint() throws IOException {
    Path checkpoints = directory.resolve("c");
    Path csv = directory.resolve("history.csv");
    Path best = directory.resolve("best");
    History history =
        fit(
            trainer(network)
                .withEvaluation("v", data, step -> step == 3)
                .withListeners(
                    new Interrupting(3),
                    new CsvHistory(csv),
                    new TensorBoardListener(directory.resolve("board")),
                    SaveBest.lowest("v loss", best))
                .withCheckpoints(Checkpoints.in(checkpoints).onlyWhenStopped()));
    assertTrue(Thread.interrupted(), "the flag is lost");
    assertEquals(Optional.of("interrupted"), history.stopReason());
    assertEquals(4, history.steps().size());
    assertEquals(5, Files.readAllLines(csv).size());
    assertEquals(
        Fingerprint.of(network.parameters()),
        Fingerprint.of(ModelFile.read(best).network().parameters()));

    Network straight = Toy.network(DType.FLOAT32, 2);
    Trainer<int[]> same = trainer(straight).withEvaluation("v", data, step -> step == 3);
    History whole = fit(same.withListeners(SaveBest.lowest("v loss", directory.resolve("b"))));
    Network resumed = Toy.network(DType.FLOAT32, 2);
    History rest =
        fit(
            trainer(resumed)
                .withEvaluation("v", data, step -> step == 3)
                .withListeners(SaveBest.lowest("v loss", directory.resolve("b")).replacing())
                .withCheckpoints(Checkpoints.in(directory.resolve("other")).onlyWhenStopped()));
    assertEquals(whole, rest);
    assertEquals(Fingerprint.of(straight.parameters()), Fingerprint.of(resumed.parameters()));
  }

  @Test
  void aThreadThatIsInterruptedAlreadyTrainsNothing() {
    String before = Fingerprint.of(network.parameters());
    Thread.currentThread().interrupt();
    History history =
        fit(
            trainer(network)
                .withEvaluation("v", data)
                .withCheckpoints(Checkpoints.in(directory.resolve("c"))));
    assertTrue(Thread.interrupted(), "the flag is lost");
    assertEquals("History(0 steps, 0 measurements; interrupted)", history.toString());
    assertEquals(before, Fingerprint.of(network.parameters()));
  }

  @Test
  void theFlagStaysAlsoWhereTrainingFails() {
    TrainingListener failing =
        new TrainingListener() {
          @Override
          public void ended(Fit fit) throws IOException {
            throw new IOException("no");
          }
        };
    assertThrows(
        UncheckedIOException.class,
        () -> fit(trainer(network).withListeners(new Interrupting(3), failing)));
    assertTrue(Thread.interrupted(), "the flag is lost");
  }

  // The end, told to listeners.

  /** Measures "it" after every step: best, 0, after one of them. */
  private static TrainingListener bestAfter(long best) {
    return new TrainingListener() {
      @Override
      public void afterStep(Fit fit) throws IOException {
        fit.measure("it", Math.abs((double) fit.step() - best));
      }
    };
  }

  /** Writes the network down when training has ended. */
  private record Saver(Path file) implements TrainingListener {
    @Override
    public void ended(Fit fit) throws IOException {
      ModelFile.of((Network) fit.network()).write(file);
    }
  }

  private static String fingerprint(Path model) throws IOException {
    return Fingerprint.of(ModelFile.read(model).network().parameters());
  }

  @Test
  void whoSavesAtTheEndSavesTheBestWhereverItStands() throws IOException {
    Network best = Toy.network(DType.FLOAT32, 2);
    fit(trainer(best).withSteps(3));
    Saver first = new Saver(directory.resolve("first"));
    Saver last = new Saver(directory.resolve("last"));
    fit(trainer(network).withListeners(bestAfter(2), first, EarlyStopping.lowest("it", 4), last));
    assertEquals(Fingerprint.of(best.parameters()), Fingerprint.of(network.parameters()));
    assertEquals(Fingerprint.of(best.parameters()), fingerprint(first.file));
    assertEquals(Fingerprint.of(best.parameters()), fingerprint(last.file));
  }

  /** Throws at the end, or while the end is made ready. */
  private static TrainingListener failing(boolean early, Throwable thrown) {
    return new TrainingListener() {
      @Override
      public void finishing(Fit fit) throws IOException {
        if (early) {
          fail();
        }
      }

      @Override
      public void ended(Fit fit) throws IOException {
        if (!early) {
          fail();
        }
      }

      private void fail() throws IOException {
        switch (thrown) {
          case IOException e -> throw e;
          case Error e -> throw e;
          default -> throw (RuntimeException) thrown;
        }
      }
    };
  }

  @Test
  void aListenerThatFailsAtTheEndKeepsNobodyFromIt() throws IOException {
    Network best = Toy.network(DType.FLOAT32, 2);
    fit(trainer(best).withSteps(3));
    for (boolean early : new boolean[] {true, false}) {
      for (Throwable thrown :
          List.of(
              new IOException("no"), new IllegalStateException("no"), new OutOfMemoryError("no"))) {
        Network trained = Toy.network(DType.FLOAT32, 2);
        Saver saver = new Saver(directory.resolve("model"));
        IllegalArgumentException other = new IllegalArgumentException("other");
        Throwable e =
            assertThrows(
                Throwable.class,
                () ->
                    fit(
                        trainer(trained)
                            .withListeners(
                                failing(early, thrown),
                                bestAfter(2),
                                EarlyStopping.lowest("it", 4),
                                failing(false, other),
                                saver)));
        assertEquals(thrown, thrown instanceof IOException ? e.getCause() : e);
        assertArrayEquals(new Throwable[] {other}, thrown.getSuppressed());
        assertEquals(Fingerprint.of(best.parameters()), Fingerprint.of(trained.parameters()));
        assertEquals(Fingerprint.of(best.parameters()), fingerprint(saver.file));
        Files.delete(saver.file);
      }
    }
  }

  // Early stopping.

  private static TrainingListener measuring(double... values) {
    return new TrainingListener() {
      @Override
      public void afterStep(Fit fit) throws IOException {
        fit.measure("it", values[(int) fit.step()]);
      }
    };
  }

  @Test
  void whereNoMeasurementIsANumberTheParametersStay() {
    double nan = Double.NaN;
    EarlyStopping stopping = EarlyStopping.highest("it", 3);
    History history =
        fit(trainer(network).withListeners(measuring(nan, nan, nan, nan, 1), stopping));
    assertEquals(Optional.of("it was not a number at any of 3 measurements"), history.stopReason());
    assertTrue(Double.isNaN(stopping.best()));
    Network three = Toy.network(DType.FLOAT32, 2);
    fit(trainer(three).withSteps(3));
    assertEquals(Fingerprint.of(three.parameters()), Fingerprint.of(network.parameters()));
  }

  @Test
  void aLittleBetterMayNotBeEnough() {
    EarlyStopping stopping = EarlyStopping.lowest("it", 2).withMinDelta(0.5);
    assertEquals("EarlyStopping(lowest it, patience 2, min delta 0.5)", stopping.toString());
    History history =
        fit(trainer(network).withListeners(measuring(4, 3, 2.5, 2.6, 1, 1, 0, 0, 0), stopping));
    assertEquals(4, history.steps().size());
    assertEquals(3, stopping.best());
    EarlyStopping high = EarlyStopping.highest("it", 2).withMinDelta(1);
    fit(
        trainer(Toy.network(DType.FLOAT32, 2))
            .withListeners(measuring(1, 2.5, 3, 3.5, 9, 9, 9, 9, 9), high));
    assertEquals(2.5, high.best());
    for (double wrong : new double[] {-0.1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertEquals(
          "EarlyStopping: the least difference must be finite and >= 0, got " + wrong,
          assertThrows(IllegalArgumentException.class, () -> stopping.withMinDelta(wrong))
              .getMessage());
    }
  }

  // The best on the disk.

  @Test
  void theBestSoFarIsInTheFile() throws IOException {
    Path file = directory.resolve("best.safetensors");
    List<String> seen = new ArrayList<>();
    SaveBest best = SaveBest.highest("it", file);
    TrainingListener reading =
        new TrainingListener() {
          @Override
          public void afterStep(Fit fit) throws IOException {
            seen.add(Files.exists(file) ? fingerprint(file) : "none");
          }
        };
    List<String> fingerprints = new ArrayList<>();
    TrainingListener fingerprinting =
        new TrainingListener() {
          @Override
          public void afterStep(Fit fit) {
            fingerprints.add(Fingerprint.of(fit.parameters()));
          }
        };
    fit(
        trainer(network)
            .withSteps(5)
            .withListeners(
                fingerprinting, measuring(Double.NaN, 1, 3, 3, Double.NaN), best, reading));
    assertEquals(
        List.of(
            "none",
            fingerprints.get(1),
            fingerprints.get(2),
            fingerprints.get(2),
            fingerprints.get(2)),
        seen);
    assertEquals(3, best.best());
    assertEquals(2, best.bestStep());
    // The network itself is where its last step left it.
    assertEquals(fingerprints.get(4), Fingerprint.of(network.parameters()));

    SaveBest again = SaveBest.highest("it", file);
    UncheckedIOException e =
        assertThrows(
            UncheckedIOException.class,
            () ->
                fit(
                    trainer(Toy.network(DType.FLOAT32, 3))
                        .withSteps(1)
                        .withListeners(measuring(9), again)));
    assertTrue(e.getCause() instanceof FileAlreadyExistsException, e.toString());
    assertEquals(
        file + ": SaveBest: is there already; use another file, or replacing()",
        e.getCause().getMessage());
    assertEquals(fingerprints.get(2), fingerprint(file));
    fit(
        trainer(Toy.network(DType.FLOAT32, 3))
            .withSteps(1)
            .withListeners(measuring(9), SaveBest.highest("it", file).replacing()));
    assertNotEquals(fingerprints.get(2), fingerprint(file));
  }

  @Test
  void whatAModelFileCannotHoldIsRefusedAtTheStart() {
    Linear linear = new Linear(2, 3, new NumPyRandom(1));
    SaveBest best = SaveBest.lowest("v loss", directory.resolve("best"));
    String before = Fingerprint.of(linear.parameters());
    assertEquals(
        best + ": expects a Network, which a model file can hold, got Linear(2 -> 3)",
        assertThrows(
                IllegalArgumentException.class,
                () ->
                    Trainer.of(linear, LOSS, Sgd.of(0.1))
                        .withEvaluation("v", data)
                        .withListeners(best)
                        .fit(data, new NumPyRandom(1)))
            .getMessage());
    assertEquals(before, Fingerprint.of(linear.parameters()));
  }

  // What is wrong with which example.

  @Test
  void aWrongLabelIsNamedByItsExampleAndStep() {
    FloatTensor inputs = FloatTensor.zeros(Shape.of(40, 2));
    int[] labels = new int[40];
    labels[37] = 3;
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () ->
                    Trainer.of(network, LOSS, Sgd.of(0.1))
                        .withBatchSize(8)
                        .fit(Dataset.of(inputs, labels), new NumPyRandom(3)))
            .getMessage();
    assertTrue(
        message.matches(
            "step [0-4], example 37: SoftmaxCrossEntropy: label 3 at row \\d is outside \\[0, 3\\)"),
        message);
    Sampler inOrder =
        indices -> {
          for (int i = 0; i < indices.length; i++) {
            indices[i] = 35 + i;
          }
        };
    assertEquals(
        "step 0, example 37: SoftmaxCrossEntropy: label 3 at row 2 is outside [0, 3)",
        assertThrows(
                IllegalArgumentException.class,
                () ->
                    Trainer.of(network, LOSS, Sgd.of(0.1))
                        .withBatchSize(4)
                        .fit(Dataset.of(inputs, labels), inOrder))
            .getMessage());
  }

  @Test
  void aWrongLabelOfAnEvaluationIsNamedWithIt() {
    int[] labels = new int[40];
    labels[37] = -1;
    Dataset<int[]> wrong = Dataset.of(FloatTensor.zeros(Shape.of(40, 2)), labels);
    assertEquals(
        "evaluation \"held out\" after step 2: Evaluation, example 37: SoftmaxCrossEntropy: label -1"
            + " at row 37 is outside [0, 3)",
        assertThrows(
                IllegalArgumentException.class,
                () -> fit(trainer(network).withEvaluation("held out", wrong)))
            .getMessage());
  }

  /** A loss that refuses a target in its own words. */
  private record Refusing(RuntimeException refusal) implements Loss<int[]> {
    @Override
    public double valueAndGradient(Tensor output, int[] target, Tensor gradient) {
      return value(output, target);
    }

    @Override
    public double value(Tensor output, int[] target) {
      throw refusal;
    }
  }

  @Test
  void whateverALossRefusesIsNamedByItsExamples() {
    Sampler inOrder =
        indices -> {
          for (int i = 0; i < indices.length; i++) {
            indices[i] = 20 + i;
          }
        };
    RuntimeException e =
        assertThrows(
            IndexOutOfBoundsException.class,
            () ->
                Trainer.of(
                        network, new Refusing(new IndexOutOfBoundsException("row 3: 7")), Sgd.of(1))
                    .withBatchSize(5)
                    .fit(data, inOrder));
    assertEquals("step 0, example 23: row 3: 7", e.getMessage());
    assertEquals("row 3: 7", e.getCause().getMessage());
    Loss<int[]> silent = new Refusing(new IllegalArgumentException("bad target"));
    assertEquals(
        "step 0, one of the examples 20, 21, 22: bad target",
        assertThrows(
                IllegalArgumentException.class,
                () -> Trainer.of(network, silent, Sgd.of(1)).withBatchSize(3).fit(data, inOrder))
            .getMessage());
    assertEquals(
        "step 0, example 20: bad target",
        assertThrows(
                IllegalArgumentException.class,
                () -> Trainer.of(network, silent, Sgd.of(1)).withBatchSize(1).fit(data, inOrder))
            .getMessage());
    assertEquals(
        "Evaluation, example 59: row 59",
        assertThrows(
                IllegalArgumentException.class,
                () ->
                    Evaluation.loss(
                        network, new Refusing(new IllegalArgumentException("row 59")), data))
            .getMessage());
  }

  // Numbers that are not finite.

  /** mean over all of (output - target)², as most would write it. */
  private static final class Squares implements Loss<Tensor> {
    @Override
    public double valueAndGradient(Tensor output, Tensor target, Tensor gradient) {
      for (int i = 0; i < output.size(); i++) {
        gradient.set(i, 2 * (output.get(i) - target.get(i)) / output.size());
      }
      return value(output, target);
    }

    @Override
    public double value(Tensor output, Tensor target) {
      double sum = 0;
      for (int i = 0; i < output.size(); i++) {
        sum += (output.get(i) - target.get(i)) * (output.get(i) - target.get(i));
      }
      return sum / output.size();
    }
  }

  private static String regression(double scale, double broken, double rate) {
    NumPyRandom random = new NumPyRandom(1);
    FloatTensor inputs = FloatTensor.zeros(Shape.of(40, 2));
    FloatTensor targets = FloatTensor.zeros(Shape.of(40, 1));
    for (int i = 0; i < 40; i++) {
      inputs.set(2 * i, random.nextGaussian());
      inputs.set(2 * i + 1, random.nextGaussian());
      targets.set(i, scale * Math.sin(i));
    }
    targets.set(5, broken);
    Network network =
        Network.of(
            Shape.of(2),
            new Linear(DType.FLOAT32, 2, 8, Initializer.he(), random),
            new lamella.layers.ReLU(),
            new Linear(DType.FLOAT32, 8, 1, Initializer.he(), random));
    return assertThrows(
            NonFiniteException.class,
            () ->
                Trainer.of(network, new Squares(), Sgd.of(rate))
                    .withBatchSize(40)
                    .withSteps(200)
                    .fit(Dataset.of(inputs, (Tensor) targets), new NumPyRandom(1)))
        .getMessage();
  }

  @Test
  void targetsThatAreNotScaledAreNotBlamedOnTheRateAlone() {
    String large = regression(3e5, 3e5, 0.1);
    assertTrue(
        large.matches(
            ".*; targets are as large as 300000\\.0, the loss at step 0 was \\d\\.\\d+E10: scale them"
                + " to about 1, or take a learning rate far below 0\\.1"),
        large);
    String small = regression(1, 1, 1e4);
    assertTrue(small.endsWith("; learning rate 10000.0 is probably too high"), small);
  }

  @Test
  void aTargetThatIsNotFiniteIsNamed() {
    assertEquals(
        "step 0, a target of example 5 is not finite; clean the data",
        regression(1, Double.NaN, 0.1));
  }

  @Test
  void whatIsPartOfATrainingSaysWhatItIs() {
    List<String> texts = new ArrayList<>();
    TrainingListener saying =
        new TrainingListener() {
          @Override
          public void ended(Fit fit) {
            texts.add(fit.toString());
          }
        };
    Trainer<int[]> trainer = trainer(network).withListeners(saying);
    fit(trainer);
    assertEquals("Trainer(Sgd(l2 0.0, momentum 0.0), 9 steps, batches of 20)", trainer.toString());
    assertEquals("Fit(step 9 of 9, " + network + ")", texts.getFirst());
    assertEquals("ProgressLines(every 5 steps)", ProgressLines.every(5, line -> {}).toString());
    assertFalse(new CsvHistory(directory).toString().contains("@"));
  }
}
