package lamella.data.cifar;

import java.util.random.RandomGenerator;
import lamella.contract.LayerContract;
import lamella.core.Layer;

class ImageViewContractTest extends LayerContract {
  @Override
  protected Layer layer(RandomGenerator random) {
    Layout layout = random.nextBoolean() ? Layout.HWC : Layout.CHW;
    return random.nextBoolean()
        ? ImageView.mirrored(ImageShape.CIFAR10, layout)
        : ImageView.shifted(
            ImageShape.CIFAR10, layout, random.nextInt(7) - 3, random.nextInt(7) - 3);
  }
}
