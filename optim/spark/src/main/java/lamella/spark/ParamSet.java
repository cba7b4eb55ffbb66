package lamella.spark;

import java.io.Serial;
import java.io.Serializable;
import java.util.HashSet;
import java.util.List;
import org.apache.spark.ml.param.BooleanParam;
import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.IntArrayParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.LongParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.Params;
import org.apache.spark.ml.param.StringArrayParam;
import scala.Function1;

/**
 * The parameters of an estimator that {@link NetworkParams} names: made once, checked by what
 * {@link NetworkSettings} takes.
 *
 * @param <E> the estimator
 */
public final class ParamSet<E> implements Serializable {
  @Serial private static final long serialVersionUID = 1;

  private static final NetworkSettings DEFAULTS = NetworkSettings.defaults();

  private final Params owner;
  final IntArrayParam hiddenLayers;
  final Param<String> activation;
  final DoubleParam dropout;
  final Param<String> normalization;
  final BooleanParam standardization;
  final Param<String> solver;
  final DoubleParam stepSize;
  final DoubleParam momentum;
  final DoubleParam regParam;
  final Param<String> schedule;
  final DoubleParam warmUp;
  final DoubleParam clipNorm;
  final IntParam maxIter;
  final IntParam batchSize;
  final IntParam shards;
  final IntParam localSteps;
  final IntParam localStepsAfter;
  final IntParam patience;
  final LongParam seed;
  final Param<SavedNetwork> initialNetwork;
  final StringArrayParam featuresCols;
  final Param<String> weightCol;
  final Param<String> idCol;
  final Param<String> validationIndicatorCol;
  final Param<String> checkpointDir;
  final IntParam checkpointInterval;

  /** Refuses a value by an exception that says what is expected, where Spark's own says nothing. */
  private interface Check extends Function1<Object, Object>, Serializable {}

  /** Throws an exception that says what is expected. */
  interface Valid extends Serializable {
    void require(Object value);
  }

  ParamSet(Params owner) {
    this.owner = owner;
    hiddenLayers =
        new IntArrayParam(
            owner,
            "hiddenLayers",
            "units of the hidden layers, in order; none for a linear model",
            check(value -> DEFAULTS.withHiddenLayers((int[]) value)));
    activation =
        new Param<>(
            owner,
            "activation",
            "function after each hidden layer: " + String.join(", ", NetworkSettings.ACTIVATIONS),
            check(value -> DEFAULTS.withActivation((String) value)));
    dropout =
        new DoubleParam(
            owner,
            "dropout",
            "part of the hidden units left out at random while training, in [0, 1)",
            check(value -> DEFAULTS.withDropout((double) value)));
    normalization =
        new Param<>(
            owner,
            "normalization",
            "how the hidden layers are normalised: none, batch or layer",
            check(value -> DEFAULTS.withNormalization((String) value)));
    standardization =
        new BooleanParam(
            owner,
            "standardization",
            "whether the network begins with a layer that standardises the features");
    solver =
        new Param<>(
            owner,
            "solver",
            "rule of the updates: adamw, or sgd with momentum",
            check(value -> DEFAULTS.withSolver((String) value)));
    stepSize =
        new DoubleParam(
            owner,
            "stepSize",
            "largest step size, above 0; if not set 0.005 for adamw and 0.05 for sgd",
            check(value -> DEFAULTS.withStepSize((double) value)));
    momentum =
        new DoubleParam(
            owner,
            "momentum",
            "momentum of sgd, in [0, 1)",
            check(value -> DEFAULTS.withMomentum((double) value)));
    regParam =
        new DoubleParam(
            owner,
            "regParam",
            "how strongly weights are kept small: decay of adamw, L2 penalty of sgd",
            check(value -> DEFAULTS.withRegParam((double) value)));
    schedule =
        new Param<>(
            owner,
            "schedule",
            "course of the step size after the warm-up: cosine, down to 0, or constant",
            check(value -> DEFAULTS.withSchedule((String) value)));
    warmUp =
        new DoubleParam(
            owner,
            "warmUp",
            "part of all steps in which the step size rises to its largest, in [0, 1)",
            check(value -> DEFAULTS.withWarmUp((double) value)));
    clipNorm =
        new DoubleParam(
            owner,
            "clipNorm",
            "largest norm of a step's gradients, which are scaled down to it; 0 for no limit",
            check(value -> DEFAULTS.withClipNorm((double) value)));
    maxIter =
        new IntParam(
            owner,
            "maxIter",
            "number of epochs, at least 1",
            check(value -> DEFAULTS.withEpochs((int) value)));
    batchSize =
        new IntParam(
            owner,
            "batchSize",
            "examples of a step, a multiple of shards; all rows if there are fewer",
            check(value -> DEFAULTS.withBatchSize((int) value)));
    shards =
        new IntParam(
            owner,
            "shards",
            "number of logical shards, computed beside each other; part of the result; with 1 a training is one task",
            check(value -> DEFAULTS.withShards((int) value)));
    localSteps =
        new IntParam(
            owner,
            "localSteps",
            "steps that each shard makes on its own before the mean of all is taken",
            check(value -> DEFAULTS.withLocalSteps((int) value)));
    localStepsAfter =
        new IntParam(
            owner,
            "localStepsAfter",
            "epochs before shards make steps on their own; until then the mean is taken after each step",
            check(value -> DEFAULTS.withLocalSteps(1, (int) value)));
    patience =
        new IntParam(
            owner,
            "patience",
            "epochs in a row that may be no better for the validation rows than the best; 0 for all",
            check(value -> DEFAULTS.withPatience((int) value)));
    seed =
        new LongParam(
            owner, "seed", "seed of the first weights, the order of the examples, and dropout");
    initialNetwork =
        new SavedNetworkParam(
            owner,
            "initialNetwork",
            "network that training begins with, as it is, in place of one that the parameters describe");
    featuresCols =
        new StringArrayParam(
            owner,
            "featuresCols",
            "plain columns of numbers, strings or booleans that are the features, in place of featuresCol; needs lamella-table",
            check(value -> requireNames((String[]) value)));
    weightCol =
        new Param<>(
            owner,
            "weightCol",
            "column that says how much each row counts; if not set all count alike");
    idCol =
        new Param<>(
            owner,
            "idCol",
            "column whose values, all different, put the rows in order; if not set their content does");
    validationIndicatorCol =
        new Param<>(
            owner,
            "validationIndicatorCol",
            "column of booleans, true for rows that choose the best epoch and are not trained with");
    checkpointDir =
        new Param<>(
            owner,
            "checkpointDir",
            "directory of this training's checkpoints on any Hadoop file system; training goes on from the newest");
    checkpointInterval =
        new IntParam(
            owner,
            "checkpointInterval",
            "epochs from one checkpoint to the next, at least 1",
            check(value -> requireInterval((int) value)));
    owner.setDefault(hiddenLayers, DEFAULTS.hiddenLayers());
    owner.setDefault(activation, DEFAULTS.activation());
    owner.setDefault(dropout, DEFAULTS.dropout());
    owner.setDefault(normalization, DEFAULTS.normalization());
    owner.setDefault(standardization, DEFAULTS.standardization());
    owner.setDefault(solver, DEFAULTS.solver());
    owner.setDefault(momentum, DEFAULTS.momentum());
    owner.setDefault(regParam, DEFAULTS.regParam());
    owner.setDefault(schedule, DEFAULTS.schedule());
    owner.setDefault(warmUp, DEFAULTS.warmUp());
    owner.setDefault(clipNorm, DEFAULTS.clipNorm());
    owner.setDefault(maxIter, DEFAULTS.epochs());
    owner.setDefault(batchSize, DEFAULTS.batchSize());
    owner.setDefault(shards, DEFAULTS.shards());
    owner.setDefault(localSteps, DEFAULTS.localSteps());
    owner.setDefault(localStepsAfter, DEFAULTS.localStepsAfter());
    owner.setDefault(patience, DEFAULTS.patience());
    owner.setDefault(seed, DEFAULTS.seed());
    owner.setDefault(checkpointInterval, 1);
  }

