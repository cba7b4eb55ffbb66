package lamella.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import lamella.core.Batch;
import lamella.core.DType;
import lamella.core.Dataset;
import lamella.core.Fingerprint;
import lamella.core.FloatTensor;
import lamella.core.Initializer;
import lamella.core.Layer;
import lamella.core.Network;
import lamella.core.Parameter;
import lamella.core.Pass;
import lamella.core.Sampler;
import lamella.core.SavedState;
import lamella.core.Shape;
import lamella.core.Stateful;
import lamella.core.Tensor;
import lamella.core.Weighted;
import lamella.core.random.NumPyRandom;
import lamella.layers.BatchNorm;
import lamella.layers.Dropout;
import lamella.layers.Linear;
import lamella.layers.ReLU;
import lamella.losses.SoftmaxCrossEntropy;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A training in logical shards: its bits depend on how many there are, and on nothing else. */
class ShardsTest {
  private static final SoftmaxCrossEntropy LOSS = new SoftmaxCrossEntropy();
  private static final Dataset<int[]> DATA = Toy.points(75, 1);

  /** With what depends on the place of a row, and on the other rows. */
  private static Network network() {
    NumPyRandom random = new NumPyRandom(7);
    return Network.of(
        Shape.of(2),
        new Linear(2, 9, random),
        new BatchNorm(9),
        new ReLU(),
        new Dropout(0.3),
        new Linear(9, 3, random));
  }

  private static Optimizer momentum() {
    return Sgd.of(Schedule.cosine(0.2, 0.01, 40)).withMomentum(0.9).withL2(1e-3);
  }

  private static Trainer<int[]> trainer(Network network, Optimizer optimizer) {
    return Trainer.of(network, LOSS, optimizer)
        .withBatchSize(16)
        .withSeed(5)
        .withSteps(19)
        .withListeners(GradientClipping.byNorm(0.8));
  }

  private record Outcome(String fingerprint, History history) {}

  private static Outcome fit(Network network, Trainer<int[]> trainer) {
    History history = trainer.fit(DATA, new NumPyRandom(3));
    return new Outcome(Fingerprint.of(network.parameters()), history);
  }

  private static Outcome fit(
      Supplier<Optimizer> optimizer, UnaryOperator<Trainer<int[]>> settings) {
    Network network = network();
    return fit(network, settings.apply(trainer(network, optimizer.get())));
  }

  private static Grouping<int[]> grouping(
      Supplier<Optimizer> optimizer, UnaryOperator<Trainer<int[]>> settings, int tasks, long seed) {
    return new Grouping<>(() -> settings.apply(trainer(network(), optimizer.get())), tasks, seed);
  }

  // One shard.

  /** Also where a worker that knows bytes only computes it. */
  @Test
  void oneShardIsTheTrainerItself() {
    for (Supplier<Optimizer> optimizer :
        List.<Supplier<Optimizer>>of(ShardsTest::momentum, () -> AdamW.of(0.01))) {
      Outcome expected = fit(optimizer, trainer -> trainer);
      for (int localSteps : new int[] {1, 3, 5}) {
        UnaryOperator<Trainer<int[]>> settings =
            trainer -> trainer.withShards(1).withLocalSteps(localSteps);
        assertEquals(expected, fit(optimizer, settings));
        Grouping<int[]> elsewhere = grouping(optimizer, settings, 2, 1);
        assertEquals(
            expected, fit(optimizer, trainer -> settings.apply(trainer).withRunner(elsewhere)));
        assertEquals(19, elsewhere.rounds);
        assertTrue(elsewhere.ended);
      }
    }
  }

  @Test
  void oneShardInMicroBatchesIsTheTrainerToo() {
    UnaryOperator<Trainer<int[]>> settings = trainer -> trainer.withAccumulation(3);
    Outcome expected = fit(ShardsTest::momentum, settings);
    Grouping<int[]> elsewhere = grouping(ShardsTest::momentum, settings, 1, 1);
    assertEquals(
        expected,
        fit(ShardsTest::momentum, trainer -> settings.apply(trainer).withRunner(elsewhere)));
  }

