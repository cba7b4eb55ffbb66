package lamella.spark;

import lamella.core.Outputs;
import lamella.core.Tensor;
import lamella.losses.MeanLoss;
import org.jspecify.annotations.Nullable;

/**
 * The squared error of a network that learns standardised numbers: l = mean over the outputs of
 * (output - (target - mean) / deviation)².
 *
 * <p>Targets come as they are, and are standardised in float64: numbers far from 0, as years are,
 * keep their digits.
 *
 * <p><b>Shapes:</b> outputs {@code [n, ...]}, targets the same, of any type.
 */
final class StandardError extends MeanLoss<Tensor> {
  private final double mean;
  private final double deviation;

  StandardError(double mean, double deviation) {
    this.mean = mean;
    this.deviation = deviation;
  }

  @Override
  protected void requireFit(Tensor output, Tensor target) {
    requireLike(output, target);
  }

  @Override
  protected double sum(
      Tensor output,
      Tensor target,
      double @Nullable [] exampleWeights,
      @Nullable Tensor gradient,
      double divisor) {
    int rows = output.shape().dimension(0);
    int width = output.size() / rows;
    double sum = 0;
    for (int row = 0; row < rows; row++) {
      double weight = weight(target, exampleWeights, row);
      double squares = 0;
      for (int i = row * width; i < (row + 1) * width; i++) {
        double error = output.get(i) - (target.get(i) - mean) / deviation;
        squares += error * error;
        if (gradient != null) {
          gradient.set(i, 2 * weight * error / (width * divisor));
        }
      }
      sum += weight * squares / width;
    }
    return sum;
  }

  @Override
  public Outputs outputs() {
    return Outputs.NUMBERS;
  }

  /** For example {@code StandardError(mean 3.5, deviation 1.2)}. */
  @Override
  public String toString() {
    return "StandardError(mean " + mean + ", deviation " + deviation + ")";
  }
}
