package lamella.table;

import java.util.ArrayList;
import java.util.List;
import lamella.core.DType;
import lamella.core.DoubleTensor;
import lamella.core.FloatTensor;
import lamella.core.Layer;
import lamella.core.Network;
import lamella.core.Outputs;
import lamella.core.Shape;
import lamella.core.TargetKind;
import lamella.core.Tensor;
import lamella.layers.InputNorm;
import lamella.layers.Linear;
import lamella.optim.Metrics;

/**
 * A network learns numbers of mean 0 and deviation 1: what they are in the target's units, or of
 * its logarithm.
 *
 * @param logarithm whether the logarithm is learned
 * @param mean of the training rows
 * @param deviation of the training rows, above 0
 */
record Standard(boolean logarithm, double mean, double deviation) {

  /** Of training rows, which differ. */
  static Standard of(TableSchema.Target target, double[] numbers) {
    double[] values = values(target.logarithm(), numbers);
    double mean = 0;
    for (double value : values) {
      mean += value / values.length;
    }
    double squares = 0;
    for (double value : values) {
      squares += (value - mean) * (value - mean);
    }
    double deviation = Math.sqrt(squares / values.length);
    // The mean of equal numbers may differ from them by a rounding.
    if (!(deviation > 1e-14 * Math.abs(mean))) {
      throw new IllegalArgumentException(
          "column \""
              + target.name()
              + "\" has the same value in each of "
              + Names.count(values.length, "row", "rows")
              + ", "
              + PlainNumber.text(numbers[0])
              + "; there is nothing to learn");
    }
    if (!Double.isFinite(deviation)) {
      throw new IllegalArgumentException(
          "column \"" + target.name() + "\" has numbers too large to be learned");
    }
    return new Standard(target.logarithm(), mean, deviation);
  }

  private static double[] values(boolean logarithm, double[] numbers) {
    double[] values = numbers.clone();
    for (int i = 0; logarithm && i < values.length; i++) {
      values[i] = StrictMath.log(values[i]);
    }
    return values;
  }

  /** What is learned, {@code [n, 1]}. */
  Tensor targets(double[] numbers) {
    double[] values = values(logarithm, numbers);
    float[] targets = new float[values.length];
    for (int i = 0; i < targets.length; i++) {
      targets[i] = (float) ((values[i] - mean) / deviation);
    }
    return FloatTensor.wrap(Shape.of(targets.length, 1), targets);
  }

  /** The root of the mean squared error in the target's units, or of its logarithm. */
  <T> Metrics<T> errors(TargetKind<T> kind) {
    return new Errors<>(kind, Metrics.rmse(), deviation);
  }

  private record Errors<T>(TargetKind<T> kind, Metrics<Tensor> rmse, double deviation)
      implements Metrics<T> {
    @Override
    public List<String> names() {
      return rmse.names();
    }

    @Override
    public void begin(Outputs meaning, Shape output) {
      rmse.begin(meaning, output);
    }

    @Override
    public void add(Tensor outputs, T targets) {
      Tensor numbers = kind.numbers(targets);
      if (numbers == null) {
        throw new IllegalStateException("targets that are numbers expected, got " + kind);
      }
      rmse.add(outputs, numbers);
    }

    @Override
    public double[] values() {
      return new double[] {deviation * rmse.values()[0]};
    }

    @Override
    public String toString() {
      return "rmse times " + deviation;
    }
  }

  /** The network with its outputs in the target's units: a new last layer. */
  Network undo(Network network) {
    List<Layer> layers = new ArrayList<>(network.layers());
    if (layers.getLast() instanceof Linear linear) {
      double[] weight = linear.weight().value().toDoubleArray();
      double[] bias = linear.bias().value().toDoubleArray();
      for (int i = 0; i < weight.length; i++) {
        weight[i] *= deviation;
      }
      bias[0] = bias[0] * deviation + mean;
      layers.set(
          layers.size() - 1,
          Linear.of(tensor(linear.weight().shape(), weight), tensor(Shape.of(1), bias)));
    } else {
      // (z + mean / deviation) / (1 / deviation).
      layers.add(
          InputNorm.standardising(
              tensor(Shape.of(1), new double[] {-mean / deviation}),
              tensor(Shape.of(1), new double[] {1 / deviation})));
    }
    return Network.of(network.inputShape(), layers).withOutputs(Outputs.NUMBERS);
  }

  private static Tensor tensor(Shape shape, double[] values) {
    return DoubleTensor.wrap(shape, values).to(DType.FLOAT32);
  }
}
