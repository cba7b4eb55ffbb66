package lamella.data.cifar;

import java.util.Random;
import lamella.contract.DatasetContract;
import lamella.core.Dataset;

class AugmentedDatasetContractTest extends DatasetContract<int[]> {
  private static final AugmentedDataset DATASET = dataset(new Random(12));

  private static AugmentedDataset dataset(Random random) {
    byte[] pixels = new byte[23 * 3072];
    random.nextBytes(pixels);
    byte[] labels = new byte[23];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = (byte) random.nextInt(10);
    }
    ImageSet images =
        ImageSet.wrap(ImageShape.CIFAR10, Layout.CHW, Cifar10.CLASSES, labels, pixels);
    return new ImageDataset(images, Standardisation.of(images))
        .augmented(
            1,
            new Crop(4),
            new Flip(),
            new Cutout(16),
            Crop.reflected(3),
            new Affine(2, 10, 0.1, 0.1, 5),
            new Noise(8));
  }

  @Override
  protected Dataset<int[]> dataset() {
    return DATASET.forEpoch(2);
  }
}
