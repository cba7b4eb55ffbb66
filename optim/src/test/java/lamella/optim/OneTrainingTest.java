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
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.UnaryOperator;
import lamella.core.DType;
import lamella.core.Dataset;
import lamella.core.Fingerprint;
import lamella.core.Gradients;
import lamella.core.Layer;
import lamella.core.Loss;
import lamella.core.Network;
import lamella.core.Parameter;
import lamella.core.Pass;
import lamella.core.Sampler;
import lamella.core.SavedState;
import lamella.core.Shape;
import lamella.core.Stateful;
import lamella.core.Tensor;
import lamella.core.random.NumPyRandom;
import lamella.layers.Linear;
import lamella.losses.SoftmaxCrossEntropy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Objects that belong to one training are refused by another, before anything has changed. */
class OneTrainingTest {
  private static final SoftmaxCrossEntropy LOSS = new SoftmaxCrossEntropy();

  private final Dataset<int[]> data = Toy.points(60, 1);

  @TempDir Path directory;

  private static Network network(long seed) {
    return Toy.network(DType.FLOAT32, seed);
  }

  private Trainer<int[]> trainer(Network network, Optimizer optimizer) {
    return Trainer.of(network, LOSS, optimizer)
        .withBatchSize(20)
        .withSteps(6)
        .withEvaluation("v", data);
  }

  private History fit(Trainer<int[]> trainer) {
    return trainer.fit(data, new NumPyRandom(3));
  }

  /** The message of a refusal that has changed nothing. */
  private String refusal(Network network, UnaryOperator<Trainer<int[]>> with, Optimizer optimizer)
      throws IOException {
    String before = Fingerprint.of(network.parameters());
    long steps = optimizer.steps();
    Path untouched = directory.resolve("untouched");
    List<String> events = new ArrayList<>();
    TrainingListener first =
        new TrainingListener() {
          @Override
          public void started(Fit fit) {
            events.add("started");
          }

          @Override
          public void ended(Fit fit) {
            events.add("ended");
          }
        };
    NumPyRandom random = new NumPyRandom(3);
    Trainer<int[]> trainer =
        trainer(network, optimizer).withListeners(first).withCheckpoints(Checkpoints.in(untouched));
    String message =
        assertThrows(RuntimeException.class, () -> with.apply(trainer).fit(data, random))
            .getMessage();
    assertEquals(before, Fingerprint.of(network.parameters()));
    assertEquals(steps, optimizer.steps());
    assertEquals(List.of(), events);
    assertFalse(Files.exists(untouched));
    assertEquals(new NumPyRandom(3).nextInt(), random.nextInt());
    return message;
  }

  private String refusal(Network network, Optimizer optimizer) throws IOException {
    return refusal(network, trainer -> trainer, optimizer);
  }

  private String refusal(TrainingListener... listeners) throws IOException {
    return refusal(network(9), trainer -> trainer.withListeners(listeners), Sgd.of(0.1));
  }

  // Optimisers.

  /** Somebody else's, by the least code that does. */
  private static final class Plain implements Optimizer {
    private long steps;

