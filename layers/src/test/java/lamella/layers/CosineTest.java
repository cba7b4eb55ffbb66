package lamella.layers;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.SplittableRandom;
import lamella.core.DType;
import lamella.core.Shape;
import lamella.core.Tensor;
import org.junit.jupiter.api.Test;

class CosineTest {
  private static final int COUNT = 20_000;

  /** To four units in the last place of 1, of what Java's own gives. */
  private static void assertAsJavas(DType dtype, double farthest, double tolerance) {
    SplittableRandom random = new SplittableRandom(7);
    Tensor a = Tensor.zeros(dtype, Shape.of(COUNT));
    Tensor dy = Tensor.zeros(dtype, a.shape());
    for (int i = 0; i < COUNT; i++) {
      a.set(i, random.nextDouble(-farthest, farthest));
      dy.set(i, random.nextDouble(-1, 1));
    }
    Tensor y = Tensor.zeros(dtype, a.shape());
    Tensor da = Tensor.zeros(dtype, a.shape());
    Cosine.VALUES.over(y, a);
    Cosine.GRADIENTS.over(da, a, dy);
    for (int i = 0; i < COUNT; i++) {
      assertEquals(Math.cos(a.get(i)), y.get(i), tolerance);
      assertEquals(-dy.get(i) * Math.sin(a.get(i)), da.get(i), tolerance);
    }
  }

  @Test
  void isThatOfJava() {
    for (double farthest : new double[] {0.01, 2, 20, 1000, 99_000, 1e6, 1e30}) {
      assertAsJavas(DType.FLOAT32, farthest, 0x1p-22);
      assertAsJavas(DType.FLOAT64, farthest, 0x1p-52);
    }
  }

  @Test
  void whatIsNotFiniteHasNone() {
    for (DType dtype : DType.values()) {
      for (double number : new double[] {Double.NaN, Double.NEGATIVE_INFINITY}) {
        Tensor a = Tensor.zeros(dtype, Shape.of(40));
        a.set(3, number);
        Tensor y = Tensor.zeros(dtype, a.shape());
        Cosine.VALUES.over(y, a);
        assertEquals(Double.NaN, y.get(3));
        assertEquals(1, y.get(4), 0x1p-22);
        Tensor da = Tensor.zeros(dtype, a.shape());
        Cosine.GRADIENTS.over(da, a, y);
        assertEquals(Double.NaN, da.get(3));
      }
    }
  }
}
