package lamella.layers;

import java.util.random.RandomGenerator;
import lamella.contract.LayerContract;
import lamella.core.Layer;

class LinearContractTest extends LayerContract {
  @Override
  protected Layer layer(RandomGenerator random) {
    return new Linear(5, 3, random);
  }
}
