package lamella.contract.builtin;

import java.util.random.RandomGenerator;
import lamella.contract.LayerContract;
import lamella.core.Activation;
import lamella.core.Layer;
import lamella.core.formula.Formula;

/** x times the normal distribution function, whose derivative has an exponential of its own. */
class GeluContractTest extends LayerContract {
  private static final class Gelu extends Activation {
    Gelu() {
      super(Formula.of(x -> x.times(x.normal())));
    }
  }

  @Override
  protected Layer layer(RandomGenerator random) {
    return new Gelu();
  }
}
