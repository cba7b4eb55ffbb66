package lamella.optim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import lamella.core.DType;
import lamella.core.Dataset;
import lamella.core.DoubleTensor;
import lamella.core.Fingerprint;
import lamella.core.Gradients;
import lamella.core.Network;
import lamella.core.Parameter;
import lamella.core.Sampler;
import lamella.core.SavedState;
import lamella.core.Shape;
import lamella.core.Tensor;
import lamella.core.io.FileFormatException;
import lamella.core.random.NumPyRandom;
import lamella.losses.SoftmaxCrossEntropy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CheckpointsTest {
  private static final long STEPS = 40;
  private static final Dataset<int[]> DATA = Toy.points(70, 1);

  @TempDir Path directory;

  /** A training with everything that has a state. */
  private record Setup(DType dtype, double momentum, boolean shuffled, int patience) {
    static final Setup USUAL = new Setup(DType.FLOAT32, 0.9, true, 99);

    Run run() {
      PlateauSchedule rate = PlateauSchedule.lowest("half loss", Schedule.constant(0.3), 0.5, 1);
      Network network = Toy.network(dtype, 2);
      NumPyRandom random = new NumPyRandom(4);
      Trainer<int[]> trainer =
          Trainer.of(
                  network,
                  new SoftmaxCrossEntropy(),
                  Sgd.of(rate).withL2(1e-3).withMomentum(momentum))
              .withBatchSize(8)
              .withSteps(STEPS)
              .withEvaluation("half", Toy.points(35, 1), step -> step % 3 == 0)
              .withListeners(
                  rate, EarlyStopping.lowest("half loss", patience), GradientClipping.byNorm(0.5));
      return new Run(
          network,
          trainer,
          shuffled
              ? Sampler.shuffled(DATA.size(), random)
              : Sampler.withReplacement(DATA.size(), random));
    }
  }

  /** A training about to begin. */
  private record Run(Network network, Trainer<int[]> trainer, Sampler sampler) {
    Run with(UnaryOperator<Trainer<int[]>> more) {
      return new Run(network, more.apply(trainer), sampler);
    }

    Outcome fit() {
      History history = trainer.fit(DATA, sampler);
      return new Outcome(Fingerprint.of(network.parameters()), history);
    }

    Outcome fit(Checkpoints checkpoints) {
      return with(trainer -> trainer.withCheckpoints(checkpoints)).fit();
    }
  }

  private record Outcome(String fingerprint, History history) {}

  private static final class Crash extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  /** Throws in the middle of a step: nothing is written any more, as if the process were killed. */
  private static TrainingListener crashingAt(long step) {
    return new TrainingListener() {
      @Override
      public void beforeUpdate(Fit fit) {
        if (fit.step() == step) {
          throw new Crash();
        }
      }
    };
  }

  private static TrainingListener stoppingAt(long step) {
    return new TrainingListener() {
      @Override
      public void afterStep(Fit fit) {
        if (fit.step() == step) {
          fit.stop("stopped");
        }
      }
    };
  }

  private void crash(Setup setup, long step, Checkpoints checkpoints) {
    Run run = setup.run().with(trainer -> trainer.withListeners(crashingAt(step)));
    assertThrows(Crash.class, () -> run.fit(checkpoints));
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private Path file(long steps) {
    return directory.resolve("checkpoint-%09d.safetensors".formatted(steps));
  }

  // The same bits.

  @ParameterizedTest
  @CsvSource({
    "FLOAT32, 0.9, true, 99",
    "FLOAT64, 0.9, true, 99",
    "FLOAT32, 0, false, 99",
    "FLOAT64, 0, false, 2",
    "FLOAT32, 0.9, true, 2",
  })
  void aTrainingThatIsKilledAndResumedIsTheOneThatIsNot(
      DType dtype, double momentum, boolean shuffled, int patience) throws IOException {
    Setup setup = new Setup(dtype, momentum, shuffled, patience);
    Outcome whole = setup.run().fit();
    assertEquals(patience == 2, whole.history.stopReason().isPresent());
    Checkpoints checkpoints = Checkpoints.in(directory).every(3).resuming();
    long end = whole.history.steps().size();
    // Killed again and again, at intervals that hit every phase between two checkpoints.
    for (long step = 1; step < end; step += 4) {
      crash(setup, step, checkpoints);
    }
    assertEquals(whole, setup.run().fit(checkpoints));
    assertTrue(Files.exists(file(end)), names().toString());
    // Once more from the end: nothing is left to be done, and the result is the same.
    assertEquals(whole, setup.run().fit(checkpoints));
  }

  @ParameterizedTest
  @CsvSource({"0", "7", "38"})
  void aTrainingThatIsStoppedAndResumedIsTheOneThatIsNot(long step) throws IOException {
    Outcome whole = Setup.USUAL.run().fit();
    Checkpoints checkpoints = Checkpoints.in(directory).onlyWhenStopped();
    Run first = Setup.USUAL.run().with(trainer -> trainer.withListeners(stoppingAt(step)));
    assertEquals(Optional.of("stopped"), first.fit(checkpoints).history.stopReason());
    assertEquals(List.of(file(step + 1).getFileName().toString()), names());
    assertEquals(whole, Setup.USUAL.run().fit(checkpoints.resuming()));
  }

  @Test
  void moreStepsGoOnWhereFewerEnded() {
    Outcome whole = Setup.USUAL.run().fit();
    Checkpoints checkpoints = Checkpoints.in(directory);
    Setup.USUAL.run().with(trainer -> trainer.withSteps(11)).fit(checkpoints);
    assertEquals(whole, Setup.USUAL.run().fit(checkpoints.resuming()));
  }

  @Test
  void theCsvFileOfAResumedTrainingIsTheWholeOnes(@TempDir Path files) throws IOException {
    Path whole = files.resolve("whole.csv");
    Path resumed = files.resolve("resumed.csv");
    Setup.USUAL.run().with(trainer -> trainer.withListeners(new CsvHistory(whole))).fit();
    Checkpoints checkpoints = Checkpoints.in(directory).every(5).resuming();
    for (TrainingListener last : List.of(crashingAt(13), stoppingAt(-1))) {
      Run run =
          Setup.USUAL.run().with(trainer -> trainer.withListeners(new CsvHistory(resumed), last));
      try {
        run.fit(checkpoints);
      } catch (Crash e) {
        assertEquals(14, Files.readAllLines(resumed).size());
      }
    }
    assertEquals(Files.readString(whole), Files.readString(resumed));
  }

  @Test
  void anOptimiserASamplerAndAListenerWithoutStateNeedNothing() {
    UnaryOperator<Run> own =
        run -> {
          Network network = Toy.network(DType.FLOAT32, 2);
          Sampler everyTime = Sampler.stateless(indices -> Arrays.setAll(indices, i -> i));
          return new Run(
              network,
              Trainer.of(network, new SoftmaxCrossEntropy(), new Plain())
                  .withBatchSize(8)
                  .withSteps(9)
                  .withListeners(new TrainingListener() {}),
              everyTime);
        };
    Outcome whole = own.apply(Setup.USUAL.run()).fit();
    Checkpoints checkpoints = Checkpoints.in(directory).every(2).resuming();
    Run first = own.apply(Setup.USUAL.run()).with(trainer -> trainer.withListeners(crashingAt(5)));
    assertThrows(Crash.class, () -> first.fit(checkpoints));
    assertEquals(whole, own.apply(Setup.USUAL.run()).fit(checkpoints));
  }

  /** w = w - 0.1 g, and nothing else. */
  private static final class Plain implements Optimizer {
    @Override
    public void step(Gradients gradients) {
      gradients
          .parameters()
          .forEach(parameter -> {
            Tensor w = parameter.value();
            for (int i = 0; i < w.size(); i++) {
              w.set(i, w.get(i) - 0.1 * gradients.of(parameter).get(i));
            }
          });
      gradients.clear();
    }

    @Override
    public long steps() {
      return 0;
    }

    @Override
    public double learningRate() {
      return 0.1;
    }

    @Override
    public double penalty(List<Parameter> parameters) {
      return 0;
    }
  }

  // Which are kept, and how a training begins.

  @Test
  void theLastAreKept() throws IOException {
    Setup.USUAL.run().fit(Checkpoints.in(directory).every(15).keeping(2));
    assertEquals(
        List.of("checkpoint-000000030.safetensors", "checkpoint-000000040.safetensors"), names());
  }

  @Test
  void aTrainingDoesNotBeginAmongTheCheckpointsOfAnother() throws IOException {
    Checkpoints checkpoints = Checkpoints.in(directory).every(15);
    Outcome whole = Setup.USUAL.run().fit(checkpoints);
    assertEquals(
        directory
            + ": has checkpoints of an earlier training, checkpoint-000000040.safetensors the newest;"
            + " resume that, or use another directory",
        failure(Setup.USUAL.run(), checkpoints).getMessage());
    assertEquals(whole, Setup.USUAL.run().fit(checkpoints.replacing()));
    crash(Setup.USUAL, 20, checkpoints.replacing());
    assertEquals(List.of("checkpoint-000000015.safetensors"), names());
  }

  @Test
  void randomNumbersThatCannotBeSavedAreRefusedBeforeTheFirstStep() {
    Run run = Setup.USUAL.run();
    Run unsaveable =
        new Run(run.network, run.trainer, Sampler.shuffled(DATA.size(), new SplittableRandom(1)));
    String before = Fingerprint.of(run.network.parameters());
    assertEquals(
        "Sampler: random numbers of a SplittableRandom cannot be saved, so that no run could be"
            + " resumed; use a NumPyRandom",
        assertThrows(IllegalStateException.class, () -> unsaveable.fit(Checkpoints.in(directory)))
            .getMessage());
    assertEquals(before, Fingerprint.of(run.network.parameters()));
  }

  private static IOException failure(Run run, Checkpoints checkpoints) {
    return assertThrows(UncheckedIOException.class, () -> run.fit(checkpoints)).getCause();
  }

  // Another training's.

  @Test
  void anotherTrainingIsRefusedAndTheDifferenceNamed() {
    Checkpoints checkpoints =
        Checkpoints.in(directory).withConfiguration("data", "points").every(10);
    crash(Setup.USUAL, 25, checkpoints);
    Map<String, Run> others = new LinkedHashMap<>();
    others.put(
        "batch size is '8' there and '9' here",
        Setup.USUAL.run().with(trainer -> trainer.withBatchSize(9)));
    others.put(
        "type of numbers is 'float32' there and 'float64' here",
        new Setup(DType.FLOAT64, 0.9, true, 99).run());
    others.put("optimizer is ", new Setup(DType.FLOAT32, 0.5, true, 99).run());
    others.put(
        "sampler is 'Sampler(70 shuffled)' there and 'Sampler(70 with replacement)' here",
        new Setup(DType.FLOAT32, 0.9, false, 99).run());
    others.put("listeners is ", new Setup(DType.FLOAT32, 0.9, true, 98).run());
    others.put(
        "it is after 20 steps, and no more than 19 are to be done",
        Setup.USUAL.run().with(trainer -> trainer.withSteps(19)));
    others.forEach((message, other) -> {
      IOException failure = failure(other, checkpoints.resuming());
      assertEquals(FileFormatException.class, failure.getClass());
      assertTrue(
          failure
              .getMessage()
              .startsWith(file(20) + ": does not belong to this training: " + message),
          failure.getMessage());
    });
    Checkpoints elsewhere = checkpoints.withConfiguration("data", "others").resuming();
    assertTrue(
        failure(Setup.USUAL.run(), elsewhere)
            .getMessage()
            .endsWith("data is 'points' there and 'others' here"));
  }

  @Test
  void aScheduleThatWentAnotherWayIsNoticed() {
    Network network = Toy.network(DType.FLOAT32, 2);
    NumPyRandom random = new NumPyRandom(1);
    Checkpoints checkpoints = Checkpoints.in(directory);
    Trainer.of(network, new SoftmaxCrossEntropy(), Sgd.of(Schedule.exponentialDecay(0.1, 0.9, 5)))
        .withSteps(12)
        .withCheckpoints(checkpoints)
        .fit(DATA, random);
    Trainer<int[]> other =
        Trainer.of(network, new SoftmaxCrossEntropy(), Sgd.of(0.1))
            .withSteps(20)
            .withCheckpoints(checkpoints.resuming());
    String message =
        assertThrows(UncheckedIOException.class, () -> other.fit(DATA, new NumPyRandom(1)))
            .getCause()
            .getMessage();
    assertTrue(
        message.endsWith(
            "schedule is 'exponentialDecay(0.1, 0.9, 5)' there and 'constant(0.1)' here"),
        message);
  }

  @Test
  void notesCanBeReadAndAreComparedWithNothing() throws IOException {
    Checkpoints checkpoints =
        Checkpoints.in(directory).withNote("arguments", "--all of them").withNote("by", "me");
    assertEquals(Optional.empty(), checkpoints.readNotes());
    Outcome whole = Setup.USUAL.run().fit(checkpoints);
    assertEquals(
        List.of(Map.entry("arguments", "--all of them"), Map.entry("by", "me")),
        List.copyOf(Checkpoints.in(directory).readNotes().orElseThrow().entrySet()));
    assertEquals(
        whole, Setup.USUAL.run().fit(Checkpoints.in(directory).withNote("by", "her").resuming()));
  }

  // Damage.

  @ParameterizedTest
  @CsvSource({"truncated", "emptied", "flipped"})
  void aDamagedCheckpointIsNamedAndTheOneBeforeUsed(String damage) throws IOException {
    Outcome whole = Setup.USUAL.run().fit();
    crash(Setup.USUAL, 25, Checkpoints.in(directory).every(10));
    byte[] bytes = Files.readAllBytes(file(20));
    switch (damage) {
      case "truncated" -> bytes = Arrays.copyOf(bytes, bytes.length - 1);
      case "emptied" -> bytes = new byte[0];
      default -> bytes[bytes.length - 1] ^= 1;
    }
    Files.write(file(20), bytes);
    List<String> log = new ArrayList<>();
    assertEquals(
        whole,
        Setup.USUAL.run().fit(Checkpoints.in(directory).every(10).resuming().withLog(log::add)));
    assertEquals(1, log.size());
    assertTrue(
        log.getFirst()
            .startsWith("damaged checkpoint, trying the one before it: " + file(20) + ": "),
        log.getFirst());
  }

  @Test
  void whereNoneIsWholeNothingIsBegun() throws IOException {
    crash(Setup.USUAL, 25, Checkpoints.in(directory).every(10));
    for (long steps : new long[] {10, 20}) {
      Files.write(file(steps), new byte[9]);
    }
    List<String> log = new ArrayList<>();
    assertEquals(
        directory + ": none of its 2 checkpoints is whole",
        failure(Setup.USUAL.run(), Checkpoints.in(directory).resuming().withLog(log::add))
            .getMessage());
    assertEquals(2, log.size());
  }

  @Test
  void aPartThatWasBeingWrittenIsNoCheckpoint() throws IOException {
    Outcome whole = Setup.USUAL.run().fit();
    Files.write(directory.resolve(".checkpoint-000000010.safetensors.1f.part"), new byte[5]);
    assertEquals(whole, Setup.USUAL.run().fit(Checkpoints.in(directory).every(10).resuming()));
    assertFalse(names().contains(".checkpoint-000000010.safetensors.1f.part"), names().toString());
  }

  /** Whatever becomes of the bytes: an IOException, or the very state that was written. */
  @Test
  void anyOtherBytesAreRefusedOrMeanTheSame() throws IOException {
    crash(Setup.USUAL, 15, Checkpoints.in(directory).every(10));
    Path original = file(10);
    byte[] bytes = Files.readAllBytes(original);
    Network network = Toy.network(DType.FLOAT32, 2);
    SavedState state = CheckpointFile.read(original, network.parameters());
    SplittableRandom random = new SplittableRandom(5);
    Path mutated = directory.resolve("mutated");
    int refused = 0;
    int tries = 2000;
    for (int i = 0; i < tries; i++) {
      Files.write(mutated, mutate(bytes, random));
      try {
        SavedState read = CheckpointFile.read(mutated, network.parameters());
        assertEquals(state.texts(), read.texts());
        assertEquals(state.tensors().keySet(), read.tensors().keySet());
        state
            .tensors()
            .forEach((name, tensor) ->
                assertTrue(
                    Arrays.equals(tensor.toDoubleArray(), read.tensors().get(name).toDoubleArray()),
                    name));
      } catch (IOException e) {
        assertFalse(e.getMessage().isBlank());
        refused++;
      }
    }
    assertTrue(refused > tries * 9 / 10, refused + " refused");
  }

  private static byte[] mutate(byte[] bytes, SplittableRandom random) {
    byte[] mutated = bytes.clone();
    // The header has all the structure; half of the changes are there.
    int range = random.nextBoolean() ? Math.min(4000, bytes.length) : bytes.length;
    int at = random.nextInt(range);
    switch (random.nextInt(6)) {
      case 0 -> mutated[at] ^= (byte) (1 << random.nextInt(8));
      case 1 -> mutated[at] = (byte) random.nextInt();
      case 2 -> mutated = Arrays.copyOf(bytes, at);
      case 3 -> {
        mutated = Arrays.copyOf(bytes, bytes.length + 1 + random.nextInt(100));
        System.arraycopy(bytes, at, mutated, at + 1, bytes.length - at);
      }
      case 4 -> mutated[random.nextInt(8)] = (byte) random.nextInt();
      default -> {
        String digits = "0123456789{}[]\",:e-";
        mutated[at] = (byte) digits.charAt(random.nextInt(digits.length()));
      }
    }
    return mutated;
  }

  /** With a checksum that is right, whatever else is not: an IOException, or it is resumed. */
  @Test
  void anyOtherStateIsRefusedOrResumed() throws IOException {
    crash(Setup.USUAL, 15, Checkpoints.in(directory).every(10));
    SavedState state = CheckpointFile.read(file(10), List.of());
    SplittableRandom random = new SplittableRandom(6);
    int refused = 0;
    int tries = 600;
    for (int i = 0; i < tries; i++) {
      Map<String, Tensor> tensors = new LinkedHashMap<>(state.tensors());
      Map<String, String> texts = new LinkedHashMap<>(state.texts());
      String name = pick(random.nextInt(3) == 0 ? tensors.keySet() : texts.keySet(), random);
      change(name, tensors, texts, random);
      CheckpointFile.write(file(10), SavedState.of(List.of(), tensors, texts));
      Run run = Setup.USUAL.run().with(trainer -> trainer.withListeners(stoppingAt(11)));
      try {
        run.fit(Checkpoints.in(directory).onlyWhenStopped().keeping(1).resuming());
        Files.deleteIfExists(file(12));
      } catch (UncheckedIOException e) {
        assertFalse(e.getCause().getMessage().isBlank());
        refused++;
      } catch (NonFiniteException e) {
        // A parameter or a velocity was made infinite, and the guard found it.
        assertTrue(tensors.containsKey(name), name);
      }
    }
    assertTrue(refused > tries / 2, refused + " refused");
  }

  private static String pick(Collection<String> names, SplittableRandom random) {
    return List.copyOf(names).get(random.nextInt(names.size()));
  }

  private static void change(
      String name,
      Map<String, Tensor> tensors,
      Map<String, String> texts,
      SplittableRandom random) {
    switch (random.nextInt(5)) {
      case 0 -> {
        tensors.remove(name);
        texts.remove(name);
      }
      case 1 -> {
        tensors.remove(name);
        texts.put(name, pick(List.of("", "[]", "-1", "NaN", "1e9", "x", "2147483648"), random));
      }
      case 2 -> {
        texts.remove(name);
        tensors.put(name, DoubleTensor.zeros(Shape.of(1 + random.nextInt(70))));
      }
      default -> {
        Tensor old = tensors.getOrDefault(name, DoubleTensor.zeros(Shape.of(3)));
        texts.remove(name);
        Tensor changed = old.copy();
        double[] values = {-1, 0.5, 1e300, Double.NaN, Double.NEGATIVE_INFINITY, 70, 624};
        changed.set(random.nextInt(changed.size()), values[random.nextInt(values.length)]);
        tensors.put(name, changed);
      }
    }
  }
}
