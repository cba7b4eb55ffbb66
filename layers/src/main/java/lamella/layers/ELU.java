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
 * Exponential linear unit: y = x for x &gt; 0, else α (exp(x) - 1); dy/dx = 1 for x &gt; 0, else α
 * exp(x).
 *
 * <p>With α = 1 it is smooth; otherwise the slope jumps at 0, where it is α.
 *
 * <p><b>Shapes:</b> any {@code ->} the same.
 *
 * <p>Source: D. Clevert et al., "Fast and accurate deep network learning by exponential linear
 * units" (2015).
 */
public final class ELU extends Activation {
  private final double alpha;

  /** With the usual α, 1. */
  public ELU() {
    this(1);
  }

  /**
   * The layer with an α of one's own.
   *
   * @param alpha what -y approaches for x far below 0; finite
   * @throws IllegalArgumentException if it is not finite
   */
  public ELU(double alpha) {
    super(Formula.of(x -> x.ifPositive(x, x.expm1().times(requireFinite(alpha)))));
    this.alpha = alpha;
  }

  private static double requireFinite(double alpha) {
    if (!Double.isFinite(alpha)) {
      throw new IllegalArgumentException("ELU: alpha must be finite, got " + alpha);
    }
    return alpha;
  }

  /** {@return α} */
  public double alpha() {
    return alpha;
  }

  /** How files keep this layer. */
  static LayerFormat<ELU> format() {
    return LayerFormat.of("lamella.ELU", ELU.class, saved -> new ELU(saved.number("alpha")))
        .withOption("alpha", ELU::alpha)
        .withOnnx(ELU::toOnnx)
        .fromOnnx(ELU::new)
        .fromOnnx("Elu", node -> new ELU(node.number("alpha", 1)))
        .fromOnnx("Where", ELU::fromChoice);
  }

  /** Elu; in float64, for which its α is too short, the formula. */
  private String toOnnx(OnnxGraph graph, String x) {
    return graph.dtype() == DType.FLOAT32
        ? graph.node("Elu", Map.of("alpha", alpha), x)
        : graph.formula(formula(), x);
  }

  /** Where(x > 0, x, alpha (exp(x) - 1)), in which an alpha of 1 is left out. */
  private static @Nullable ELU fromChoice(OnnxNode choice) throws FileFormatException {
    OnnxNode positive = choice.input(0, "Greater");
    OnnxNode product = choice.input(2, "Mul");
    OnnxNode difference = product == null ? choice.input(2, "Sub") : product.input(0, "Sub");
    if (positive == null || difference == null || difference.input(0, "Exp") == null) {
      return null;
    }
    Tensor zero = positive.constant(1);
    Tensor one = difference.constant(1);
    Tensor alpha = product == null ? one : product.constant(1);
    boolean numbers = zero.size() == 1 && one.size() == 1 && alpha.size() == 1;
    return numbers && zero.get(0) == 0 && one.get(0) == 1 ? new ELU(alpha.get(0)) : null;
  }

  /** For example {@code ELU(1.0)}. */
  @Override
  public String toString() {
    return "ELU(" + alpha + ")";
  }
}
