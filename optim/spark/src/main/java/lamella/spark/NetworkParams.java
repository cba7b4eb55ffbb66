package lamella.spark;

import lamella.core.Network;
import org.apache.spark.ml.param.BooleanParam;
import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.IntArrayParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.LongParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.StringArrayParam;

/**
 * The parameters that {@link NetworkClassifier} and {@link NetworkRegressor} have in common, beside
 * those that all predictors of Spark have. Defaults are those of {@link NetworkSettings}.
 *
 * @param <E> the estimator
 */
public sealed interface NetworkParams<E> permits NetworkEstimator {
  /** {@return where the parameters and their values are} */
  ParamSet<E> own();

  /** {@return the parameter: the units of the hidden layers} */
  default IntArrayParam hiddenLayers() {
    return own().hiddenLayers;
  }

  /**
   * Sets the units of the hidden layers.
   *
   * @param value units of the hidden layers, in order; none for a linear model
   * @return this
   * @throws IllegalArgumentException if it cannot be that; says what can
   */
  default E setHiddenLayers(int... value) {
    return own().set(hiddenLayers(), value);
  }

  /** {@return the units of the hidden layers} */
  default int[] getHiddenLayers() {
    return own().get(hiddenLayers());
  }

  /** {@return the parameter: the function after each hidden layer} */
  default Param<String> activation() {
    return own().activation;
  }

  /**
   * Sets the function after each hidden layer.
   *
   * @param value function after each hidden layer: one of those that {@link
   *     NetworkSettings#withActivation} names
   * @return this
   * @throws IllegalArgumentException if it cannot be that; says what can
   */
  default E setActivation(String value) {
    return own().set(activation(), value);
  }

  /** {@return the function after each hidden layer} */
  default String getActivation() {
    return own().get(activation());
  }

  /** {@return the parameter: the part of the hidden units that is left out while training} */
  default DoubleParam dropout() {
    return own().dropout;
  }

  /**
   * Sets the part of the hidden units that is left out while training.
   *
   * @param value part of the hidden units left out at random while training, in [0, 1)
   * @return this
   * @throws IllegalArgumentException if it cannot be that; says what can
   */
  default E setDropout(double value) {
    return own().set(dropout(), value);
  }

  /** {@return the part of the hidden units that is left out while training} */
  default double getDropout() {
    return own().get(dropout());
  }

  /** {@return the parameter: how the hidden layers are normalised} */
  default Param<String> normalization() {
    return own().normalization;
  }

  /**
   * Sets how the hidden layers are normalised.
   *
   * @param value how the hidden layers are normalised: none, batch or layer
   * @return this
   * @throws IllegalArgumentException if it cannot be that; says what can
   */
  default E setNormalization(String value) {
    return own().set(normalization(), value);
  }

  /** {@return how the hidden layers are normalised} */
  default String getNormalization() {
    return own().get(normalization());
  }

  /**
   * {@return the parameter: whether the network begins with a layer that standardises the features}
   */
  default BooleanParam standardization() {
    return own().standardization;
  }

  /**
   * Sets whether the network begins with a layer that standardises the features.
   *
   * @param value whether the network begins with a layer that standardises the features
   * @return this
   */
  default E setStandardization(boolean value) {
    return own().set(standardization(), value);
  }

  /** {@return whether the network begins with a layer that standardises the features} */
  default boolean getStandardization() {
    return own().get(standardization());
  }

  /** {@return the parameter: the rule of the updates} */
  default Param<String> solver() {
    return own().solver;
  }

  /**
   * Sets the rule of the updates.
   *
   * @param value rule of the updates: adamw, or sgd with momentum
   * @return this
   * @throws IllegalArgumentException if it cannot be that; says what can
   */
  default E setSolver(String value) {
    return own().set(solver(), value);
  }

  /** {@return the rule of the updates} */
  default String getSolver() {
    return own().get(solver());
  }

  /** {@return the parameter: the largest step size} */
  default DoubleParam stepSize() {
    return own().stepSize;
  }

  /**
   * Sets the largest step size.
   *
   * @param value largest step size, above 0; if not set 0.005 for adamw and 0.05 for sgd
   * @return this
   * @throws IllegalArgumentException if it cannot be that; says what can
   */
  default E setStepSize(double value) {
    return own().set(stepSize(), value);
  }

  /** {@return the largest step size} */
  default double getStepSize() {
    return own().get(stepSize());
  }

  /** {@return the parameter: the momentum of sgd} */
  default DoubleParam momentum() {
    return own().momentum;
  }

  /**
   * Sets the momentum of sgd.
   *
   * @param value momentum of sgd, in [0, 1)
   * @return this
   * @throws IllegalArgumentException if it cannot be that; says what can
   */
  default E setMomentum(double value) {
    return own().set(momentum(), value);
  }

  /** {@return the momentum of sgd} */
  default double getMomentum() {
    return own().get(momentum());
  }

  /** {@return the parameter: how strongly weights are kept small} */
  default DoubleParam regParam() {
    return own().regParam;
  }

