package lamella.data.cifar;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import lamella.core.Batch;
import lamella.core.DType;
import lamella.core.FloatTensor;
import org.junit.jupiter.api.Test;

class StandardisationTest {

  /** The images of standardisation_golden.py. */
  private static ImageSet sevenImages() {
    byte[] pixels = new byte[7 * 3072];
    for (int i = 0; i < 7; i++) {
      for (int j = 0; j < 3072; j++) {
        int value = (31 * i * i + 7 * j + 13 * i * j + ((j * j) >> 3)) % 256;
        pixels[3072 * i + j] = (byte) (value / (1 + j % 3));
      }
    }
    return ImageSet.wrap(ImageShape.CIFAR10, Layout.HWC, Cifar10.CLASSES, new byte[7], pixels);
  }

  private static ImageSet randomImages(Layout layout, int n) {
    Random random = new Random(3);
    byte[] pixels = new byte[n * 3072];
    for (int j = 0; j < pixels.length; j++) {
      pixels[j] = (byte) Math.clamp(Math.round(90 + j % 7 + 60 * random.nextGaussian()), 0, 255);
    }
    return ImageSet.wrap(ImageShape.CIFAR10, layout, Cifar10.CLASSES, new byte[n], pixels);
  }

  @Test
  void meanDeviationAndInputsAreNumPys() throws Exception {
    ImageSet images = sevenImages();
    Standardisation standardisation = Standardisation.of(images);
    List<String> lines = Resources.lines("standardisation_golden.txt");
    assertEquals(3 + 51, lines.size());
    for (int channel = 0; channel < 3; channel++) {
      String[] golden = lines.get(channel).split(" ", 2);
      assertEquals(Double.parseDouble(golden[0]), standardisation.means()[channel]);
      double deviation = Double.parseDouble(golden[1]);
      assertEquals(deviation, standardisation.deviations()[channel], Math.ulp(deviation));
    }
    ImageDataset dataset = new ImageDataset(images, standardisation);
    Batch<int[]> float64 = dataset.newBatch(2, DType.FLOAT64);
    Batch<int[]> float32 = dataset.newBatch(2, DType.FLOAT32);
    dataset.read(new int[] {5, 3}, float64);
    dataset.read(new int[] {5, 3}, float32);
    for (String line : lines.subList(3, lines.size())) {
      String[] golden = line.split(" ", 3);
      int p = Integer.parseInt(golden[0]);
      double x = Double.parseDouble(golden[1]);
      assertEquals(x, float64.inputs().get(1, p), 2 * Math.ulp(x));
      assertEquals(Double.parseDouble(golden[2]), float32.inputs().get(1, p));
    }
  }

  @Test
  void aStandardisedTrainingSetHasMean0AndDeviation1InEachChannel() {
    for (Layout layout : Layout.values()) {
      ImageSet images = randomImages(layout, 50);
      ImageDataset dataset = new ImageDataset(images, Standardisation.of(images));
      Batch<int[]> all = dataset.newBatch(50, DType.FLOAT64);
      dataset.read(IntStream.range(0, 50).toArray(), all);
      for (int channel = 0; channel < 3; channel++) {
        double sum = 0;
        double squares = 0;
        for (int i = 0; i < 50; i++) {
          for (int p = 0; p < 1024; p++) {
            double x = all.inputs().get(i, ImageShape.CIFAR10.offset(layout, p, channel));
            sum += x;
            squares += x * x;
          }
        }
        assertEquals(0, sum / 51_200, 1e-12);
        assertEquals(1, squares / 51_200, 1e-12);
      }
    }
  }

  @Test
  void valuesCanBeSavedAndLoaded() {
    ImageSet images = randomImages(Layout.CHW, 5);
    Standardisation before = Standardisation.of(images);
    Standardisation after =
        Standardisation.of(ImageShape.CIFAR10, Layout.CHW, before.means(), before.deviations());
    assertArrayEquals(inputs(images, before), inputs(images, after));
    Arrays.fill(before.means(), 1e9);
    Arrays.fill(before.deviations(), 1e9);
    assertArrayEquals(after.means(), before.means());
    assertArrayEquals(after.deviations(), before.deviations());
  }

  private static float[] inputs(ImageSet images, Normalisation normalisation) {
    ImageDataset dataset = new ImageDataset(images, normalisation);
    Batch<int[]> batch = dataset.newBatch(1, DType.FLOAT32);
    dataset.read(new int[] {4}, batch);
    return ((FloatTensor) batch.inputs()).array();
  }

  @Test
  void whatCannotBeDividedByIsRefused() {
    ImageSet grey =
        ImageSet.wrap(
            ImageShape.CIFAR10, Layout.HWC, Cifar10.CLASSES, new byte[2], new byte[2 * 3072]);
    assertEquals(
        "Standardisation: channel 0 must have a finite mean and a finite deviation > 0, got 0.0 and"
            + " 0.0",
        error(() -> Standardisation.of(grey)));
    assertEquals(
        "Standardisation: needs at least one image",
        error(() -> Standardisation.of(grey.slice(1, 1))));
    double[] ones = {1, 1, 1};
    assertEquals(
        "Standardisation: as many means and deviations expected as images 32x32x3 have channels, got"
            + " 3 and 2",
        error(() -> Standardisation.of(ImageShape.CIFAR10, Layout.HWC, ones, new double[] {1, 1})));
    for (double wrong : new double[] {-1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThrows(
          IllegalArgumentException.class,
          () ->
              Standardisation.of(ImageShape.CIFAR10, Layout.HWC, ones, new double[] {1, 1, wrong}));
    }
    assertThrows(
        IllegalArgumentException.class,
        () ->
            Standardisation.of(
                ImageShape.CIFAR10, Layout.HWC, new double[] {1, Double.NaN, 1}, ones));
  }

  private static String error(org.junit.jupiter.api.function.Executable executable) {
    return assertThrows(IllegalArgumentException.class, executable).getMessage();
  }
}
