package lamella.layers;

import java.util.random.RandomGenerator;
import lamella.contract.LayerContract;
import lamella.core.FloatTensor;
import lamella.core.Layer;
import lamella.core.Shape;

class WhiteningContractTest extends LayerContract {
  @Override
  protected Layer layer(RandomGenerator random) {
    FloatTensor weight = FloatTensor.zeros(Shape.of(5, 3));
    for (int i = 0; i < weight.size(); i++) {
      weight.set(i, random.nextDouble(-1, 1));
    }
    return Whitening.of(weight, FloatTensor.of(Shape.of(3), 0.5f, -2, 10));
  }
}
