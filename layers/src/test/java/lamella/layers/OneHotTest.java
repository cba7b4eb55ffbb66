package lamella.layers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ai.onnxruntime.OrtException;
import lamella.core.DType;
import lamella.core.DoubleTensor;
import lamella.core.FloatTensor;
import lamella.core.Network;
import lamella.core.Shape;
import lamella.core.ShapeException;
import lamella.core.Tensor;
import lamella.core.io.OnnxExport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OneHotTest {
  @Test
  void aCategoryHasAColumnAndTwoShareOne() {
    OneHot layer = new OneHot(3, 2, 1);
    Tensor x = DoubleTensor.of(Shape.of(4, 3), 1, 1, 1, 3, 2, 1, 2, 0, 0, 0, 3, 2);
    for (DType dtype : DType.values()) {
      assertArrayEquals(
          new double[] {
            1, 0, 0, -1, 1,
            0, 0, 1, 1, 1,
            0, 1, 0, 0, 0,
            0, 0, 0, 0, 0
          },
          layer.forward(x.to(dtype)).toDoubleArray());
    }
    assertEquals("OneHot(3, 2, 1)", layer.toString());
    assertArrayEquals(new int[] {3, 2, 1}, layer.categories());
  }

  @ParameterizedTest
  @ValueSource(
      doubles = {
        0,
        -1,
        -2,
        4,
        1.5,
        2.0000002,
        0.5,
        1e10,
        -1e10,
        4294967297.0,
        Double.NaN,
        Double.POSITIVE_INFINITY,
        Double.NEGATIVE_INFINITY
      })
  void whatIsNoCategoryIsZeros(double value) throws OrtException {
    for (DType dtype : DType.values()) {
      Tensor x = DoubleTensor.of(Shape.of(1, 2), value, value == 4 ? 3 : value).to(dtype);
      OneHot layer = new OneHot(3, 2);
      assertArrayEquals(new double[4], layer.forward(x).toDoubleArray());
      byte[] file = OnnxExport.of(Network.of(Shape.of(2), layer)).withType(dtype).toBytes();
      assertArrayEquals(new double[4], OnnxTest.run(file, x).toDoubleArray());
    }
  }

  @Test
  void onnxruntimeGivesTheSameBits() throws OrtException {
    for (int[] categories : new int[][] {{3, 2, 1}, {5, 4, 3}, {2, 2, 2}}) {
      OneHot layer = new OneHot(categories);
      FloatTensor x = FloatTensor.zeros(Shape.of(50, 3));
      for (int i = 0; i < x.size(); i++) {
        x.set(i, (i * 7 + i / 3) % 6);
      }
      byte[] file = OnnxExport.of(Network.of(Shape.of(3), layer)).toBytes();
      assertArrayEquals(layer.forward(x).toDoubleArray(), OnnxTest.run(file, x).toDoubleArray());
    }
  }

  @Test
  void whatDoesNotFitIsRefused() {
    assertEquals(
        "OneHot: needs at least one column of categories",
        assertThrows(IllegalArgumentException.class, OneHot::new).getMessage());
    assertEquals(
        "OneHot: the number of categories must be from 1 to 16777216, got 0 for column 1",
        assertThrows(IllegalArgumentException.class, () -> new OneHot(3, 0)).getMessage());
    assertEquals(
        "OneHot(3, 2): expects [n, 2], got [5, 3]",
        assertThrows(
                ShapeException.class,
                () -> new OneHot(3, 2).forward(FloatTensor.zeros(Shape.of(5, 3))))
            .getMessage());
  }
}
