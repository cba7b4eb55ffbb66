package lamella.optim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import lamella.core.DType;
import lamella.core.Dataset;
import lamella.core.Fingerprint;
import lamella.core.Gradients;
import lamella.core.Network;
import lamella.core.Parameter;
import lamella.core.Sampler;
import lamella.core.random.NumPyRandom;
import lamella.losses.SoftmaxCrossEntropy;
import lamella.optim.History.Measurement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is asked for and never happens is told, not passed over. */
class MeasuredNamesTest {
  private static final SoftmaxCrossEntropy LOSS = new SoftmaxCrossEntropy();

  private final Dataset<int[]> data = Toy.points(60, 1);
  private final Network network = Toy.network(DType.FLOAT32, 2);
  private final String before = Fingerprint.of(network.parameters());

  @TempDir Path directory;

  /** Three steps an epoch. */
  private Trainer<int[]> trainer() {
    return trainer(Sgd.of(0.1));
  }

  private Trainer<int[]> trainer(Optimizer optimizer) {
    return Trainer.of(network, LOSS, optimizer)
        .withBatchSize(20)
        .withSteps(12)
        .withEvaluation("v", data);
  }

  private History fit(Trainer<int[]> trainer) {
    return trainer.fit(data, new NumPyRandom(3));
  }

  private String refusal(Trainer<int[]> trainer) {
    String message = assertThrows(IllegalArgumentException.class, () -> fit(trainer)).getMessage();
    assertEquals(before, Fingerprint.of(network.parameters()));
    return message;
  }

  @Test
  void aNameThatNobodyCanMeasureIsRefusedAtTheStart() {
    String there = "; there are \"v loss\", \"v accuracy\"";
    for (String name : List.of("v_loss", "v  loss", "V loss", "loss")) {
      EarlyStopping stopping = EarlyStopping.lowest(name, 1);
      assertEquals(
          stopping + ": nobody measures \"" + name + "\"" + there,
          refusal(trainer().withListeners(stopping)));
    }
    PlateauSchedule plateau = PlateauSchedule.lowest("val", Schedule.constant(0.1), 0.5, 1);
    assertEquals(plateau + ": nobody measures \"val\"" + there, refusal(trainer(Sgd.of(plateau))));
    SaveBest best = SaveBest.lowest("val", directory.resolve("best"));
    assertEquals(
        best + ": nobody measures \"val\"" + there, refusal(trainer().withListeners(best)));
    EarlyStopping stopping = EarlyStopping.lowest("v loss", 1);
    assertEquals(
        stopping
            + ": nobody measures \"v loss\"; there is no evaluation; add one with"
            + " Trainer.withEvaluation",
        refusal(Trainer.of(network, LOSS, Sgd.of(0.1)).withListeners(stopping)));
  }

  /** Measures "mine" after the steps from some on. */
  private record Mine(long from, List<String> measures) implements TrainingListener {
    @Override
    public void afterStep(Fit fit) throws IOException {
      if (fit.step() >= from) {
        fit.measure("mine", (double) fit.step());
      }
    }
  }

  @Test
  void aListenersOwnMeasurementsAreWaitedForUntilTheEpochsEnd() {
    EarlyStopping stopping = EarlyStopping.lowest("mine", 2);
    fit(trainer().withListeners(new Mine(2, List.of()), stopping));
    assertEquals(2, stopping.best());

    EarlyStopping misspelt = EarlyStopping.lowest("nine", 2);
    assertEquals(
        "EarlyStopping(lowest nine, patience 2): nobody measures \"nine\"; there are \"v loss\","
            + " \"v accuracy\", \"mine\"; a listener that measures it after the first epoch says so"
            + " in measures()",
        assertThrows(
                IllegalStateException.class,
                () -> fit(trainer().withListeners(new Mine(2, List.of()), misspelt)))
            .getMessage());
    EarlyStopping late = EarlyStopping.lowest("mine", 2);
    assertThrows(
        IllegalStateException.class,
        () -> fit(trainer().withListeners(new Mine(4, List.of()), late)));
    EarlyStopping said = EarlyStopping.lowest("mine", 2);
    fit(trainer().withListeners(new Mine(4, List.of("mine")), said));
    assertEquals(4, said.best());
    // An epoch that is never over: at the end.
    EarlyStopping never = EarlyStopping.lowest("mine", 2);
    assertThrows(
        IllegalStateException.class,
        () -> fit(trainer().withSteps(2).withListeners(new Mine(2, List.of()), never)));
  }

