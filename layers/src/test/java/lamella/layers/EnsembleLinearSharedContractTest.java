package lamella.layers;

import java.util.random.RandomGenerator;
import lamella.contract.LayerContract;
import lamella.core.Layer;
import lamella.core.Shape;

/** All members share the input. */
class EnsembleLinearSharedContractTest extends LayerContract {
  @Override
  protected Layer layer(RandomGenerator random) {
    return new EnsembleLinear(3, 2, 4, random).withRandomSigns(random);
  }

  @Override
  protected Shape inputShape() {
    return Shape.of(2);
  }
}
