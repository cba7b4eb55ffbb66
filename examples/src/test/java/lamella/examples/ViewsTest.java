package lamella.examples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import lamella.core.FloatTensor;
import lamella.core.Network;
import lamella.core.Predictor;
import lamella.core.Shape;
import lamella.core.io.ModelFile;
import lamella.data.cifar.ImageShape;
import lamella.data.cifar.Layout;
import lamella.layers.Linear;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ViewsTest {
  private static final int SIDE = 32;

  @ParameterizedTest
  @CsvSource({
    "none, none, 1",
    "Mirrored, mirrored, 2",
    "shifts(1), shifts(1), 5",
    "shifts( 2 ) mirrored, mirrored shifts(2), 10"
  })
  void aTextSaysWhichTheyAre(String text, String canonical, int count) {
    assertEquals(canonical, Views.of(text).toString());
    assertEquals(count, Views.of(text).count());
    assertEquals(Views.of(text), Views.of(canonical));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "mirored| 'mirored' at position 1 is unknown, did you mean 'mirrored'; expected mirrored, shifts(1), both, or"
            + " none",
        "mirrored mirrored| 'mirrored' at position 10 stands there twice",
        "mirrored(2)| 'mirrored' at position 1 takes nothing in parentheses",
        "shifts| 'shifts' at position 1 needs pixels, as in shifts(1)",
        "shifts(0.5)| '0.5' at position 8 must be a whole number of pixels in [1, 4095]",
        "shifts(4096)| '4096' at position 8 must be a whole number of pixels in [1, 4095]",
        "none mirrored| 'none' at position 1 is unknown; expected mirrored, shifts(1), both, or none"
      })
  void whatIsNoViewIsRefused(String text, String message) {
    assertEquals(
        message, assertThrows(IllegalArgumentException.class, () -> Views.of(text)).getMessage());
  }

  private static FloatTensor images(int n) {
    Random random = new Random(5);
    FloatTensor images = FloatTensor.zeros(Shape.of(n, 3072));
    for (int i = 0; i < images.size(); i++) {
      images.set(i, random.nextInt(256));
    }
    return images;
  }

  private static Network linear(long seed) {
    Linear linear = new Linear(3072, 4, new SplittableRandom(seed));
    for (int i = 0; i < linear.weight().value().size(); i++) {
      linear.weight().value().set(i, 0.01 * linear.weight().value().get(i));
    }
    return Network.of(Shape.of(3072), linear);
  }

  /** The mean of ten predictions for images that plain loops have mirrored and shifted. */
  @Test
  void thePredictionIsTheMeanOverTheViews() {
    Network network = linear(1);
    FloatTensor images = images(2);
    double[] expected = new double[8];
    int[][] moves = {{0, 0}, {2, 0}, {-2, 0}, {0, 2}, {0, -2}};
    for (int mirrored = 0; mirrored < 2; mirrored++) {
      for (int[] move : moves) {
        FloatTensor seen = FloatTensor.zeros(images.shape());
        for (int i = 0; i < images.size(); i++) {
          int channel = i % 3;
          int column = inside(i / 3 % SIDE - move[1]);
          int row = inside(i / 3 / SIDE % SIDE - move[0]);
          int from = (row * SIDE + (mirrored == 1 ? SIDE - 1 - column : column)) * 3 + channel;
          seen.set(i, images.get(i / 3072 * 3072 + from));
        }
        double[] one = Predictor.of(network).probabilities(seen).toDoubleArray();
        for (int i = 0; i < expected.length; i++) {
          expected[i] += one[i] / 10;
        }
      }
    }
    Network views = Views.of("mirrored shifts(2)").over(network, ImageShape.CIFAR10, Layout.HWC);
    double[] actual = Predictor.of(views).probabilities(images).toDoubleArray();
    assertArrayEquals(expected, actual, 1e-6);
  }

  private static int inside(int place) {
    return place < 0 ? -place : place >= SIDE ? 2 * (SIDE - 1) - place : place;
  }

  @Test
  void noViewsAreTheNetworkItself() {
    Network network = linear(1);
    assertSame(network, Views.NONE.over(network, ImageShape.CIFAR10, Layout.HWC));
    assertSame(network, Views.without(network));
  }

  @Test
  void aFileKeepsTheNetworkOnce() throws IOException {
    Network network = linear(1);
    Network views = Views.of("mirrored shifts(1)").over(network, ImageShape.CIFAR10, Layout.CHW);
    assertSame(network, Views.without(views));
    ModelFile file = ModelFile.of(views);
    Network read = ModelFile.parse("views", file.toBytes()).network();
    assertEquals(2, read.parameters().size());
    assertEquals(2, Views.without(read).parameters().size());
    assertSame(read.parameters().getFirst(), Views.without(read).parameters().getFirst());
    FloatTensor images = images(1);
    assertArrayEquals(views.forward(images).toDoubleArray(), read.forward(images).toDoubleArray());
  }

  @Test
  void anEnsembleOfDifferentNetworksHasNoViews() {
    Network two = EnsembleModel.of(List.of(linear(1), linear(2)));
    assertSame(two, Views.without(two));
    assertEquals(
        2,
        Views.without(Views.of("mirrored").over(two, ImageShape.CIFAR10, Layout.HWC))
            .layers()
            .getFirst()
            .layers()
            .size());
  }
}