  /** A round of five steps of one shard is five steps of a trainer. */
  @Test
  void localStepsOfAShardAreStepsOfATrainer() {
    for (Supplier<Optimizer> optimizer :
        List.<Supplier<Optimizer>>of(ShardsTest::momentum, () -> AdamW.of(0.01))) {
      Network expected = network();
      History history = fit(expected, trainer(expected, optimizer.get()).withSteps(10)).history();

      Network here = network();
      Trainer<int[]> trainer = trainer(here, optimizer.get());
      TrainerSettings<int[]> settings = trainer.settings();
      ShardWorker<int[]> worker = trainer(network(), optimizer.get()).worker();
      Sampler sampler = Sampler.shuffled(DATA.size(), new NumPyRandom(3));
      int[] indices = new int[80];
      double[] losses = new double[10];
      for (int first = 0; first < 10; first += 5) {
        for (int i = 0; i < 5; i++) {
          int[] ofStep = new int[16];
          sampler.next(ofStep);
          System.arraycopy(ofStep, 0, indices, 16 * i, 16);
        }
        Round round =
            Round.ofLocalSteps(
                settings.describe(),
                first,
                5,
                0,
                new int[][] {indices.clone()},
                here.parameters(),
                settings.optimizer.learningRate(),
                ShardWorker.stateBefore(settings));
        Node node = worker.compute(Round.fromBytes(round.toBytes()), 0, DATA);
        LocalState state = LocalState.fromBytes(node.common());
        FlatNumbers.Reader numbers = new FlatNumbers.Reader(node);
        here.parameters().forEach(parameter -> numbers.take(parameter.value(), 1));
        settings.optimizer.load(state.state(here.parameters(), numbers, 1).inside("optimizer"));
        for (int i = 0; i < 5; i++) {
          losses[first + i] = numbers.take();
          assertEquals(history.steps().get(first + i).penalty(), numbers.take());
          assertEquals(history.steps().get(first + i).learningRate(), state.rate(i));
        }
      }
      assertEquals(Fingerprint.of(expected.parameters()), Fingerprint.of(here.parameters()));
      assertArrayEquals(
          history.steps().stream().mapToDouble(History.Step::dataLoss).toArray(), losses);
    }
  }

  // Many shards.

  /** Threads, tasks, their order and their machines: one training. */
  @Property(tries = 25, edgeCases = EdgeCasesMode.NONE)
  void anyThreadsAndAnyGroupingAreOneTraining(
      @ForAll @IntRange(max = 2) int shardsIndex,
      @ForAll @IntRange(min = 1, max = 6) int localSteps,
      @ForAll @IntRange(max = 2) int afterEpochs,
      @ForAll @IntRange(min = 1, max = 5) int tasks,
      @ForAll @LongRange(max = 10_000) long seed) {
    int shards = new int[] {2, 4, 16}[shardsIndex];
    UnaryOperator<Trainer<int[]>> settings =
        trainer -> trainer.withShards(shards).withLocalSteps(localSteps, afterEpochs);
    Supplier<Optimizer> optimizer = seed % 2 == 0 ? ShardsTest::momentum : () -> AdamW.of(0.01);
    Outcome expected = fit(optimizer, settings);
    Network network = network();
    Trainer<int[]> trainer = settings.apply(trainer(network, optimizer.get()));
    int threads = 1 + (int) (seed % 5);
    assertEquals(
        expected,
        fit(network, trainer.withRunner(new ThreadRunner<>(trainer.settings(), threads))));
    Grouping<int[]> elsewhere = grouping(optimizer, settings, tasks, seed);
    assertEquals(expected, fit(optimizer, other -> settings.apply(other).withRunner(elsewhere)));
    // 4 steps an epoch, of which there are 4 and three quarters.
    assertEquals(localSteps > 1, elsewhere.localRounds > 0);
  }

