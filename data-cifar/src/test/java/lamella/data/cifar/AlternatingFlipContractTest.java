package lamella.data.cifar;

import java.util.List;
import java.util.Random;
import lamella.contract.DatasetContract;
import lamella.core.Dataset;

/** Images that repeat after two epochs. */
class AlternatingFlipContractTest extends DatasetContract<int[]> {
  private static final ImageDataset IMAGES = images(new Random(12));

  private static ImageDataset images(Random random) {
    byte[] pixels = new byte[23 * 3072];
    random.nextBytes(pixels);
    ImageSet images =
        ImageSet.wrap(ImageShape.CIFAR10, Layout.HWC, Cifar10.CLASSES, new byte[23], pixels);
    return new ImageDataset(images, MeanImage.of(images));
  }

  @Override
  protected Dataset<int[]> dataset() {
    return IMAGES.augmented(1, Flip.alternating());
  }

  @Override
  protected List<Dataset<int[]>> others() {
    return List.of(IMAGES.augmented(1, new Flip()), IMAGES.augmented(2, Flip.alternating()));
  }
}
