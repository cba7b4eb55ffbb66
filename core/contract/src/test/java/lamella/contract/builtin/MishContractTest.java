package lamella.contract.builtin;

import java.util.random.RandomGenerator;
import lamella.contract.LayerContract;
import lamella.core.Activation;
import lamella.core.Layer;
import lamella.core.formula.Formula;

/** A layer that is nothing but a formula keeps the contract. */
class MishContractTest extends LayerContract {
  private static final class Mish extends Activation {
    Mish() {
      super(Formula.of(x -> x.times(x.softplus().tanh())));
    }
  }

  @Override
  protected Layer layer(RandomGenerator random) {
    return new Mish();
  }
}
