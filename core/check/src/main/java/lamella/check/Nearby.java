package lamella.check;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Points close to x. At each of them every number of every tensor is a little off, by an amount of
 * its own, so that no kink lies there, other than by chance.
 *
 * <p>Where x itself is at a kink, as ReLU is at 0, backward says what its author chose, and
 * differences say something else: neither is wrong. With several kinks at x, as after biases and
 * inputs of 0, backward's value need not even lie between the slopes of the two sides. Beside x
 * there is a derivative, and the two must agree.
 */
final class Nearby {
  private static final int POINTS = 8;

  /** How far a number moves, relative to itself. */
  private static final double DISTANCE = 0x1p-7;

  /** Numbers below it move as if they had this size. */
  private static final double LEAST_SIZE = 0x1p-3;

  /** One unit in the last place, and a half. */
  private static final double LAST_PLACE = 0x1p-52;

  private static final int NOISE_SAMPLES = 8;

  /** Always the same points for the same x. */
  private static final long SEED = 20250914;

  /**
   * One of these points.
   *
   * @param values of every tensor
   * @param results the outputs there and their noise, then backward's gradient of every tensor
   */
  private record Point(List<double[]> values, List<double[]> results) {}

  private final List<double[]> tensors;
  private final Supplier<double[]> function;
  private final Supplier<@Nullable List<double[]>> backward;
  private @Nullable List<Point> points;

  /**
   * The points around what the tensors hold now.
   *
   * @param tensors live arrays
   * @param function the outputs for what they hold at the moment; its array may be reused
   * @param backward the gradient of each for what they hold at the moment; null if there is none
   */
  Nearby(
      List<double[]> tensors,
      Supplier<double[]> function,
      Supplier<@Nullable List<double[]>> backward) {
    this.tensors = List.copyOf(tensors);
    this.function = function;
    this.backward = backward;
  }

  /** How many points there are at which outputs and gradients are finite. */
  int count() {
    return points().size();
  }

  /** What is compared at one of the points. */
  interface Compared<T> {
    /** The result, given backward's gradient of the tensor, and the outputs and their noise. */
    T at(double[] gradient, double[] output, double[] noise);
  }

  /**
   * What each output changes by, at most, if every number of every tensor changes in its last
   * place: about what rounding costs on the way to it. Where large numbers cancel, that is far more
   * than the last place of the output itself.
   */
  double[] noise(double[] output) {
    double[] base = output.clone();
    double[] noise = new double[base.length];
    List<double[]> here = copies();
    RandomGenerator random = new SplittableRandom(SEED);
    try {
      for (int i = 0; i < NOISE_SAMPLES; i++) {
        set(moved(here, LAST_PLACE, 0, random));
        double[] other = function.get();
        for (int j = 0; j < noise.length; j++) {
          double change = Math.abs(other[j] - base[j]);
          noise[j] = change < Double.POSITIVE_INFINITY ? Math.max(noise[j], change) : noise[j];
        }
      }
    } finally {
      set(here);
    }
    return noise;
  }

  /** Moves all tensors to a point, compares the gradient of one there, and moves them back. */
  <T> T compare(int point, int tensor, Compared<T> compared) {
    Point there = points().get(point);
    List<double[]> here = copies();
    set(there.values);
    try {
      return compared.at(there.results.get(tensor + 2), there.results.get(0), there.results.get(1));
    } finally {
      set(here);
    }
  }

  private List<Point> points() {
    if (points == null) {
      points = new ArrayList<>();
      List<double[]> here = copies();
      RandomGenerator random = new SplittableRandom(SEED);
      try {
        for (int i = 0; i < POINTS; i++) {
          set(moved(here, DISTANCE, LEAST_SIZE, random));
          double[] output = function.get().clone();
          List<double[]> gradients = isFinite(output) ? backward.get() : null;
          if (gradients != null && gradients.stream().allMatch(Nearby::isFinite)) {
            List<double[]> results = new ArrayList<>(List.of(output, noise(output)));
            results.addAll(gradients);
            points.add(new Point(copies(), results));
          }
        }
      } finally {
        set(here);
      }
    }
    return points;
  }

  /** Each number a little off, by 0.5 to 1.5 times this part of its size, to either side. */
  private static List<double[]> moved(
      List<double[]> from, double distance, double leastSize, RandomGenerator random) {
    List<double[]> result = new ArrayList<>();
    for (double[] values : from) {
      double[] moved = new double[values.length];
      for (int i = 0; i < moved.length; i++) {
        double way = (0.5 + random.nextDouble()) * (random.nextBoolean() ? distance : -distance);
        moved[i] = values[i] + way * Math.max(Math.abs(values[i]), leastSize);
      }
      result.add(moved);
    }
    return result;
  }

  private List<double[]> copies() {
    List<double[]> copies = new ArrayList<>();
    for (double[] tensor : tensors) {
      copies.add(tensor.clone());
    }
    return copies;
  }

  private void set(List<double[]> values) {
    for (int i = 0; i < values.size(); i++) {
      System.arraycopy(values.get(i), 0, tensors.get(i), 0, values.get(i).length);
    }
  }

  private static boolean isFinite(double[] values) {
    for (double value : values) {
      if (!Double.isFinite(value)) {
        return false;
      }
    }
    return true;
  }
}