  /**
   * Sets how strongly weights are kept small.
   *
   * @param value how strongly weights are kept small: decay of adamw, L2 penalty of sgd
   * @return this
   * @throws IllegalArgumentException if it cannot be that; says what can
   */
  default E setRegParam(double value) {
    return own().set(regParam(), value);
  }

  /** {@return how strongly weights are kept small} */
  default double getRegParam() {
    return own().get(regParam());
  }

  /** {@return the parameter: the course of the step size after the warm-up} */
  default Param<String> schedule() {
    return own().schedule;
  }

  /**
   * Sets the course of the step size after the warm-up.
   *
   * @param value course of the step size after the warm-up: cosine, down to 0, or constant
   * @return this
   * @throws IllegalArgumentException if it cannot be that; says what can
   */
  default E setSchedule(String value) {
    return own().set(schedule(), value);
  }

  /** {@return the course of the step size after the warm-up} */
  default String getSchedule() {
    return own().get(schedule());
  }

  /** {@return the parameter: the part of all steps in which the step size rises} */
  default DoubleParam warmUp() {
    return own().warmUp;
  }

  /**
   * Sets the part of all steps in which the step size rises.
   *
   * @param value part of all steps in which the step size rises to its largest, in [0, 1)
   * @return this
   * @throws IllegalArgumentException if it cannot be that; says what can
   */
  default E setWarmUp(double value) {
    return own().set(warmUp(), value);
  }

  /** {@return the part of all steps in which the step size rises} */
  default double getWarmUp() {
    return own().get(warmUp());
  }

  /** {@return the parameter: the largest norm of a step's gradients} */
  default DoubleParam clipNorm() {
    return own().clipNorm;
  }

  /**
   * Sets the largest norm of a step's gradients.
   *
   * @param value largest norm of a step's gradients, which are scaled down to it; 0 for no limit
   * @return this
   * @throws IllegalArgumentException if it cannot be that; says what can
   */
  default E setClipNorm(double value) {
    return own().set(clipNorm(), value);
  }

  /** {@return the largest norm of a step's gradients} */
  default double getClipNorm() {
    return own().get(clipNorm());
  }

  /** {@return the parameter: the number of epochs} */
  default IntParam maxIter() {
    return own().maxIter;
  }

  /**
   * Sets the number of epochs.
   *
   * @param value number of epochs, at least 1
   * @return this
   * @throws IllegalArgumentException if it cannot be that; says what can
   */
  default E setMaxIter(int value) {
    return own().set(maxIter(), value);
  }

  /** {@return the number of epochs} */
  default int getMaxIter() {
    return own().get(maxIter());
  }

  /** {@return the parameter: the number of examples of a step} */
  default IntParam batchSize() {
    return own().batchSize;
  }

  /**
   * Sets the number of examples of a step.
   *
   * @param value examples of a step, a multiple of shards; all rows if there are fewer
   * @return this
   * @throws IllegalArgumentException if it cannot be that; says what can
   */
  default E setBatchSize(int value) {
    return own().set(batchSize(), value);
  }

  /** {@return the number of examples of a step} */
  default int getBatchSize() {
    return own().get(batchSize());
  }

  /** {@return the parameter: the number of logical shards} */
  default IntParam shards() {
    return own().shards;
  }

  /**
   * Sets the number of logical shards.
   *
   * @param value number of logical shards, computed beside each other; part of the result; with 1 a
   *     training is one task
   * @return this
   * @throws IllegalArgumentException if it cannot be that; says what can
   */
  default E setShards(int value) {
    return own().set(shards(), value);
  }

  /** {@return the number of logical shards} */
  default int getShards() {
    return own().get(shards());
  }

  /** {@return the parameter: the number of steps that each shard makes on its own} */
  default IntParam localSteps() {
    return own().localSteps;
  }

  /**
   * Sets the number of steps that each shard makes on its own.
   *
   * @param value steps that each shard makes on its own before the mean of all is taken
   * @return this
   * @throws IllegalArgumentException if it cannot be that; says what can
   */
  default E setLocalSteps(int value) {
    return own().set(localSteps(), value);
  }

  /** {@return the number of steps that each shard makes on its own} */
  default int getLocalSteps() {
    return own().get(localSteps());
  }

  /** {@return the parameter: the number of epochs before shards make steps on their own} */
  default IntParam localStepsAfter() {
    return own().localStepsAfter;
  }

  /**
   * Sets the number of epochs before shards make steps on their own.
   *
   * @param value epochs before shards make steps on their own; until then the mean is taken after
   *     each step
   * @return this
   * @throws IllegalArgumentException if it cannot be that; says what can
   */
  default E setLocalStepsAfter(int value) {
    return own().set(localStepsAfter(), value);
  }

  /** {@return the number of epochs before shards make steps on their own} */
  default int getLocalStepsAfter() {
    return own().get(localStepsAfter());
  }

  /** {@return the parameter: the number of epochs in a row that may be no better than the best} */
  default IntParam patience() {
    return own().patience;
  }

