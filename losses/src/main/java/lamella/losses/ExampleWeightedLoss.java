package lamella.losses;

import lamella.core.Loss;
import lamella.core.Outputs;
import lamella.core.Tensor;
import lamella.core.Weighted;

/** {@link MeanLoss#withExampleWeights}. */
record ExampleWeightedLoss<T>(MeanLoss<T> loss) implements Loss<Weighted<T>> {
  @Override
  public double valueAndGradient(Tensor output, Weighted<T> target, Tensor outputGradient) {
    return valueAndGradient(output, target, outputGradient, Double.NaN);
  }

  @Override
  public double valueAndGradient(
      Tensor output, Weighted<T> target, Tensor outputGradient, double divisor) {
    return loss.compute(output, target.targets(), target.weights(), outputGradient, divisor);
  }

  @Override
  public double value(Tensor output, Weighted<T> target) {
    return loss.compute(output, target.targets(), target.weights(), null, Double.NaN);
  }

  @Override
  public double weight(Tensor output, Weighted<T> target) {
    return loss.weight(output, target.targets(), target.weights());
  }

  @Override
  public Outputs outputs() {
    return loss.outputs();
  }

  /** The loss's own name, by which its errors name it. */
  @Override
  public String toString() {
    return loss.toString();
  }
}