  @Test
  void theNumberOfShardsAndOfLocalStepsMatters() {
    List<String> all = new ArrayList<>();
    for (int shards : new int[] {1, 2, 4, 8}) {
      for (int localSteps : new int[] {1, 2, 4}) {
        if (shards > 1 || localSteps == 1) {
          all.add(
              fit(
                      ShardsTest::momentum,
                      trainer -> trainer.withShards(shards).withLocalSteps(localSteps))
                  .fingerprint());
        }
      }
    }
    assertEquals(all.size(), all.stream().distinct().count());
  }

  /** Of layers that know one row only, the gradient is that of the undivided step, but rounding. */
  @Property(tries = 20, edgeCases = EdgeCasesMode.NONE)
  void plainLayersGiveTheUndividedStepToRounding(
      @ForAll @LongRange(max = 1000) long seed, @ForAll @IntRange(max = 2) int shardsIndex) {
    int shards = new int[] {3, 5, 15}[shardsIndex];
    for (DType type : DType.values()) {
      Network whole = Toy.network(type, seed);
      Network divided = Toy.network(type, seed);
      History expected = plain(whole, 1);
      History actual = plain(divided, shards);
      double allowed = type == DType.FLOAT32 ? 2e-5 : 1e-13;
      for (int i = 0; i < whole.parameters().size(); i++) {
        assertArrayEquals(
            whole.parameters().get(i).value().toDoubleArray(),
            divided.parameters().get(i).value().toDoubleArray(),
            allowed);
      }
      for (int step = 0; step < 6; step++) {
        assertEquals(
            expected.steps().get(step).dataLoss(), actual.steps().get(step).dataLoss(), allowed);
      }
    }
  }

  /** Both have the same examples in a step, in another order. */
  private static History plain(Network network, int shards) {
    return Trainer.of(network, LOSS, Sgd.of(0.1).withMomentum(0.9).withL2(0.01))
        .withBatchSize(15)
        .withShards(shards)
        .withSteps(6)
        .fit(DATA, inOrder());
  }

  private static Sampler inOrder() {
    int[] next = new int[1];
    return indices -> {
      for (int i = 0; i < indices.length; i++) {
        indices[i] = next[0]++ % 75;
      }
    };
  }

  /** The mean by weight is that of all rows, whichever shard has the heavy ones. */
  @Test
  void rowsWithWeightsAreAMeanByWeight() {
    double[] weights = new SplittableRandom(4).doubles(75, 0, 3).toArray();
    weights[3] = 0;
    double[][] results = new double[2][];
    double[] losses = new double[2];
    for (int i = 0; i < 2; i++) {
      Network network = Toy.network(DType.FLOAT64, 2);
      History history =
          Trainer.<Weighted<int[]>>of(network, LOSS.withExampleWeights(), Sgd.of(0.5))
              .withBatchSize(15)
              .withShards(i == 0 ? 1 : 5)
              .withSteps(5)
              .fit(DATA.withWeights(weights), inOrder());
      losses[i] = history.steps().getLast().dataLoss();
      results[i] = network.parameters().getFirst().value().toDoubleArray();
    }
    assertArrayEquals(results[0], results[1], 1e-13);
    assertEquals(losses[0], losses[1], 1e-13);
  }

  /**
   * Each shard moves the running mean from the same value towards that of its own rows; then comes
   * the mean over the shards. The inputs of shards 0, 1, 2 are 1, 2, 9, so that the mean, 0 at
   * first, becomes (0.1 + 0.2 + 0.9) / 3; the variances of the rows of a shard are 0.
   */
  @Test
  void statisticsAreThoseOfAShardAndThenTheMean() {
    BatchNorm norm = new BatchNorm(DType.FLOAT64, 1);
    Tensor inputs = Tensor.zeros(DType.FLOAT64, Shape.of(12, 1));
    for (int i = 0; i < 12; i++) {
      inputs.set(i, new int[] {1, 2, 9}[i % 3]);
    }
    Network network =
        Network.of(
            Shape.of(1),
            norm,
            new Linear(DType.FLOAT64, 1, 2, Initializer.he(), new NumPyRandom(1)));
    Trainer<int[]> trainer =
        Trainer.of(network, LOSS, Sgd.of(0.1)).withBatchSize(12).withShards(3).withSteps(1);
    trainer.fit(Dataset.of(inputs, new int[12]), new NumPyRandom(1));
    assertEquals(1.2 / 3, norm.mean().value().get(0), 1e-15);
    assertEquals(0.9, norm.variance().value().get(0), 1e-15);
    norm.mean().freeze();
    trainer.fit(Dataset.of(inputs, new int[12]), new NumPyRandom(1));
    assertEquals(1.2 / 3, norm.mean().value().get(0), 1e-15);
    assertEquals(0.81, norm.variance().value().get(0), 1e-15);
  }