  @SuppressWarnings("unchecked") // parameters give checks values of their own type
  static <V> Function1<V, Object> check(Valid valid) {
    Check check =
        value -> {
          valid.require(value);
          return true;
        };
    return (Function1<V, Object>) (Function1<?, Object>) check;
  }

  private static void requireNames(String[] names) {
    if (names.length == 0) {
      throw new IllegalArgumentException("featuresCols must name at least one column");
    }
    if (new HashSet<>(List.of(names)).size() < names.length) {
      throw new IllegalArgumentException("featuresCols must name each column once");
    }
  }

  private static void requireInterval(int epochs) {
    if (epochs < 1) {
      throw new IllegalArgumentException(
          "checkpointInterval must be at least 1 epoch, got " + epochs);
    }
  }

  /** Sets a parameter, and gives the estimator, which is the parameters' owner. */
  @SuppressWarnings("unchecked")
  <V> E set(Param<V> param, V value) {
    return (E) owner.set(param, value);
  }

  /** What was set, or the default. */
  <V> V get(Param<V> param) {
    return owner.getOrDefault(param);
  }

  int get(IntParam param) {
    return (int) owner.getOrDefault(param);
  }

  long get(LongParam param) {
    return (long) owner.getOrDefault(param);
  }

  double get(DoubleParam param) {
    return (double) owner.getOrDefault(param);
  }

  boolean get(BooleanParam param) {
    return (boolean) owner.getOrDefault(param);
  }

  /** A column's name; empty if it was not set. */
  String column(Param<String> param) {
    return owner.isDefined(param) ? owner.getOrDefault(param) : "";
  }

  boolean isSet(Param<?> param) {
    return owner.isDefined(param);
  }

  NetworkSettings settings() {
    NetworkSettings settings =
        DEFAULTS
            .withHiddenLayers(get(hiddenLayers))
            .withActivation(get(activation))
            .withDropout(get(dropout))
            .withNormalization(get(normalization))
            .withStandardization(get(standardization))
            .withSolver(get(solver))
            .withMomentum(get(momentum))
            .withRegParam(get(regParam))
            .withSchedule(get(schedule))
            .withWarmUp(get(warmUp))
            .withClipNorm(get(clipNorm))
            .withEpochs(get(maxIter))
            .withBatchSize(get(batchSize))
            .withShards(get(shards))
            .withLocalSteps(get(localSteps), get(localStepsAfter))
            .withPatience(get(patience))
            .withSeed(get(seed));
    if (owner.isDefined(stepSize)) {
      settings = settings.withStepSize(get(stepSize));
    }
    if (owner.isDefined(initialNetwork)) {
      settings = settings.withInitialNetwork(get(initialNetwork));
    }
    return settings;
  }
}
