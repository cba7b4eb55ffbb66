package lamella.layers;

import java.util.random.RandomGenerator;
import lamella.contract.LayerContract;
import lamella.core.Layer;

class SoftmaxContractTest extends LayerContract {
  @Override
  protected Layer layer(RandomGenerator random) {
    return new Softmax();
  }
}
