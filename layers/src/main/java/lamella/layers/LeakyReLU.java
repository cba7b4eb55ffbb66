package lamella.layers;

import java.util.Map;
import lamella.core.Activation;
import lamella.core.DType;
import lamella.core.Tensor;
import lamella.core.formula.Formula;
import lamella.core.io.FileFormatException;
import lamella.core.io.LayerFormat;
import lamella.core.io.OnnxGraph;
import lamella.core.io.OnnxNode;
import org.jspecify.annotations.Nullable;

/**
 * Leaky rectified linear unit: y = x for x &gt; 0, else slope x; dy/dx = 1 for x &gt; 0, else
 * slope.
 *
 * <p><b>Shapes:</b> any {@code ->} the same.
 *
 * <p>Source: A. Maas et al., "Rectifier nonlinearities improve neural network acoustic models"
 * (2013).
 */
public final class LeakyReLU extends Activation {
  static final LayerFormat<LeakyReLU> FORMAT =
      LayerFormat.of(
              "lamella.LeakyReLU", LeakyReLU.class, saved -> new LeakyReLU(saved.number("slope")))
          .withOption("slope", LeakyReLU::slope)
          .withOnnx(LeakyReLU::toOnnx)
          .fromOnnx("LeakyRelu", node -> new LeakyReLU(node.number("alpha", 0.01)))
          .fromOnnx("Add", LeakyReLU::fromSum);

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
  private String toOnnx(OnnxGraph graph, String x) {
    if (graph.dtype() == DType.FLOAT32) {
      return graph.node("LeakyRelu", Map.of("alpha", slope), x);
    }
    String negative = graph.node("Min", x, graph.constant("zero", 0));
    return graph.node(
        "Add", graph.node("Relu", x), graph.node("Mul", negative, graph.constant("slope", slope)));
  }

  private static @Nullable LeakyReLU fromSum(OnnxNode sum) throws FileFormatException {
    OnnxNode relu = sum.input(0, "Relu");
    OnnxNode product = sum.input(1, "Mul");
    OnnxNode negative = product == null ? null : product.input(0, "Min");
    if (relu == null || product == null || negative == null) {
      return null;
    }
    Tensor zero = negative.constant(1);
    Tensor slope = product.constant(1);
    boolean numbers = zero.size() == 1 && zero.get(0) == 0 && slope.size() == 1;
    return numbers ? new LeakyReLU(slope.get(0)) : null;
  }

  /** For example {@code LeakyReLU(0.01)}. */
  @Override
  public String toString() {
    return "LeakyReLU(" + slope + ")";
  }
}
