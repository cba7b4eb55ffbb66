package lamella.layers;

import java.util.random.RandomGenerator;
import lamella.contract.LayerContract;
import lamella.core.Layer;

class SigmoidContractTest extends LayerContract {
  @Override
  protected Layer layer(RandomGenerator random) {
    return new Sigmoid();
  }
}
