package lamella.check;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import lamella.check.GradientReport.TensorReport;
import lamella.core.DType;
import lamella.core.DoubleTensor;
import lamella.core.Loss;
import lamella.core.Tensor;

/** One run of a {@link GradientCheck} on a loss. */
final class LossCheck<T> {
  private final GradientCheck settings;
  private final Loss<T> loss;
  private final DoubleTensor output;
  private final T target;
  private final RandomGenerator random;
  private final List<TensorReport> tensors = new ArrayList<>();
  private final List<String> faults = new ArrayList<>();
  private final List<String> causes = new ArrayList<>();

  LossCheck(
      GradientCheck settings, Loss<T> loss, DoubleTensor output, T target, RandomGenerator random) {
    this.settings = settings;
    this.loss = loss;
    this.output = output;
    this.target = target;
    this.random = random;
  }

  GradientReport run() {
    try {
      compare();
    } catch (RuntimeException e) {
      faults.add("threw " + e);
    }
    return new GradientReport(
        loss.toString(), tensors, faults, causes, List.of(), settings.mostSkipped());
  }

  private void compare() {
    double[] before = output.toDoubleArray();
    Tensor gradient = Tensor.zeros(DType.FLOAT64, output.shape());
    double value = loss.valueAndGradient(output, target, gradient);
    double[] analytic = gradient.toDoubleArray();
    if (!Arrays.equals(before, output.array())) {
      faults.add("valueAndGradient changes the output it is given");
      return;
    }
    if (!Double.isFinite(value)) {
      faults.add("the loss is " + value);
      return;
    }
    gradient.fill(Double.NaN);
    double again = loss.valueAndGradient(output, target, gradient);
    if (again != value || !Arrays.equals(analytic, gradient.toDoubleArray())) {
      faults.add(
          "two calls with the same output and target differ: noise, state kept between calls, or a"
              + " gradient that is added to instead of overwritten");
      return;
    }
    double alone = loss.value(output, target);
    if (alone != value) {
      faults.add("value says " + alone + ", but valueAndGradient says " + value);
      return;
    }
    double[] result = new double[1];
    Supplier<double[]> function =
        () -> {
          result[0] = loss.value(output, target);
          return result;
        };
    Nearby nearby =
        new Nearby(
            List.of(output.array()),
            function,
            () -> {
              loss.valueAndGradient(output, target, gradient);
              return List.of(gradient.toDoubleArray());
            });
    Comparison comparison =
        settings.compare(
            output.array(),
            analytic,
            function,
            new double[] {1},
            new double[] {value},
            nearby,
            0,
            true,
            0,
            random);
    tensors.add(comparison.report("output", output.shape()));
    if (comparison.isWrongHere()) {
      causes.addAll(
          new Diagnosis("output", output.shape(), output.shape(), false, comparison).lossCauses());
    }
  }
}
