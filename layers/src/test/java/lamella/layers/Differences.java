package lamella.layers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import java.util.function.DoubleSupplier;
import lamella.core.DType;
import lamella.core.DoubleTensor;
import lamella.core.Layer;
import lamella.core.Parameter;
import lamella.core.Pass;
import lamella.core.Shape;
import lamella.core.Tensor;

/** Checks a layer's backward against central differences in float64, element by element. */
final class Differences {
  private Differences() {}

  /** Off the kinks at 0: uniform in ±[0.1, 2]. */
  static DoubleTensor inputs(Shape shape, SplittableRandom random) {
    DoubleTensor tensor = DoubleTensor.zeros(shape);
    for (int i = 0; i < tensor.size(); i++) {
      tensor.set(i, random.nextDouble(0.1, 2) * (random.nextBoolean() ? 1 : -1));
    }
    return tensor;
  }

  /**
   * For L = sum of c y with arbitrary c: dL/dx and dL/dparameter are within a relative 1e-6 of
   * their differences.
   */
  static void check(Layer layer, Shape inputShape, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    for (Parameter parameter : layer.parameters()) {
      parameter.convertTo(DType.FLOAT64);
    }
    DoubleTensor x = inputs(inputShape, random);
    DoubleTensor c = inputs(layer.outputShape(inputShape), random);
    DoubleSupplier loss =
        () -> {
          Tensor y = layer.forward(x);
          double sum = 0;
          for (int i = 0; i < y.size(); i++) {
            sum += c.get(i) * y.get(i);
          }
          return sum;
        };
    Pass pass = Pass.forGradients();
    layer.forward(x, pass);
    Tensor dx = layer.backward(c, pass);
    check(layer + " input", loss, x, dx);
    for (Parameter parameter : layer.parameters()) {
      check(layer + " " + parameter, loss, parameter.value(), pass.gradients().of(parameter));
    }
  }

  private static void check(String what, DoubleSupplier loss, Tensor at, Tensor gradient) {
    assertEquals(at.shape(), gradient.shape(), what);
    double size = 0;
    for (int i = 0; i < at.size(); i++) {
      double value = at.get(i);
      double step = 1e-5 * Math.max(1, Math.abs(value));
      at.set(i, value + step);
      double right = loss.getAsDouble();
      at.set(i, value - step);
      double left = loss.getAsDouble();
      at.set(i, value);
      double expected = (right - left) / (2 * step);
      // Where the slope is tiny, what the loss is rounded to hides it.
      assertEquals(expected, gradient.get(i), 1e-6 * Math.abs(expected) + 1e-9, what + " at " + i);
      size += Math.abs(gradient.get(i));
    }
    assertTrue(size > 0, what + ": a gradient of zeros proves nothing");
  }
}
