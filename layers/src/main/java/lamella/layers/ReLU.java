package lamella.layers;

import lamella.core.Activation;
import lamella.core.formula.Formula;
import lamella.core.io.LayerFormat;

/**
 * Rectified linear unit: y = max(0, x), dy/dx = 1 for x &gt; 0, else 0.
 *
 * <p>The slope at exactly 0 is 0. A unit whose input is negative for every example learns nothing
 * ("dead"); see {@link LeakyReLU}.
 *
 * <p><b>Shapes:</b> any {@code ->} the same.
 *
 * <p>Source: V. Nair, G. Hinton, "Rectified linear units improve restricted Boltzmann machines"
 * (2010).
 */
public final class ReLU extends Activation {
  /** A rectified linear unit. */
  public ReLU() {
    super(Formula.of(x -> x.max(0)));
  }

  /** How files keep this layer. */
  static LayerFormat<ReLU> format() {
    return LayerFormat.of("lamella.ReLU", ReLU.class, ReLU::new)
        .withOnnx((relu, graph, x) -> graph.node("Relu", x))
        .fromOnnx("Relu", node -> new ReLU());
  }
}
