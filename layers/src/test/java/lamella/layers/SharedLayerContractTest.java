package lamella.layers;

import java.util.random.RandomGenerator;
import lamella.contract.LayerContract;
import lamella.core.Layer;
import lamella.core.Network;
import lamella.core.Shape;

/**
 * The same layers twice in one network: outputs of the two uses stay apart, their gradients add up.
 */
class SharedLayerContractTest extends LayerContract {
  @Override
  protected Layer layer(RandomGenerator random) {
    Linear twice = new Linear(4, 4, random);
    Swish shared = new Swish();
    Network inner = Network.of(Shape.of(4), twice, shared);
    return Network.of(Shape.of(4), inner, twice, shared, inner, new Linear(4, 3, random));
  }
}
