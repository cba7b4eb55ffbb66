package lamella.layers;

import java.util.random.RandomGenerator;
import lamella.contract.LayerContract;
import lamella.core.FloatTensor;
import lamella.core.Layer;
import lamella.core.Shape;

class FillMissingContractTest extends LayerContract {
  @Override
  protected Layer layer(RandomGenerator random) {
    return FillMissing.of(FloatTensor.of(Shape.of(3), 0.5f, -2, 10));
  }

  @Override
  protected boolean takesMissingValues() {
    return true;
  }
}
