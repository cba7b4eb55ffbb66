package lamella.optim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import lamella.core.Batch;
import lamella.core.DType;
import lamella.core.Dataset;
import lamella.core.Fingerprint;
import lamella.core.FloatTensor;
import lamella.core.Initializer;
import lamella.core.Layer;
import lamella.core.Layers;
import lamella.core.Loss;
import lamella.core.Network;
import lamella.core.Parameter;
import lamella.core.Pass;
import lamella.core.Sampler;
import lamella.core.Shape;
import lamella.core.Tensor;
import lamella.core.random.NumPyRandom;
import lamella.layers.Linear;
import lamella.layers.Swish;
import lamella.losses.SoftmaxCrossEntropy;
import lamella.optim.History.Measurement;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TrainerTest {
  private static final SoftmaxCrossEntropy LOSS = new SoftmaxCrossEntropy();

  private final Dataset<int[]> data = Toy.points(100, 1);
  private final Network network = Toy.network(DType.FLOAT32, 2);

  private Trainer<int[]> trainer() {
    return Trainer.of(network, LOSS, Sgd.of(0.1)).withBatchSize(10).withSteps(7);
  }

  private History fit(Trainer<int[]> trainer) {
    return trainer.fit(data, new NumPyRandom(3));
  }

  // The loop.

  /** Data that note the epoch each batch is read in. */
  private record Epochs(Dataset<int[]> inside, long epoch, List<Long> seen)
      implements WrappedExamples<int[]> {
    @Override
    public void read(int[] indices, Batch<int[]> batch) {
      seen.add(epoch);
      inside.read(indices, batch);
    }

    @Override
    public Dataset<int[]> forEpoch(long other) {
      return new Epochs(inside, other, seen);
    }
  }

  @Test
  void readsEachEpochAsItIsInThatEpochAlsoWhenResumed(@TempDir Path directory) {
    List<Long> seen = new ArrayList<>();
    Dataset<int[]> epochs = new Epochs(data, -1, seen);
    Trainer<int[]> five = trainer().withBatchSize(40).withSteps(5);
    five.fit(epochs, new NumPyRandom(3));
    assertEquals(List.of(0L, 0L, 1L, 1L, 2L), seen);

    TrainingListener stopsAfterThree =
        new TrainingListener() {
          @Override
          public void started(Fit fit) {
            // Describing the data for a checkpoint reads some, too.
            seen.clear();
          }

          @Override
          public void afterStep(Fit fit) {
            if (fit.step() == 2) {
              fit.stop("three steps");
            }
          }
        };
    Trainer<int[]> saving =
        Trainer.of(Toy.network(DType.FLOAT32, 2), LOSS, Sgd.of(0.1)).withBatchSize(40).withSteps(5);
    saving
        .withCheckpoints(Checkpoints.in(directory))
        .withListeners(stopsAfterThree)
        .fit(epochs, new NumPyRandom(3));
    assertEquals(List.of(0L, 0L, 1L), seen);
    Trainer.of(Toy.network(DType.FLOAT32, 2), LOSS, Sgd.of(0.1))
        .withBatchSize(40)
        .withSteps(5)
        .withCheckpoints(Checkpoints.in(directory).resuming())
        .withListeners(stopsAfterThree)
        .fit(epochs, new NumPyRandom(3));
    assertEquals(List.of(1L, 2L), seen);
  }

  @ParameterizedTest
  @EnumSource(DType.class)
  void isTheLoopThatReadmeWritesOut(DType dtype) {
    Network byHand = Toy.network(dtype, 2);
    Sgd sgd = Sgd.of(Schedule.exponentialDecay(0.2, 0.9, 5)).withL2(0.01).withMomentum(0.9);
    Sampler sampler = Sampler.withReplacement(data.size(), new NumPyRandom(3));
    Pass pass = Pass.forTraining();
    int[] indices = new int[10];
    Batch<int[]> batch = data.newBatch(10, dtype);
    List<History.Step> steps = new ArrayList<>();
    for (int step = 0; step < 30; step++) {
      sampler.next(indices);
      data.read(indices, batch);
      Tensor logits = byHand.forward(batch.inputs(), pass);
      Tensor gradient = pass.outputGradient(logits);
      double value = LOSS.valueAndGradient(logits, batch.targets(), gradient);
      steps.add(
          new History.Step(step, value, sgd.penalty(byHand.parameters()), sgd.learningRate()));
      byHand.backward(gradient, pass);
      sgd.step(pass.gradients());
    }

    Network trained = Toy.network(dtype, 2);
    Sgd same = Sgd.of(Schedule.exponentialDecay(0.2, 0.9, 5)).withL2(0.01).withMomentum(0.9);
    History history =
        Trainer.of(trained, LOSS, same)
            .withBatchSize(10)
            .withSteps(30)
            .fit(data, Sampler.withReplacement(data.size(), new NumPyRandom(3)));
    assertEquals(Fingerprint.of(byHand.parameters()), Fingerprint.of(trained.parameters()));
    assertEquals(new History(steps, List.of(), Optional.empty()), history);
  }

  @Test
  void anEpochIsAsManyStepsAsFillBatches() {
    // 100 examples in batches of 30: 3 steps.
    assertEquals(6, fit(trainer().withBatchSize(30).withEpochs(2)).steps().size());
    assertEquals(2, fit(trainer().withBatchSize(101).withEpochs(2)).steps().size());
    assertEquals(7, fit(trainer().withEpochs(2).withSteps(7)).steps().size());
  }

  @Test
  void trainsOnTargetsThatAreTensorsAndOnALayerThatIsNoNetwork() {
    Tensor x = Tensor.zeros(DType.FLOAT64, Shape.of(50, 2));
    Tensor y = Tensor.zeros(DType.FLOAT64, Shape.of(50, 1));
    for (int i = 0; i < 50; i++) {
      x.set(2 * i, Math.sin(i));
      x.set(2 * i + 1, Math.cos(3 * i));
      y.set(i, 2 * Math.sin(i) - Math.cos(3 * i) + 0.5);
    }
    Dataset<Tensor> table = Dataset.of(x, y);
    Linear linear = new Linear(DType.FLOAT64, 2, 1, Initializer.zeros(), new NumPyRandom(1));
    History history =
        Trainer.of(linear, new HalfSquares(), Sgd.of(0.5))
            .withEpochs(100)
            .withBatchSize(25)
            .withEvaluation("table", table)
            .fit(table, new NumPyRandom(1));
    assertEquals(2, linear.weight().value().get(0), 1e-6);
    assertEquals(-1, linear.weight().value().get(1), 1e-6);
    assertEquals(0.5, linear.bias().value().get(0), 1e-6);
    assertEquals(100, history.measurements("table loss").size());
    assertEquals(100, history.measurements().size());
    assertTrue(history.measurements().getLast().value() < 1e-12);
  }

  /** mean over the rows of ½ (output - target)². */
  private static final class HalfSquares implements Loss<Tensor> {
    @Override
    public double valueAndGradient(Tensor output, Tensor target, Tensor gradient) {
      for (int i = 0; i < output.size(); i++) {
        gradient.set(i, (output.get(i) - target.get(i)) / output.size());
      }
      return value(output, target);
    }

    @Override
    public double value(Tensor output, Tensor target) {
      double sum = 0;
      for (int i = 0; i < output.size(); i++) {
        double difference = output.get(i) - target.get(i);
        sum += difference * difference / 2;
      }
      return sum / output.size();
    }
  }

  @Test
  void numbersBelowOneAreRefused() {
    for (Runnable wrong :
        List.<Runnable>of(
            () -> trainer().withBatchSize(0),
            () -> trainer().withSteps(0),
            () -> trainer().withEpochs(-1))) {
      String message = assertThrows(IllegalArgumentException.class, wrong::run).getMessage();
      assertTrue(message.matches("Trainer: .* must be at least 1, got (0|-1)"), message);
    }
  }

  @Test
  void aNetworkWithoutParametersIsRefused() {
    Network none = Network.of(Shape.of(3), new Swish());
    List<String> events = new ArrayList<>();
    Trainer<int[]> trainer =
        Trainer.of(none, LOSS, Sgd.of(0.1))
            .withListeners(
                new TrainingListener() {
                  @Override
                  public void started(Fit fit) {
                    events.add("started");
                  }
                });
    assertEquals(
        "Trainer: " + none + " has no parameters to train",
        assertThrows(IllegalArgumentException.class, () -> fit(trainer)).getMessage());
    assertEquals(List.of(), events);
  }

  @Test
  void aNetworkOfWhichAllIsFrozenIsRefused() {
    Network network = Toy.network(DType.FLOAT32, 1);
    Layers.freeze(network);
    assertEquals(
        "Trainer: "
            + network
            + " has no parameters to train: 4 are frozen and 0 are statistics; unfreeze those that"
            + " are to be trained",
        assertThrows(
                IllegalArgumentException.class, () -> fit(Trainer.of(network, LOSS, Sgd.of(0.1))))
            .getMessage());
  }

  // Evaluations.

  @Test
  void evaluatesAtTheEndOfEachEpochAndOfAllOrWhenItIsSaid() {
    Dataset<int[]> other = Toy.points(37, 5);
    History history =
        fit(
            trainer()
                .withSteps(25)
                .withEvaluation("test", other)
                .withEvaluation("train", data, step -> step % 8 == 0));
    assertEquals(
        List.of(9L, 19L, 24L),
        history.measurements("test loss").stream().map(Measurement::step).toList());
    assertEquals(
        List.of(0L, 8L, 16L, 24L),
        history.measurements("train accuracy").stream().map(Measurement::step).toList());
    Evaluation now = Evaluation.of(network, LOSS, data);
    assertEquals(now.accuracy(), history.measurements("train accuracy").getLast().value());
    assertEquals(now.loss(), history.measurements("train loss").getLast().value());
  }

  // Listeners.

  private static final class Events implements TrainingListener {
    private final List<String> events = new ArrayList<>();
    private final long stopAt;

    Events(long stopAt) {
      this.stopAt = stopAt;
    }

    @Override
    public void started(Fit fit) {
      events.add("started " + fit.step());
    }

    @Override
    public void beforeUpdate(Fit fit) {
      assertFalse(fit.gradients().isEmpty());
      events.add("before " + fit.step());
    }

    @Override
    public void measured(Fit fit, String name, double value) {
      events.add(name + " " + fit.step());
    }

    @Override
    public void afterStep(Fit fit) {
      assertTrue(fit.gradients().isEmpty());
      events.add("after " + fit.step());
      if (fit.step() == stopAt) {
        fit.stop("enough");
        fit.stop("another reason");
      }
    }

    @Override
    public void ended(Fit fit) {
      events.add("ended " + fit.step());
    }
  }

  @Test
  void listenersAreToldInOrder() {
    Events events = new Events(-1);
    History history =
        fit(
            trainer()
                .withSteps(2)
                .withListeners(events)
                .withEvaluation("it", data, step -> step == 1));
    assertEquals(
        List.of(
            "started 0",
            "before 0",
            "after 0",
            "before 1",
            "it loss 1",
            "it accuracy 1",
            "after 1",
            "ended 2"),
        events.events);
    assertEquals(Optional.empty(), history.stopReason());
  }

  @Test
  void aListenerStopsTrainingAfterItsStep() {
    Events first = new Events(1);
    Events second = new Events(-1);
    History history = fit(trainer().withListeners(first, second));
    assertEquals(2, history.steps().size());
    assertEquals(Optional.of("enough"), history.stopReason());
    assertTrue(second.events.contains("after 1"));
    assertEquals("ended 2", second.events.getLast());
  }

  @Test
  void whatAListenerThrowsEndsTrainingAndTheOthersHearOfIt() {
    Events other = new Events(-1);
    IOException thrown = new IOException("disk full");
    TrainingListener failing =
        new TrainingListener() {
          @Override
          public void beforeUpdate(Fit fit) throws IOException {
            throw thrown;
          }

          @Override
          public void ended(Fit fit) {
            throw new IllegalStateException("and again");
          }
        };
    UncheckedIOException e =
        assertThrows(
            UncheckedIOException.class, () -> fit(trainer().withListeners(failing, other)));
    assertSame(thrown, e.getCause());
    assertEquals("and again", thrown.getSuppressed()[0].getMessage());
    assertEquals(List.of("started 0", "ended 0"), other.events);
  }

  @Test
  void aStoppedTrainingIsTheBeginningOfTheWholeOne() {
    History whole = fit(trainer().withSteps(20));
    Network other = Toy.network(DType.FLOAT32, 2);
    History part =
        Trainer.of(other, LOSS, Sgd.of(0.1))
            .withBatchSize(10)
            .withSteps(20)
            .withListeners(new Events(4))
            .fit(data, new NumPyRandom(3));
    assertEquals(whole.steps().subList(0, 5), part.steps());
  }

  // Numbers that are not finite.

  private String notFinite(Trainer<int[]> trainer) {
    return assertThrows(NonFiniteException.class, () -> fit(trainer)).getMessage();
  }

  @Test
  void aRateThatIsTooHighIsNamedWithStepLayerAndParameter() {
    String message = notFinite(Trainer.of(network, LOSS, Sgd.of(1e20)).withSteps(50));
    assertTrue(
        message.matches(
            "step [1-9]\\d*, layer \\d (Linear\\(\\d -> \\d\\)|Swish): (weight|bias|output)( gradient)?"
                + " is not finite; learning rate 1\\.0E20 is probably too high"),
        message);
  }

  @Test
  void aPenaltyThatIsTooHighIsNamed() {
    String message = notFinite(Trainer.of(network, LOSS, Sgd.of(1).withL2(1e9)).withSteps(500));
    assertTrue(message.endsWith("; learning rate 1.0 is probably too high for l2 1.0E9"), message);
  }

  @Test
  void aStepWithoutFiniteGradientNamesIt() {
    Loss<int[]> broken =
        new Loss<>() {
          @Override
          public double valueAndGradient(Tensor output, int[] target, Tensor gradient) {
            gradient.fill(Double.NaN);
            return 1;
          }

          @Override
          public double value(Tensor output, int[] target) {
            return 1;
          }
        };
    assertEquals(
        "step 0, layer 0 Linear(2 -> 9): weight gradient is not finite;"
            + " the initial weights or the inputs are probably too large",
        notFinite(Trainer.of(network, broken, Sgd.of(0.1))));
  }

  @Test
  void theLastUpdateIsCheckedToo() {
    NonFiniteException e =
        assertThrows(
            NonFiniteException.class,
            () -> fit(Trainer.of(network, LOSS, Sgd.of(1e39)).withSteps(1)));
    assertEquals(1, e.step());
    assertEquals(1, e.history().orElseThrow().steps().size());
    assertTrue(e.what().matches("layer \\d Linear\\(\\d -> \\d\\): \\w+ is not finite"), e.what());
  }

  @Test
  void aNanAmongTheInputsIsBlamedOnTheData() {
    FloatTensor inputs = FloatTensor.of(Shape.of(2, 2), 1, 2, Float.NaN, 4);
    assertEquals(
        "step 0, an input of example 1 is not finite; clean the data",
        assertThrows(
                NonFiniteException.class,
                () -> trainer().fit(Dataset.of(inputs, new int[2]), new NumPyRandom(1)))
            .getMessage());
  }

  @Test
  void withoutTheGuardTrainingGoesOn() {
    History history =
        fit(Trainer.of(network, LOSS, Sgd.of(1e20)).withSteps(50).withoutFiniteGuard());
    assertEquals(
        LongStream.range(0, 50).boxed().toList(),
        history.steps().stream().map(History.Step::number).toList());
    assertTrue(Double.isNaN(history.steps().getLast().loss()));
  }

  /** y = f(x) + f(x); gives infinity where it is told to. */
  private record Twice(Layer f) implements Layer {
    @Override
    public List<Layer> layers() {
      return List.of(f);
    }

    @Override
    public List<Parameter> parameters() {
      return f.parameters();
    }

    @Override
    public Shape outputShape(Shape input) {
      return f.outputShape(input);
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
      Tensor fx = pass.forward(this, 0, f, x);
      Tensor y = pass.output(this, x);
      for (int i = 0; i < y.size(); i++) {
        y.set(i, fx.get(i) + fx.get(i));
      }
      return y;
    }

    @Override
    public @Nullable Tensor backward(Tensor dy, Pass pass) {
      pass.recall(this, dy);
      return pass.backward(this, 0, f, dy, pass.needsInputGradient());
    }

    @Override
    public String toString() {
      return "Twice";
    }
  }

  @Test
  void theFirstOutputThatIsNotFiniteIsNamedInsideAnyContainer() {
    Linear large = new Linear(2, 3, new NumPyRandom(1));
    large.weight().value().fill(1e38);
    Linear last = new Linear(3, 3, new NumPyRandom(1));
    FloatTensor inputs = FloatTensor.of(Shape.of(2, 2), 1, 2, 3, 4);
    Network inner = Network.of(Shape.of(2), new Swish(), large);
    assertEquals(
        "step 0, layer 0.0.1 Linear(2 -> 3): output is not finite; the initial weights or the"
            + " inputs are probably too large",
        assertThrows(
                NonFiniteException.class,
                () ->
                    Trainer.of(Network.of(Shape.of(2), new Twice(inner), last), LOSS, Sgd.of(0.1))
                        .withSteps(1)
                        .withBatchSize(2)
                        .fit(Dataset.of(inputs, new int[2]), new NumPyRandom(1)))
            .getMessage());
  }

  /** In training it multiplies by 0 or by infinity, anew each time. */
  private static final class Noise implements Layer {
    private int forwards;

    @Override
    public Shape outputShape(Shape input) {
      return input;
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
      Tensor y = pass.output(this, x);
      y.copyFrom(x);
      if (pass.isTraining() && forwards++ == 0) {
        y.fill(Double.POSITIVE_INFINITY);
      }
      return y;
    }

    @Override
    public @Nullable Tensor backward(Tensor dy, Pass pass) {
      pass.recall(this, dy);
      if (!pass.needsInputGradient()) {
        return null;
      }
      Tensor dx = pass.inputGradient(this);
      dx.copyFrom(dy);
      return dx;
    }

    @Override
    public String toString() {
      return "Noise";
    }
  }

  @Test
  void outputsAreLookedAtAsTheStepMadeThemAndNotComputedAgain() {
    Network noisy =
        Network.of(Shape.of(2), new Linear(2, 3, new NumPyRandom(1)), new Noise(), new Swish());
    assertTrue(
        notFinite(Trainer.of(noisy, LOSS, Sgd.of(0.1)).withSteps(1))
            .startsWith("step 0, layer 1 Noise: output is not finite"));
  }
}
