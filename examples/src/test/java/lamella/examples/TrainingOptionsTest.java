package lamella.examples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import lamella.core.Batch;
import lamella.core.DType;
import lamella.core.Fingerprint;
import lamella.core.Initializer;
import lamella.core.Network;
import lamella.core.Parameter;
import lamella.core.Sampler;
import lamella.core.random.NumPyRandom;
import lamella.examples.RunOption.LastWeights;
import lamella.examples.RunOption.Measured;
import lamella.examples.RunOption.Rates;
import lamella.examples.RunOption.Rule;
import lamella.losses.SoftmaxCrossEntropy;
import org.junit.jupiter.api.Test;

/** What each option does to a training. */
class TrainingOptionsTest {
  private static final RandomImages IMAGES = RandomImages.of();

  /** Small and exact. */
  private static final Experiment SMALL =
      Experiment.report(Activation.RELU, DType.FLOAT64)
          .with(RunOption.HIDDEN, 6L)
          .with(RunOption.ITERATIONS, 20L)
          .with(RunOption.BATCH_SIZE, 10L)
          .with(RunOption.LEARNING_RATE, 1e-4)
          .with(RunOption.INIT_STD, new InitialWeights(1e-2));

  private static Training.Result run(Experiment experiment) {
    try {
      return Training.run(experiment, 10, IMAGES.train(), IMAGES.validation(), step -> {});
    } catch (DivergedException e) {
      throw new AssertionError(e);
    }
  }

  private static Training.Result run(UnaryOperator<Experiment> changes) {
    return run(changes.apply(SMALL));
  }

  private static String fingerprint(UnaryOperator<Experiment> changes) {
    return Fingerprint.of(run(changes).network().parameters());
  }

  private static List<Double> rates(UnaryOperator<Experiment> changes) {
    return run(changes).history().stream().map(Training.Step::learningRate).toList();
  }

  /** The network before the first step. */
  private static Network first(Experiment experiment, NumPyRandom random) {
    return experiment
        .network()
        .withInputs(3072)
        .network(
            10,
            experiment.get(RunOption.INIT_STD).initializer(),
            experiment.lastInitializer(),
            experiment.dtype(),
            random);
  }

