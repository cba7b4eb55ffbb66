package lamella.core;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A tensor that is an output and an input, or a gradient and an input, or that changes meanwhile:
 * the right numbers, or a refusal, at every size.
 */
class OneTensorTwoRolesTest {

  private static Tensor numbers(int n, int width, long seed) {
    return Numbers.eighths(DType.FLOAT32, Shape.of(n, width), seed);
  }

  /** All small sizes, and some that are computed in other ways. */
  static IntStream sizes() {
    return IntStream.concat(IntStream.rangeClosed(1, 70), IntStream.of(96, 130, 200));
  }

  private static void refused(String message, Executable call) {
    assertEquals(message, assertThrows(IllegalStateException.class, call).getMessage());
  }

  // What the pass gave, given back to it.

  /** y = x + f(x) + g(x), with every tensor its own. */
  private record Sum(Layer f, Layer g) implements Layer {
    @Override
    public List<Layer> layers() {
      return List.of(f, g);
    }

    @Override
    public List<Parameter> parameters() {
      List<Parameter> all = new ArrayList<>(f.parameters());
      all.addAll(g.parameters());
      return all;
    }

    @Override
    public Shape outputShape(Shape input) {
      return input;
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
      Tensor fx = pass.forward(this, 0, f, x);
      Tensor gx = pass.forward(this, 1, g, x);
      Tensor y = pass.output(this, x);
      for (int i = 0; i < y.size(); i++) {
        y.set(i, x.get(i) + fx.get(i) + gx.get(i));
      }
      return y;
    }

    @Override
    public Tensor backward(Tensor dy, Pass pass) {
      pass.recall(this, dy);
      Tensor dfx = pass.backward(this, 0, f, dy, true);
      Tensor dgx = pass.backward(this, 1, g, dy, true);
      if (!pass.needsInputGradient()) {
        return null;
      }
      Tensor dx = pass.inputGradient(this);
      for (int i = 0; i < dx.size(); i++) {
        dx.set(i, dy.get(i) + dfx.get(i) + dgx.get(i));
      }
      return dx;
    }
  }

  /** Gives the tensor it is given. */
  private static final class Same implements Layer {
    @Override
    public Shape outputShape(Shape input) {
      return input;
    }

    @Override
    public Tensor forward(Tensor input, Pass pass) {
      return input;
    }

    @Override
    public Tensor backward(Tensor outputGradient, Pass pass) {
      return outputGradient;
    }
  }

  /** A layer around another one, without a position on the pass. */
  private record Bare(Layer inside) implements Layer {
    @Override
    public Shape outputShape(Shape input) {
      return inside.outputShape(input);
    }

    @Override
    public List<Parameter> parameters() {
      return inside.parameters();
    }

    @Override
    public Tensor forward(Tensor input, Pass pass) {
      return inside.forward(input, pass);
    }

    @Override
    public Tensor backward(Tensor outputGradient, Pass pass) {
      return inside.backward(outputGradient, pass);
    }
  }

  private static List<Layer> squareLayers(int n) {
    Dense dense = new Dense(n, n);
    for (int i = 0; i < dense.weight.value().size(); i++) {
      dense.weight.value().set(i, ((i * 7) % 5 - 2) / (4.0 * n));
    }
    Dense other = new Dense(n, n);
    for (int i = 0; i < other.weight.value().size(); i++) {
      other.weight.value().set(i, ((i * 3) % 7 - 3) / (8.0 * n));
    }
    return List.of(
        dense,
        Network.of(Shape.of(n), dense),
        Network.of(Shape.of(n), dense, new Square()),
        Network.of(Shape.of(n), new Square(), dense, new Square()),
        Network.of(Shape.of(n), dense, new Same()),
        Network.of(Shape.of(n), new Same(), dense, other),
        Network.of(Shape.of(n), new Bare(dense), new Bare(new Square())),
        Network.of(Shape.of(n), new Sum(Network.of(Shape.of(n), dense, other), new Square())),
        Network.of(Shape.of(n), Network.of(Shape.of(n), new Sum(dense, other)), dense),
        new Square());
  }

