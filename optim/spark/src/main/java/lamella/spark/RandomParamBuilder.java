package lamella.spark;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import lamella.core.random.NumPyRandom;
import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;

/**
 * Settings drawn at random from ranges, for a random search: what {@link
 * org.apache.spark.ml.tuning.ParamGridBuilder} is for a grid.
 *
 * {@snippet :
 * ParamMap[] trials =
 *     new RandomParamBuilder(1)
 *         .addLogUniform(classifier.stepSize(), 1e-4, 1e-1)
 *         .addUniform(classifier.maxIter(), 5, 20)
 *         .addChoice(classifier.activation(), "relu", "mish")
 *         .build(12);
 * }
 *
 * <p>A pure function of the seed: the first of many are the same as all of few, so that a sweep
 * that is asked for more trials goes on from those it has. Source: J. Bergstra, Y. Bengio, "Random
 * search for hyper-parameter optimization" (2012).
 */
public final class RandomParamBuilder {
  private final long seed;
  private final List<Range<?>> ranges = new ArrayList<>();

  /** How a parameter is drawn. */
  @FunctionalInterface
  private interface Drawing<T> {
    T draw(RandomGenerator random);
  }

  private record Range<T>(Param<T> param, Drawing<T> drawing) {
    void put(ParamMap map, RandomGenerator random) {
      map.put(param, drawing.draw(random));
    }
  }

  /**
   * No ranges yet.
   *
   * @param seed of all that is drawn, at least 0
   */
  public RandomParamBuilder(long seed) {
    this.seed = seed;
  }

  /**
   * Draws a number uniformly from [from, to).
   *
   * @param param of the estimator
   * @param from the least value, finite
   * @param to above all values, finite
   * @return this
   * @throws IllegalArgumentException unless from &lt; to
   */
  public RandomParamBuilder addUniform(DoubleParam param, double from, double to) {
    requireRange(param, from, to, from < to);
    return add(param, random -> from + (to - from) * random.nextDouble());
  }

  /**
   * Draws a number whose logarithm is uniform, as suits a learning rate: each factor of ten between
   * the bounds is as likely as any other.
   *
   * @param param of the estimator
   * @param from the least value, above 0
   * @param to above all values, finite
   * @return this
   * @throws IllegalArgumentException unless 0 &lt; from &lt; to
   */
  public RandomParamBuilder addLogUniform(DoubleParam param, double from, double to) {
    requireRange(param, from, to, 0 < from && from < to);
    double low = StrictMath.log(from);
    double high = StrictMath.log(to);
    return add(param, random -> StrictMath.exp(low + (high - low) * random.nextDouble()));
  }

  /**
   * Draws a whole number uniformly from from, from + 1, ..., to.
   *
   * @param param of the estimator
   * @param from the least value
   * @param to the greatest value
   * @return this
   * @throws IllegalArgumentException unless from &lt;= to
   */
  public RandomParamBuilder addUniform(IntParam param, int from, int to) {
    requireRange(param, from, to, from <= to);
    return add(param, random -> (int) (from + random.nextLong((long) to - from + 1)));
  }

  /**
   * Draws one of these values, each as likely as any other.
   *
   * @param <T> the parameter's values
   * @param param of the estimator
   * @param values at least one
   * @return this
   * @throws IllegalArgumentException if there are none
   */
  @SafeVarargs
  public final <T> RandomParamBuilder addChoice(Param<T> param, T... values) {
    if (values.length == 0) {
      throw new IllegalArgumentException(
          "RandomParamBuilder: expects values of " + param.name() + " to choose from, got none");
    }
    List<T> choices = new ArrayList<>();
    for (T value : values) {
      choices.add(value);
    }
    return add(param, random -> choices.get(random.nextInt(choices.size())));
  }

  private void requireRange(Param<?> param, double from, double to, boolean ordered) {
    if (!ordered || Double.isInfinite(to - from)) {
      throw new IllegalArgumentException(
          "RandomParamBuilder: expects a range of "
              + param.name()
              + " from a smaller to a greater finite number (above 0 where its logarithm is drawn),"
              + " got "
              + from
              + " to "
              + to);
    }
  }

  private <T> RandomParamBuilder add(Param<T> param, Drawing<T> drawing) {
    for (Range<?> range : ranges) {
      if (range.param.equals(param)) {
        throw new IllegalArgumentException(
            "RandomParamBuilder: " + param.name() + " has a range already; give it one");
      }
    }
    ranges.add(new Range<>(param, drawing));
    return this;
  }

  /**
   * {@return so many settings, each with a value for every parameter that has a range}
   *
   * @param trials how many, at least 1
   * @throws IllegalArgumentException if below 1, or a value is none that its parameter allows
   */
  public ParamMap[] build(int trials) {
    if (trials < 1) {
      throw new IllegalArgumentException(
          "RandomParamBuilder: expects at least 1 trial, got " + trials);
    }
    RandomGenerator random = new NumPyRandom(seed);
    ParamMap[] maps = new ParamMap[trials];
    for (int i = 0; i < trials; i++) {
      maps[i] = new ParamMap();
      for (Range<?> range : ranges) {
        range.put(maps[i], random);
      }
    }
    return maps;
  }
}