  // Evaluations.

  private static List<Long> steps(History history, String name) {
    return history.measurements(name).stream().map(Measurement::step).toList();
  }

  @Test
  void thereIsAnEvaluationAfterTheLastStep() {
    assertEquals(List.of(1L), steps(fit(trainer().withSteps(2)), "v loss"));
    assertEquals(List.of(2L), steps(fit(trainer().withSteps(3)), "v loss"));
    assertEquals(List.of(2L, 3L), steps(fit(trainer().withSteps(4)), "v loss"));
    assertEquals(
        List.of(3L),
        steps(
            fit(trainer().withSteps(4).withEvaluation("never", data, step -> step == 100)),
            "never accuracy"));
    assertEquals(
        List.of(1L),
        steps(
            fit(trainer().withSteps(4).withEvaluation("once", data, step -> step == 1)),
            "once accuracy"));
    EarlyStopping stopping = EarlyStopping.lowest("v loss", 3);
    History history = fit(trainer().withSteps(2).withListeners(stopping));
    assertEquals(history.measurements("v loss").getFirst().value(), stopping.best());
    assertEquals(1, stopping.bestStep());
  }

  @Test
  void theEvaluationAfterTheLastStepIsNoPartOfWhatIsResumed() {
    EarlyStopping straightStopping = EarlyStopping.lowest("v loss", 9);
    Network straight = Toy.network(DType.FLOAT32, 2);
    History whole =
        fit(
            Trainer.of(straight, LOSS, Sgd.of(0.1))
                .withBatchSize(20)
                .withSteps(10)
                .withEvaluation("v", data)
                .withListeners(straightStopping));
    EarlyStopping first = EarlyStopping.lowest("v loss", 9);
    fit(trainer().withSteps(4).withListeners(first).withCheckpoints(Checkpoints.in(directory)));
    EarlyStopping second = EarlyStopping.lowest("v loss", 9);
    Network resumed = Toy.network(DType.FLOAT32, 2);
    History history =
        fit(
            Trainer.of(resumed, LOSS, Sgd.of(0.1))
                .withBatchSize(20)
                .withSteps(10)
                .withEvaluation("v", data)
                .withListeners(second)
                .withCheckpoints(Checkpoints.in(directory).resuming()));
    assertEquals(whole, history);
    assertEquals(straightStopping.best(), second.best());
    assertEquals(Fingerprint.of(straight.parameters()), Fingerprint.of(resumed.parameters()));
  }

  @Test
  void evaluationsHaveNamesOfTheirOwn() {
    String message = "Trainer: there is an evaluation \"v\" already; name each differently";
    assertEquals(
        message,
        assertThrows(IllegalArgumentException.class, () -> trainer().withEvaluation("v", data))
            .getMessage());
    assertEquals(
        message,
        assertThrows(
                IllegalArgumentException.class,
                () -> trainer().withEvaluation("v", data, step -> true))
            .getMessage());
    TrainingListener same =
        new TrainingListener() {
          @Override
          public void afterStep(Fit fit) throws IOException {
            fit.measure("v loss", 1);
          }
        };
    assertEquals(
        "Fit: \"v loss\" is what an evaluation measures; give yours another name",
        assertThrows(IllegalArgumentException.class, () -> fit(trainer().withListeners(same)))
            .getMessage());
    assertEquals(
        "Fit: \"mine\" was measured already after step 0",
        assertThrows(
                IllegalArgumentException.class,
                () ->
                    fit(
                        trainer()
                            .withListeners(new Mine(0, List.of()), new Mine(0, List.of("mine")))))
            .getMessage());
  }

  // Samplers.

