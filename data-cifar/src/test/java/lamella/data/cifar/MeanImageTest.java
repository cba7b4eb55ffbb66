package lamella.data.cifar;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.List;
import lamella.core.Batch;
import lamella.core.DType;
import org.junit.jupiter.api.Test;

class MeanImageTest {

  /** The images of mean_image_golden.py. */
  private static ImageSet sevenImages() {
    byte[] pixels = new byte[7 * 3072];
    for (int i = 0; i < 7; i++) {
      for (int j = 0; j < 3072; j++) {
        pixels[3072 * i + j] = (byte) (31 * i * i + 7 * j + 13 * i * j + ((j * j) >> 3));
      }
    }
    return ImageSet.wrap(ImageShape.CIFAR10, Layout.HWC, Cifar10.CLASSES, new byte[7], pixels);
  }

  @Test
  void meanAndCentredImageAreNumPysBitForBit() throws Exception {
    ImageSet images = sevenImages();
    MeanImage mean = MeanImage.of(images);
    ImageDataset dataset = new ImageDataset(images, mean);
    Batch<int[]> float64 = dataset.newBatch(1, DType.FLOAT64);
    Batch<int[]> float32 = dataset.newBatch(1, DType.FLOAT32);
    dataset.read(new int[] {3}, float64);
    dataset.read(new int[] {3}, float32);
    List<String> lines = Resources.lines("mean_image_golden.txt");
    assertEquals(51, lines.size());
    for (String line : lines) {
      String[] golden = line.split(" ", 4);
      int p = Integer.parseInt(golden[0]);
      assertEquals(Double.parseDouble(golden[1]), mean.values()[p]);
      assertEquals(Double.parseDouble(golden[2]), float64.inputs().get(p));
      assertEquals(Double.parseDouble(golden[3]), float32.inputs().get(p));
    }
  }

  @Test
  void pixelsAbove127AreNotNegative() {
    byte[] pixels = new byte[2 * 3072];
    Arrays.fill(pixels, 0, 3072, (byte) 255);
    Arrays.fill(pixels, 3072, 2 * 3072, (byte) 128);
    double[] values =
        MeanImage.of(
                ImageSet.wrap(ImageShape.CIFAR10, Layout.HWC, Cifar10.CLASSES, new byte[2], pixels))
            .values();
    for (double value : values) {
      assertEquals(191.5, value);
    }
  }

  @Test
  void meanOfASliceLooksAtTheSliceOnly() {
    ImageSet images = sevenImages();
    double[] mean = MeanImage.of(images.slice(4, 5)).values();
    byte[] image = images.pixels(4);
    for (int j = 0; j < 3072; j++) {
      assertEquals(image[j] & 0xff, mean[j]);
    }
  }

  @Test
  void valuesCanBeSavedAndLoaded() {
    MeanImage mean = MeanImage.of(sevenImages());
    assertArrayEquals(mean.values(), MeanImage.of(mean.values()).values());
    assertArrayEquals(new double[3072], MeanImage.zero(ImageShape.CIFAR10).values());
    Arrays.fill(mean.values(), 1e9);
    assertEquals(MeanImage.of(sevenImages()).values()[7], mean.values()[7]);
  }

  @Test
  void refusesNoImagesAndValuesThatAreNoImage() {
    ImageSet none = sevenImages().slice(0, 0);
    assertThrows(IllegalArgumentException.class, () -> MeanImage.of(none));
    assertEquals(
        "MeanImage: needs at least one value",
        assertThrows(IllegalArgumentException.class, () -> MeanImage.of(new double[0]))
            .getMessage());
    double[] values = new double[3072];
    values[17] = Double.NaN;
    assertEquals(
        "MeanImage: value 17 is NaN",
        assertThrows(IllegalArgumentException.class, () -> MeanImage.of(values)).getMessage());
  }
}
