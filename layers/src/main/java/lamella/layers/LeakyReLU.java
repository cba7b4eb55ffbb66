package lamella.layers;

import java.util.Map;
import lamella.core.Activation;
import lamella.core.DType;
import lamella.core.formula.Formula;
import lamella.core.onnx.OnnxGraph;
import lamella.core.onnx.OnnxLayer;

/**
 * Leaky rectified linear unit: y = x for x &gt; 0, else slope x; dy/dx = 1 for x &gt; 0, else
 * slope.
 *
 * <p><b>Shapes:</b> any {@code ->} the same.
 *
 * <p>Source: A. Maas et al., "Rectifier nonlinearities improve neural network acoustic models"
 * (2013).
 */
public final class LeakyReLU extends Activation implements OnnxLayer {
  private final double slope;

  /** With the usual slope, 0.01. */
  public LeakyReLU() {
    this(0.01);
  }

  /**
   * The layer with a slope of one's own for x &lt;= 0.
   *
   * @param slope finite
   * @throws IllegalArgumentException if it is not finite
   */
  public LeakyReLU(double slope) {
    super(Formula.of(x -> x.ifPositive(x, x.times(requireFinite(slope)))));
    this.slope = slope;
  }

  private static double requireFinite(double slope) {
    if (!Double.isFinite(slope)) {
      throw new IllegalArgumentException("LeakyReLU: slope must be finite, got " + slope);
    }
    return slope;
  }

  /** {@return the slope for x &lt;= 0} */
  public double slope() {
    return slope;
  }

  /** LeakyRelu; in float64, for which its slope is too short, max(0, x) + slope min(0, x). */
  @Override
  public String toOnnx(OnnxGraph graph, String input) {
    if (graph.dtype() == DType.FLOAT32) {
      return graph.node("LeakyRelu", Map.of("alpha", slope), input);
    }
    String negative = graph.node("Min", input, graph.constant("zero", 0));
    return graph.node(
        "Add",
        graph.node("Relu", input),
        graph.node("Mul", negative, graph.constant("slope", slope)));
  }

  /** For example {@code LeakyReLU(0.01)}. */
  @Override
  public String toString() {
    return "LeakyReLU(" + slope + ")";
  }
}
