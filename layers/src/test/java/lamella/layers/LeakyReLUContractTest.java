package lamella.layers;

import java.util.random.RandomGenerator;
import lamella.core.Layer;
import lamella.core.contract.LayerContract;

class LeakyReLUContractTest extends LayerContract {
  @Override
  protected Layer layer(RandomGenerator random) {
    return new LeakyReLU(0.01);
  }
}
