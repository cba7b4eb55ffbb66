package lamella.layers;

import java.util.Map;
import lamella.core.Activation;
import lamella.core.DType;
import lamella.core.formula.Expression;
import lamella.core.formula.Formula;
import lamella.core.io.FileFormatException;
import lamella.core.io.LayerFormat;
import lamella.core.io.OnnxGraph;
import lamella.core.io.OnnxNode;
import org.jspecify.annotations.Nullable;

/**
 * Gaussian error linear unit: y = x Φ(x), Φ the distribution function of the standard normal
 * distribution; dy/dx = Φ(x) + x φ(x), φ its density.
 *
 * <p>{@link #tanh()} is the older approximation y = x (1 + tanh(√(2/π) (x + 0.044715 x³))) / 2,
 * which differs by up to 4.8e-4. It is for weights that were trained with it; the exact form is as
 * fast.
 *
 * <p><b>Shapes:</b> any {@code ->} the same.
 *
 * <p>Source: D. Hendrycks, K. Gimpel, "Gaussian error linear units" (2016).
 */
public final class GELU extends Activation {
  private static final String ERF = "erf";
  private static final String TANH = "tanh";

  /** Beyond, Φ is 0 or 1 and φ 0, and infinity times 0 would be NaN. */
  private static final double FAR = 40;

  /** (1 + tanh(u)) / 2 = 1 / (1 + exp(-2 u)): twice √(2/π), and that times 0.044715. */
  private static final double FIRST = 2 * Math.sqrt(2 / Math.PI);

  private static final double THIRD = FIRST * 0.044715;

  private final String form;

  /** The exact form. */
  public GELU() {
    this(ERF);
  }

  private GELU(String form) {
    super(
        switch (form) {
          case ERF -> Formula.of(x -> notFar(x).times(x.normal())).withSlope((x, y) -> slope(x));
          case TANH ->
              Formula.of(x -> notFar(x).times(angle(x).sigmoid()))
                  .withSlope((x, y) -> tanhSlope(x));
          default ->
              throw new IllegalArgumentException(
                  "GELU: its form must be erf or tanh, got \"" + form + "\"");
        });
    this.form = form;
  }

  /** {@return the approximation by a hyperbolic tangent} */
  public static GELU tanh() {
    return new GELU(TANH);
  }

  /** x, or 0 where Φ is 0: the product is the same. */
  private static Expression notFar(Expression x) {
    return x.plus(FAR).ifPositive(x, Expression.of(0));
  }

  /** x, or 0 where φ is 0. */
  private static Expression near(Expression x) {
    return x.abs().minus(FAR).ifPositive(Expression.of(0), x);
  }

  private static Expression slope(Expression x) {
    Expression density = x.times(x).times(-0.5).exp().times(1 / Math.sqrt(2 * Math.PI));
    return x.normal().plus(near(x).times(density));
  }

  private static Expression angle(Expression x) {
    return x.times(x).times(THIRD).plus(FIRST).times(x);
  }

  /** s + x s (1 - s) u' with s = 1 / (1 + exp(-u)). */
  private static Expression tanhSlope(Expression input) {
    Expression x = input.max(-FAR).min(FAR);
    Expression s = angle(x).sigmoid();
    Expression angleSlope = x.times(x).times(3 * THIRD).plus(FIRST);
    return s.plus(x.times(s).times(Expression.of(1).minus(s)).times(angleSlope));
  }

  /** How files keep this layer. */
  static LayerFormat<GELU> format() {
    return LayerFormat.of("lamella.GELU", GELU.class, saved -> new GELU(saved.text("form")))
        .withOption("form", gelu -> gelu.form)
        .withOnnx(GELU::toOnnx)
        .fromOnnx("Gelu", GELU::fromOnnx)
        .fromOnnx(GELU::new)
        .fromOnnx(GELU::tanh);
  }

  /** Gelu where there is this operator; in float64, of which runtimes have none, the formula. */
  private String toOnnx(OnnxGraph graph, String x) {
    if (graph.opset() >= 20 && graph.dtype() == DType.FLOAT32) {
      return graph.node("Gelu", Map.of("approximate", form.equals(ERF) ? "none" : TANH), x);
    }
    return graph.formula(
        Formula.of(z -> z.times(form.equals(ERF) ? z.normal() : angle(z).sigmoid())), x);
  }

  private static @Nullable GELU fromOnnx(OnnxNode node) throws FileFormatException {
    return switch (node.text("approximate", "none")) {
      case "none" -> new GELU();
      case TANH -> tanh();
      default -> null;
    };
  }

  /** {@code GELU}, or {@code GELU(tanh)}. */
  @Override
  public String toString() {
    return form.equals(ERF) ? "GELU" : "GELU(tanh)";
  }
}
