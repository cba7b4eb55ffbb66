package lamella.layers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.SplittableRandom;
import lamella.core.DType;
import lamella.core.DoubleTensor;
import lamella.core.FloatTensor;
import lamella.core.Initializer;
import lamella.core.Network;
import lamella.core.Parameter.Role;
import lamella.core.Pass;
import lamella.core.Shape;
import lamella.core.ShapeException;
import lamella.core.Tensor;
import lamella.core.random.NumPyRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LinearTest {

  /** W = [[1, 2, 3], [4, 5, 6]], b = [10, 20, 30]. */
  private static Linear layer(DType dtype) {
    Linear layer = new Linear(dtype, 2, 3, Initializer.zeros(), new SplittableRandom(1));
    layer.weight().value().copyFrom(DoubleTensor.of(Shape.of(2, 3), 1, 2, 3, 4, 5, 6));
    layer.bias().value().copyFrom(DoubleTensor.of(Shape.of(3), 10, 20, 30));
    return layer;
  }

  private static Tensor matrix(DType dtype, int rows, int columns, double... elements) {
    return DoubleTensor.of(Shape.of(rows, columns), elements).to(dtype);
  }

  @ParameterizedTest
  @EnumSource(DType.class)
  void forwardIsXTimesWPlusB(DType dtype) {
    Tensor x = matrix(dtype, 2, 2, -1, 1, 0, 0.5);
    Tensor y = layer(dtype).forward(x);
    assertEquals(dtype, y.dtype());
    assertEquals(Shape.of(2, 3), y.shape());
    assertArrayEquals(new double[] {13, 23, 33, 12, 22.5, 33}, y.toDoubleArray());
  }

  @ParameterizedTest
  @EnumSource(DType.class)
  void backwardGivesTheThreeGradients(DType dtype) {
    Linear layer = layer(dtype);
    Tensor x = matrix(dtype, 2, 2, -1, 1, 0, 0.5);
    Tensor dy = matrix(dtype, 2, 3, 1, 0, 2, 4, 8, -2);
    Pass pass = Pass.forGradients();
    layer.forward(x, pass);
    Tensor dx = layer.backward(dy, pass);
    assertArrayEquals(new double[] {7, 16, 14, 44}, dx.toDoubleArray());
    assertArrayEquals(
        new double[] {-1, 0, -2, 3, 4, 1}, pass.gradients().of(layer.weight()).toDoubleArray());
    assertArrayEquals(new double[] {5, 8, 0}, pass.gradients().of(layer.bias()).toDoubleArray());
    assertArrayEquals(new double[] {-1, 1, 0, 0.5}, x.toDoubleArray());
    assertArrayEquals(new double[] {1, 0, 2, 4, 8, -2}, dy.toDoubleArray());

    // A second backward adds.
    layer.forward(x, pass);
    layer.backward(dy, pass);
    assertArrayEquals(
        new double[] {-2, 0, -4, 6, 8, 2}, pass.gradients().of(layer.weight()).toDoubleArray());
    assertArrayEquals(new double[] {10, 16, 0}, pass.gradients().of(layer.bias()).toDoubleArray());
  }

  @Test
  void inTrainingTheInputsGradientIsNotComputed() {
    Linear layer = layer(DType.FLOAT32);
    Pass pass = Pass.forTraining();
    layer.forward(matrix(DType.FLOAT32, 1, 2, 1, 2), pass);
    assertNull(layer.backward(matrix(DType.FLOAT32, 1, 3, 1, 2, 3), pass));
    assertArrayEquals(
        new double[] {1, 2, 3, 2, 4, 6}, pass.gradients().of(layer.weight()).toDoubleArray());
  }

  @Property(tries = 60)
  void gradientsAreThoseOfDifferences(
      @ForAll @IntRange(min = 1, max = 5) int n,
      @ForAll @IntRange(min = 1, max = 6) int inputs,
      @ForAll @IntRange(min = 1, max = 6) int outputs,
      @ForAll long seed) {
    Differences.check(
        new Linear(inputs, outputs, new SplittableRandom(seed)), Shape.of(n, inputs), seed);
  }

  @Test
  void notANumberInNotANumberOut() {
    for (DType dtype : DType.values()) {
      Tensor y = layer(dtype).forward(matrix(dtype, 2, 2, 1, Double.NaN, 1, 0));
      assertArrayEquals(
          new double[] {Double.NaN, Double.NaN, Double.NaN, 11, 22, 33}, y.toDoubleArray());
    }
  }

  @Test
  void weightsAreDrawnRowByRowAndBiasesAreZero() {
    Linear layer = new Linear(DType.FLOAT64, 3, 2, Initializer.normal(0.5), new NumPyRandom(1));
    NumPyRandom random = new NumPyRandom(1);
    for (int i = 0; i < 6; i++) {
      assertEquals(0.5 * random.nextGaussian(), layer.weight().value().get(i));
    }
    assertArrayEquals(new double[2], layer.bias().value().toDoubleArray());
  }

  @Test
  void theUsualLayerIsFloat32WithWeightsByHe() {
    Linear usual = new Linear(3, 2, new SplittableRandom(1));
    Linear he = new Linear(DType.FLOAT32, 3, 2, Initializer.he(), new SplittableRandom(1));
    assertEquals(DType.FLOAT32, usual.weight().value().dtype());
    assertArrayEquals(he.weight().value().toDoubleArray(), usual.weight().value().toDoubleArray());
    Linear glorot = new Linear(3, 2, Initializer.glorot(), new SplittableRandom(1));
    assertEquals(DType.FLOAT32, glorot.bias().value().dtype());
  }

  @Test
  void aLayerOfGivenParametersUsesTheirTensors() {
    Tensor weight = matrix(DType.FLOAT64, 2, 3, 1, 2, 3, 4, 5, 6);
    Tensor bias = DoubleTensor.of(Shape.of(3), 10, 20, 30);
    Linear layer = Linear.of(weight, bias);
    assertSame(weight, layer.weight().value());
    assertSame(bias, layer.bias().value());
    assertEquals("Linear(2 -> 3)", layer.toString());
    Tensor x = matrix(DType.FLOAT64, 1, 2, -1, 1);
    assertArrayEquals(new double[] {13, 23, 33}, layer.forward(x).toDoubleArray());
  }

  @Test
  void parametersThatDoNotFitTogetherAreRefused() {
    Tensor weight = FloatTensor.zeros(Shape.of(2, 3));
    assertEquals(
        "Linear: expects weight [inputs, outputs], got [3]",
        assertThrows(
                IllegalArgumentException.class,
                () -> Linear.of(FloatTensor.zeros(Shape.of(3)), weight))
            .getMessage());
    assertEquals(
        "Linear bias: expects [3], got [2]",
        assertThrows(ShapeException.class, () -> Linear.of(weight, FloatTensor.zeros(Shape.of(2))))
            .getMessage());
    assertEquals(
        "Linear: expects bias of type float32, as weight, got float64",
        assertThrows(
                IllegalArgumentException.class,
                () -> Linear.of(weight, DoubleTensor.zeros(Shape.of(3))))
            .getMessage());
  }

  @Test
  void saysWhatItIs() {
    Linear layer = layer(DType.FLOAT32);
    assertEquals("Linear(2 -> 3)", layer.toString());
    assertEquals(2, layer.inputs());
    assertEquals(3, layer.outputs());
    assertEquals(List.of(layer.weight(), layer.bias()), layer.parameters());
    assertEquals("weight", layer.weight().name());
    assertEquals("bias", layer.bias().name());
    assertEquals(Role.WEIGHT, layer.weight().role());
    assertEquals(Role.BIAS, layer.bias().role());
    assertEquals(Shape.batchOf(3), layer.outputShape(Shape.batchOf(2)));
    assertEquals(Shape.of(7, 3), layer.outputShape(Shape.of(7, 2)));
  }

  @Test
  void aShapeItDoesNotTakeIsNamed() {
    Linear layer = layer(DType.FLOAT32);
    for (Shape wrong : List.of(Shape.of(128, 512), Shape.of(2), Shape.of(4, 2, 2))) {
      ShapeException e =
          assertThrows(ShapeException.class, () -> layer.forward(FloatTensor.zeros(wrong)));
      assertEquals("Linear(2 -> 3): expects [n, 2], got " + wrong, e.getMessage());
      assertEquals(Shape.batchOf(2), e.expected());
      assertEquals(wrong, e.actual());
      assertThrows(ShapeException.class, () -> layer.outputShape(wrong));
    }
  }

  @Test
  void sizesBelow1AreRefused() {
    assertEquals(
        "Linear: inputs and outputs must be at least 1, got 0 -> 10",
        assertThrows(
                IllegalArgumentException.class, () -> new Linear(0, 10, new SplittableRandom(1)))
            .getMessage());
    assertThrows(IllegalArgumentException.class, () -> new Linear(10, -1, new SplittableRandom(1)));
  }

  @Test
  void aBiasMayBeARowOrAColumn() {
    Tensor weight = FloatTensor.of(Shape.of(2, 3), 1, 2, 3, 4, 5, 6);
    Tensor x = FloatTensor.of(Shape.of(1, 2), 1, 1);
    for (Shape shape : List.of(Shape.of(3), Shape.of(1, 3), Shape.of(3, 1))) {
      FloatTensor bias = FloatTensor.of(shape, 10, 20, 30);
      Linear layer = Linear.of(weight, bias);
      assertEquals(Shape.of(3), layer.bias().shape());
      assertArrayEquals(new double[] {15, 27, 39}, layer.forward(x).toDoubleArray());
      bias.set(0, 0); // is not copied
      assertEquals(0, layer.bias().value().get(0));
    }
    for (Shape shape : List.of(Shape.of(1, 1, 3), Shape.of(1, 4), Shape.of(4, 1))) {
      assertThrows(ShapeException.class, () -> Linear.of(weight, FloatTensor.zeros(shape)));
    }
  }

  @Test
  void aCopyOfANetworkLearnsByItself() {
    Linear tied = new Linear(3, 3, new SplittableRandom(1));
    Network network =
        Network.of(
            Shape.of(3), tied, new Swish(), Network.of(Shape.of(3), tied, new ReLU()), new SELU());
    Network copy = network.copy();
    assertEquals(network.toString(), copy.toString());
    assertEquals(2, copy.parameters().size());
    Tensor x = FloatTensor.of(Shape.of(1, 3), 1, -2, 3);
    double[] before = network.forward(x).toDoubleArray();
    assertArrayEquals(before, copy.forward(x).toDoubleArray());
    copy.parameters().forEach(parameter -> parameter.value().fill(0.5));
    assertArrayEquals(before, network.forward(x).toDoubleArray());
  }

  @Test
  void twoLayersOverOneTensorAreNoNetwork() {
    Tensor weight = FloatTensor.zeros(Shape.of(3, 3));
    Linear first = Linear.of(weight, FloatTensor.zeros(Shape.of(3)));
    Linear second = Linear.of(weight, FloatTensor.zeros(Shape.of(3)));
    assertEquals(
        "Network: layer 0 Linear(3 -> 3): weight and layer 2 Linear(3 -> 3): weight share one array,"
            + " so a step would change it twice; use one layer twice to tie weights, or copy the"
            + " tensor",
        assertThrows(
                IllegalArgumentException.class,
                () -> Network.of(Shape.of(3), first, new Swish(), second))
            .getMessage());
  }
}