  @Test
  void aSamplerForAnotherNumberOfExamplesIsRefused() {
    for (Sampler sampler :
        List.of(
            Sampler.shuffled(10, new NumPyRandom(1)),
            Sampler.withReplacement(10, new NumPyRandom(1)))) {
      assertEquals(
          "Trainer: " + sampler + " chooses from 10 examples, and the data have 60",
          assertThrows(IllegalArgumentException.class, () -> trainer().fit(data, sampler))
              .getMessage());
    }
    for (int index : new int[] {-1, 60}) {
      Sampler wrong = indices -> indices[7] = index;
      assertEquals(
          "Trainer: lambda chooses example " + index + " at step 0, which is outside [0, 60)",
          assertThrows(IllegalArgumentException.class, () -> trainer().fit(data, wrong))
              .getMessage());
    }
    assertEquals(before, Fingerprint.of(network.parameters()));
    trainer().fit(data, indices -> indices[7] = 59);
  }

  // Rates.

  /** Somebody else's optimiser, whose rate is what it is told. */
  private record Told(double learningRate) implements Optimizer {
    @Override
    public void step(Gradients gradients) {
      throw new AssertionError("a step at the rate " + learningRate);
    }

    @Override
    public long steps() {
      return 0;
    }

    @Override
    public double penalty(List<Parameter> parameters) {
      return 0;
    }

    @Override
    public String toString() {
      return "Told";
    }
  }

  @Test
  void aRateThatIsNoneIsRefusedBeforeTheUpdate() {
    for (double rate : new double[] {-0.1, Double.NaN, Double.POSITIVE_INFINITY}) {
      String wrong = ": learning rate must be finite and >= 0, got " + rate + " at step ";
      assertEquals("Told" + wrong + 0, refusal(trainer(new Told(rate))));
      assertEquals(
          "Sgd(l2 0.0, momentum 0.0)" + wrong + "0 from schedule lambda",
          refusal(trainer(Sgd.of(step -> rate))));
      Network trained = Toy.network(DType.FLOAT32, 2);
      fit(Trainer.of(trained, LOSS, Sgd.of(0.1)).withBatchSize(20).withSteps(4));
      Network stopped = Toy.network(DType.FLOAT32, 2);
      Trainer<int[]> trainer =
          Trainer.of(stopped, LOSS, Sgd.of(step -> step < 4 ? 0.1 : rate))
              .withBatchSize(20)
              .withSteps(9)
              .withoutFiniteGuard();
      assertEquals(
          "Sgd(l2 0.0, momentum 0.0)" + wrong + "4 from schedule lambda",
          assertThrows(IllegalArgumentException.class, () -> fit(trainer)).getMessage());
      assertEquals(Fingerprint.of(trained.parameters()), Fingerprint.of(stopped.parameters()));
    }
  }

  // For ever.

  @Test
  void forEverIsPossible() {
    Duration forever = ChronoUnit.FOREVER.getDuration();
    TrainingListener three =
        new TrainingListener() {
          @Override
          public void afterStep(Fit fit) {
            if (fit.step() == 2) {
              fit.stop("enough");
            }
          }
        };
    List<String> lines = new ArrayList<>();
    for (Trainer<int[]> endless :
        List.of(trainer().withEpochs(Long.MAX_VALUE), trainer().withSteps(Long.MAX_VALUE))) {
      History history =
          fit(
              endless.withListeners(
                  new TimeLimit(forever),
                  new TimeLimit(Duration.ofDays(365L * 300)),
                  ProgressLines.every(forever, lines::add),
                  ProgressLines.every(Duration.ofNanos(1), lines::add),
                  three));
      assertEquals(3, history.steps().size());
    }
    assertEquals(6, lines.size());
    assertTrue(lines.getFirst().matches("step 0: loss .* examples/s"), lines.getFirst());
    fit(
        trainer()
            .withSteps(5)
            .withCheckpoints(Checkpoints.in(directory.resolve("c")).every(forever)));
    assertEquals(1, directory.resolve("c").toFile().list().length);
  }

  @Test
  void aTimeBelowNothingIsRefused() {
    Duration less = Duration.ofSeconds(-1);
    for (Runnable wrong :
        List.<Runnable>of(
            () -> new TimeLimit(less),
            () -> ProgressLines.every(less, line -> {}),
            () -> Checkpoints.in(directory).every(less))) {
      String message = assertThrows(IllegalArgumentException.class, wrong::run).getMessage();
      assertTrue(
          message.matches(
              "(TimeLimit|ProgressLines|Checkpoints): time must not be negative, got PT-1S"),
          message);
    }
    assertTrue(Files.isDirectory(directory));
  }
}
