package lamella.layers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import lamella.core.DType;
import lamella.core.DoubleTensor;
import lamella.core.FloatTensor;
import lamella.core.Network;
import lamella.core.Outputs;
import lamella.core.Shape;
import lamella.core.ShapeException;
import lamella.core.Tensor;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class SoftmaxTest {
  @Property(tries = 200)
  void aRowSumsToOneAndDoesNotChangeWithASharedSummand(
      @ForAll @IntRange(min = 1, max = 12) int classes,
      @ForAll DType dtype,
      @ForAll @DoubleRange(min = -1e4, max = 1e4) double shift) {
    Tensor x = Tensor.zeros(dtype, Shape.of(1, classes));
    Tensor shifted = Tensor.zeros(dtype, Shape.of(1, classes));
    for (int j = 0; j < classes; j++) {
      // Whole numbers: a sum with another is exact.
      x.set(j, (j * 7 + classes) % 11);
      shifted.set(j, x.get(j) + Math.rint(shift));
    }
    Tensor y = new Softmax().forward(x);
    double sum = 0;
    for (int j = 0; j < classes; j++) {
      assertTrue(y.get(j) > 0 && y.get(j) <= 1);
      sum += y.get(j);
    }
    assertEquals(1, sum, dtype == DType.FLOAT32 ? 1e-6 : 1e-15);
    assertArrayEquals(y.toDoubleArray(), new Softmax().forward(shifted).toDoubleArray());
  }

  @Test
  void nothingOverflows() {
    for (DType dtype : DType.values()) {
      Tensor x = DoubleTensor.of(Shape.of(1, 3), 1e30, 0, -1e30).to(dtype);
      assertArrayEquals(new double[] {1, 0, 0}, new Softmax().forward(x).toDoubleArray());
    }
  }

  @Test
  void rowsAreThoseOfTheLastDimension() {
    FloatTensor x = FloatTensor.of(Shape.of(1, 2, 2), 0, 0, 5, 5);
    assertArrayEquals(new double[] {0.5, 0.5, 0.5, 0.5}, new Softmax().forward(x).toDoubleArray());
    assertEquals(
        "Softmax: expects [n, 1], got [3]",
        assertThrows(
                ShapeException.class, () -> new Softmax().forward(FloatTensor.zeros(Shape.of(3))))
            .getMessage());
  }

  @Test
  void aNetworkThatEndsWithItGivesProbabilities() {
    Network network = Network.of(Shape.of(3), new Softmax());
    assertEquals(Outputs.PROBABILITIES, network.outputs());
    assertEquals("Softmax", new Softmax().toString());
  }
}
