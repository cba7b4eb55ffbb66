package lamella.layers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.SplittableRandom;
import lamella.core.DType;
import lamella.core.DoubleTensor;
import lamella.core.FloatTensor;
import lamella.core.Network;
import lamella.core.Pass;
import lamella.core.Shape;
import lamella.core.ShapeException;
import lamella.core.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EmbeddingTest {
  private static Embedding numbered() {
    return Embedding.of(DoubleTensor.of(Shape.of(3, 2), 0, 1, 10, 11, 20, 21));
  }

  @Test
  void rowsOfTheTableStandOneAfterTheOther() {
    Tensor x = DoubleTensor.of(Shape.of(2, 3), 2, 0, 1, 1, 1, 2);
    assertArrayEquals(
        new double[] {20, 21, 0, 1, 10, 11, 10, 11, 10, 11, 20, 21},
        numbered().forward(x).toDoubleArray());
  }

  /** What comes from a row that was looked up several times is added up. */
  @Test
  void gradientsOfOneRowAddUp() {
    Embedding embedding = numbered();
    Pass pass = Pass.forGradients();
    embedding.forward(DoubleTensor.of(Shape.of(2, 2), 2, 0, 2, 2), pass);
    Tensor dy = DoubleTensor.of(Shape.of(2, 4), 1, 2, 3, 4, 50, 60, 700, 800);
    assertArrayEquals(new double[] {0, 0, 0, 0}, embedding.backward(dy, pass).toDoubleArray());
    assertArrayEquals(
        new double[] {3, 4, 0, 0, 751, 862},
        pass.gradients().of(embedding.table()).toDoubleArray());
  }

  /** In the order of the examples: 1e8 + 1 - 1e8 is 0 in float32, and 1e8 - 1e8 + 1 would be 1. */
  @Test
  void sumsAreTakenInTheOrderOfTheExamples() {
    Embedding embedding = Embedding.of(FloatTensor.zeros(Shape.of(2, 1)));
    Pass pass = Pass.forTraining();
    embedding.forward(FloatTensor.of(Shape.of(3, 1), 1, 1, 1), pass);
    embedding.backward(FloatTensor.of(Shape.of(3, 1), 1e8f, 1, -1e8f), pass);
    assertEquals(0, pass.gradients().of(embedding.table()).get(1));
  }

  /** Without a word a cast would give some row of the table, or one of other memory. */
  @ParameterizedTest
  @CsvSource({"-1", "3", "2.5", "-0.5", "NaN", "Infinity", "16777217", "4294967296", "-1e30"})
  void whatIsNoCategoryIsRefusedWithItsPlace(float wrong) {
    for (DType dtype : DType.values()) {
      Embedding embedding = Embedding.of(numbered().table().value().to(dtype));
      Tensor x = Tensor.zeros(dtype, Shape.of(4, 2));
      x.set(5, wrong);
      String message =
          "Embedding(3 -> 2): expects whole numbers in [0, 3), got "
              + (double) wrong
              + " in row 2, column 1; give a category that is not known a row of its own";
      assertEquals(
          message,
          assertThrows(IllegalArgumentException.class, () -> embedding.forward(x)).getMessage());
      assertEquals(
          message,
          assertThrows(
                  IllegalArgumentException.class, () -> embedding.forward(x, Pass.forTraining()))
              .getMessage());
    }
  }

  @Test
  void negativeZeroIsZero() {
    assertArrayEquals(
        new double[] {0, 1},
        numbered().forward(DoubleTensor.of(Shape.of(1, 1), -0.0)).toDoubleArray());
  }

  @Test
  void sizesAndShapesOutOfRangeAreRefused() {
    SplittableRandom random = new SplittableRandom(1);
    assertEquals(
        "Embedding: count must be from 1 to 16777216 and width at least 1, got 0 and 4",
        assertThrows(IllegalArgumentException.class, () -> new Embedding(0, 4, random))
            .getMessage());
    assertEquals(
        "Embedding: count must be from 1 to 16777216 and width at least 1, got 16777217 and 4",
        assertThrows(IllegalArgumentException.class, () -> new Embedding(16777217, 4, random))
            .getMessage());
    assertEquals(
        "Embedding: expects table [count, width] of at most 16777216 rows, got [6]",
        assertThrows(
                IllegalArgumentException.class, () -> Embedding.of(FloatTensor.zeros(Shape.of(6))))
            .getMessage());
    assertEquals(
        "layer 0 Embedding(3 -> 2): expects [n, 1], got [n, 4, 4]",
        assertThrows(ShapeException.class, () -> Network.of(Shape.of(4, 4), numbered()))
            .getMessage());
  }

  @Test
  void theTableIsCountedAndDecayedAndMultipliesNothing() {
    Embedding embedding = new Embedding(12, 4, new SplittableRandom(1));
    Network network = Network.of(Shape.of(3), embedding);
    assertEquals(Shape.of(12), network.outputShape());
    assertEquals(0, network.multiplyAdds(Shape.of(3)));
    assertEquals("Embedding(12 -> 4)", embedding.toString());
    assertEquals(true, embedding.table().role().isDecayed());
  }

  @Test
  void itsNumbersAreStandardNormal() {
    double sum = 0;
    double squares = 0;
    double[] table =
        new Embedding(1000, 10, new SplittableRandom(3)).table().value().toDoubleArray();
    for (double value : table) {
      sum += value;
      squares += value * value;
    }
    assertEquals(0, sum / table.length, 0.05);
    assertEquals(1, squares / table.length, 0.07);
  }
}
