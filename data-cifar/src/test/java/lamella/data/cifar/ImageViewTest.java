package lamella.data.cifar;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import lamella.core.DoubleTensor;
import lamella.core.FloatTensor;
import lamella.core.Network;
import lamella.core.Outputs;
import lamella.core.Shape;
import lamella.core.io.ModelFile;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Views of images against plain loops over [row][column][channel]. */
class ImageViewTest {
  private static final int TWO = 2 * ImageShape.CIFAR10.size();

  private static FloatTensor images(long seed) {
    Random random = new Random(seed);
    FloatTensor images = FloatTensor.zeros(Shape.of(2, ImageShape.CIFAR10.size()));
    for (int i = 0; i < TWO; i++) {
      images.set(i, random.nextInt(256));
    }
    return images;
  }

  @Property(tries = 10)
  void aMirroredImageIsThatOfTheAugmentation(@ForAll Layout layout, @ForAll long seed) {
    FloatTensor images = images(seed);
    float[] seen =
        ((FloatTensor) ImageView.mirrored(ImageShape.CIFAR10, layout).forward(images)).array();
    for (int image = 0; image < 2; image++) {
      byte[] bytes = new byte[ImageShape.CIFAR10.size()];
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = (byte) images.get(image, i);
      }
      Pixels.of(bytes, ImageShape.CIFAR10, layout).flip();
      for (int i = 0; i < bytes.length; i++) {
        assertEquals(bytes[i] & 0xff, seen[image * bytes.length + i]);
      }
    }
  }

  @Property(tries = 20)
  void aShiftMovesPixelsAndReflectsAtTheEdge(
      @ForAll Layout layout,
      @ForAll long seed,
      @ForAll @IntRange(min = -31, max = 31) int down,
      @ForAll @IntRange(min = -31, max = 31) int right) {
    FloatTensor images = images(seed);
    FloatTensor seen =
        (FloatTensor) ImageView.shifted(ImageShape.CIFAR10, layout, down, right).forward(images);
    for (int row = 0; row < 32; row++) {
      for (int column = 0; column < 32; column++) {
        int from = 32 * inside(row - down) + inside(column - right);
        for (int channel = 0; channel < 3; channel++) {
          assertEquals(
              images.get(1, ImageShape.CIFAR10.offset(layout, from, channel)),
              seen.get(1, ImageShape.CIFAR10.offset(layout, 32 * row + column, channel)));
        }
      }
    }
  }

  /** 0, 1, ..., 31, 30, ..., 1, 0, 1, ...: what stands at a place of the image continued so. */
  private static int inside(int place) {
    int[] there = new int[62];
    for (int i = 0; i < 62; i++) {
      there[i] = i < 32 ? i : 62 - i;
    }
    return there[Math.floorMod(place, 62)];
  }

  /** Three rows of four grey pixels, moved by hand. */
  @Test
  void viewsOfOtherShapes(@TempDir Path folder) throws IOException {
    ImageShape shape = new ImageShape(3, 4, 1);
    FloatTensor image = FloatTensor.of(Shape.of(1, 12), 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
    ImageView mirrored = ImageView.mirrored(shape, Layout.CHW);
    assertArrayEquals(
        new double[] {4, 3, 2, 1, 8, 7, 6, 5, 12, 11, 10, 9},
        mirrored.forward(image).toDoubleArray());
    ImageView moved = ImageView.shifted(shape, Layout.HWC, 2, -3);
    double[] expected = {12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1};
    assertArrayEquals(expected, moved.forward(image).toDoubleArray());
    Path file = folder.resolve("view.safetensors");
    new ModelFile(Network.of(Shape.of(12), moved), Map.of(), Map.of()).write(file);
    assertArrayEquals(expected, ModelFile.read(file).network().forward(image).toDoubleArray());
  }

  @Test
  void isSavedWithANetwork(@TempDir Path folder) throws IOException {
    Network network =
        Network.of(
                Shape.of(3072),
                ImageView.shifted(ImageShape.CIFAR10, Layout.CHW, -2, 1),
                ImageView.mirrored(ImageShape.CIFAR10, Layout.HWC))
            .withOutputs(Outputs.NUMBERS);
    Path file = folder.resolve("views.safetensors");
    new ModelFile(network, Map.of(), Map.of()).write(file);
    Network read = ModelFile.read(file).network();
    assertEquals(network.toString(), read.toString());
    FloatTensor images = images(1);
    assertArrayEquals(
        network.forward(images).toDoubleArray(), read.forward(images).toDoubleArray());
  }

  @Test
  void standsBeforeANetworkAndKeepsWhatItsOutputsMean() {
    Network network =
        Network.of(Shape.of(3072), ImageView.mirrored(ImageShape.CIFAR10, Layout.HWC))
            .withOutputs(Outputs.CLASSES);
    Network twice = ImageView.mirrored(ImageShape.CIFAR10, Layout.HWC).before(network);
    assertEquals(Outputs.CLASSES, twice.outputs());
    DoubleTensor images = (DoubleTensor) images(2).to(lamella.core.DType.FLOAT64);
    assertArrayEquals(images.toDoubleArray(), twice.forward(images).toDoubleArray());
  }

  @Test
  void whatIsNoViewIsRefused() {
    assertEquals(
        "ImageView: an image 32x32x3 is shifted by fewer pixels than it has, got 32 down and 0 to the right",
        assertThrows(
                IllegalArgumentException.class,
                () -> ImageView.shifted(ImageShape.CIFAR10, Layout.HWC, 32, 0))
            .getMessage());
    assertEquals(
        "layer 0 ImageView(mirrored): expects [n, 3072], got [n, 10]",
        assertThrows(
                IllegalArgumentException.class,
                () -> Network.of(Shape.of(10), ImageView.mirrored(ImageShape.CIFAR10, Layout.HWC)))
            .getMessage());
  }
}