  /** As the trainer does it: no gradient, no decay. */
  @Test
  void aParameterWithoutGradientStaysAsItIs() {
    Parameter unused =
        new Parameter("unused", Parameter.Role.WEIGHT, FloatTensor.of(Shape.of(2), 3, 4));
    Linear linear = new Linear(2, 3, new NumPyRandom(1));
    Layer both =
        new Layer() {
          @Override
          public List<Parameter> parameters() {
            List<Parameter> all = new ArrayList<>(List.of(unused));
            all.addAll(linear.parameters());
            return all;
          }

          @Override
          public Shape outputShape(Shape input) {
            return linear.outputShape(input);
          }

          @Override
          public Tensor forward(Tensor x, Pass pass) {
            return linear.forward(x, pass);
          }

          @Override
          public @Nullable Tensor backward(Tensor dy, Pass pass) {
            return linear.backward(dy, pass);
          }
        };
    String before = Fingerprint.of(linear.parameters());
    Trainer.of(both, LOSS, Sgd.of(0.1).withDecay(0.5))
        .withBatchSize(8)
        .withShards(4)
        .withSteps(3)
        .fit(DATA, new NumPyRandom(1));
    assertArrayEquals(new double[] {3, 4}, unused.value().toDoubleArray());
    assertNotEquals(before, Fingerprint.of(linear.parameters()));
  }

