package lamella.spark;

import java.util.function.Function;
import lamella.core.Batch;
import lamella.core.DType;
import lamella.core.Dataset;
import lamella.core.DoubleTensor;
import lamella.core.Shape;
import lamella.core.Tensor;
import lamella.core.Weighted;

/**
 * Mean and deviation of numbers of a dataset, a column each: deviation² = Σ w (x - mean)² / Σ w,
 * where w is a row's weight, 1 unless it has one. Rows are added in their order, so that it is the
 * dataset's order alone that decides the bits.
 */
final class Statistics {
  /** So many numbers are read at once: few jobs where reading is one. */
  private static final int NUMBERS_AT_ONCE = 1 << 22;

  private final double[] mean;
  private final double[] deviation;

  private Statistics(double[] mean, double[] deviation) {
    this.mean = mean;
    this.deviation = deviation;
  }

  /** Of the inputs. */
  static Statistics ofInputs(Dataset<?> data) {
    return of("feature", data, Batch::inputs);
  }

  private static <T> Statistics of(
      String what, Dataset<T> data, Function<Batch<T>, Tensor> numbers) {
    int columns = data.exampleShape().size();
    double[] mean = averages(what, data, numbers, new double[columns], false);
    double[] deviation = averages(what, data, numbers, mean, true);
    for (int j = 0; j < columns; j++) {
      deviation[j] = Math.sqrt(deviation[j]);
    }
    return new Statistics(mean, deviation);
  }

  /** Of targets {@code [n, 1]}. */
  static <T> Statistics ofTargets(Dataset<T> data, Function<T, Tensor> numbers) {
    Function<Batch<T>, Tensor> targets = batch -> numbers.apply(batch.targets());
    double[] mean = averages("target", data, targets, new double[1], false);
    double[] deviation = averages("target", data, targets, mean, true);
    deviation[0] = Math.sqrt(deviation[0]);
    return new Statistics(mean, deviation);
  }

  /** The mean over all rows of x - centre, or of its square. */
  private static <T> double[] averages(
      String what,
      Dataset<T> data,
      Function<Batch<T>, Tensor> numbers,
      double[] centre,
      boolean squared) {
    int columns = centre.length;
    double[] sums = new double[columns];
    double total = 0;
    int rowsAtOnce = Math.max(1, NUMBERS_AT_ONCE / data.exampleShape().size());
    for (int from = 0; from < data.size(); from += rowsAtOnce) {
      int[] rows = new int[Math.min(rowsAtOnce, data.size() - from)];
      for (int i = 0; i < rows.length; i++) {
        rows[i] = from + i;
      }
      Batch<T> batch = data.newBatch(rows.length, DType.FLOAT64);
      data.read(rows, batch);
      Tensor x = numbers.apply(batch);
      if (x.size() != rows.length * columns) {
        throw new IllegalArgumentException(
            "NetworkSettings: expects " + columns + " " + what + " in each row, got " + x.shape());
      }
      double[] weights =
          batch.targets() instanceof Weighted<?> weighted ? weighted.weights() : null;
      for (int i = 0; i < x.size(); i++) {
        int j = i % columns;
        double weight = weights == null ? 1 : weights[i / columns];
        double difference = x.get(i) - centre[j];
        if (!Double.isFinite(difference)) {
          throw new IllegalArgumentException(
              "NetworkSettings: "
                  + what
                  + " "
                  + j
                  + " of row "
                  + (from + i / columns)
                  + " must be finite, got "
                  + x.get(i));
        }
        sums[j] += weight * (squared ? difference * difference : difference);
        total += j == 0 ? weight : 0;
      }
    }
    if (total == 0) {
      throw new IllegalArgumentException("NetworkSettings: no row has a weight above 0");
    }
    for (int j = 0; j < columns; j++) {
      sums[j] /= total;
    }
    return sums;
  }

  /** Of a column. */
  double mean(int column) {
    return mean[column];
  }

  /** Of a column; 0 where all its numbers are the same. */
  double deviation(int column) {
    return deviation[column];
  }

  /** The means as a tensor of the shape of an example. */
  DoubleTensor meanLike(Shape shape) {
    return DoubleTensor.of(shape, mean);
  }

  /** The deviations as a tensor of the shape of an example; 1 where all numbers are the same. */
  DoubleTensor divisorLike(Shape shape) {
    double[] divisors = deviation.clone();
    for (int j = 0; j < divisors.length; j++) {
      divisors[j] = divisors[j] == 0 ? 1 : divisors[j];
    }
    return DoubleTensor.of(shape, divisors);
  }
}
