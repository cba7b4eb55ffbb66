package lamella.layers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import lamella.core.DType;
import lamella.core.DoubleTensor;
import lamella.core.FloatTensor;
import lamella.core.Layer;
import lamella.core.Network;
import lamella.core.Outputs;
import lamella.core.Parameter;
import lamella.core.Shape;
import lamella.core.Tensor;
import org.junit.jupiter.api.Test;

class FoldedTest {
  private final SplittableRandom random = new SplittableRandom(1);

  private Tensor numbers(Shape shape, double from, double to) {
    Tensor tensor = FloatTensor.zeros(shape);
    for (int i = 0; i < tensor.size(); i++) {
      tensor.set(i, random.nextDouble(from, to));
    }
    return tensor;
  }

  private Tensor vector(int features, double from, double to) {
    return numbers(Shape.of(features), from, to);
  }

  private Linear linear(int inputs, int outputs) {
    return Linear.of(numbers(Shape.of(inputs, outputs), -1, 1), vector(outputs, -1, 1));
  }

  private BatchNorm norm(int features) {
    return BatchNorm.of(
        vector(features, -2, 2),
        vector(features, -1, 1),
        vector(features, -1, 1),
        vector(features, 0.1, 3));
  }

  private Scale scale(int features) {
    return Scale.of(vector(features, -2, 2));
  }

  private InputNorm inputNorm(int features) {
    return InputNorm.standardising(vector(features, -3, 3), vector(features, 0.5, 4));
  }

  /** Folds, and compares with the original in float64, where rounding is out of sight. */
  private Network check(String layers, Network network) {
    List<Tensor> before = new ArrayList<>();
    network.parameters().forEach(parameter -> before.add(parameter.value().copy()));
    Network folded = Folded.of(network);
    assertEquals(layers, folded.toString());
    assertEquals(network.outputs(), folded.outputs());
    for (int i = 0; i < before.size(); i++) {
      Tensor value = network.parameters().get(i).value();
      assertArrayEquals(before.get(i).toDoubleArray(), value.toDoubleArray());
    }
    Set<Parameter> shared = new HashSet<>(folded.parameters());
    shared.retainAll(network.parameters());
    assertTrue(shared.isEmpty(), "parameters of both: " + shared);

    Tensor x = numbers(network.inputShape().batch(17), -2, 2);
    Network exact = network.copy();
    exact.parameters().forEach(parameter -> parameter.convertTo(DType.FLOAT64));
    double[] expected = exact.forward(x.to(DType.FLOAT64)).toDoubleArray();
    double largest = 0;
    for (double value : expected) {
      largest = Math.max(largest, Math.abs(value));
    }
    assertArrayEquals(expected, folded.forward(x).toDoubleArray(), 2e-6 * largest);
    Network exactlyFolded = Folded.of(exact);
    assertEquals(DType.FLOAT64, exactlyFolded.dtype());
    assertArrayEquals(
        expected, exactlyFolded.forward(x.to(DType.FLOAT64)).toDoubleArray(), 1e-14 * largest);
    return folded;
  }

  @Test
  void layersBeforeALinearAreFolded() {
    check("Network([5] -> Linear(5 -> 3))", Network.of(Shape.of(5), inputNorm(5), linear(5, 3)));
    check(
        "Network([5] -> Linear(5 -> 3))",
        Network.of(Shape.of(5), InputNorm.centring(vector(5, -3, 3)), linear(5, 3)));
    check("Network([5] -> Linear(5 -> 3))", Network.of(Shape.of(5), norm(5), linear(5, 3)));
    check("Network([5] -> Linear(5 -> 3))", Network.of(Shape.of(5), scale(5), linear(5, 3)));
    check(
        "Network([5] -> Linear(5 -> 3))",
        Network.of(Shape.of(5), inputNorm(5), scale(5), norm(5), linear(5, 3)));
  }

  @Test
  void layersAfterALinearAreFolded() {
    check("Network([5] -> Linear(5 -> 3))", Network.of(Shape.of(5), linear(5, 3), norm(3)));
    check(
        "Network([5] -> Linear(5 -> 3))",
        Network.of(Shape.of(5), linear(5, 3), scale(3), norm(3), inputNorm(3)));
  }

