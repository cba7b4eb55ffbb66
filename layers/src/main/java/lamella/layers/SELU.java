package lamella.layers;

import java.util.Map;
import lamella.core.Activation;
import lamella.core.DType;
import lamella.core.formula.Formula;
import lamella.core.io.FileFormatException;
import lamella.core.io.LayerFormat;
import lamella.core.io.OnnxGraph;
import lamella.core.io.OnnxNode;
import org.jspecify.annotations.Nullable;

/**
 * Scaled exponential linear unit: y = λ x for x &gt; 0, else λ α (exp(x) - 1); dy/dx = λ for x &gt;
 * 0, else λ α exp(x).
 *
 * <p>λ and α are such that activations keep mean 0 and variance 1 from layer to layer (use {@code
 * Initializer.leCun()}). The slope jumps at 0, from λ α = 1.758 to λ = 1.051; at exactly 0 it is λ
 * α.
 *
 * <p><b>Shapes:</b> any {@code ->} the same.
 *
 * <p>Source: G. Klambauer et al., "Self-normalizing neural networks" (2017).
 */
@SuppressWarnings("FloatingPointLiteralPrecision") // the constants as published
public final class SELU extends Activation {
  /** λ = 1.0507009873554805. */
  public static final double LAMBDA = 1.0507009873554804934193349852946;

  /** α = 1.6732632423543772. */
  public static final double ALPHA = 1.6732632423543772848170429916717;

  /** A scaled exponential linear unit. */
  public SELU() {
    super(Formula.of(x -> x.ifPositive(x, x.expm1().times(ALPHA)).times(LAMBDA)));
  }

  /** How files keep this layer. */
  static LayerFormat<SELU> format() {
    return LayerFormat.of("lamella.SELU", SELU.class, SELU::new)
        .withOnnx(SELU::toOnnx)
        .fromOnnx("Selu", SELU::fromOnnx);
  }

  /** Selu; in float64, for which its α and λ are too short, the formula. */
  private String toOnnx(OnnxGraph graph, String x) {
    return graph.dtype() == DType.FLOAT32
        ? graph.node("Selu", Map.of("alpha", ALPHA, "gamma", LAMBDA), x)
        : graph.formula(formula(), x);
  }

  /** One with the usual α and λ, which other programs round to fewer digits or leave out. */
  private static @Nullable SELU fromOnnx(OnnxNode node) throws FileFormatException {
    double alpha = node.number("alpha", ALPHA);
    double gamma = node.number("gamma", LAMBDA);
    boolean usual = Math.abs(alpha - ALPHA) < 1e-5 && Math.abs(gamma - LAMBDA) < 1e-5;
    return usual ? new SELU() : null;
  }
}