  @ParameterizedTest
  @MethodSource("sizes")
  void anOutputIsAnInputLikeAnyOther(int n) {
    for (Layer layer : squareLayers(n)) {
      Tensor x = numbers(3, n, n);
      Tensor expected = x;
      Pass training = Pass.forGradients();
      Pass inference = Pass.forInference();
      Tensor trained = x;
      Tensor inferred = x;
      for (int round = 0; round < 3; round++) {
        expected = layer.forward(expected.copy(), Pass.forInference());
        trained = layer.forward(trained, training);
        inferred = layer.forward(inferred, inference);
        assertArrayEquals(expected.toDoubleArray(), inferred.toDoubleArray(), layer.toString());
        assertArrayEquals(expected.toDoubleArray(), trained.toDoubleArray(), layer.toString());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("sizes")
  void itsGradientIsThatOfTheLastForward(int n) {
    for (Layer layer : squareLayers(n)) {
      Pass pass = Pass.forGradients();
      Tensor first = layer.forward(numbers(3, n, n), pass);
      Tensor copy = first.copy();
      layer.forward(first, pass);
      Tensor dy = numbers(3, n, 5);
      Tensor dx = layer.backward(dy, pass);
      Pass fresh = Pass.forGradients();
      layer.forward(copy, fresh);
      assertArrayEquals(layer.backward(dy, fresh).toDoubleArray(), dx.toDoubleArray());
      for (Parameter parameter : layer.parameters()) {
        assertArrayEquals(
            fresh.gradients().of(parameter).toDoubleArray(),
            pass.gradients().of(parameter).toDoubleArray());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("sizes")
  void anOutputOfAnEarlierBatchMayBeFedBackLater(int n) {
    Dense dense = new Dense(n, n);
    Network network = Network.of(Shape.of(n), new Square(), dense);
    Pass pass = Pass.forInference();
    Tensor early = network.forward(numbers(2, n, 1), pass);
    double[] kept = early.toDoubleArray();
    network.forward(numbers(3, n, 2), pass);
    network.forward(numbers(1, n, 3), pass);
    assertArrayEquals(kept, early.toDoubleArray());
    assertArrayEquals(
        network.forward(early.copy()).toDoubleArray(),
        network.forward(early, pass).toDoubleArray());
  }

  @ParameterizedTest
  @MethodSource("sizes")
  void anArrayOfThePassInAnotherTensorIsTheSame(int n) {
    Dense dense = new Dense(n, n);
    for (Layer layer : List.of(dense, Network.of(Shape.of(n), dense, new Square()))) {
      Pass pass = Pass.forInference();
      FloatTensor y = (FloatTensor) layer.forward(numbers(2, n, 1), pass);
      Tensor wrapped = FloatTensor.wrap(y.shape(), y.array());
      double[] expected = layer.forward(y.copy()).toDoubleArray();
      assertArrayEquals(expected, layer.forward(wrapped, pass).toDoubleArray());
    }
  }

  @ParameterizedTest
  @MethodSource("sizes")
  void anInputGradientIsAnOutputGradientAndAnInputLikeAnyOther(int n) {
    for (Layer layer : squareLayers(n)) {
      Tensor x = numbers(3, n, 1);
      Pass pass = Pass.forGradients();
      Pass fresh = Pass.forGradients();
      layer.forward(x, pass);
      Tensor dx = layer.backward(numbers(3, n, 2), pass);
      for (int round = 0; round < 3; round++) {
        Tensor copy = dx.copy();
        layer.forward(x, fresh);
        double[] expected = layer.backward(copy, fresh).toDoubleArray();
        layer.forward(x, pass);
        dx = layer.backward(dx, pass);
        assertArrayEquals(expected, dx.toDoubleArray(), layer.toString());
      }
      Tensor copy = dx.copy();
      layer.forward(copy, fresh);
      double[] expected = layer.backward(copy.copy(), fresh).toDoubleArray();
      layer.forward(dx, pass);
      assertArrayEquals(expected, layer.backward(dx, pass).toDoubleArray(), layer.toString());
    }
  }

  @ParameterizedTest
  @MethodSource("sizes")
  void anInputMayBeItsOwnOutputGradient(int n) {
    for (Layer layer : squareLayers(n)) {
      Tensor x = numbers(3, n, 1);
      Pass pass = Pass.forGradients();
      layer.forward(x, pass);
      Tensor dx = layer.backward(x, pass);
      Pass fresh = Pass.forGradients();
      layer.forward(x, fresh);
      assertArrayEquals(layer.backward(x.copy(), fresh).toDoubleArray(), dx.toDoubleArray());
    }
  }

  @Test
  void layersOneAfterTheOtherByHandAreRefusedWhereAnInputIsOverwritten() {
    Dense first = new Dense(3, 3);
    Square square = new Square();
    Pass pass = Pass.forGradients();
    Tensor y = square.forward(first.forward(numbers(2, 3, 1), pass), pass);
    first.forward(y, pass); // overwrites what square was given
    refused(
        "Square: its input was changed between forward and backward; leave it as it is until then,"
            + " or give forward a copy",
        () -> square.backward(numbers(2, 3, 2), pass));
  }

  // What changes between forward and backward.

  private static final String INPUT_CHANGED =
      "Dense(3 -> 2): its input was changed between forward and backward; leave it as it is until"
          + " then, or give forward a copy";

  private static List<Consumer<Tensor>> writes() {
    return List.of(
        tensor -> tensor.set(tensor.size() - 1, tensor.get(tensor.size() - 1)),
        tensor -> tensor.set(0, 0, 8),
        tensor -> tensor.fill(1),
        tensor -> tensor.copyFrom(Tensor.zeros(tensor.dtype(), tensor.shape())),
        Tensor::markChanged,
        tensor -> {
          switch (tensor) {
            case FloatTensor floats -> floats.array()[floats.size() / 2] += 1;
            case DoubleTensor doubles -> doubles.array()[doubles.size() / 2] += 1;
          }
        });
  }

  @Test
  void anInputThatWasWrittenToIsRefused() {
    for (DType dtype : DType.values()) {
      Dense dense = new Dense(3, 2);
      dense.parameters().forEach(parameter -> parameter.convertTo(dtype));
      for (int rows : new int[] {1, 5, 21}) {
        for (Consumer<Tensor> write : writes()) {
          Pass pass = Pass.forTraining();
          Tensor x = numbers(rows, 3, 1).to(dtype);
          dense.forward(x, pass);
          write.accept(x);
          Tensor dy = numbers(rows, 2, 2).to(dtype);
          refused(INPUT_CHANGED, () -> dense.backward(dy, pass));
          // Nothing was added, and the pass is as good as before.
          assertEquals(List.of(), pass.gradients().parameters());
          dense.forward(x, pass);
          dense.backward(dy, pass);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("sizes")
  void aBatchThatIsReadAgainIsRefused(int n) {
    int[] labels = new int[200];
    Dataset<int[]> data = Dataset.of(numbers(200, n, 1), labels);
    Dense dense = new Dense(n, 2);
    Batch<int[]> batch = data.newBatch(50, DType.FLOAT32);
    data.read(IntStream.range(0, 50).toArray(), batch);
    Pass pass = Pass.forTraining();
    dense.forward(batch.inputs(), pass);
    data.read(IntStream.range(50, 100).toArray(), batch);
    assertThrows(IllegalStateException.class, () -> dense.backward(numbers(50, 2, 1), pass));
  }

  @Test
  void aParameterThatWasChangedIsRefused() {
    for (Consumer<Dense> change :
        List.<Consumer<Dense>>of(
            dense -> writes().forEach(write -> write.accept(dense.weight.value())),
            dense -> ((FloatTensor) dense.weight.value()).array()[5] += 1,
            dense -> dense.weight.setValue(dense.weight.value().copy()),
            dense -> {
              dense.weight.convertTo(DType.FLOAT64);
              dense.weight.convertTo(DType.FLOAT32);
            })) {
      Dense dense = new Dense(3, 2);
      Pass pass = Pass.forGradients();
      dense.forward(numbers(4, 3, 1), pass);
      change.accept(dense);
      refused(
          "Dense(3 -> 2): its weight was changed between forward and backward; change parameters"
              + " after backward",
          () -> dense.backward(numbers(4, 2, 1), pass));
    }
  }

  @Test
  void anOutputThatWasChangedIsRefusedByTheLayerThatReadsIt() {
    for (Consumer<Tensor> write : writes()) {
      for (Layer layer : List.of(new Swishlike(), Network.of(Shape.of(3), new Swishlike()))) {
        Pass pass = Pass.forTraining();
        Pass gradients = Pass.forGradients();
        Tensor y = layer.forward(numbers(4, 3, 1), gradients);
        write.accept(y);
        refused(
            "Swishlike: its output was changed between forward and backward; write to a tensor of"
                + " your own, a loss's gradient to Pass.outputGradient",
            () -> layer.backward(numbers(4, 3, 2), gradients));
        layer.forward(numbers(4, 3, 1), pass);
      }
    }
  }

  /** An activation whose slope is computed from its value. */
  private static final class Swishlike extends Elementwise {
    @Override
    protected double value(double x) {
      return 1 / (1 + StrictMath.exp(-x));
    }

    @Override
    protected double slope(double x, double y) {
      return y * (1 - y);
    }
  }

  @Test
  void aBackwardThatEndsHalfWayLeavesNoGradientsThatCouldBeTakenForWhole() {
    Dense first = new Dense(3, 3);
    Dense last = new Dense(3, 2);
    Network network = Network.of(Shape.of(3), first, last);
    Pass pass = Pass.forTraining();
    Tensor x = numbers(4, 3, 1);
    network.forward(x, pass);
    x.fill(2);
    Tensor dy = numbers(4, 2, 1);
    assertThrows(IllegalStateException.class, () -> network.backward(dy, pass));
    String message =
        "Gradients: a backward ended half way with an exception, so they are incomplete; call"
            + " clear() and begin again";
    refused(message, () -> pass.gradients().parameters());
    refused(message, () -> pass.gradients().of(last.weight));
    pass.gradients().clear();
    network.forward(x, pass);
    network.backward(dy, pass);
    assertEquals(4, pass.gradients().parameters().size());
  }

  // Several networks on one pass.

  @Test
  void eachOutputHasAGradientOfItsOwn() {
    Pass pass = Pass.forTraining();
    Dense a = new Dense(3, 2);
    Dense b = new Dense(3, 2);
    Tensor x = numbers(4, 3, 1);
    Tensor outA = a.forward(x, pass);
    Tensor gradientA = pass.outputGradient(outA);
    gradientA.fill(1);
    Tensor outB = b.forward(x, pass);
    Tensor gradientB = pass.outputGradient(outB);
    assertNotSame(gradientA, gradientB);
    gradientB.fill(2);
    assertSame(gradientA, pass.outputGradient(outA));
    // In the order of the forwards, and in the other.
    a.backward(gradientA, pass);
    b.backward(gradientB, pass);
    double[] ofA = pass.gradients().of(a.weight).toDoubleArray();
    double[] ofB = pass.gradients().of(b.weight).toDoubleArray();
    pass.gradients().clear();
    a.forward(x, pass);
    b.forward(x, pass);
    b.backward(gradientB, pass);
    a.backward(gradientA, pass);
    assertArrayEquals(ofA, pass.gradients().of(a.weight).toDoubleArray());
    assertArrayEquals(ofB, pass.gradients().of(b.weight).toDoubleArray());
    for (int i = 0; i < ofA.length; i++) {
      assertEquals(2 * ofA[i], ofB[i]);
    }
  }

  @Test
  void oneNetworkTwiceBeforeItsBackwardIsRefused() {
    Dense dense = new Dense(3, 2);
    Pass pass = Pass.forTraining();
    dense.forward(numbers(4, 3, 1), pass);
    Tensor out = dense.forward(numbers(4, 3, 2), pass);
    Tensor gradient = pass.outputGradient(out);
    gradient.fill(1);
    dense.backward(gradient, pass);
    refused(
        "Dense(3 -> 2): backward before forward on this pass (each forward serves one backward;"
            + " give two inputs as one batch, or each a pass of its own)",
        () -> dense.backward(gradient, pass));
    assertNotNull(pass.gradients().of(dense.weight));
  }

  // Products.

  @ParameterizedTest
  @MethodSource("sizes")
  void aProductsResultIsNoneOfItsOperands(int n) {
    for (DType dtype : DType.values()) {
      Tensor x = numbers(n, n, 1).to(dtype);
      Tensor w = numbers(n, n, 2).to(dtype);
      Tensor b = Numbers.eighths(dtype, Shape.of(n), 3);
      List<Executable> wrong =
          List.of(
              () -> Products.multiply(x, w, null, x),
              () -> Products.multiply(x, w, b, w),
              () -> Products.multiplyTransposedLeft(x, w, x, true),
              () -> Products.multiplyTransposedLeft(x, w, w, false),
              () -> Products.multiplyTransposedRight(x, w, x),
              () -> Products.multiplyTransposedRight(x, w, w),
              () -> Products.multiply(x, w, row(w), firstRow(w)),
              () -> Products.sumRows(firstRow(w), row(w), false));
      double[] before = x.toDoubleArray();
      double[] beforeW = w.toDoubleArray();
      for (int i = 0; i < wrong.size() - (n == 1 ? 0 : 2); i++) {
        assertThrows(IllegalArgumentException.class, wrong.get(i), "call " + i);
      }
      assertArrayEquals(before, x.toDoubleArray());
      assertArrayEquals(beforeW, w.toDoubleArray());
    }
  }

  /** The same array as a vector. */
  private static Tensor row(Tensor matrix) {
    return switch (matrix) {
      case FloatTensor floats -> FloatTensor.wrap(Shape.of(floats.size()), floats.array());
      case DoubleTensor doubles -> DoubleTensor.wrap(Shape.of(doubles.size()), doubles.array());
    };
  }

  /** The same array as a matrix of one row. */
  private static Tensor firstRow(Tensor matrix) {
    return switch (matrix) {
      case FloatTensor floats -> FloatTensor.wrap(Shape.of(1, floats.size()), floats.array());
      case DoubleTensor doubles -> DoubleTensor.wrap(Shape.of(1, doubles.size()), doubles.array());
    };
  }

  @Test
  void theRefusalNamesTheProduct() {
    Tensor x = numbers(2, 2, 1);
    assertEquals(
        "Products.multiply: y must share no array with an operand, which would be overwritten while"
            + " it is read; got one float32[2, 2] as both",
        assertThrows(
                IllegalArgumentException.class,
                () -> Products.multiply(x, numbers(2, 2, 2), null, x))
            .getMessage());
  }

  @ParameterizedTest
  @MethodSource("sizes")
  void oneTensorMayBeBothOperands(int n) {
    for (DType dtype : DType.values()) {
      Tensor x = numbers(n, n, 1).to(dtype);
      Tensor copy = x.copy();
      Tensor y = Tensor.zeros(dtype, x.shape());
      Tensor expected = Tensor.zeros(dtype, x.shape());
      Products.multiply(x, x, null, y);
      Products.multiply(x, copy, null, expected);
      assertArrayEquals(expected.toDoubleArray(), y.toDoubleArray());
      Products.multiplyTransposedLeft(x, x, y, false);
      Products.multiplyTransposedLeft(x, copy, expected, false);
      assertArrayEquals(expected.toDoubleArray(), y.toDoubleArray());
      Products.multiplyTransposedRight(x, x, y);
      Products.multiplyTransposedRight(x, copy, expected);
      assertArrayEquals(expected.toDoubleArray(), y.toDoubleArray());
    }
  }
}
