package lamella.layers;

import lamella.core.Activation;
import lamella.core.DType;
import lamella.core.formula.Expression;
import lamella.core.formula.Formula;
import lamella.core.io.LayerFormat;
import lamella.core.io.OnnxGraph;

/**
 * Hard Swish: y = x min(max(x + 3, 0), 6) / 6, which is Swish but for a few hundredths, without an
 * exponential; dy/dx = 0 for x &lt;= -3, 1 for x &gt;= 3, and x / 3 + 1/2 between.
 *
 * <p>The slope jumps by 1/2 at -3 and at 3.
 *
 * <p><b>Shapes:</b> any {@code ->} the same.
 *
 * <p>Source: A. Howard et al., "Searching for MobileNetV3" (2019).
 */
public final class HardSwish extends Activation {
  /** A hard Swish unit. */
  public HardSwish() {
    // 0 below -3 is for infinity, whose product with 0 would be NaN.
    super(
        Formula.of(x -> x.plus(3).ifPositive(x, Expression.of(0)).times(gate(x)))
            .withSlope((x, y) -> slope(x)));
  }

  /** Exactly 1 from 3 on. */
  private static Expression gate(Expression x) {
    return x.plus(3).max(0).min(6).times(1 / 6.0);
  }

  private static Expression slope(Expression x) {
    Expression between = x.times(1 / 3.0).plus(0.5);
    Expression below = Expression.of(3).minus(x).ifPositive(between, Expression.of(1));
    return x.plus(3).ifPositive(below, Expression.of(0));
  }

  /** How files keep this layer. */
  static LayerFormat<HardSwish> format() {
    return LayerFormat.of("lamella.HardSwish", HardSwish.class, HardSwish::new)
        .withOnnx(HardSwish::toOnnx)
        .fromOnnx("HardSwish", node -> new HardSwish());
  }

  /**
   * HardSwish where there is this operator; in float64, of which runtimes have none, its formula.
   */
  private String toOnnx(OnnxGraph graph, String x) {
    return graph.opset() >= 14 && graph.dtype() == DType.FLOAT32
        ? graph.node("HardSwish", x)
        : graph.formula(Formula.of(z -> z.times(gate(z))), x);
  }
}