  /** The driver's parameters are frozen as it likes, from step to step. */
  @Test
  void aWorkerFreezesWhatIsFrozen() {
    UnaryOperator<Trainer<int[]>> settings = trainer -> trainer.withShards(4).withLocalSteps(2, 2);
    List<Outcome> outcomes = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      Network network = network();
      Parameter first = network.parameters().getFirst();
      first.freeze();
      double before = first.value().get(0);
      Trainer<int[]> trainer =
          settings
              .apply(trainer(network, momentum()))
              .withListeners(
                  new TrainingListener() {
                    @Override
                    public void afterStep(Fit fit) {
                      if (fit.step() == 9) {
                        assertEquals(before, first.value().get(0));
                        first.unfreeze();
                      }
                    }
                  });
      outcomes.add(
          fit(
              network,
              i == 0
                  ? trainer
                  : trainer.withRunner(grouping(ShardsTest::momentum, settings, 3, 1))));
      assertNotEquals(before, first.value().get(0));
    }
    assertEquals(outcomes.get(0), outcomes.get(1));
  }

  // Examples.

  /** Each shard's stream is one order after another of its own examples. */
  @Property(tries = 50, edgeCases = EdgeCasesMode.NONE)
  void eachShardHasOrdersOfItsOwn(
      @ForAll @IntRange(min = 1, max = 9) int shards,
      @ForAll @IntRange(max = 40) int more,
      @ForAll @IntRange(min = 1, max = 7) int rows,
      @ForAll @LongRange(max = 1000) long seed) {
    int size = shards + more;
    ShardedSampler sampler = new ShardedSampler(size, shards, new NumPyRandom(seed));
    ShardedSampler again = new ShardedSampler(size, shards, new NumPyRandom(seed + 1));
    assertEquals(size, sampler.examples());
    List<List<Integer>> streams = new ArrayList<>();
    for (int shard = 0; shard < shards; shard++) {
      streams.add(new ArrayList<>());
    }
    int[] indices = new int[shards * rows];
    int[] others = new int[shards * rows];
    for (int step = 0; step < 30; step++) {
      if (step == 13) {
        SavedState state = SavedState.of(List.of());
        sampler.save(state);
        again.load(state);
      }
      sampler.next(indices);
      if (step >= 13) {
        again.next(others);
        assertArrayEquals(indices, others);
      }
      for (int i = 0; i < indices.length; i++) {
        streams.get(i / rows).add(indices[i]);
      }
    }
    for (int shard = 0; shard < shards; shard++) {
      List<Integer> own = new ArrayList<>();
      for (int i = shard; i < size; i += shards) {
        own.add(i);
      }
      List<Integer> stream = streams.get(shard);
      for (int at = 0; at + own.size() <= stream.size(); at += own.size()) {
        assertEquals(own, stream.subList(at, at + own.size()).stream().sorted().toList());
      }
    }
  }

  @Test
  void ordersOfOtherShardsAreRefused() {
    ShardedSampler sampler = new ShardedSampler(10, 3, new NumPyRandom(1));
    assertEquals("Sampler(10 shuffled in 3 shards)", sampler.toString());
    SavedState state = SavedState.of(List.of());
    new ShardedSampler(10, 2, new NumPyRandom(1)).save(state);
    assertEquals(
        "Sampler(10 shuffled in 3 shards): its saved order is none of so many examples in so many"
            + " shards",
        assertThrows(IllegalArgumentException.class, () -> sampler.load(state)).getMessage());
    ShardedSampler unsaved = new ShardedSampler(10, 3, new Random(1));
    assertTrue(
        assertThrows(IllegalStateException.class, () -> unsaved.save(SavedState.of(List.of())))
            .getMessage()
            .startsWith("Sampler: random numbers of a Random cannot be saved"));
  }

  /** Rows are put in the order of the shards, those of a shard as they were chosen. */
  @Test
  void aSamplerOfOnesOwnMayChooseInAnyOrder() {
    List<List<Integer>> seen = new ArrayList<>();
    Trainer<int[]> trainer =
        Trainer.of(Toy.network(DType.FLOAT32, 1), LOSS, Sgd.of(0.1))
            .withBatchSize(6)
            .withShards(3)
            .withSteps(1)
            .withListeners(
                new TrainingListener() {
                  @Override
                  public void afterStep(Fit fit) {
                    seen.add(IntStream.of(fit.examples()).boxed().toList());
                  }
                });
    trainer.fit(DATA, sampler(8, 6, 5, 3, 1, 4));
    assertEquals(List.of(List.of(6, 3, 1, 4, 8, 5)), seen);
    String message =
        assertThrows(
                IllegalArgumentException.class, () -> trainer.fit(DATA, sampler(8, 6, 5, 3, 1, 2)))
            .getMessage();
    assertEquals(
        "Trainer: lambda chooses 1 examples of shard 1 at step 0, expected 2 of each of 3 shards,"
            + " where example i belongs to shard i mod 3; fit(data, random) has such a sampler",
        message);
  }

  private static Sampler sampler(int... chosen) {
    return indices -> System.arraycopy(chosen, 0, indices, 0, chosen.length);
  }

  // Mistakes.

  private static String refused(UnaryOperator<Trainer<int[]>> settings) {
    return assertThrows(IllegalArgumentException.class, () -> fit(ShardsTest::momentum, settings))
        .getMessage();
  }

  @Test
  void whatCannotBeDividedIsRefused() {
    assertEquals(
        "Trainer: a step of 16 examples cannot be divided evenly over 6 shards; take batches of 12"
            + " or 18",
        refused(trainer -> trainer.withShards(6)));
    assertEquals(
        "Trainer: a step of 16 examples cannot be divided evenly over 20 shards; take batches of"
            + " 20",
        refused(trainer -> trainer.withShards(20)));
    assertEquals(
        "Trainer: 80 shards need at least as many examples, and the data have 75",
        refused(trainer -> trainer.withBatchSize(80).withShards(80)));
    assertEquals(
        "Trainer: 3 micro-batches need at least as many examples, and each of 8 shards has 2 of a"
            + " step's",
        refused(trainer -> trainer.withShards(8).withAccumulation(3)));
    assertEquals(
        "Trainer: number of shards must be at least 1, got 0",
        refused(trainer -> trainer.withShards(0)));
    assertEquals(
        "Trainer: number of local steps must be at least 1, got 0",
        refused(trainer -> trainer.withLocalSteps(0)));
    assertEquals(
        "Trainer: epochs before local steps must be at least 0, got -1",
        refused(trainer -> trainer.withLocalSteps(2, -1)));
    assertEquals(
        "Trainer: lambda computes the gradients, so there can be no shards, and no runner; leave"
            + " out withStepGradients",
        refused(
            trainer -> trainer.withShards(2).withStepGradients((step, data, examples, into) -> 0)));
  }

  /** Counts its calls. */
  private static final class Counting implements Layer, Stateful {
    @Override
    public Shape outputShape(Shape input) {
      return input;
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
      Tensor y = pass.output(this, x);
      y.copyFrom(x);
      return y;
    }

    @Override
    public @Nullable Tensor backward(Tensor dy, Pass pass) {
      pass.recall(this, dy);
      return null;
    }

    @Override
    public String toString() {
      return "Counting";
    }
  }

  @Test
  void whatChangesByItselfIsRefused() {
    Network network = Network.of(Shape.of(2), new Counting(), new Linear(2, 3, new NumPyRandom(1)));
    Trainer<int[]> trainer = Trainer.of(network, LOSS, Sgd.of(0.1)).withBatchSize(16).withSteps(1);
    trainer.fit(DATA, new NumPyRandom(1));
    assertEquals(
        "Trainer: layer 0 Counting changes from step to step by itself (it is Stateful), and"
            + " shards are computed in any order; train with one shard, or make it a function of"
            + " the step, as Pass.random, or of the epoch, as Dataset.forEpoch",
        assertThrows(
                IllegalArgumentException.class,
                () -> trainer.withShards(2).fit(DATA, new NumPyRandom(1)))
            .getMessage());
  }

  @Test
  void aWorkerRefusesTheRoundOfAnotherTrainer() {
    UnaryOperator<Trainer<int[]>> settings = trainer -> trainer.withShards(4);
    for (UnaryOperator<Trainer<int[]>> other :
        List.<UnaryOperator<Trainer<int[]>>>of(
            trainer -> trainer.withShards(8),
            trainer -> trainer.withShards(4).withSeed(6),
            trainer -> trainer.withShards(4).withBatchSize(32),
            trainer -> trainer.withShards(4).withAccumulation(2))) {
      Grouping<int[]> elsewhere = grouping(ShardsTest::momentum, other, 1, 1);
      String message = refused(trainer -> settings.apply(trainer).withRunner(elsewhere));
      assertTrue(
          message.startsWith("ShardWorker: the round is of another trainer, 'Network[2]"), message);
    }
    Grouping<int[]> elsewhere = grouping(() -> AdamW.of(0.01), settings, 1, 1);
    assertTrue(
        refused(trainer -> settings.apply(trainer).withRunner(elsewhere))
            .startsWith("ShardWorker: the round is of another trainer"));
  }

  /** Whoever computes a part of it only is found out. */
  @Test
  void aRunnerMustGiveTheRoot() {
    ShardWorker<int[]> worker = trainer(network(), momentum()).withShards(4).worker();
    RoundRunner<int[]> first = (round, data) -> worker.compute(round, 0, data);
    assertTrue(
        assertThrows(
                IllegalStateException.class,
                () -> fit(ShardsTest::momentum, trainer -> trainer.withShards(4).withRunner(first)))
            .getMessage()
            .startsWith("Trainer: expects the root of 4 shards of "));
  }

  /** The message is that of the first shard that fails, on any number of threads. */
  @Test
  void aTargetThatIsNotValidIsNamedByItsExample() {
    int[] labels = new int[16];
    labels[5] = 3;
    labels[6] = 4;
    Dataset<int[]> data = Dataset.of(Tensor.zeros(DType.FLOAT32, Shape.of(16, 2)), labels);
    for (int threads : new int[] {1, 2, 5}) {
      for (int localSteps : new int[] {1, 3}) {
        Trainer<int[]> trainer =
            Trainer.of(Toy.network(DType.FLOAT32, 1), LOSS, Sgd.of(0.1))
                .withBatchSize(8)
                .withShards(4)
                .withLocalSteps(localSteps);
        String message =
            assertThrows(
                    IllegalArgumentException.class,
                    () ->
                        trainer
                            .withRunner(new ThreadRunner<>(trainer.settings(), threads))
                            .fit(data, sampler(0, 4, 1, 5, 2, 6, 3, 7)))
                .getMessage();
        assertEquals(
            "step 0, example 5: SoftmaxCrossEntropy: label 3 at row 1 is outside [0, 3)", message);
      }
    }
  }

  // Reading.

  /** Each shard's rows are read as they are in the round's epoch, once. */
  @Test
  void examplesAreThoseOfTheEpoch() {
    List<String> reads = new ArrayList<>();
    Dataset<int[]> noting = new Noting(DATA, -1, reads);
    Trainer<int[]> trainer =
        Trainer.of(Toy.network(DType.FLOAT32, 1), LOSS, Sgd.of(0.1))
            .withBatchSize(24)
            .withShards(3)
            .withLocalSteps(2)
            .withSteps(6);
    trainer.withRunner(new ThreadRunner<>(trainer.settings(), 1)).fit(noting, inOrder());
    // 3 steps an epoch: a round of two steps, and one of one.
    List<String> expected = new ArrayList<>();
    for (int epoch = 0; epoch < 2; epoch++) {
      int first = 72 * epoch;
      for (int shard = 0; shard < 3; shard++) {
        expected.add(epoch + ": " + rows(first, shard));
        expected.add(epoch + ": " + rows(first + 24, shard));
      }
      for (int shard = 0; shard < 3; shard++) {
        expected.add(epoch + ": " + rows(first + 48, shard));
      }
    }
    assertEquals(expected, reads);
  }

  private static List<Integer> rows(int first, int shard) {
    return IntStream.range(first, first + 24)
        .map(i -> i % 75)
        .filter(i -> i % 3 == shard)
        .boxed()
        .toList();
  }

  /** Writes down what is read, and of which epoch it is. */
  private record Noting(Dataset<int[]> inside, long epoch, List<String> reads)
      implements WrappedExamples<int[]> {
    @Override
    public void read(int[] indices, Batch<int[]> batch) {
      reads.add(epoch + ": " + Arrays.stream(indices).boxed().toList());
      inside.read(indices, batch);
    }

    @Override
    public Dataset<int[]> forEpoch(long number) {
      return new Noting(inside, number, reads);
    }
  }

  // Words.

  @Test
  void saysWhatItIs() {
    Trainer<int[]> trainer = trainer(network(), momentum()).withShards(4);
    assertTrue(trainer.toString().endsWith(", 19 steps, batches of 16, 4 shards)"));
    assertTrue(
        trainer
            .withLocalSteps(5, 2)
            .toString()
            .endsWith("batches of 16, 4 shards, 5 local steps a round after 2 epochs)"));
    assertTrue(
        trainer(network(), momentum())
            .withLocalSteps(5)
            .toString()
            .endsWith("19 steps, batches of 16)"));
    assertEquals(
        "ShardWorker(4 shards, 5 local steps a round, 2 micro-batches in each, " + network() + ")",
        trainer.withLocalSteps(5).withAccumulation(2).worker().toString());
    List<String> rounds = new ArrayList<>();
    Trainer<int[]> noting = trainer.withLocalSteps(3).withSteps(4);
    ThreadRunner<int[]> threads = new ThreadRunner<>(noting.settings(), 2);
    noting
        .withRunner((round, data) -> {
          rounds.add(round.toString());
          return threads.run(round, data);
        })
        .fit(DATA, new NumPyRandom(1));
    assertEquals(
        List.of(
            "Round(steps 0 to 2 in epoch 0, 4 shards of 4 examples a step)",
            "Round(step 3 in epoch 0, 4 shards of 4 examples a step)"),
        rounds);
    assertEquals("2 threads", threads.toString());
    threads.ended();
  }
}
