package lamella.data.cifar;

import java.util.random.RandomGenerator;
import lamella.contract.LayerContract;
import lamella.core.Layer;

class CosineTransformContractTest extends LayerContract {
  @Override
  protected Layer layer(RandomGenerator random) {
    Layout layout = random.nextBoolean() ? Layout.HWC : Layout.CHW;
    return new CosineTransform(new ImageShape(5, 6, 3), layout, 3, 2);
  }
}
