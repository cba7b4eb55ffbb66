package lamella.layers;

import java.util.random.RandomGenerator;
import lamella.contract.LayerContract;
import lamella.core.FloatTensor;
import lamella.core.Layer;
import lamella.core.Shape;

class InputNormContractTest extends LayerContract {
  @Override
  protected Layer layer(RandomGenerator random) {
    return InputNorm.standardising(
        FloatTensor.of(Shape.of(3), 0.5f, -2, 10), FloatTensor.of(Shape.of(3), 2, 0.5f, 3));
  }
}
