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

  /** How files keep this layer. */
  static LayerFormat<LeakyReLU> format() {
    return LayerFormat.of(
            "lamella.LeakyReLU", LeakyReLU.class, saved -> new LeakyReLU(saved.number("slope")))
        .withOption("slope", LeakyReLU::slope)
        .withOnnx(LeakyReLU::toOnnx)
        .fromOnnx(() -> new LeakyReLU())
        .fromOnnx("PRelu", LeakyReLU::fromPRelu)
        .fromOnnx("LeakyRelu", node -> new LeakyReLU(node.number("alpha", 0.01)))
        .fromOnnx("Where", LeakyReLU::fromChoice);
  }

  /** LeakyRelu; in float64, for which its slope is too short, the formula. */
  private String toOnnx(OnnxGraph graph, String x) {
    return graph.dtype() == DType.FLOAT32
        ? graph.node("LeakyRelu", Map.of("alpha", slope), x)
        : graph.formula(formula(), x);
  }

  private static @Nullable LeakyReLU fromPRelu(OnnxNode node) throws FileFormatException {
    Tensor slopes = node.constant(1);
    for (int i = 1; i < slopes.size(); i++) {
      if (slopes.get(i) != slopes.get(0)) {
        return null;
      }
    }
    return new LeakyReLU(Features.number(slopes));
  }

  private static @Nullable LeakyReLU fromChoice(OnnxNode choice) throws FileFormatException {
    OnnxNode positive = choice.input(0, "Greater");
    OnnxNode product = choice.input(2, "Mul");
    if (positive == null || product == null) {
      return null;
    }
    Tensor zero = positive.constant(1);
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
