package lamella.core;

import java.util.List;
import lamella.core.Parameter.Role;
import org.jspecify.annotations.Nullable;

/**
 * A batch normalisation for tests, in the plainest form: y = g (x - mean) / sqrt(var + 1e-5) + b
 * with the batch's mean and biased variance in training, and running ones otherwise; the running
 * ones take a tenth of the batch's mean and unbiased variance in every step.
 */
final class RunningNorm implements Layer {
  private static final double EPSILON = 1e-5;
  private static final double MOMENTUM = 0.1;
  private static final int NORMALISED = 0;
  private static final int DEVIATIONS = 1;

  final Parameter gain;
  final Parameter bias;
  final Parameter mean;
  final Parameter variance;
  private final int width;

  RunningNorm(int width) {
    this.width = width;
    gain = new Parameter("gain", Role.GAIN, FloatTensor.zeros(Shape.of(width)));
    bias = new Parameter("bias", Role.BIAS, FloatTensor.zeros(Shape.of(width)));
    mean = new Parameter("running_mean", Role.STATISTIC, FloatTensor.zeros(Shape.of(width)));
    variance = new Parameter("running_var", Role.STATISTIC, FloatTensor.zeros(Shape.of(width)));
    gain.value().fill(1);
    variance.value().fill(1);
  }

  @Override
  public List<Parameter> parameters() {
    return List.of(gain, bias, mean, variance);
  }

  @Override
  public Shape outputShape(Shape input) {
    if (!Shape.batchOf(width).accepts(input)) {
      throw new ShapeException(this, Shape.batchOf(width), input);
    }
    return input;
  }

  @Override
  public Tensor forward(Tensor x, Pass pass) {
    Tensor y = pass.output(this, x);
    boolean ofBatch = pass.isTraining() && !mean.isFrozen();
    int n = x.shape().dimension(0);
    Tensor normalised = pass.buffer(this, NORMALISED, x.shape());
    Tensor deviations = pass.buffer(this, DEVIATIONS, Shape.of(width));
    for (int j = 0; j < width; j++) {
      double m = mean.value().get(j);
      double v = variance.value().get(j);
      if (ofBatch) {
        m = 0;
        for (int i = 0; i < n; i++) {
          m += x.get(i * width + j) / n;
        }
        v = 0;
        for (int i = 0; i < n; i++) {
          v += (x.get(i * width + j) - m) * (x.get(i * width + j) - m) / n;
        }
        move(pass.update(mean), j, m);
        move(pass.update(variance), j, n > 1 ? v * n / (n - 1) : v);
      }
      double deviation = Math.sqrt(v + EPSILON);
      deviations.set(j, deviation);
      for (int i = j; i < x.size(); i += width) {
        normalised.set(i, (x.get(i) - m) / deviation);
        y.set(i, gain.value().get(j) * normalised.get(i) + bias.value().get(j));
      }
    }
    return y;
  }

  private static void move(Tensor running, int j, double ofBatch) {
    running.set(j, (1 - MOMENTUM) * running.get(j) + MOMENTUM * ofBatch);
  }

  @Override
  public @Nullable Tensor backward(Tensor dy, Pass pass) {
    Tensor x = pass.recall(this, dy);
    int n = x.shape().dimension(0);
    Tensor normalised = pass.buffer(this, NORMALISED, x.shape());
    Tensor deviations = pass.buffer(this, DEVIATIONS, Shape.of(width));
    Tensor ofGain = pass.gradient(gain);
    Tensor ofBias = pass.gradient(bias);
    Tensor dx = pass.needsInputGradient() ? pass.inputGradient(this) : null;
    for (int j = 0; j < width; j++) {
      double sum = 0;
      double product = 0;
      for (int i = j; i < dy.size(); i += width) {
        sum += dy.get(i);
        product += dy.get(i) * normalised.get(i);
      }
      ofGain.set(j, ofGain.get(j) + product);
      ofBias.set(j, ofBias.get(j) + sum);
      for (int i = j; dx != null && i < dy.size(); i += width) {
        double centred =
            mean.isFrozen() ? dy.get(i) : dy.get(i) - sum / n - normalised.get(i) * product / n;
        dx.set(i, gain.value().get(j) * centred / deviations.get(j));
      }
    }
    return dx;
  }

  @Override
  public String toString() {
    return "RunningNorm(" + width + ")";
  }
}
