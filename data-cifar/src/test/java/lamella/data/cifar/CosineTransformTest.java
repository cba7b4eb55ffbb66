package lamella.data.cifar;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import lamella.core.DType;
import lamella.core.DoubleTensor;
import lamella.core.FloatTensor;
import lamella.core.Network;
import lamella.core.Shape;
import lamella.core.Tensor;
import lamella.core.io.ModelFile;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CosineTransformTest {
  /** The numbers of an image in HWC in another layout. */
  private static Tensor inLayout(ImageShape shape, Layout layout, double[] hwc) {
    DoubleTensor image = DoubleTensor.zeros(Shape.of(1, shape.size()));
    for (int row = 0; row < shape.height(); row++) {
      for (int column = 0; column < shape.width(); column++) {
        for (int channel = 0; channel < shape.channels(); channel++) {
          image.set(
              shape.offset(layout, row, column, channel),
              hwc[shape.offset(Layout.HWC, row, column, channel)]);
        }
      }
    }
    return image;
  }

  /** See cosine.py. */
  @Test
  void coefficientsAreSciPysInEitherLayoutAndType() throws IOException {
    String text;
    try (InputStream in = CosineTransformTest.class.getResourceAsStream("cosine.txt")) {
      text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
    List<String> lines = text.lines().toList();
    assertEquals(5, lines.size());
    for (String line : lines) {
      String[] words = line.split(" ");
      ImageShape shape = ImageShape.of(words[0]);
      double[] numbers = Arrays.stream(words).skip(3).mapToDouble(Double::parseDouble).toArray();
      double[] image = Arrays.copyOf(numbers, shape.size());
      double[] expected = Arrays.copyOfRange(numbers, shape.size(), numbers.length);
      for (Layout layout : Layout.values()) {
        CosineTransform transform =
            new CosineTransform(
                shape, layout, Integer.parseInt(words[1]), Integer.parseInt(words[2]));
        Tensor x = inLayout(shape, layout, image);
        assertArrayEquals(expected, transform.forward(x).toDoubleArray(), 1e-11, line);
        assertArrayEquals(
            expected, transform.forward(x.to(DType.FLOAT32)).toDoubleArray(), 5e-4, line);
      }
    }
  }

  /** Its matrix is orthonormal: all coefficients have the pixels' sum of squares. */
  @Property(tries = 20)
  void allCoefficientsKeepTheSumOfSquares(
      @ForAll Layout layout, @ForAll @IntRange(min = 1, max = 33) int side, @ForAll long seed) {
    ImageShape shape = new ImageShape(side, side, 3);
    CosineTransform transform = new CosineTransform(shape, layout, side, side);
    Random random = new Random(seed);
    DoubleTensor x = DoubleTensor.zeros(Shape.of(1, shape.size()));
    for (int i = 0; i < x.size(); i++) {
      x.set(i, random.nextInt(256));
    }
    Tensor y = transform.forward(x);
    assertEquals(x.size(), y.size());
    assertEquals(x.sumOfSquares(), y.sumOfSquares(), 1e-12 * x.sumOfSquares());
  }

  /** A grey pixel everywhere: only the lowest frequency of the brightness is there. */
  @Test
  void aPlainImageHasOneCoefficient() {
    FloatTensor x = FloatTensor.zeros(Shape.of(1, ImageShape.CIFAR10.size()));
    x.fill(100);
    Tensor y = new CosineTransform(ImageShape.CIFAR10, Layout.HWC, 16, 8).forward(x);
    assertEquals(Shape.of(1, 384), y.shape());
    assertEquals(100 * Math.sqrt(3) * 32, y.get(0), 1e-2);
    for (int i = 1; i < y.size(); i++) {
      assertEquals(0, y.get(i), 1e-2);
    }
  }

  @Test
  void frequenciesThatAreNotThereAreRefused() {
    assertEquals(
        "CosineTransform: an image of 28x28x1 has from 1 to 28 frequencies of brightness and from 0"
            + " to 28 of colours, got 29 and 0",
        assertThrows(
                IllegalArgumentException.class,
                () -> new CosineTransform(new ImageShape(28, 28, 1), Layout.HWC, 29, 0))
            .getMessage());
    assertEquals(
        "CosineTransform(28x28x1, HWC, brightness 9)",
        new CosineTransform(new ImageShape(28, 28, 1), Layout.HWC, 9, 5).toString());
  }

  @Test
  void goesIntoModelFilesAndOut(@TempDir Path directory) throws IOException {
    Path file = directory.resolve("model.safetensors");
    for (Layout layout : Layout.values()) {
      CosineTransform transform = new CosineTransform(new ImageShape(6, 5, 3), layout, 4, 2);
      ModelFile.of(Network.of(Shape.of(90), transform)).write(file);
      Network read = ModelFile.read(file).network();
      assertEquals(transform.toString(), read.layers().getFirst().toString());
    }
  }
}
