package lamella.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import lamella.core.DType;
import lamella.core.Dataset;
import lamella.core.DoubleTensor;
import lamella.core.Fingerprint;
import lamella.core.Gradients;
import lamella.core.Initializer;
import lamella.core.Network;
import lamella.core.Parameter;
import lamella.core.Sampler;
import lamella.core.SavedState;
import lamella.core.Shape;
import lamella.core.Tensor;
import lamella.core.io.ModelFile;
import lamella.core.random.NumPyRandom;
import lamella.layers.Linear;
import lamella.layers.Tanh;
import lamella.losses.SoftmaxCrossEntropy;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rounds of a training in shards, beside NumPy; and all that a training has beside its steps. */
class LocalStepsTest {
  private static final SoftmaxCrossEntropy LOSS = new SoftmaxCrossEntropy();

  // Beside NumPy.

  /** The answers of local_steps.py, by {@code momentum,3,0,losses}. */
  private static Map<String, double[]> golden() {
    try (var in = LocalStepsTest.class.getResourceAsStream("local_steps.txt")) {
      Map<String, double[]> answers = new HashMap<>();
      String text = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
      for (String line : text.lines().toList()) {
        String[] words = line.split(" ", -1);
        answers.put(
            words[0], Arrays.stream(words).skip(1).mapToDouble(Double::parseDouble).toArray());
      }
      return answers;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Network network(DType type) {
    NumPyRandom random = new NumPyRandom(1);
    Linear first = new Linear(type, 2, 5, Initializer.zeros(), random);
    Linear second = new Linear(type, 5, 3, Initializer.zeros(), random);
    for (int i = 0; i < 10; i++) {
      first.weight().value().set(i, 0.8 * Math.sin(1 + 3 * (i / 5) + 7 * (i % 5)));
    }
    for (int i = 0; i < 15; i++) {
      second.weight().value().set(i, 0.6 * Math.sin(2 + 5 * (i / 3) + 3 * (i % 3)));
    }
    return Network.of(Shape.of(2), first, new Tanh(), second);
  }

  private static Dataset<int[]> examples() {
    double[] inputs = new double[72];
    int[] labels = new int[36];
    for (int i = 0; i < 36; i++) {
      inputs[2 * i] = Math.sin(i + 1);
      inputs[2 * i + 1] = Math.cos(2 * i + 1);
      labels[i] = i * i % 3;
    }
    return Dataset.of(DoubleTensor.wrap(Shape.of(36, 2), inputs), labels);
  }

  private static Sampler sampler() {
    int[] step = new int[1];
    return indices -> {
      for (int i = 0; i < indices.length; i++) {
        indices[i] = i / 2 + 4 * ((5 * step[0] + 2 * (i % 2)) % 9);
      }
      step[0]++;
    };
  }

  private static double[] flat(List<Parameter> parameters) {
    return parameters.stream()
        .flatMapToDouble(parameter -> Arrays.stream(parameter.value().toDoubleArray()))
        .toArray();
  }

  @Test
  void agreesWithNumPy() {
    Map<String, Supplier<Optimizer>> optimizers =
        Map.of(
            "momentum",
            () -> Sgd.of(0.2).withMomentum(0.9).withL2(0.01),
            "clipped",
            () -> Sgd.of(0.2).withMomentum(0.9).withL2(0.01),
            "adamw",
            () -> AdamW.of(0.05));
    Map<String, double[]> golden = golden();
    optimizers.forEach((name, optimizer) -> {
      for (int[] rounds : new int[][] {{1, 0}, {3, 0}, {4, 1}}) {
        for (DType type : DType.values()) {
          String label = name + "," + rounds[0] + "," + rounds[1];
          Network network = network(type);
          Trainer<int[]> trainer =
              Trainer.of(network, LOSS, optimizer.get())
                  .withBatchSize(8)
                  .withShards(4)
                  .withLocalSteps(rounds[0], rounds[1])
                  .withEpochs(3);
          if (name.equals("clipped")) {
            trainer = trainer.withListeners(GradientClipping.byNorm(0.3));
          }
          List<History.Step> steps = trainer.fit(examples(), sampler()).steps();
          double allowed = type == DType.FLOAT32 ? 2e-5 : 1e-12;
          String what = label + " " + type;
          assertArrayEquals(
              golden.get(label + ",losses"),
              steps.stream().mapToDouble(History.Step::dataLoss).toArray(),
              allowed,
              what);
          assertArrayEquals(
              golden.get(label + ",penalties"),
              steps.stream().mapToDouble(History.Step::penalty).toArray(),
              allowed,
              what);
          assertArrayEquals(
              golden.get(label + ",parameters"), flat(network.parameters()), allowed, what);
        }
      }
    });
  }

  // Beside the steps.

  private static final Dataset<int[]> DATA = Toy.points(75, 1);
  private static final int SHARDS = 4;

  /** 4 steps an epoch. */
  private static Trainer<int[]> trainer(Network network, Optimizer optimizer, int localSteps) {
    return Trainer.of(network, LOSS, optimizer)
        .withBatchSize(16)
        .withShards(SHARDS)
        .withLocalSteps(localSteps)
        .withSteps(19);
  }

  private static String fingerprint(Network network) {
    return Fingerprint.of(network.parameters());
  }

  private static Sgd momentum() {
    return Sgd.of(0.3).withMomentum(0.9);
  }

  /** Notes when it is told. */
  private static final class Noting implements TrainingListener {
    private final List<String> told = new ArrayList<>();

    @Override
    public void beforeUpdate(Fit fit) {
      told.add("before " + fit.step() + (fit.gradients().isEmpty() ? "" : " with gradients"));
    }

    @Override
    public void measured(Fit fit, String name, double value) {
      told.add(name + " " + fit.step());
    }

    @Override
    public void afterStep(Fit fit) {
      told.add("after " + fit.step() + " of rate " + fit.learningRate());
    }
  }

  /** Rounds of 3 and 1 steps; step 5 is due in the round that ends with step 6. */
  @Test
  void listenersAndEvaluationsComeAtTheEndOfARound() {
    Noting noting = new Noting();
    trainer(Toy.network(DType.FLOAT32, 1), Sgd.of(Schedule.inverseTime(8, 8)), 3)
        .withSteps(7)
        .withEvaluation("five", DATA, Metrics.accuracy(), step -> step == 5)
        .withEvaluation("epoch", DATA, Metrics.accuracy())
        .withListeners(noting)
        .fit(DATA, new NumPyRandom(1));
    assertEquals(
        List.of(
            "before 0",
            "after 2 of rate " + 8 / 1.25,
            "before 3 with gradients",
            "epoch accuracy 3",
            "after 3 of rate " + 8 / 1.375,
            "before 4",
            "five accuracy 6",
            "after 6 of rate " + 8 / 1.75,
            "epoch accuracy 6"),
        noting.told);
  }

  @Test
  void theHistoryHasEveryStep() {
    History history =
        trainer(Toy.network(DType.FLOAT32, 1), Sgd.of(Schedule.inverseTime(0.3, 8)), 3)
            .fit(DATA, new NumPyRandom(1));
    assertEquals(19, history.steps().size());
    for (int step = 0; step < 19; step++) {
      assertEquals(0.3 / (1 + step / 8.0), history.steps().get(step).learningRate());
    }
    double first = history.steps().getFirst().dataLoss();
    assertTrue(history.steps().getLast().dataLoss() < first);
  }

  /** A line for each step, and the same ones where a resumed training writes them from the past. */
  @Test
  void theFileOfTheHistoryHasEveryStep(@TempDir Path directory) throws IOException {
    Path file = directory.resolve("history.csv");
    History history =
        trainer(Toy.network(DType.FLOAT32, 1), momentum(), 3)
            .withEvaluation("own", DATA, Metrics.accuracy(), step -> step == 5)
            .withListeners(new CsvHistory(file))
            .fit(DATA, new NumPyRandom(1));
    List<String> lines = Files.readAllLines(file);
    assertEquals(20, lines.size());
    for (int step = 0; step < 19; step++) {
      History.Step expected = history.steps().get(step);
      assertEquals(
          step
              + ","
              + expected.loss()
              + ","
              + expected.dataLoss()
              + ",0.0,0.3,"
              + (step == 6 ? history.measurements().getFirst().value() : ""),
          lines.get(step + 1));
    }
  }

  /** Steps 0, 10 and 20 are in rounds that end with 2, 10 and 22. */
  @Test
  void progressIsToldForTheRoundThatHasTheStep() {
    List<String> lines = new ArrayList<>();
    trainer(Toy.network(DType.FLOAT32, 1), momentum(), 3)
        .withSteps(24)
        .withListeners(ProgressLines.every(10, line -> lines.add(line.split(":", 2)[0])))
        .fit(DATA, new NumPyRandom(1));
    assertEquals(List.of("step 2 of 24", "step 10 of 24", "step 22 of 24"), lines);
  }

  /** After each round, as if its end were a step's. */
  @Test
  void theAverageIsThatOfRounds() {
    WeightAverage kept = WeightAverage.of(0.9);
    WeightAverage byHand = WeightAverage.of(0.9);
    Network network = Toy.network(DType.FLOAT32, 1);
    trainer(network, momentum(), 3)
        .withAverage(kept)
        .withListeners(
            new TrainingListener() {
              @Override
              public void started(Fit fit) {
                byHand.started(fit);
              }

              @Override
              public void afterStep(Fit fit) {
                byHand.update(fit.parameters());
              }
            })
        .fit(DATA, new NumPyRandom(1));
    assertEquals(9, kept.updates()); // 4 epochs of two rounds, and one of the last three steps
    Network average = Toy.network(DType.FLOAT32, 1);
    Network same = Toy.network(DType.FLOAT32, 1);
    kept.copyTo(average);
    byHand.copyTo(same);
    assertEquals(fingerprint(same), fingerprint(average));
  }

  @Test
  void theBestIsKeptAndSaved(@TempDir Path directory) throws IOException {
    Path file = directory.resolve("best.safetensors");
    EarlyStopping stopping = EarlyStopping.lowest("own loss", 2);
    Network network = Toy.network(DType.FLOAT32, 1);
    History history =
        trainer(network, Sgd.of(Schedule.steps(new long[] {12}, new double[] {0.3, 40})), 3)
            .withEpochs(50)
            .withEvaluation("own", DATA)
            .withListeners(stopping, SaveBest.lowest("own loss", file))
            .fit(DATA, new NumPyRandom(1));
    assertTrue(history.stopReason().orElseThrow().startsWith("own loss was best"));
    assertEquals(0, (stopping.bestStep() + 1) % 4);
    assertEquals(stopping.best(), Evaluation.loss(network, LOSS, DATA));
    assertEquals(fingerprint(network), Fingerprint.of(ModelFile.read(file).network().parameters()));
  }

  /** What has been measured decides on the rates of local steps, wherever these are made. */
  @Test
  void aPlateauIsTheSameElsewhere() {
    UnaryOperator<Trainer<int[]>> settings = trainer -> trainer.withEvaluation("own", DATA);
    Supplier<Optimizer> optimizer =
        () -> Sgd.of(PlateauSchedule.lowest("own loss", Schedule.constant(4), 0.5, 1));
    Network here = Toy.network(DType.FLOAT32, 1);
    History expected =
        settings.apply(trainer(here, optimizer.get(), 3)).fit(DATA, new NumPyRandom(1));
    Network network = Toy.network(DType.FLOAT32, 1);
    Grouping<int[]> elsewhere =
        new Grouping<>(() -> trainer(Toy.network(DType.FLOAT32, 1), optimizer.get(), 3), 2, 1);
    History history =
        settings
            .apply(trainer(network, optimizer.get(), 3))
            .withRunner(elsewhere)
            .fit(DATA, new NumPyRandom(1));
    assertTrue(history.steps().getLast().learningRate() < 4);
    assertEquals(expected, history);
    assertEquals(fingerprint(here), fingerprint(network));
  }

  /** Whose state nobody sees. */
  private static Schedule hidden(PlateauSchedule plateau) {
    return step -> 1 * plateau.at(step);
  }

  /** It would be computed with other rates. */
  @Test
  void aRateThatOnlyTheTrainingKnowsIsRefusedElsewhere() {
    PlateauSchedule plateau = PlateauSchedule.lowest("own loss", Schedule.constant(4), 0.5, 1);
    Grouping<int[]> elsewhere =
        new Grouping<>(
            () ->
                trainer(
                    Toy.network(DType.FLOAT32, 1),
                    Sgd.of(
                        hidden(PlateauSchedule.lowest("own loss", Schedule.constant(4), 0.5, 1))),
                    3),
            1,
            1);
    assertTrue(
        assertThrows(
                IllegalArgumentException.class,
                () ->
                    trainer(Toy.network(DType.FLOAT32, 1), Sgd.of(hidden(plateau)), 3)
                        .withEvaluation("own", DATA)
                        .withListeners(plateau)
                        .withRunner(elsewhere)
                        .fit(DATA, new NumPyRandom(1)))
            .getMessage()
            .startsWith("ShardWorker: the learning rate of step "));
  }

  // Checkpoints.

  private static final class Crash extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  private static History fit(
      Network network, int localSteps, long steps, Optional<Checkpoints> checkpoints, long crash) {
    PlateauSchedule rate = PlateauSchedule.lowest("own loss", Schedule.constant(0.5), 0.5, 1);
    Trainer<int[]> trainer =
        trainer(network, Sgd.of(rate).withMomentum(0.9), localSteps)
            .withSteps(steps)
            .withAverage(WeightAverage.of(0.9))
            .withEvaluation("own", DATA)
            .withListeners(
                GradientClipping.byNorm(0.5),
                new TrainingListener() {
                  @Override
                  public void beforeUpdate(Fit fit) {
                    if (fit.step() >= crash) {
                      throw new Crash();
                    }
                  }
                });
    return checkpoints.map(trainer::withCheckpoints).orElse(trainer).fit(DATA, new NumPyRandom(1));
  }

  /** Killed in any round, resumed from a checkpoint of the round before it or an earlier one. */
  @Property(tries = 25, edgeCases = EdgeCasesMode.NONE)
  void aTrainingThatIsKilledAndResumedHasTheSameBits(
      @ForAll @IntRange(min = 1, max = 5) int localSteps,
      @ForAll @IntRange(min = 1, max = 6) int every,
      @ForAll @IntRange(max = 18) int crash)
      throws IOException {
    Network whole = Toy.network(DType.FLOAT32, 1);
    History expected = fit(whole, localSteps, 19, Optional.empty(), Long.MAX_VALUE);
    Path directory = Files.createTempDirectory("shards");
    try {
      Checkpoints checkpoints = Checkpoints.in(directory).every(every).resuming();
      try {
        History ignored =
            fit(Toy.network(DType.FLOAT32, 1), localSteps, 19, Optional.of(checkpoints), crash);
        assertTrue(crash > 18 - localSteps, ignored::toString);
      } catch (Crash e) {
        // Before the update that no checkpoint has.
      }
      Network resumed = Toy.network(DType.FLOAT32, 1);
      History history = fit(resumed, localSteps, 19, Optional.of(checkpoints), Long.MAX_VALUE);
      assertEquals(expected, history);
      assertEquals(fingerprint(whole), fingerprint(resumed));
    } finally {
      try (var files = Files.list(directory)) {
        for (Path file : files.toList()) {
          Files.delete(file);
        }
      }
      Files.delete(directory);
    }
  }

  @Test
  void checkpointsAreWrittenAtTheEndsOfRounds(@TempDir Path directory) throws IOException {
    fit(
        Toy.network(DType.FLOAT32, 1),
        3,
        10,
        Optional.of(Checkpoints.in(directory).every(5).keeping(9)),
        Long.MAX_VALUE);
    // Rounds end after 3, 4, 7, 8 and 10 steps; the first after 5 steps is that after 7.
    try (var files = Files.list(directory)) {
      assertEquals(
          List.of("checkpoint-000000007.safetensors", "checkpoint-000000010.safetensors"),
          files
              .map(file -> file.getFileName().toString())
              .filter(name -> name.startsWith("check"))
              .sorted()
              .toList());
    }
  }

  private static String notResumed(Path directory, UnaryOperator<Trainer<int[]>> settings) {
    return String.valueOf(
        assertThrows(
                UncheckedIOException.class,
                () ->
                    settings
                        .apply(trainer(Toy.network(DType.FLOAT32, 1), momentum(), 3))
                        .withCheckpoints(Checkpoints.in(directory).resuming())
                        .fit(DATA, new NumPyRandom(1)))
            .getMessage());
  }

  @Test
  void anotherDivisionIsAnotherTraining(@TempDir Path directory) {
    trainer(Toy.network(DType.FLOAT32, 1), momentum(), 3)
        .withSteps(5)
        .withCheckpoints(Checkpoints.in(directory))
        .fit(DATA, new NumPyRandom(1));
    String end =
        "does not belong to this training: gradients of a step is '4 shards, 3 local steps a"
            + " round' there and '";
    for (String[] other :
        new String[][] {
          {"8", "3", "0", "8 shards, 3 local steps a round' here"},
          {"4", "1", "0", "4 shards' here"},
          {"4", "3", "1", "4 shards, 3 local steps a round after 1 epoch' here"},
          {"1", "3", "0", "one batch' here"}
        }) {
      String message =
          notResumed(
              directory,
              trainer ->
                  trainer
                      .withShards(Integer.parseInt(other[0]))
                      .withLocalSteps(Integer.parseInt(other[1]), Long.parseLong(other[2])));
      assertTrue(message.endsWith(end + other[3]), message);
    }
    String message = notResumed(directory, trainer -> trainer);
    assertTrue(
        message.endsWith(
            "does not belong to this training: it is after 5 steps, where that training ended, in"
                + " the middle of what is a round of 3 local steps here; let a training that is to"
                + " go on end with a round"),
        message);
  }

  /** Asked for more steps at the end of a round, a training has the bits of one never stopped. */
  @Test
  void moreStepsMayBeAskedForAtTheEndOfARound(@TempDir Path directory) {
    Network whole = Toy.network(DType.FLOAT32, 1);
    fit(whole, 3, 19, Optional.empty(), Long.MAX_VALUE);
    Network resumed = Toy.network(DType.FLOAT32, 1);
    Optional<Checkpoints> checkpoints = Optional.of(Checkpoints.in(directory).resuming());
    fit(Toy.network(DType.FLOAT32, 1), 3, 8, checkpoints, Long.MAX_VALUE);
    fit(resumed, 3, 19, checkpoints, Long.MAX_VALUE);
    assertEquals(fingerprint(whole), fingerprint(resumed));
  }

  // Ends.

  @Test
  void anInterruptedTrainingEndsWithItsRound() {
    Network network = Toy.network(DType.FLOAT32, 1);
    List<Long> ends = new ArrayList<>();
    History history;
    try {
      history =
          trainer(network, momentum(), 3)
              .withListeners(
                  new TrainingListener() {
                    @Override
                    public void beforeUpdate(Fit fit) {
                      if (fit.step() == 4) {
                        Thread.currentThread().interrupt();
                      }
                    }

                    @Override
                    public void ended(Fit fit) {
                      ends.add(fit.step());
                    }
                  })
              .fit(DATA, new NumPyRandom(1));
    } finally {
      assertTrue(Thread.interrupted());
    }
    assertEquals(Optional.of("interrupted"), history.stopReason());
    assertEquals(List.of(7L), ends);
  }

  /** Threads that wait for shards wait on. */
  @Test
  void aThreadInterruptedInAStepWaitsForItsShards() {
    Network network = Toy.network(DType.FLOAT32, 1);
    Trainer<int[]> trainer = trainer(network, momentum(), 1).withSteps(5);
    ThreadRunner<int[]> threads = new ThreadRunner<>(trainer.settings(), 4);
    try {
      History history =
          trainer
              .withRunner((round, data) -> {
                if (round.firstStep() == 2) {
                  Thread.currentThread().interrupt();
                }
                return threads.run(round, data);
              })
              .fit(DATA, new NumPyRandom(1));
      assertEquals(3, history.steps().size());
    } finally {
      assertTrue(Thread.interrupted());
      threads.ended();
    }
  }

  private static NonFiniteException diverges(
      int localSteps, Optimizer optimizer, Dataset<int[]> data) {
    Network network = Toy.network(DType.FLOAT32, 1);
    return assertThrows(
        NonFiniteException.class,
        () ->
            trainer(network, optimizer, localSteps)
                .withBatchSize(4)
                .fit(
                    data,
                    indices -> {
                      for (int i = 0; i < indices.length; i++) {
                        indices[i] = i;
                      }
                    }));
  }

  /** The loss of step 2 is that of weights that step 1 has made infinite. */
  @Test
  void aNumberThatIsNotFiniteIsFoundInItsStep() {
    Optimizer growing = Sgd.of(Schedule.steps(new long[] {1, 2}, new double[] {0.1, 1e38, 0.1}));
    for (int localSteps : new int[] {1, 4}) {
      NonFiniteException e = diverges(localSteps, growing, DATA);
      assertEquals(2, e.step(), e.getMessage());
      assertEquals(3, e.history().orElseThrow().steps().size());
      growing = Sgd.of(Schedule.steps(new long[] {1, 2}, new double[] {0.1, 1e38, 0.1}));
    }
    Tensor inputs = Tensor.zeros(DType.FLOAT32, Shape.of(9, 2));
    inputs.set(5, Double.NaN);
    for (int localSteps : new int[] {1, 2}) {
      assertEquals(
          "step 0, an input of example 2 is not finite; clean the data",
          diverges(localSteps, Sgd.of(0.1), Dataset.of(inputs, new int[9])).getMessage());
    }
  }

  /** In the last step of a round nobody takes a loss any more: the parameters are looked at. */
  @Test
  void parametersAreFiniteAtTheEndOfEachRound() {
    NonFiniteException e =
        diverges(3, Sgd.of(Schedule.steps(new long[] {2, 3}, new double[] {0.1, 1e39, 0.1})), DATA);
    assertEquals(2, e.step());
    assertTrue(e.what().endsWith("is not finite"), e.what());
    assertFalse(e.what().contains("gradient"), e.what());
  }

  /** Where a shard fails, the network is where the round began, as after any step that fails. */
  @Test
  void aRoundThatFailsChangesNothing() {
    int[] labels = new int[75];
    Arrays.fill(labels, 40, 75, 7);
    Dataset<int[]> data = Dataset.of(Tensor.zeros(DType.FLOAT32, Shape.of(75, 2)), labels);
    Network network = Toy.network(DType.FLOAT32, 1);
    String before = fingerprint(network);
    Sgd sgd = momentum();
    assertThrows(
        IllegalArgumentException.class,
        () -> trainer(network, sgd, 3).fit(data, new NumPyRandom(1)));
    assertEquals(before, fingerprint(network));
    assertEquals(0, sgd.steps());
  }

  // Optimisers of one's own.

  /** Plain descent that saves how many examples it has seen the gradients of, wrongly as a text. */
  private static final class Descent implements Optimizer {
    private long steps;
    private double seen;
    private final boolean text;

    private Descent(boolean text) {
      this.text = text;
    }

    @Override
    public void step(Gradients gradients) {
      for (Parameter parameter : gradients.parameters()) {
        Tensor gradient = gradients.of(parameter);
        for (int i = 0; i < gradient.size(); i++) {
          parameter.value().set(i, parameter.value().get(i) - 0.1 * gradient.get(i));
          seen += gradient.get(i) * gradient.get(i);
        }
      }
      steps++;
      gradients.clear();
    }

    @Override
    public long steps() {
      return steps;
    }

    @Override
    public double learningRate() {
      return 0.1;
    }

    @Override
    public double penalty(List<Parameter> parameters) {
      return 0;
    }

    @Override
    public boolean isFor(List<Parameter> parameters) {
      return true;
    }

    @Override
    public void save(SavedState state) {
      state.put("steps", steps);
      if (text) {
        state.put("seen", seen);
      } else {
        state.put("seen", new double[] {seen});
      }
    }

    @Override
    public void load(SavedState state) {
      steps = state.integer("steps", 0, Long.MAX_VALUE);
      seen = text ? state.number("seen") : state.numbers("seen")[0];
    }
  }

  /** The mean over four shards of equal numbers. */
  @Test
  void aFrozenGroupStaysToTheLastBit() {
    Network network = Toy.network(DType.FLOAT32, 1);
    double[] first = network.parameters().getFirst().value().toDoubleArray();
    double[] last = network.parameters().getLast().value().toDoubleArray();
    trainer(network, AdamW.of(0.05).withGroup(Group.under("0").frozen()), 3)
        .fit(DATA, new NumPyRandom(1));
    assertArrayEquals(first, network.parameters().getFirst().value().toDoubleArray());
    assertFalse(Arrays.equals(last, network.parameters().getLast().value().toDoubleArray()));
  }

  @Test
  void whatAnOptimizerKeepsIsAveragedIfItIsATensor() {
    Descent descent = new Descent(false);
    trainer(Toy.network(DType.FLOAT32, 1), descent, 3).fit(DATA, new NumPyRandom(1));
    assertEquals(19, descent.steps);
    assertTrue(descent.seen > 0);
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () ->
                    trainer(Toy.network(DType.FLOAT32, 1), new Descent(true), 3)
                        .fit(DATA, new NumPyRandom(1)))
            .getMessage();
    assertTrue(
        message.startsWith(
            "Node: what node (0, 0), shard 0 of 4 and node (0, 1), shard 1 of 4 say beside their"
                + " numbers differs: optimizer.seen is '"),
        message);
  }

  // Bytes.

  @Test
  void aRoundHasItsExamples() {
    List<Round> rounds = new ArrayList<>();
    Trainer<int[]> trainer = trainer(Toy.network(DType.FLOAT32, 1), momentum(), 3).withSteps(3);
    ThreadRunner<int[]> threads = new ThreadRunner<>(trainer.settings(), 1);
    trainer
        .withRunner((round, data) -> {
          rounds.add(Round.fromBytes(round.toBytes()));
          assertArrayEquals(round.toBytes(), rounds.getLast().toBytes());
          return threads.run(round, data);
        })
        .fit(DATA, new NumPyRandom(1));
    Round round = rounds.getFirst();
    assertEquals(0, round.firstStep());
    assertEquals(3, round.steps());
    assertEquals(0, round.epoch());
    assertEquals(4, round.shards());
    assertEquals(4, round.examplesPerStep());
    ShardedSampler sampler = new ShardedSampler(75, 4, new NumPyRandom(1));
    for (int step = 0; step < 3; step++) {
      int[] drawn = new int[16];
      sampler.next(drawn);
      for (int shard = 0; shard < 4; shard++) {
        assertArrayEquals(
            Arrays.copyOfRange(drawn, 4 * shard, 4 * shard + 4),
            Arrays.copyOfRange(round.examples(shard), 4 * step, 4 * step + 4));
      }
    }
    assertEquals(
        "Round: shard 4 is outside [0, 4)",
        assertThrows(IndexOutOfBoundsException.class, () -> round.examples(4)).getMessage());
    byte[] bytes = round.toBytes();
    for (int at = 0; at < bytes.length; at += 7) {
      byte[] damaged = bytes.clone();
      damaged[at] ^= 4;
      assertThrows(IllegalArgumentException.class, () -> Round.fromBytes(damaged));
      byte[] cut = Arrays.copyOf(bytes, at);
      assertThrows(IllegalArgumentException.class, () -> Round.fromBytes(cut));
    }
    assertEquals(
        "Round: these bytes are something else, or of another version of Lamella",
        assertThrows(
                IllegalArgumentException.class,
                () ->
                    Round.fromBytes(
                        Node.of(1, 0, new float[0], new double[0], new byte[0]).toBytes()))
            .getMessage());
  }
}
