package lamella.contract;

import java.util.ArrayList;
import java.util.List;
import lamella.core.Layer;
import lamella.core.Parameter;
import lamella.core.Pass;
import lamella.core.Tensor;
import org.jspecify.annotations.Nullable;

/** What one forward and backward gave: copies, in double. */
final class Step {
  /** y. */
  final double[] output;

  /** dL/dx, then the gradient of each parameter that is trained, in order. */
  final List<double[]> gradients;

  private Step(double[] output, List<double[]> gradients) {
    this.output = output;
    this.gradients = gradients;
  }

  /** The output for 0, then the gradients. */
  double[] result(int index) {
    return index == 0 ? output : gradients.get(index - 1);
  }

  /** On a fresh pass. */
  static Step of(Layer layer, Tensor x, Tensor dy) {
    return on(Passes.forGradients(), layer, x, dy);
  }

  /** On a fresh pass, as a part of a batch that begins at this row. */
  static Step ofPart(Layer layer, Tensor x, Tensor dy, int firstRow) {
    Pass pass = Passes.forGradients();
    pass.beginStep(0, firstRow);
    return on(pass, layer, x, dy);
  }

  static Step on(Pass pass, Layer layer, Tensor x, Tensor dy) {
    double[] output = layer.forward(x, pass).toDoubleArray();
    return snapshot(layer, output, layer.backward(dy, pass), pass);
  }

  static Step snapshot(Layer layer, double[] output, @Nullable Tensor dx, Pass pass) {
    List<double[]> gradients = new ArrayList<>();
    gradients.add(snapshot(dx));
    for (Parameter parameter : layer.parameters()) {
      if (!parameter.isTrained()) {
        continue;
      }
      if (!pass.gradients().has(parameter)) {
        throw new AssertionError(layer + ": backward adds no gradient for " + parameter.name());
      }
      gradients.add(pass.gradients().of(parameter).toDoubleArray());
    }
    return new Step(output, gradients);
  }

  static double[] snapshot(@Nullable Tensor dx) {
    if (dx == null) {
      throw new AssertionError("backward returned null although pass.needsInputGradient() is true");
    }
    return dx.toDoubleArray();
  }
}
