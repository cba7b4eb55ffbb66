package lamella.layers;

import java.util.random.RandomGenerator;
import lamella.contract.LayerContract;
import lamella.core.Layer;
import lamella.core.Network;
import lamella.core.Shape;

class NetworkContractTest extends LayerContract {
  @Override
  protected Layer layer(RandomGenerator random) {
    return Network.of(Shape.of(5), new Linear(5, 4, random), new ReLU(), new Linear(4, 3, random));
  }
}
