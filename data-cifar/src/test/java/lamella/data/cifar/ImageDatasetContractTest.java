package lamella.data.cifar;

import java.util.Random;
import lamella.contract.DatasetContract;
import lamella.core.Dataset;

class ImageDatasetContractTest extends DatasetContract<int[]> {
  private static final int IMAGES = 37;
  private static final ImageDataset DATASET = dataset(new Random(11));

  private static ImageDataset dataset(Random random) {
    byte[] pixels = new byte[IMAGES * 3072];
    random.nextBytes(pixels);
    byte[] labels = new byte[IMAGES];
    for (int i = 0; i < IMAGES; i++) {
      labels[i] = (byte) random.nextInt(10);
    }
    ImageSet images =
        ImageSet.wrap(ImageShape.CIFAR10, Layout.HWC, Cifar10.CLASSES, labels, pixels);
    return new ImageDataset(images, MeanImage.of(images));
  }

  @Override
  protected Dataset<int[]> dataset() {
    return DATASET;
  }
}
