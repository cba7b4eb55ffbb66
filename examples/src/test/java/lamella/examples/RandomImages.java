package lamella.examples;

import lamella.core.random.NumPyRandom;
import lamella.data.cifar.Cifar10;
import lamella.data.cifar.ImageDataset;
import lamella.data.cifar.ImageSet;
import lamella.data.cifar.ImageShape;
import lamella.data.cifar.MeanImage;

/**
 * The random images of {@code training_golden.py}: 300 for training, 100 for validation, less the
 * former's mean.
 */
record RandomImages(ImageDataset train, ImageDataset validation) {
  private static final int TRAIN = 300;
  private static final int ALL = 400;

  static RandomImages of() {
    NumPyRandom random = new NumPyRandom(7);
    byte[] pixels = new byte[ALL * ImageShape.CIFAR10.size()];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) random.nextInt(256);
    }
    byte[] labels = new byte[ALL];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = (byte) random.nextInt(10);
    }
    ImageSet all = ImageSet.wrap(ImageShape.CIFAR10, Model.LAYOUT, Cifar10.CLASSES, labels, pixels);
    ImageSet train = all.slice(0, TRAIN);
    MeanImage mean = MeanImage.of(train);
    return new RandomImages(
        new ImageDataset(train, mean), new ImageDataset(all.slice(TRAIN, ALL), mean));
  }
}