  @Test
  void layersOnBothSidesOfActivationsAreFolded() {
    check(
        "Network([5] -> Linear(5 -> 7) -> ReLU -> Linear(7 -> 4) -> Linear(4 -> 3))",
        Network.of(
            Shape.of(5),
            inputNorm(5),
            linear(5, 7),
            norm(7),
            new ReLU(),
            scale(7),
            norm(7),
            linear(7, 4),
            norm(4),
            linear(4, 3),
            scale(3)));
  }

  @Test
  void aWhiteningIsFoldedWhereOneLayerMultipliesLess() {
    Whitening whitening = Whitening.of(numbers(Shape.of(9, 4), -1, 1), vector(4, -1, 1));
    check(
        "Network([9] -> Linear(9 -> 2))",
        Network.of(Shape.of(9), whitening, linear(4, 2), norm(2)));
    check(
        "Network([9] -> Whitening(9 -> 4) -> Linear(4 -> 8))",
        Network.of(Shape.of(9), whitening, linear(4, 8)));
    check(
        "Network([9] -> Whitening(9 -> 4) -> Linear(4 -> 2))",
        Network.of(Shape.of(9), whitening, scale(4), linear(4, 2)));
    check(
        "Network([9] -> Whitening(9 -> 4) -> ReLU -> Linear(4 -> 2))",
        Network.of(Shape.of(9), whitening, new ReLU(), linear(4, 2)));
  }

  @Test
  void layersBesideNoLinearStay() {
    check(
        "Network([5] -> Scale(5) -> ReLU -> BatchNorm(5) -> ReLU -> Linear(5 -> 2) -> Tanh"
            + " -> Scale(2))",
        Network.of(
            Shape.of(5),
            scale(5),
            new ReLU(),
            norm(5),
            new ReLU(),
            linear(5, 2),
            new Tanh(),
            scale(2)));
  }

  @Test
  void innerNetworksAndBlocksAreFolded() {
    Network inner = Network.of(Shape.of(4), norm(4), linear(4, 4), norm(4), new ReLU());
    Residual block = new Residual(norm(4), linear(4, 6), norm(6), new ReLU(), linear(6, 4));
    Network folded =
        check(
            "Network([4] -> Network([4] -> Linear(4 -> 4) -> ReLU)"
                + " -> Residual(Linear(4 -> 6) -> ReLU -> Linear(6 -> 4)) -> Scale(4)"
                + " -> Residual(Linear(4 -> 6) -> ReLU -> Linear(6 -> 4)))",
            Network.of(Shape.of(4), inner, block, scale(4), block));
    assertSame(folded.layers().get(1), folded.layers().get(3));
    assertNotSame(block, folded.layers().get(1));
  }

  /** Each use of a dense layer takes in what is beside it. */
  @Test
  void aSharedLinearIsFoldedWhereItStands() {
    Linear shared = linear(4, 4);
    check(
        "Network([4] -> Linear(4 -> 4) -> ReLU -> Linear(4 -> 4) -> Linear(4 -> 4))",
        Network.of(Shape.of(4), norm(4), shared, new ReLU(), shared, shared, scale(4)));
  }

  @Test
  void whatOutputsMeanIsKept() {
    Layer last = linear(5, 3);
    Network network = Network.of(Shape.of(5), last, norm(3)).withOutputs(Outputs.YES_NO);
    check("Network([5] -> Linear(5 -> 3))", network);
    check(
        "Network([5] -> Linear(5 -> 3) -> Softmax)",
        Network.of(Shape.of(5), last, norm(3), new Softmax()));
  }

  /** By hand: y = ((x - 1) / 2 W + b - mean) / sqrt(variance + epsilon) gain + bias. */
  @Test
  void numbersOfAnExample() {
    Network network =
        Network.of(
            Shape.of(1),
            InputNorm.standardising(of(1), of(2)),
            Linear.of(DoubleTensor.of(Shape.of(1, 1), 3), of(5)),
            BatchNorm.of(of(7), of(11), of(13), of(3), BatchNorm.MOMENTUM, 1));
    Linear folded = (Linear) Folded.of(network).layers().getFirst();
    assertEquals(3 / 2.0 * 7 / 2, folded.weight().value().get(0), 1e-12);
    assertEquals((5 - 3 / 2.0 - 13) / 2 * 7 + 11, folded.bias().value().get(0), 1e-12);
  }

  private static Tensor of(double number) {
    return DoubleTensor.of(Shape.of(1), number);
  }
}
