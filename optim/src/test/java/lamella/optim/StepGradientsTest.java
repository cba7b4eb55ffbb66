package lamella.optim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import lamella.core.Batch;
import lamella.core.DType;
import lamella.core.Dataset;
import lamella.core.Fingerprint;
import lamella.core.Gradients;
import lamella.core.Layer;
import lamella.core.Loss;
import lamella.core.Network;
import lamella.core.Pass;
import lamella.core.Sampler;
import lamella.core.Tensor;
import lamella.core.random.NumPyRandom;
import lamella.losses.SoftmaxCrossEntropy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Gradients of a step that somebody else computes. */
class StepGradientsTest {
  private static final SoftmaxCrossEntropy LOSS = new SoftmaxCrossEntropy();

  private final Dataset<int[]> data = Toy.points(60, 1);

  /** Some rows of each step, with a pass and gradients of their own. */
  private static final class Shard<T> {
    private final Layer network;
    private final Loss<T> loss;
    private final Pass pass = Pass.forTraining();
    private final Gradients gradients;
    private double contribution;

    Shard(Layer network, Loss<T> loss) {
      this.network = network;
      this.loss = loss;
      this.gradients = Gradients.of(network);
      pass.addTo(gradients);
      pass.release();
    }

    void run(Dataset<T> examples, int[] own, int all) {
      Batch<T> batch = examples.newBatch(own.length, DType.FLOAT32);
      examples.read(own, batch);
      Tensor outputs = network.forward(batch.inputs(), pass);
      Tensor gradient = pass.outputGradient(outputs);
      contribution = loss.valueAndGradient(outputs, batch.targets(), gradient, all);
      network.backward(gradient, pass);
      pass.release();
    }
  }

  /**
   * A third party's: halves of each batch on threads of a pool, added in the order of the halves.
   */
  private static final class Halves<T> implements StepGradients<T> {
    private final Shard<T> first;
    private final Shard<T> second;
    private final ExecutorService threads;
    private final List<String> calls = new ArrayList<>();

    Halves(Layer network, Loss<T> loss, ExecutorService threads) {
      this.first = new Shard<>(network, loss);
      this.second = new Shard<>(network, loss);
      this.threads = threads;
    }

    @Override
    public double compute(long step, Dataset<T> examples, int[] indices, Gradients into) {
      calls.add("compute " + step);
      assertTrue(into.isEmpty());
      int n = indices.length;
      int half = n / 2;
      CompletableFuture<Void> other =
          CompletableFuture.runAsync(
              () -> first.run(examples, Arrays.copyOfRange(indices, 0, half), n), threads);
      CompletableFuture.runAsync(
              () -> second.run(examples, Arrays.copyOfRange(indices, half, n), n), threads)
          .join();
      other.join();
      into.add(first.gradients);
      into.add(second.gradients);
      first.gradients.clear();
      second.gradients.clear();
      return first.contribution + second.contribution;
    }

    @Override
    public void commit() {
      calls.add("commit");
    }

    @Override
    public String toString() {
      return "Halves";
    }
  }

  private Trainer<int[]> trainer(Network network) {
    return Trainer.of(network, LOSS, Sgd.of(0.1).withMomentum(0.9)).withBatchSize(10).withSteps(20);
  }

  private History fit(Trainer<int[]> trainer) {
    return trainer.fit(data, new NumPyRandom(3));
  }

  /** The same halves one after the other, in a loop of one's own. */
  private String byHand() {
    Network network = Toy.network(DType.FLOAT32, 2);
    Sgd sgd = Sgd.of(0.1).withMomentum(0.9);
    Sampler sampler = Sampler.shuffled(data.size(), new NumPyRandom(3));
    int[] indices = new int[10];
    for (int step = 0; step < 20; step++) {
      sampler.next(indices);
      Gradients sum = Gradients.of(network);
      for (int from = 0; from < 10; from += 5) {
        Shard<int[]> shard = new Shard<>(network, LOSS);
        shard.run(data, Arrays.copyOfRange(indices, from, from + 5), 10);
        sum.add(shard.gradients);
      }
      sgd.step(sum);
    }
    return Fingerprint.of(network.parameters());
  }