  @Test
  void dataLossHasTheSmoothingAndThePenaltyTheWeightsOfEveryLinearLayerOnly() {
    Experiment experiment =
        SMALL
            .with(RunOption.NETWORK, NetworkText.of("6 layer-norm gelu residual(5 6) scale", 3072))
            .with(RunOption.LABEL_SMOOTHING, 0.2)
            .with(RunOption.L2, 0.3);
    NumPyRandom random = new NumPyRandom(experiment.seed());
    Network network = first(experiment, random);
    int[] rows = new int[experiment.batchSize()];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = random.nextInt(IMAGES.train().size());
    }
    Batch<int[]> batch = IMAGES.train().newBatch(rows.length, DType.FLOAT64);
    IMAGES.train().read(rows, batch);
    double loss =
        new SoftmaxCrossEntropy()
            .withSmoothing(0.2)
            .value(network.forward(batch.inputs()), batch.targets());
    double squares = 0;
    for (Parameter parameter : network.parameters()) {
      for (double w : parameter.value().toDoubleArray()) {
        squares += parameter.shape().rank() == 2 ? w * w : 0;
      }
    }
    for (Rule rule : Rule.values()) {
      Training.Step step = run(experiment.with(RunOption.OPTIMIZER, rule)).history().getFirst();
      assertEquals(loss, step.dataLoss(), 1e-12);
      assertEquals(0.5 * 0.3 * squares, step.penalty(), 1e-12);
    }
  }

  @Test
  void ratesFollowTheirFormulas() {
    int total = 20;
    double peak = 1e-4;
    List<Double> cosine =
        rates(e -> e.with(RunOption.SCHEDULE, Rates.COSINE).with(RunOption.WARM_UP, 4L));
    List<Double> cycle = rates(e -> e.with(RunOption.SCHEDULE, Rates.ONE_CYCLE));
    List<Double> slower =
        rates(e -> e.with(RunOption.SCHEDULE, Rates.ONE_CYCLE).with(RunOption.WARM_UP, 5L));
    List<Double> waves =
        rates(e -> e.with(RunOption.SCHEDULE, Rates.COSINE_LOG).with(RunOption.WARM_UP, 4L));
    List<Double> constant =
        rates(e -> e.with(RunOption.SCHEDULE, Rates.CONSTANT).with(RunOption.WARM_UP, 2L));
    List<Double> report = rates(e -> e.with(RunOption.WARM_UP, 2L));
    for (int t = 0; t < total; t++) {
      double u = (t - 4) / 16.0;
      double rising = peak * (t + 1) / 4;
      assertEquals(t < 4 ? rising : peak * (1 + Math.cos(Math.PI * u)) / 2, cosine.get(t), 1e-18);
      double log = Math.log(1 + 15 * u) / Math.log(2);
      assertEquals(
          t < 4 ? rising : peak * (1 - Math.cos(2 * Math.PI * log)) / 2, waves.get(t), 1e-18);
      assertEquals(t < 1 ? peak : peak * (20 - t) / 19, cycle.get(t), 1e-18);
      assertEquals(t < 5 ? peak * (t + 1) / 5 : peak * (20 - t) / 15, slower.get(t), 1e-18);
      assertEquals(t < 2 ? peak * (t + 1) / 2 : peak, constant.get(t), 1e-18);
      // Of 300 images in batches of 10 an epoch is 30 steps.
      assertEquals(t < 2 ? peak * (t + 1) / 2 : t == 2 ? peak : 0.95 * peak, report.get(t), 1e-18);
    }
  }

  @Test
  void everyNumberOfAnOptimiserMakesADifference() {
    String plain = fingerprint(e -> e);
    String momentum = fingerprint(e -> e.with(RunOption.MOMENTUM, 0.9));
    assertNotEquals(plain, momentum);
    assertNotEquals(
        momentum, fingerprint(e -> e.with(RunOption.MOMENTUM, 0.9).with(RunOption.NESTEROV, true)));
    for (Rule rule : List.of(Rule.ADAMW, Rule.LION)) {
      String usual = fingerprint(e -> e.with(RunOption.OPTIMIZER, rule));
      assertNotEquals(plain, usual);
      for (RunOption<Double> option :
          List.of(RunOption.BETA1, RunOption.BETA2, RunOption.WEIGHT_DECAY, RunOption.L2)) {
        assertNotEquals(
            usual, fingerprint(e -> e.with(RunOption.OPTIMIZER, rule).with(option, 0.5)));
      }
      double beta2 = rule == Rule.ADAMW ? 0.999 : 0.99;
      assertEquals(
          usual,
          fingerprint(e ->
              e.with(RunOption.OPTIMIZER, rule)
                  .with(RunOption.BETA1, 0.9)
                  .with(RunOption.BETA2, beta2)
                  .with(RunOption.WEIGHT_DECAY, 0.01)));
    }
    assertNotEquals(
        fingerprint(e -> e.with(RunOption.OPTIMIZER, Rule.ADAMW)),
        fingerprint(e -> e.with(RunOption.OPTIMIZER, Rule.ADAMW).with(RunOption.EPSILON, 1e-2)));
  }

  /** Of a step w - rate (c g / |g|) the change has the norm rate c. */
  @Test
  void theNormOfTheGradientOfTheDataLossIsLimitedOverAllParametersTogether() {
    Experiment experiment =
        SMALL
            .with(RunOption.ITERATIONS, 1L)
            .with(RunOption.L2, 0.0)
            .with(RunOption.CLIP_NORM, 0.25);
    Network before = first(experiment, new NumPyRandom(experiment.seed()));
    Network after = run(experiment).network();
    assertEquals(0.25 * 1e-4, distance(before, after), 1e-12);
    // The penalty's gradient is not limited: it is added afterwards.
    double weights = distance(before, network(Initializer.zeros()));
    Network decayed = run(experiment.with(RunOption.L2, 100.0)).network();
    assertTrue(distance(before, decayed) > 0.9 * 1e-4 * 100 * weights);
  }

  private static Network network(Initializer initializer) {
    return SMALL
        .network()
        .withInputs(3072)
        .network(10, initializer, initializer, DType.FLOAT64, new NumPyRandom(1));
  }

  private static double distance(Network one, Network other) {
    double squares = 0;
    for (int p = 0; p < one.parameters().size(); p++) {
      double[] a = one.parameters().get(p).value().toDoubleArray();
      double[] b = other.parameters().get(p).value().toDoubleArray();
      for (int i = 0; i < a.length; i++) {
        squares += (a[i] - b[i]) * (a[i] - b[i]);
      }
    }
    return Math.sqrt(squares);
  }

  @Test
  void theAverageIsThatOfItsFormulaAndItsAccuraciesStandBesideTheNetworks() {
    Experiment one = SMALL.with(RunOption.ITERATIONS, 1L).with(RunOption.EMA, 0.9);
    double[] before =
        first(one, new NumPyRandom(one.seed())).parameters().getFirst().value().toDoubleArray();
    Training.Result result = run(one);
    double[] after = result.network().parameters().getFirst().value().toDoubleArray();
    double[] average =
        Objects.requireNonNull(result.average()).parameters().getFirst().value().toDoubleArray();
    for (int i = 0; i < before.length; i++) {
      // The first update keeps min(0.9, 2 / 11).
      assertEquals(before[i] + (1 - 2.0 / 11) * (after[i] - before[i]), average[i], 1e-15);
    }
    assertEquals(1, result.averageAccuracies().size());
    assertEquals(0, result.averageAccuracies().getFirst().iteration());
    Training.Result without = run(SMALL.with(RunOption.ITERATIONS, 1L));
    assertNull(without.average());
    assertEquals(List.of(), without.averageAccuracies());
    assertEquals(
        Fingerprint.of(without.network().parameters()),
        Fingerprint.of(result.network().parameters()));
  }

  @Test
  void whatIsDrawnBesidesWeightsAndBatchesIsAFunctionOfTheSeed() {
    List<UnaryOperator<Experiment>> changes =
        List.of(
            e -> e.with(RunOption.NETWORK, NetworkText.of("6 relu dropout(0.5)", 3072)),
            e -> e.with(RunOption.MIXUP, 0.4),
            e -> e.with(RunOption.AUGMENT, AugmentText.of("flip crop(4) cutout(8)")));
    String plain = fingerprint(e -> e);
    for (UnaryOperator<Experiment> change : changes) {
      String once = fingerprint(change);
      assertEquals(once, fingerprint(change));
      assertNotEquals(plain, once);
      // The weights are those of the plain run, and so are the batches: only then can the first
      // loss be the same where nothing is drawn before it.
      assertNotEquals(once, fingerprint(e -> change.apply(e.with(RunOption.SEED, 2L))));
    }
  }

  @Test
  void mixedImagesHaveMixedLabelsAndAccuracyIsThatOfImagesAsTheyAre() {
    Training.Result plain = run(SMALL.with(RunOption.LEARNING_RATE, 0.0));
    Training.Result mixed =
        run(SMALL.with(RunOption.LEARNING_RATE, 0.0).with(RunOption.MIXUP, 0.4));
    assertNotEquals(plain.history(), mixed.history());
    assertEquals(plain.accuracies(), mixed.accuracies());
  }

  @Test
  void trainingStopsWhereAccuracyNoLongerGrowsAndKeepsTheBestParameters() {
    Experiment still = SMALL.with(RunOption.LEARNING_RATE, 0.0).with(RunOption.ITERATIONS, 1000L);
    Training.Result result = run(still.with(RunOption.EARLY_STOPPING, 3L));
    // Best after step 0; three measurements later, once in 30 steps, it is enough.
    assertEquals(91, result.history().size());
    assertEquals(4, result.accuracies().size());
    assertNotNull(result.stopReason());
    assertTrue(result.stopReason().startsWith("validation accuracy was best, "));
    Network before = first(still, new NumPyRandom(still.seed()));
    for (int p = 0; p < before.parameters().size(); p++) {
      assertArrayEquals(
          before.parameters().get(p).value().toDoubleArray(),
          result.network().parameters().get(p).value().toDoubleArray());
    }
    assertNull(run(SMALL.with(RunOption.EARLY_STOPPING, 3L)).stopReason());
  }

  /** Of 300 images in batches of 70 an epoch is 4 steps of 280 different images. */
  @Test
  void epochsAreAsManyStepsAndShuffledImagesComeOnceInEach() {
    Experiment experiment =
        Experiment.of(
            Map.of(
                RunOption.HIDDEN, "2",
                RunOption.EPOCHS, "3",
                RunOption.BATCH_SIZE, "70",
                RunOption.ORDER, "shuffled",
                RunOption.SCHEDULE, "one-cycle",
                RunOption.DTYPE, "float64"));
    assertThrows(IllegalStateException.class, experiment::iterations);
    assertEquals(12, experiment.on(300).iterations());
    assertEquals(1, experiment.on(300).warmUp());
    assertEquals(24, experiment.on(1500).on(600).iterations());
    Training.Result result = run(experiment);
    assertEquals(12, result.history().size());
    // The rates are those of twelve steps, the last of which is that of one twelfth of the way
    // down.
    assertEquals(1e-3 * 1 / 11, result.history().getLast().learningRate(), 1e-18);

    Experiment still = experiment.with(RunOption.LEARNING_RATE, 0.0);
    NumPyRandom random = new NumPyRandom(1);
    Network network = first(still, random);
    Sampler order = Sampler.shuffled(300, 280, random);
    List<Training.Step> steps = run(still).history();
    for (int t = 0; t < 12; t++) {
      int[] rows = new int[70];
      order.next(rows);
      Batch<int[]> batch = IMAGES.train().newBatch(rows.length, DType.FLOAT64);
      IMAGES.train().read(rows, batch);
      double loss =
          new SoftmaxCrossEntropy().value(network.forward(batch.inputs()), batch.targets());
      assertEquals(loss, steps.get(t).dataLoss(), 1e-12);
    }
  }

  @Test
  void whatIsMeasuredChangesNothingElse() {
    Experiment plain = SMALL.with(RunOption.ITERATIONS, 91L);
    Training.Result both = run(plain);
    Training.Result fewer =
        run(
            plain
                .with(RunOption.MEASURE, Measured.VALIDATION)
                .with(RunOption.MEASURE_EVERY, 3L)
                .with(RunOption.EMA, 0.5));
    assertEquals(
        Fingerprint.of(both.network().parameters()), Fingerprint.of(fewer.network().parameters()));
    assertEquals(
        List.of(0, 30, 60, 90), both.accuracies().stream().map(a -> a.iteration()).toList());
    assertEquals(List.of(0, 90), fewer.accuracies().stream().map(a -> a.iteration()).toList());
    assertEquals(2, fewer.averageAccuracies().size());
    for (int i = 0; i < 2; i++) {
      assertEquals(
          both.accuracies().get(3 * i).validation(), fewer.accuracies().get(i).validation());
      assertTrue(Double.isNaN(fewer.accuracies().get(i).train()));
    }
    assertTrue(
        fewer.measurements().stream()
            .noneMatch(measurement -> measurement.name().contains("train")));
  }

  @Test
  void theLastLayerMayBeginAsZero() {
    Experiment zero = SMALL.with(RunOption.INIT_LAST, LastWeights.ZERO).with(RunOption.L2, 0.0);
    assertEquals(Math.log(10), run(zero).history().getFirst().dataLoss(), 1e-12);
    NumPyRandom random = new NumPyRandom(1);
    Network network = first(zero, random);
    List<Parameter> others = first(SMALL, new NumPyRandom(1)).parameters();
    assertArrayEquals(
        others.get(0).value().toDoubleArray(), network.parameters().get(0).value().toDoubleArray());
    for (double weight : network.parameters().get(2).value().toDoubleArray()) {
      assertEquals(0.0, weight);
    }
  }

  @Test
  void heScalesTheWeightsOfEachLayer() {
    double[] normals = new double[3072 * 6];
    NumPyRandom random = new NumPyRandom(1);
    for (int i = 0; i < normals.length; i++) {
      normals[i] = Math.sqrt(2.0 / 3072) * random.nextGaussian();
    }
    Network network = first(SMALL.with(RunOption.INIT_STD, InitialWeights.HE), new NumPyRandom(1));
    assertArrayEquals(normals, network.parameters().getFirst().value().toDoubleArray());
  }
}
