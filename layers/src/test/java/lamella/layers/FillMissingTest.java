package lamella.layers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ai.onnxruntime.OrtException;
import lamella.core.DType;
import lamella.core.DoubleTensor;
import lamella.core.FloatTensor;
import lamella.core.Network;
import lamella.core.Pass;
import lamella.core.Shape;
import lamella.core.ShapeException;
import lamella.core.Tensor;
import lamella.core.io.OnnxExport;
import org.junit.jupiter.api.Test;

class FillMissingTest {
  private static final double NAN = Double.NaN;

  private static FillMissing layer() {
    return FillMissing.of(DoubleTensor.of(Shape.of(3), 10, 20, 30));
  }

  private static Tensor rows() {
    return DoubleTensor.of(Shape.of(2, 3), NAN, 1, NAN, 2, Double.NEGATIVE_INFINITY, -0.0);
  }

  @Test
  void missingValuesBecomeTheFeaturesOwn() {
    assertArrayEquals(
        new double[] {10, 1, 30, 2, Double.NEGATIVE_INFINITY, -0.0},
        layer().forward(rows()).toDoubleArray());
    assertArrayEquals(
        new double[] {1, 0, 1, 0, 0, 0}, new MissingIndicator().forward(rows()).toDoubleArray());
  }

  @Test
  void gradientsPassWhereAValueIs() {
    Pass pass = Pass.forGradients();
    layer().forward(rows(), pass);
    FillMissing layer = layer();
    layer.forward(rows(), pass);
    Tensor dy = DoubleTensor.of(Shape.of(2, 3), 1, 2, 3, 4, 5, 6);
    assertArrayEquals(new double[] {0, 2, 0, 4, 5, 6}, layer.backward(dy, pass).toDoubleArray());
  }

  @Test
  void valuesThatAreNoneAreRefused() {
    assertEquals(
        "FillMissing value: must be finite, got NaN at feature 1",
        assertThrows(
                IllegalArgumentException.class,
                () -> FillMissing.of(FloatTensor.of(Shape.of(2), 1, Float.NaN)))
            .getMessage());
    assertEquals(
        "FillMissing value: expects [features], got [2, 3]",
        assertThrows(
                IllegalArgumentException.class,
                () -> FillMissing.of(FloatTensor.zeros(Shape.of(2, 3))))
            .getMessage());
    assertEquals(
        "FillMissing(3): expects [n, 3], got [4, 2]",
        assertThrows(
                ShapeException.class, () -> layer().forward(DoubleTensor.zeros(Shape.of(4, 2))))
            .getMessage());
  }

  @Test
  void onnxruntimeFillsToo() throws OrtException {
    for (DType dtype : DType.values()) {
      FillMissing layer = FillMissing.of(layer().value().value().to(dtype));
      Tensor x = DoubleTensor.of(Shape.of(2, 3), NAN, 1, NAN, 2, -7, -0.0).to(dtype);
      byte[] file = OnnxExport.of(Network.of(Shape.of(3), layer)).toBytes();
      assertArrayEquals(
          layer.forward(x).toDoubleArray(),
          OnnxTest.run(file, x).toDoubleArray(),
          dtype.toString());
      byte[] indicator =
          OnnxExport.of(Network.of(Shape.of(3), new MissingIndicator())).withType(dtype).toBytes();
      assertArrayEquals(
          new double[] {1, 0, 1, 0, 0, 0}, OnnxTest.run(indicator, x).toDoubleArray());
    }
  }
}