    @Override
    public void step(Gradients gradients) {
      for (Parameter parameter : gradients.parameters()) {
        if (gradients.has(parameter)) {
          Tensor value = parameter.value();
          Tensor gradient = gradients.of(parameter);
          for (int i = 0; i < value.size(); i++) {
            value.set(i, value.get(i) - 0.1 * gradient.get(i));
          }
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
    public String toString() {
      return "Plain";
    }
  }

  @Test
  void anOptimiserIsForTheParametersOfItsFirstTraining() throws IOException {
    for (Optimizer optimizer :
        List.of(Sgd.of(Schedule.cosine(0.5, 0, 6)), Sgd.of(0.1).withMomentum(0.9), new Plain())) {
      Network network = network(1);
      fit(trainer(network, optimizer));
      assertEquals(
          optimizer
              + ": has made 6 steps for other parameters; make a new optimiser for each network",
          refusal(network(2), optimizer));
      fit(trainer(network, optimizer));
      assertEquals(12, optimizer.steps());
    }
  }

  @Test
  void anOptimiserAroundAnotherIsOfItsTraining() throws IOException {
    Sgd inner = Sgd.of(0.1);
    Network network = network(1);
    fit(trainer(network, new Around(inner)));
    // A new one around the same inside has the same steps behind it.
    assertEquals(
        "Around: has made 6 steps for other parameters; make a new optimiser for each network",
        refusal(network(2), new Around(inner)));
  }

  /** Somebody else's, which leaves the work to ours. */
  private record Around(Sgd inner) implements Optimizer {
    @Override
    public void step(Gradients gradients) {
      inner.step(gradients);
    }

    @Override
    public long steps() {
      return inner.steps();
    }

    @Override
    public double learningRate() {
      return inner.learningRate();
    }

    @Override
    public double penalty(List<Parameter> parameters) {
      return inner.penalty(parameters);
    }

    @Override
    public String toString() {
      return "Around";
    }
  }

  @Test
  void aPartOfTheParametersIsNotEnough() throws IOException {
    Network network = network(1);
    Sgd sgd = Sgd.of(0.1);
    fit(trainer(network, sgd));
    Linear head = new Linear(9, Toy.CLASSES, new NumPyRandom(5));
    Network other = Network.of(Shape.of(2), network.layers().get(0), network.layers().get(1), head);
    assertTrue(refusal(other, sgd).contains("for other parameters"));
    // But all of them in another network are.
    fit(trainer(Network.of(Shape.of(2), network.layers()), sgd));
  }

  private static void stepByHand(Network network, Optimizer optimizer) {
    Pass pass = Pass.forTraining();
    Tensor outputs = network.forward(Tensor.zeros(DType.FLOAT32, Shape.of(4, 2)), pass);
    Tensor gradient = pass.outputGradient(outputs);
    LOSS.valueAndGradient(outputs, new int[4], gradient);
    network.backward(gradient, pass);
    optimizer.step(pass.gradients());
  }

  @Test
  void stepsByHandCountToo() throws IOException {
    Network network = network(1);
    Sgd sgd = Sgd.of(0.1);
    stepByHand(network, sgd);
    assertEquals(
        "Sgd(l2 0.0, momentum 0.0): has made 1 step for other parameters; make a new optimiser for"
            + " each network",
        refusal(network(2), sgd));
    fit(trainer(network, sgd));
    Network third = network(3);
    String before = Fingerprint.of(third.parameters());
    assertEquals(
        "Sgd: has made 7 steps for other parameters; make a new optimiser for each network",
        assertThrows(IllegalStateException.class, () -> stepByHand(third, sgd)).getMessage());
    assertEquals(before, Fingerprint.of(third.parameters()));
    assertEquals(7, sgd.steps());
    // What it does not say, a trainer cannot know.
    Plain plain = new Plain();
    stepByHand(network, plain);
    assertTrue(refusal(network, plain).contains("for other parameters"));
  }

  @Test
  void aStateThatIsLoadedIsOfItsParameters() throws IOException {
    Network network = network(1);
    Sgd sgd = Sgd.of(0.1);
    stepByHand(network, sgd);
    SavedState state = SavedState.of(network.parameters());
    sgd.save(state);
    Sgd resumed = Sgd.of(0.1);
    resumed.load(state);
    assertTrue(refusal(network(2), resumed).contains("has made 1 step for other parameters"));
    assertThrows(IllegalStateException.class, () -> stepByHand(network(2), resumed));
    stepByHand(network, resumed);
    fit(trainer(network, resumed));
    assertEquals(8, resumed.steps());
  }

  // Listeners.

  /** Somebody else's listener that remembers, and says so. */
  private static final class Counts implements TrainingListener {
    private long seen;

    @Override
    public void afterStep(Fit fit) {
      seen++;
    }

    @Override
    public void save(SavedState state) {
      state.put("seen", seen);
    }

    @Override
    public void load(SavedState state) {
      seen = state.integer("seen", 0, Long.MAX_VALUE);
    }

    @Override
    public String toString() {
      return "Counts";
    }
  }

  @Test
  void aListenerWhoseStateHasChangedHasServed() throws IOException {
    PlateauSchedule plateau = PlateauSchedule.lowest("v loss", Schedule.constant(0.1), 0.5, 1);
    for (TrainingListener listener :
        List.of(
            EarlyStopping.lowest("v loss", 2),
            SaveBest.highest("v accuracy", directory.resolve("best")),
            plateau,
            new Counts())) {
      fit(trainer(network(1), Sgd.of(0.1)).withListeners(listener));
      assertEquals(listener + ": has served a training already; make a new one", refusal(listener));
    }
    assertEquals(
        plateau + ": has served a training already; make a new one",
        refusal(network(2), Sgd.of(plateau)));
  }

  @Test
  void aListenerWithoutStateServesAgain() {
    List<String> lines = new ArrayList<>();
    GradientClipping clipping = GradientClipping.byNorm(0.1);
    ProgressLines progress = ProgressLines.every(3, lines::add);
    Path file = directory.resolve("history.csv");
    CsvHistory csv = new CsvHistory(file);
    TimeLimit limit = new TimeLimit(java.time.Duration.ofDays(1));
    List<List<String>> files = new ArrayList<>();
    for (int fold = 0; fold < 2; fold++) {
      fit(trainer(network(1), Sgd.of(0.1)).withListeners(clipping, progress, csv, limit));
      try {
        files.add(Files.readAllLines(file));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    assertEquals(4, lines.size());
    assertEquals(lines.subList(0, 2), lines.subList(2, 4));
    assertEquals(files.get(0), files.get(1));
  }

  @Test
  void oneThatWasRefusedOrNeverSteppedHasNotServed() throws IOException {
    EarlyStopping stopping = EarlyStopping.lowest("v loss", 2);
    Sgd used = Sgd.of(0.1);
    fit(trainer(network(1), used));
    assertTrue(
        refusal(network(2), trainer -> trainer.withListeners(stopping), used)
            .contains("other parameters"));
    TrainingListener failing =
        new TrainingListener() {
          @Override
          public void started(Fit fit) throws IOException {
            throw new IOException("no");
          }
        };
    Sgd sgd = Sgd.of(0.1);
    assertThrows(
        UncheckedIOException.class,
        () -> fit(trainer(network(2), sgd).withListeners(stopping, failing)));
    fit(trainer(network(3), sgd).withListeners(stopping));
  }

  @Test
  void aNewListenerTakesUpWhatIsResumed() {
    Network network = network(1);
    Trainer<int[]> first =
        trainer(network, Sgd.of(0.1))
            .withListeners(EarlyStopping.lowest("v loss", 9))
            .withCheckpoints(Checkpoints.in(directory.resolve("c")));
    fit(first);
    EarlyStopping stopping = EarlyStopping.lowest("v loss", 9);
    History history =
        fit(
            trainer(network(1), Sgd.of(0.1))
                .withSteps(9)
                .withListeners(stopping)
                .withCheckpoints(Checkpoints.in(directory.resolve("c")).resuming()));
    assertEquals(9, history.steps().size());
    assertEquals(
        "EarlyStopping(lowest v loss, patience 9): has served a training already; make a new one",
        assertThrows(
                IllegalStateException.class,
                () -> fit(trainer(network(2), Sgd.of(0.1)).withListeners(stopping)))
            .getMessage());
  }

  @Test
  void aListenerIsGivenOnce() throws IOException {
    EarlyStopping stopping = EarlyStopping.lowest("v loss", 2);
    assertEquals(
        "Trainer: the listener EarlyStopping(lowest v loss, patience 2) is given twice",
        refusal(stopping, new Counts(), stopping));
  }

  // Losses.

  /** A loss that weighs what it has seen. */
  private static final class Remembering implements Loss<int[]>, Stateful {
    private long batches;

    @Override
    public double valueAndGradient(Tensor output, int[] target, Tensor gradient) {
      batches++;
      return LOSS.valueAndGradient(output, target, gradient);
    }

    @Override
    public double value(Tensor output, int[] target) {
      return LOSS.value(output, target);
    }

    @Override
    public void save(SavedState state) {
      state.put("batches", batches);
    }

    @Override
    public void load(SavedState state) {
      batches = state.integer("batches", 0, Long.MAX_VALUE);
    }

    @Override
    public String toString() {
      return "Remembering";
    }
  }

  @Test
  void aLossThatRemembersServesOneTraining() {
    Remembering loss = new Remembering();
    Trainer.of(network(1), loss, Sgd.of(0.1)).withSteps(2).fit(data, new NumPyRandom(1));
    Network second = network(2);
    assertEquals(
        "Remembering: has served a training already; make a new one",
        assertThrows(
                IllegalStateException.class,
                () -> Trainer.of(second, loss, Sgd.of(0.1)).fit(data, new NumPyRandom(1)))
            .getMessage());
    assertEquals(Fingerprint.of(network(2).parameters()), Fingerprint.of(second.parameters()));
  }

  // At once.

  /** Tries to train within a training, and keeps what is said to that. */
  private String within(Trainer<int[]> outer, Runnable inner) {
    List<String> messages = new ArrayList<>();
    fit(
        outer
            .withSteps(1)
            .withListeners(
                new TrainingListener() {
                  @Override
                  public void afterStep(Fit fit) {
                    messages.add(
                        assertThrows(IllegalStateException.class, inner::run).getMessage());
                  }
                }));
    return messages.getFirst();
  }

  @Test
  void whatIsInATrainingIsInNoOther() {
    Network network = network(1);
    Sgd sgd = Sgd.of(0.1);
    EarlyStopping stopping = EarlyStopping.lowest("v loss", 2);
    Trainer<int[]> outer = trainer(network, sgd).withListeners(stopping);
    assertEquals(
        "layer 0 Linear(2 -> 9): weight is in another training at this moment; wait until it has"
            + " ended",
        within(outer, () -> fit(trainer(network, Sgd.of(0.1)))));
    Layer shared = network.layers().getFirst();
    Network half = Network.of(Shape.of(2), shared, new Linear(9, 3, new NumPyRandom(1)));
    assertTrue(
        within(trainer(network, sgd), () -> fit(trainer(half, Sgd.of(0.1))))
            .startsWith("layer 0 Linear(2 -> 9): weight is in another training"));
    assertEquals(
        "Sgd(l2 0.0, momentum 0.0) is in another training at this moment; make one for each training",
        within(trainer(network, sgd), () -> fit(trainer(network(2), sgd))));
    TimeLimit limit = new TimeLimit(java.time.Duration.ofDays(1));
    assertEquals(
        "TimeLimit(PT24H) is in another training at this moment; make one for each training",
        within(
            trainer(network, sgd).withListeners(limit),
            () -> fit(trainer(network(2), Sgd.of(0.1)).withListeners(limit))));
    Sampler sampler = Sampler.shuffled(60, new NumPyRandom(1));
    List<String> messages = new ArrayList<>();
    trainer(network, sgd)
        .withSteps(1)
        .withListeners(
            new TrainingListener() {
              @Override
              public void afterStep(Fit fit) {
                messages.add(
                    assertThrows(
                            IllegalStateException.class,
                            () -> trainer(network(2), Sgd.of(0.1)).fit(data, sampler))
                        .getMessage());
              }
            })
        .fit(data, sampler);
    assertEquals(
        "Sampler(60 shuffled) is in another training at this moment; make one for each training",
        messages.getFirst());
    NumPyRandom random = new NumPyRandom(1);
    CompletableFuture<String> elsewhere = new CompletableFuture<>();
    trainer(network, sgd)
        .withSteps(1)
        .withListeners(
            new TrainingListener() {
              @Override
              public void afterStep(Fit fit) {
                // On this thread their order is certain, on another it is not.
                trainer(network(2), Sgd.of(0.1)).fit(data, random);
                elsewhere.complete(
                    CompletableFuture.supplyAsync(() ->
                            assertThrows(
                                    IllegalStateException.class,
                                    () -> trainer(network(2), Sgd.of(0.1)).fit(data, random))
                                .getMessage())
                        .join());
              }
            })
        .fit(data, random);
    assertEquals(
        "NumPyRandom is in another training at this moment; make one for each training",
        elsewhere.join());
    // Another network by other objects may be trained within, and all of it afterwards.
    fit(
        trainer(network, sgd)
            .withListeners(
                new TrainingListener() {
                  @Override
                  public void afterStep(Fit fit) {
                    fit(trainer(network(2), Sgd.of(0.1)));
                  }

                  private History fit(Trainer<int[]> inner) {
                    return OneTrainingTest.this.fit(inner);
                  }
                }));
  }

  @Test
  void twoThreadsDoNotTrainOneNetworkAtOnce() throws Exception {
    Network network = network(1);
    Sgd sgd = Sgd.of(0.1);
    CountDownLatch running = new CountDownLatch(1);
    CountDownLatch refused = new CountDownLatch(1);
    TrainingListener waiting =
        new TrainingListener() {
          @Override
          public void afterStep(Fit fit) {
            running.countDown();
            try {
              refused.await();
            } catch (InterruptedException e) {
              throw new IllegalStateException(e);
            }
          }
        };
    Trainer<int[]> trainer = trainer(network, sgd).withListeners(waiting);
    try (ExecutorService pool = Executors.newFixedThreadPool(2)) {
      Future<History> first = pool.submit(() -> fit(trainer));
      running.await();
      Future<History> second = pool.submit(() -> fit(trainer));
      Throwable cause = assertThrows(ExecutionException.class, second::get).getCause();
      assertTrue(cause.getMessage().contains("is in another training"), cause.getMessage());
      refused.countDown();
      assertEquals(6, first.get().steps().size());
    }
    Network alone = network(1);
    fit(trainer(alone, Sgd.of(0.1)));
    assertEquals(Fingerprint.of(alone.parameters()), Fingerprint.of(network.parameters()));
  }

  // A rate that listens.

  @Test
  void aPlateauThatIsTheSchedulesListensByItself() {
    List<List<Double>> rates = new ArrayList<>();
    for (boolean given : new boolean[] {true, false}) {
      PlateauSchedule plateau = PlateauSchedule.lowest("v loss", Schedule.constant(9), 0.5, 1);
      Trainer<int[]> trainer = trainer(network(1), Sgd.of(plateau)).withSteps(30);
      History history = fit(given ? trainer.withListeners(plateau) : trainer);
      rates.add(history.steps().stream().map(History.Step::learningRate).toList());
    }
    assertEquals(rates.get(0), rates.get(1));
    assertTrue(rates.get(0).getLast() < 9, rates.get(0).toString());
  }

  @Test
  void aPlateauInsideAnotherScheduleMustBeToldOfTheTraining() {
    PlateauSchedule plateau = PlateauSchedule.lowest("v loss", Schedule.constant(0.1), 0.5, 1);
    Schedule warmUp = step -> Math.min(1, (step + 1) / 3.0) * plateau.at(step);
    assertEquals(0.1, warmUp.at(5));
    Network network = network(1);
    assertEquals(
        "PlateauSchedule(lowest v loss, factor 0.5, patience 1): is not told of this training; give"
            + " it to Trainer.withListeners too",
        assertThrows(IllegalStateException.class, () -> fit(trainer(network, Sgd.of(warmUp))))
            .getMessage());
    assertEquals(Fingerprint.of(network(1).parameters()), Fingerprint.of(network.parameters()));
    assertEquals(6, fit(trainer(network, Sgd.of(warmUp)).withListeners(plateau)).steps().size());
    // What it was told of has ended.
    assertThrows(IllegalStateException.class, () -> fit(trainer(network(2), Sgd.of(warmUp))));
  }

  @Test
  void aListenerThatPassesOnWhatItIsToldTellsThePlateauToo() {
    PlateauSchedule plateau = PlateauSchedule.lowest("v loss", Schedule.constant(0.1), 0.5, 1);
    TrainingListener around =
        new TrainingListener() {
          @Override
          public void started(Fit fit) {
            plateau.started(fit);
          }

          @Override
          public void measured(Fit fit, String name, double value) {
            plateau.measured(fit, name, value);
          }
        };
    Sgd sgd = Sgd.of(step -> plateau.at(step));
    assertEquals(6, fit(trainer(network(1), sgd).withListeners(around)).steps().size());
  }
}