  /**
   * Sets the number of epochs in a row that may be no better than the best.
   *
   * @param value epochs in a row that may be no better for the validation rows than the best; 0 for
   *     all
   * @return this
   * @throws IllegalArgumentException if it cannot be that; says what can
   */
  default E setPatience(int value) {
    return own().set(patience(), value);
  }

  /** {@return the number of epochs in a row that may be no better than the best} */
  default int getPatience() {
    return own().get(patience());
  }

  /** {@return the parameter: the seed of all random numbers} */
  default LongParam seed() {
    return own().seed;
  }

  /**
   * Sets the seed of all random numbers.
   *
   * @param value seed of the first weights, the order of the examples, and dropout
   * @return this
   */
  default E setSeed(long value) {
    return own().set(seed(), value);
  }

  /** {@return the seed of all random numbers} */
  default long getSeed() {
    return own().get(seed());
  }

  /** {@return the parameter: the network that training begins with} */
  default Param<SavedNetwork> initialNetwork() {
    return own().initialNetwork;
  }

  /**
   * Lets trainings begin with a network of one's own, pretrained or of layers of any kind: see
   * {@link NetworkSettings#withInitialNetwork}.
   *
   * @param network is copied
   * @return this
   * @throws IllegalArgumentException if a layer has no format for files; names it
   */
  default E setInitialNetwork(Network network) {
    return own().set(initialNetwork(), SavedNetwork.of(network));
  }

  /** {@return a new copy of the network that training begins with} */
  default Network getInitialNetwork() {
    return own().get(initialNetwork()).network();
  }

  /** {@return the parameter: the plain columns that are the features} */
  default StringArrayParam featuresCols() {
    return own().featuresCols;
  }

  /**
   * Sets the plain columns that are the features.
   *
   * @param value plain columns of numbers, strings or booleans that are the features, in place of
   *     featuresCol; needs lamella-table
   * @return this
   * @throws IllegalArgumentException if it cannot be that; says what can
   */
  default E setFeaturesCols(String... value) {
    return own().set(featuresCols(), value);
  }

  /** {@return the plain columns that are the features} */
  default String[] getFeaturesCols() {
    return own().get(featuresCols());
  }

  /** {@return the parameter: the column that says how much each row counts} */
  default Param<String> weightCol() {
    return own().weightCol;
  }

  /**
   * Sets the column that says how much each row counts.
   *
   * @param value column that says how much each row counts; if not set all count alike
   * @return this
   */
  default E setWeightCol(String value) {
    return own().set(weightCol(), value);
  }

  /** {@return the column that says how much each row counts} */
  default String getWeightCol() {
    return own().get(weightCol());
  }

  /** {@return the parameter: the column whose values put the rows in order} */
  default Param<String> idCol() {
    return own().idCol;
  }

  /**
   * Sets the column whose values put the rows in order.
   *
   * @param value column whose values, all different, put the rows in order; if not set their
   *     content does
   * @return this
   */
  default E setIdCol(String value) {
    return own().set(idCol(), value);
  }

  /** {@return the column whose values put the rows in order} */
  default String getIdCol() {
    return own().get(idCol());
  }

  /** {@return the parameter: the column that says which rows choose the best epoch} */
  default Param<String> validationIndicatorCol() {
    return own().validationIndicatorCol;
  }

  /**
   * Sets the column that says which rows choose the best epoch.
   *
   * @param value column of booleans, true for rows that choose the best epoch and are not trained
   *     with
   * @return this
   */
  default E setValidationIndicatorCol(String value) {
    return own().set(validationIndicatorCol(), value);
  }

  /** {@return the column that says which rows choose the best epoch} */
  default String getValidationIndicatorCol() {
    return own().get(validationIndicatorCol());
  }

  /** {@return the parameter: the directory of the training's checkpoints} */
  default Param<String> checkpointDir() {
    return own().checkpointDir;
  }

  /**
   * Sets the directory of the training's checkpoints.
   *
   * @param value directory of this training's checkpoints on any Hadoop file system; training goes
   *     on from the newest
   * @return this
   */
  default E setCheckpointDir(String value) {
    return own().set(checkpointDir(), value);
  }

  /** {@return the directory of the training's checkpoints} */
  default String getCheckpointDir() {
    return own().get(checkpointDir());
  }

  /** {@return the parameter: the number of epochs from one checkpoint to the next} */
  default IntParam checkpointInterval() {
    return own().checkpointInterval;
  }

  /**
   * Sets the number of epochs from one checkpoint to the next.
   *
   * @param value epochs from one checkpoint to the next, at least 1
   * @return this
   * @throws IllegalArgumentException if it cannot be that; says what can
   */
  default E setCheckpointInterval(int value) {
    return own().set(checkpointInterval(), value);
  }

  /** {@return the number of epochs from one checkpoint to the next} */
  default int getCheckpointInterval() {
    return own().get(checkpointInterval());
  }

  /**
   * {@return all that decides a training but its rows, as the parameters say it}
   *
   * @throws IllegalArgumentException if parameters do not fit each other
   */
  default NetworkSettings settings() {
    return own().settings();
  }
}
