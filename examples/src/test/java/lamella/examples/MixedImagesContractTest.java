package lamella.examples;

import java.util.List;
import java.util.Random;
import lamella.contract.DatasetContract;
import lamella.core.Dataset;
import lamella.core.Tensor;
import lamella.data.cifar.AugmentedDataset;
import lamella.data.cifar.Cifar10;
import lamella.data.cifar.Crop;
import lamella.data.cifar.Cutout;
import lamella.data.cifar.Flip;
import lamella.data.cifar.ImageDataset;
import lamella.data.cifar.ImageSet;
import lamella.data.cifar.ImageShape;
import lamella.data.cifar.Layout;
import lamella.data.cifar.Standardisation;
import lamella.optim.Mixup;

/** Images that are augmented, and then mixed. */
class MixedImagesContractTest extends DatasetContract<Tensor> {
  private static final AugmentedDataset IMAGES = images(new Random(12));

  private static AugmentedDataset images(Random random) {
    byte[] pixels = new byte[23 * ImageShape.CIFAR10.size()];
    random.nextBytes(pixels);
    byte[] labels = new byte[23];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = (byte) random.nextInt(10);
    }
    ImageSet images =
        ImageSet.wrap(ImageShape.CIFAR10, Layout.CHW, Cifar10.CLASSES, labels, pixels);
    return new ImageDataset(images, Standardisation.of(images))
        .augmented(1, new Crop(4), new Flip(), new Cutout(16));
  }

  @Override
  protected Dataset<Tensor> dataset() {
    return Mixup.of(IMAGES, 10, 0.2, 3).forEpoch(2);
  }

  @Override
  protected List<Dataset<Tensor>> others() {
    return List.of(
        Mixup.of(IMAGES.original(), 10, 0.2, 3),
        Mixup.of(IMAGES.original().augmented(2, new Flip()), 10, 0.2, 3));
  }
}
