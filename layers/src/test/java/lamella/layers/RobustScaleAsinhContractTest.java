package lamella.layers;

import java.util.random.RandomGenerator;
import lamella.contract.LayerContract;
import lamella.core.FloatTensor;
import lamella.core.Layer;
import lamella.core.Shape;

class RobustScaleAsinhContractTest extends LayerContract {
  @Override
  protected Layer layer(RandomGenerator random) {
    return RobustScale.of(
            FloatTensor.of(Shape.of(3), 0.5f, -2, 10), FloatTensor.of(Shape.of(3), 2, 0.5f, 0.1f))
        .withAsinh();
  }
}
