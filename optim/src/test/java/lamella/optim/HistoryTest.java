package lamella.optim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import lamella.core.DType;
import lamella.core.Dataset;
import lamella.core.Network;
import lamella.core.SavedState;
import lamella.core.random.NumPyRandom;
import lamella.losses.SoftmaxCrossEntropy;
import lamella.optim.History.Measurement;
import lamella.optim.History.Step;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A history is what was recorded, in lists that are views, and never more than so much. */
class HistoryTest {
  private static final int LIMIT = 64;

  private final Dataset<int[]> data = Toy.points(60, 1);

  private static Step step(long number) {
    return new Step(
        number, Math.sin((double) number), number < 40_000 ? 0 : 0.5, number < 30_000 ? 0.1 : 0.01);
  }

  private static void record(Recorder recorder, long from, long to) {
    for (long number = from; number < to; number++) {
      Step step = step(number);
      recorder.add(step.dataLoss(), step.penalty(), step.learningRate());
    }
  }

  private static List<Step> steps(LongStream numbers) {
    return numbers.mapToObj(HistoryTest::step).toList();
  }

  @Test
  void everyStepIsThereAcrossManyBlocks() {
    Recorder recorder = new Recorder(10, 1);
    record(recorder, 0, 50_000);
    History before = recorder.history(null);
    record(recorder, 50_000, 100_000);
    assertEquals(steps(LongStream.range(0, 50_000)), before.steps());
    assertEquals(steps(LongStream.range(0, 100_000)), recorder.history(null).steps());
    assertEquals(100_000, recorder.size());
    assertEquals(0.1, recorder.largestLearningRate());
    assertThrows(IndexOutOfBoundsException.class, () -> before.steps().get(50_000));
    assertThrows(IndexOutOfBoundsException.class, () -> before.steps().get(-1));
    assertThrows(UnsupportedOperationException.class, () -> before.steps().removeLast());
  }

