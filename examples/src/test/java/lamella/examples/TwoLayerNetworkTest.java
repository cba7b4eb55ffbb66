package lamella.examples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import lamella.core.DType;
import lamella.core.DoubleTensor;
import lamella.core.Pass;
import lamella.core.Shape;
import lamella.core.ShapeException;
import lamella.core.Tensor;
import lamella.core.random.NumPyRandom;
import org.junit.jupiter.api.Test;

class TwoLayerNetworkTest {

  @Test
  void drawsW1ThenW2AndNothingElse() {
    NumPyRandom random = new NumPyRandom(1);
    TwoLayerNetwork network =
        TwoLayerNetwork.of(3, 4, 2, Activation.RELU, 0.5, DType.FLOAT64, random);
    NumPyRandom expected = new NumPyRandom(1);
    for (String name : List.of("w1", "w2")) {
      for (double value : network.namedParameters().get(name).value().toDoubleArray()) {
        assertEquals(0.5 * expected.nextGaussian(), value);
      }
    }
    assertArrayEquals(new double[4], network.namedParameters().get("b1").value().toDoubleArray());
    assertArrayEquals(new double[2], network.namedParameters().get("b2").value().toDoubleArray());
    assertEquals(expected.nextInt(49000), random.nextInt(49000));
  }

  @Test
  void computesTheEquationsByHand() {
    // y1 = [1 2] [[1 -1] [1 1]] + [0 -3] = [3 -2]; h1 = [3 -0.02]; y2 = h1 [[1 2 0] [0 50 1]] + [1
    // 1 1]
    TwoLayerNetwork network =
        TwoLayerNetwork.of(
            Activation.LEAKY_RELU,
            DoubleTensor.of(Shape.of(2, 2), 1, -1, 1, 1),
            DoubleTensor.of(Shape.of(2), 0, -3),
            DoubleTensor.of(Shape.of(2, 3), 1, 2, 0, 0, 50, 1),
            DoubleTensor.of(Shape.of(3), 1, 1, 1));
    Tensor y2 = network.logits(DoubleTensor.of(Shape.of(1, 2), 1, 2), Pass.forInference());
    assertArrayEquals(new double[] {4, 6, 0.98}, y2.toDoubleArray(), 1e-12);
  }

  @Test
  void parametersAreW1B1W2B2InThisOrder() {
    TwoLayerNetwork network =
        TwoLayerNetwork.of(5, 4, 3, Activation.SELU, 1, DType.FLOAT32, new NumPyRandom(1));
    assertEquals(List.of("w1", "b1", "w2", "b2"), List.copyOf(network.namedParameters().keySet()));
    assertEquals(network.parameters(), List.copyOf(network.namedParameters().values()));
    assertEquals(Shape.of(5, 4), network.namedParameters().get("w1").shape());
    assertEquals(Shape.of(3), network.namedParameters().get("b2").shape());
  }

  @Test
  void parametersThatDoNotFitTogetherAreRefused() {
    Tensor w1 = Tensor.zeros(DType.FLOAT32, Shape.of(5, 4));
    Tensor b1 = Tensor.zeros(DType.FLOAT32, Shape.of(4));
    Tensor w2 = Tensor.zeros(DType.FLOAT32, Shape.of(3, 2));
    Tensor b2 = Tensor.zeros(DType.FLOAT32, Shape.of(2));
    ShapeException exception =
        assertThrows(
            ShapeException.class, () -> TwoLayerNetwork.of(Activation.RELU, w1, b1, w2, b2));
    assertEquals("layer 2 Linear(3 -> 2): expects [n, 3], got [n, 4]", exception.getMessage());
    assertThrows(ShapeException.class, () -> TwoLayerNetwork.of(Activation.RELU, w1, b2, w2, b2));
    assertThrows(
        IllegalArgumentException.class, () -> TwoLayerNetwork.of(Activation.RELU, b1, b1, w2, b2));
  }
}
