package lamella.layers;

import java.util.random.RandomGenerator;
import lamella.contract.LayerContract;
import lamella.core.Layer;

class ResidualContractTest extends LayerContract {
  @Override
  protected Layer layer(RandomGenerator random) {
    return new Residual(new Linear(5, 3, random), new Swish(), new Linear(3, 5, random));
  }
}