  @Test
  void equalHistoriesAreEqualHoweverTheyWereMade() {
    Recorder recorder = new Recorder(10, 1);
    record(recorder, 0, 20);
    recorder.add(4, "it", 0.5);
    History recorded = recorder.history("enough");
    History made =
        new History(
            new ArrayList<>(steps(LongStream.range(0, 20))),
            List.of(new Measurement(4, "it", 0.5)),
            Optional.of("enough"));
    assertEquals(made, recorded);
    assertEquals(recorded, made);
    assertEquals(made.hashCode(), recorded.hashCode());
    assertNotEquals(made, recorder.history(null));
    assertEquals(List.of(new Measurement(4, "it", 0.5)), recorded.measurements("it"));
    assertEquals(List.of(), recorded.measurements("other"));
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 63, 64, 65, 66, 128, 129, 1000, 10_000})
  void aLongOneKeepsEverySecondStepAndSoOnAndTheLast(long all) {
    Recorder recorder = new Recorder(all, 1, LIMIT);
    record(recorder, 0, all);
    long every = 1;
    while ((all + every - 1) / every > LIMIT) {
      every *= 2;
    }
    long stride = every;
    List<Step> expected =
        new ArrayList<>(steps(LongStream.range(0, all).filter(n -> n % stride == 0)));
    if (all > 0 && (all - 1) % stride != 0) {
      expected.add(step(all - 1));
    }
    assertEquals(expected, recorder.history(null).steps());
    assertEquals(all, recorder.size());
  }

  @Test
  void oneOfEveryFewStepsHasThese() {
    Network network = Toy.network(DType.FLOAT32, 2);
    History history =
        Trainer.of(network, new SoftmaxCrossEntropy(), Sgd.of(0.1))
            .withSteps(12)
            .withHistoryEvery(5)
            .fit(data, new NumPyRandom(1));
    assertEquals(List.of(0L, 5L, 10L, 11L), history.steps().stream().map(Step::number).toList());
    assertTrue(history.toString().startsWith("History(12 steps, last loss "), history.toString());
    History whole =
        Trainer.of(Toy.network(DType.FLOAT32, 2), new SoftmaxCrossEntropy(), Sgd.of(0.1))
            .withSteps(12)
            .fit(data, new NumPyRandom(1));
    assertEquals(whole.steps().get(5), history.steps().get(1));
    assertEquals(whole.steps().get(11), history.steps().get(3));
    assertEquals(
        "Trainer: number of steps from one in the history to the next must be at least 1, got 0",
        assertThrows(
                IllegalArgumentException.class,
                () ->
                    Trainer.of(network, new SoftmaxCrossEntropy(), Sgd.of(0.1)).withHistoryEvery(0))
            .getMessage());
  }

  @Test
  void manyMeasurementsOfANameAreThinnedAndTheLastStays() {
    Recorder recorder = new Recorder(10, 1, LIMIT);
    for (long step = 0; step < 1000; step++) {
      recorder.add(step, "often", (double) step);
      if (step % 250 == 0) {
        recorder.add(step, "seldom", (double) -step);
      }
    }
    History history = recorder.history(null);
    assertTrue(history.measurements().size() <= LIMIT + 2, history.toString());
    List<Measurement> often = history.measurements("often");
    assertTrue(often.size() >= LIMIT / 4, often.size() + "");
    assertEquals(new Measurement(0, "often", 0), often.getFirst());
    assertEquals(new Measurement(999, "often", 999), often.getLast());
    assertEquals(new Measurement(0, "seldom", 0), history.measurements("seldom").getFirst());
    assertEquals(new Measurement(750, "seldom", -750), history.measurements("seldom").getLast());
    for (int i = 1; i < often.size(); i++) {
      assertTrue(often.get(i - 1).step() < often.get(i).step());
      assertEquals((double) often.get(i).step(), often.get(i).value());
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 30, 64, 65, 500})
  void whatIsSavedGoesOnAlike(long before) {
    Recorder straight = new Recorder(10, 1, LIMIT);
    record(straight, 0, before);
    measure(straight, 0, before);
    SavedState state = SavedState.of(List.of());
    straight.save(state);
    Recorder resumed = new Recorder(10, 1, LIMIT);
    record(resumed, 0, 7);
    measure(resumed, 0, 7);
    resumed.load(state);
    assertEquals(straight.history(null), resumed.history(null));
    for (Recorder recorder : List.of(straight, resumed)) {
      record(recorder, before, before + 700);
      measure(recorder, before, before + 700);
    }
    assertEquals(straight.history(null), resumed.history(null));
    assertEquals(straight.dataLoss(), resumed.dataLoss());
    assertEquals(straight.largestLearningRate(), resumed.largestLearningRate());
    SavedState again = SavedState.of(List.of());
    resumed.save(again);
    assertTrue(
        again.tensors().values().stream().allMatch(tensor -> tensor.size() <= LIMIT),
        () -> again.tensors().toString());
  }

  private static void measure(Recorder recorder, long from, long to) {
    for (long step = from; step < to; step++) {
      recorder.add(step, "a", step * 0.5);
      if (step % 3 == 0) {
        recorder.add(step, "b", step * 0.25);
      }
    }
  }

  @Test
  void aStateOfAnotherThinningIsRefused() {
    Recorder three = new Recorder(10, 3, LIMIT);
    record(three, 0, 1000);
    SavedState state = SavedState.of(List.of());
    three.save(state);
    assertEquals(
        "the history is of every 24 steps there, and of every 2 here",
        assertThrows(IllegalArgumentException.class, () -> new Recorder(10, 2, LIMIT).load(state))
            .getMessage());
    Recorder same = new Recorder(10, 3, LIMIT);
    same.load(state);
    assertEquals(three.history(null), same.history(null));
  }

  @Test
  void aPenaltyAndARateThatStayAreSavedAsOneNumber() {
    Recorder recorder = new Recorder(10, 1);
    for (int i = 0; i < 100_000; i++) {
      recorder.add(i, 0, 0.1);
    }
    SavedState state = SavedState.of(List.of());
    recorder.save(state);
    assertEquals(100_000, state.numbers("data_loss").length);
    assertEquals(1, state.numbers("penalty").length);
    assertEquals(1, state.numbers("learning_rate").length);
  }

  /** In a JVM of its own, whose memory would not do for a record or 24 bytes for each step. */
  @Test
  void millionsOfStepsNeedLittleMemory(@TempDir Path directory) throws Exception {
    Path output = directory.resolve("output.txt");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx96m",
                "-cp",
                TrainingBitsAcrossJvmsTest.place(Network.class)
                    + File.pathSeparator
                    + TrainingBitsAcrossJvmsTest.place(Recorder.class)
                    + File.pathSeparator
                    + TrainingBitsAcrossJvmsTest.place(Millions.class),
                Millions.class.getName())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    assertEquals(0, process.waitFor(), () -> read(output));
    assertTrue(read(output).contains("History(30000000 steps"), read(output));
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }

  /** Records 30 million steps, of which rate and penalty stay the same, as they mostly do. */
  static final class Millions {
    private Millions() {}

    public static void main(String[] arguments) {
      Recorder recorder = new Recorder(30_000_000, 1);
      for (int i = 0; i < 30_000_000; i++) {
        recorder.add(1.0 / (i + 1), 0, 0.1);
      }
      History history = recorder.history(null);
      double sum = 0;
      for (Step step : history.steps()) {
        sum += step.loss();
      }
      System.out.println(history + " " + sum);
    }
  }

  @Test
  void saysHowLongAndHowGoodItWas() {
    assertEquals(
        "History(2 steps, last loss 0.750000, 1 measurement; interrupted)",
        new History(
                List.of(new Step(0, 1, 0, 0.1), new Step(1, 0.5, 0.25, 0.1)),
                List.of(new Measurement(1, "it", 3)),
                Optional.of("interrupted"))
            .toString());
    assertEquals(
        "History(0 steps, 0 measurements)",
        new History(List.of(), List.of(), Optional.empty()).toString());
  }
}
