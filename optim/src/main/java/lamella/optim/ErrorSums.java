package lamella.optim;

import lamella.core.Outputs;
import lamella.core.Shape;
import lamella.core.ShapeException;
import lamella.core.Tensor;

/** Sums of errors of outputs that are numbers, of each output its own. */
final class ErrorSums {
  private final String who;
  private final Shape output;
  private final double[] absolute;
  private final double[] squares;
  private final double[] mean;

  /** Σ (target - mean)². */
  private final double[] spread;

  private int examples;

  /**
   * For outputs of such a shape.
   *
   * @throws IllegalStateException if they are classes or answers of yes or no
   */
  ErrorSums(String who, String what, Outputs meaning, Shape output) {
    if (meaning != Outputs.NUMBERS && meaning != Outputs.UNSPECIFIED) {
      throw new IllegalStateException(
          who
              + ": "
              + what
              + " is for outputs that are numbers, the network's are "
              + meaning
              + "; say Network.withOutputs(Outputs.NUMBERS) if they are");
    }
    this.who = who;
    this.output = output;
    absolute = new double[output.size()];
    squares = new double[output.size()];
    mean = new double[output.size()];
    spread = new double[output.size()];
  }

  void add(Tensor outputs, Tensor targets) {
    if (!targets.shape().equals(outputs.shape())) {
      throw new ShapeException(who + " targets", outputs.shape(), targets.shape());
    }
    int width = output.size();
    for (int row = 0; row < outputs.shape().dimension(0); row++) {
      examples++;
      for (int j = 0; j < width; j++) {
        double target = targets.get(row * width + j);
        double error = outputs.get(row * width + j) - target;
        absolute[j] += Math.abs(error);
        squares[j] += error * error;
        double before = target - mean[j];
        mean[j] += before / examples;
        spread[j] += before * (target - mean[j]);
      }
    }
  }

  int outputs() {
    return output.size();
  }

  int examples() {
    return examples;
  }

  double mae(int of) {
    return absolute[of] / examples;
  }

  double rmse(int of) {
    return Math.sqrt(squares[of] / examples);
  }

  double r2(int of) {
    if (spread[of] == 0) {
      return squares[of] == 0 ? 1 : squares[of] > 0 ? 0 : Double.NaN;
    }
    return 1 - squares[of] / spread[of];
  }

  /** The mean over the outputs. */
  double mae() {
    double sum = 0;
    for (int j = 0; j < outputs(); j++) {
      sum += mae(j);
    }
    return sum / outputs();
  }

  /** The mean over the outputs. */
  double rmse() {
    double sum = 0;
    for (int j = 0; j < outputs(); j++) {
      sum += rmse(j);
    }
    return sum / outputs();
  }

  /** The mean over the outputs. */
  double r2() {
    double sum = 0;
    for (int j = 0; j < outputs(); j++) {
      sum += r2(j);
    }
    return sum / outputs();
  }
}