  @Test
  void twoShardsOnTwoThreadsGiveTheSameBitsEachTime() {
    String expected = byHand();
    History whole = fit(trainer(Toy.network(DType.FLOAT32, 2)));
    try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
      for (int again = 0; again < 3; again++) {
        Network network = Toy.network(DType.FLOAT32, 2);
        Halves<int[]> halves = new Halves<>(network, LOSS, threads);
        History history = fit(trainer(network).withStepGradients(halves));
        assertEquals(expected, Fingerprint.of(network.parameters()));
        for (int step = 0; step < 20; step++) {
          assertEquals(
              whole.steps().get(step).dataLoss(), history.steps().get(step).dataLoss(), 1e-5);
        }
        assertEquals(
            List.of("compute 0", "commit", "compute 1", "commit"), halves.calls.subList(0, 4));
        assertEquals(40, halves.calls.size());
      }
    }
  }

  @Test
  void goesOnWhereItStoppedAndWithTheSameOneOnly(@TempDir Path directory) {
    String expected = byHand();
    try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
      Checkpoints checkpoints = Checkpoints.in(directory).resuming();
      Network half = Toy.network(DType.FLOAT32, 2);
      fit(
          trainer(half)
              .withStepGradients(new Halves<>(half, LOSS, threads))
              .withSteps(9)
              .withCheckpoints(checkpoints));
      Network other = Toy.network(DType.FLOAT32, 2);
      String message =
          assertThrows(
                  UncheckedIOException.class,
                  () -> fit(trainer(other).withCheckpoints(checkpoints)))
              .getMessage();
      assertTrue(
          message.endsWith("gradients of a step is 'Halves' there and 'one batch' here"), message);
      Network network = Toy.network(DType.FLOAT32, 2);
      fit(
          trainer(network)
              .withStepGradients(new Halves<>(network, LOSS, threads))
              .withCheckpoints(checkpoints));
      assertEquals(expected, Fingerprint.of(network.parameters()));
    }
  }

  @Test
  void noMicroBatchesBesideIt() {
    StepGradients<int[]> mine = new Failing();
    assertEquals(
        "Trainer: Failing computes the gradients, so there can be no micro-batches of the trainer's"
            + " own; leave out withAccumulation",
        assertThrows(
                IllegalArgumentException.class,
                () ->
                    fit(
                        trainer(Toy.network(DType.FLOAT32, 2))
                            .withAccumulation(2)
                            .withStepGradients(mine)))
            .getMessage());
  }

  /** After two steps a machine is gone. */
  private static final class Failing implements StepGradients<int[]> {
    private final Network network = Toy.network(DType.FLOAT32, 2);
    private final StepGradients<int[]> local = new LocalGradients<>(network, LOSS, 1, 0);

    @Override
    public double compute(long step, Dataset<int[]> examples, int[] indices, Gradients into) {
      if (step < 2) {
        return local.compute(step, examples, indices, into);
      }
      throw new IllegalStateException("a machine is gone");
    }

    @Override
    public String toString() {
      return "Failing";
    }
  }

  @Test
  void whatItThrowsEndsTheTraining() {
    List<String> ended = new ArrayList<>();
    TrainingListener listener =
        new TrainingListener() {
          @Override
          public void ended(Fit fit) {
            ended.add("after " + fit.step());
          }
        };
    Failing failing = new Failing();
    assertEquals(
        "a machine is gone",
        assertThrows(
                IllegalStateException.class,
                () ->
                    fit(
                        trainer(failing.network)
                            .withStepGradients(failing)
                            .withListeners(listener)))
            .getMessage());
    assertEquals(List.of("after 2"), ended);
  }

  @Test
  void aLossThatIsNotFiniteIsNamedAsEver() {
    StepGradients<int[]> broken =
        (step, examples, indices, into) -> {
          into.setFrom(new float[into.size()], 0);
          return Double.NaN;
        };
    assertEquals(
        "step 0, loss is not finite; the initial weights or the inputs are probably too large",
        assertThrows(
                NonFiniteException.class,
                () -> fit(trainer(Toy.network(DType.FLOAT32, 2)).withStepGradients(broken)))
            .getMessage());
  }

  @Test
  void oneServesOneTrainingAtATime() {
    Network network = Toy.network(DType.FLOAT32, 2);
    List<String> messages = new ArrayList<>();
    StepGradients<int[]> nesting =
        new StepGradients<>() {
          @Override
          public double compute(long step, Dataset<int[]> examples, int[] indices, Gradients into) {
            Trainer<int[]> inner =
                trainer(Toy.network(DType.FLOAT32, 2)).withStepGradients(this).withSteps(1);
            messages.add(assertThrows(IllegalStateException.class, () -> fit(inner)).getMessage());
            return new LocalGradients<>(network, LOSS, 1, 0).compute(step, examples, indices, into);
          }

          @Override
          public String toString() {
            return "Nesting";
          }
        };
    fit(trainer(network).withStepGradients(nesting).withSteps(1));
    assertEquals(
        List.of("Nesting is in another training at this moment; make one for each training"),
        messages);
  }
}
