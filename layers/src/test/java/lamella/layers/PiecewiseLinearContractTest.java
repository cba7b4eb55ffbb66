package lamella.layers;

import java.util.random.RandomGenerator;
import lamella.contract.LayerContract;
import lamella.core.FloatTensor;
import lamella.core.Layer;
import lamella.core.Shape;

class PiecewiseLinearContractTest extends LayerContract {
  @Override
  protected Layer layer(RandomGenerator random) {
    return PiecewiseLinear.of(
        FloatTensor.of(Shape.of(3, 3), -1.5f, -0.5f, 2.5f, -9, 0.125f, 8, -0.75f, 0.25f, 1.75f),
        FloatTensor.of(Shape.of(3, 3), -1, 0, 0.5f, 3, 2, -4, 0, 2, 1));
  }
}
