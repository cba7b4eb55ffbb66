package lamella.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import lamella.core.DType;
import lamella.core.FloatTensor;
import lamella.core.Layer;
import lamella.core.Network;
import lamella.core.Parameter;
import lamella.core.Shape;
import lamella.core.Tensor;
import lamella.core.io.OnnxExport;
import lamella.layers.BatchNorm;
import lamella.layers.Columns;
import lamella.layers.ContrastNorm;
import lamella.layers.Dropout;
import lamella.layers.ELU;
import lamella.layers.Embedding;
import lamella.layers.EnsembleLinear;
import lamella.layers.FillMissing;
import lamella.layers.GELU;
import lamella.layers.HardSwish;
import lamella.layers.InputNorm;
import lamella.layers.LayerNorm;
import lamella.layers.LeakyReLU;
import lamella.layers.Linear;
import lamella.layers.Mish;
import lamella.layers.MissingIndicator;
import lamella.layers.OneHot;
import lamella.layers.PeriodicEmbedding;
import lamella.layers.PiecewiseLinear;
import lamella.layers.ReLU;
import lamella.layers.Residual;
import lamella.layers.RobustScale;
import lamella.layers.SELU;
import lamella.layers.Scale;
import lamella.layers.Sigmoid;
import lamella.layers.Softmax;
import lamella.layers.Softplus;
import lamella.layers.Swish;
import lamella.layers.Tanh;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every layer, written with old operators and with new ones, comes back as the same layer. */
class OpsetsTest {
  private static final int WIDTH = 12;

  private static Tensor numbers(int seed, double from, double to) {
    FloatTensor tensor = FloatTensor.zeros(Shape.of(WIDTH));
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < WIDTH; i++) {
      tensor.set(i, random.nextDouble(from, to));
    }
    return tensor;
  }

  private static Linear linear(int seed) {
    Linear linear = new Linear(WIDTH, WIDTH, new SplittableRandom(seed));
    linear.bias().setValue(numbers(seed, -0.5, 0.5));
    return linear;
  }

  private static Columns columns() {
    return Columns.of(
        Columns.part(new int[] {0, 1, 2}, new Linear(3, 4, new SplittableRandom(26)), new Tanh()),
        Columns.part(new int[] {5}, new PeriodicEmbedding(1, new SplittableRandom(29))),
        Columns.part(new int[] {9, 1}),
        Columns.part(new int[] {11}, new MissingIndicator()),
        Columns.part(new int[] {8}, new OneHot(2)));
  }

  private static PiecewiseLinear piecewiseLinear() {
    FloatTensor rows = FloatTensor.zeros(Shape.of(50, WIDTH));
    SplittableRandom random = new SplittableRandom(29);
    for (int i = 0; i < rows.size(); i++) {
      rows.set(i, random.nextDouble(-2, 2));
    }
    return PiecewiseLinear.halfwayToNormal(rows, 8);
  }

  private static LayerNorm layerNorm(int seed) {
    return LayerNorm.of(numbers(seed, 0.5, 1.5), numbers(seed + 1, -1, 1));
  }

  private static BatchNorm batchNorm(int seed) {
    return BatchNorm.of(
        numbers(seed, 0.5, 1.5),
        numbers(seed + 1, -1, 1),
        numbers(seed + 2, -2, 2),
        numbers(seed + 3, 0.1, 3));
  }

  private static List<Layer> layers() {
    return List.of(
        RobustScale.of(numbers(23, -1, 1), numbers(24, 0.5, 2)),
        RobustScale.of(numbers(27, -1, 1), numbers(28, 0.5, 2)).withAsinh(),
        piecewiseLinear(),
        FillMissing.of(numbers(25, -1, 1)),
        InputNorm.standardising(numbers(1, -1, 1), numbers(2, 0.5, 2)),
        new ContrastNorm(0.5),
        linear(3),
        columns(),
        batchNorm(4),
        new GELU(),
        new EnsembleLinear(3, WIDTH / 3, 4, new SplittableRandom(29))
            .withRandomSigns(new SplittableRandom(29)),
        new Dropout(0.3),
        new Residual(linear(8), layerNorm(9), new Mish(), linear(11)),
        Scale.of(numbers(12, -2, 2)),
        new Tanh(),
        linear(13),
        new ELU(),
        new ELU(0.3),
        new Softplus(),
        linear(14),
        new HardSwish(),
        new SELU(),
        new Residual(new Residual(GELU.tanh(), linear(15)), new Swish()),
        new Residual(linear(25), new Residual(new Swish()), new Residual(new Tanh(), linear(26))),
        new Sigmoid(),
        new LeakyReLU(0.3),
        linear(16),
        new ReLU(),
        BatchNorm.of(
            numbers(19, 0.5, 1.5), numbers(20, -1, 1), numbers(21, -1, 1), numbers(22, 0.1, 2)),
        layerNorm(17),
        new Softmax(),
        linear(18));
  }

  private static Network network(List<Layer> layers) {
    return Network.of(Shape.of(WIDTH), layers.toArray(Layer[]::new));
  }

  /** Each layer behind a linear one, and all of them. */
  static Stream<Network> networks() {
    List<Network> networks = new ArrayList<>();
    for (Layer layer : layers()) {
      networks.add(network(List.of(linear(20), layer)));
    }
    List<Layer> all = new ArrayList<>(layers());
    all.add(new Softmax());
    networks.add(network(all));
    return networks.stream();
  }

  private static Tensor examples(DType dtype) {
    SplittableRandom random = new SplittableRandom(30);
    Tensor x = Tensor.zeros(dtype, Shape.of(50, WIDTH));
    double[] sizes = {0.1, 1, 5, 20};
    for (int i = 0; i < x.size(); i++) {
      double size = sizes[i / WIDTH % sizes.length];
      x.set(i, random.nextDouble(-size, size));
    }
    return x;
  }

  @ParameterizedTest
  @MethodSource("networks")
  void theSameLayersComeBack(Network network) throws IOException {
    for (DType dtype : DType.values()) {
      for (Parameter parameter : network.parameters()) {
        parameter.convertTo(dtype);
      }
      requireSame(network, examples(dtype));
    }
  }

  @Test
  void anEmbeddingComesBack() throws IOException {
    for (DType dtype : DType.values()) {
      Embedding table = new Embedding(6, 3, new SplittableRandom(4));
      table.parameters().forEach(parameter -> parameter.convertTo(dtype));
      Tensor x = Tensor.zeros(dtype, Shape.of(3, 2));
      for (int i = 0; i < x.size(); i++) {
        x.set(i, i);
      }
      requireSame(Network.of(Shape.of(2), table, new Tanh()), x);
    }
  }

  /** The head of a table's network, with columns of one kind, of several and of one feature. */
  @Test
  void theHeadOfATableComesBack() throws IOException {
    for (DType dtype : DType.values()) {
      Network network =
          Network.of(
              Shape.of(6),
              Columns.of(
                  Columns.part(
                      new int[] {0, 4},
                      RobustScale.of(
                          FloatTensor.of(Shape.of(2), 1, 2), FloatTensor.of(Shape.of(2), 3, 0.5f)),
                      FillMissing.of(FloatTensor.zeros(Shape.of(2))),
                      new PeriodicEmbedding(2, new SplittableRandom(3))),
                  Columns.part(
                      new int[] {2},
                      RobustScale.of(
                          FloatTensor.of(Shape.of(1), 1), FloatTensor.of(Shape.of(1), 3)),
                      FillMissing.of(FloatTensor.of(Shape.of(1), 0.25f))),
                  Columns.part(new int[] {0, 2}, new MissingIndicator()),
                  Columns.part(new int[] {1, 3}, new OneHot(2, 3)),
                  Columns.part(new int[] {5}, new OneHot(4)),
                  Columns.part(new int[] {3}, new Embedding(4, 2, new SplittableRandom(1)))),
              new Linear(21, 3, new SplittableRandom(2)));
      network.parameters().forEach(parameter -> parameter.convertTo(dtype));
      Tensor x = Tensor.zeros(dtype, Shape.of(20, 6));
      for (int i = 0; i < x.size(); i++) {
        x.set(i, i % 6 == 2 && i % 5 == 0 ? Double.NaN : i * 7 % 4);
      }
      requireSame(network, x);
    }
  }

  /** Columns taken one by one, in any order, and parts within parts. */
  @Test
  void columnsWithinColumnsComeBack() throws IOException {
    Columns inner =
        Columns.of(Columns.part(new int[] {1, 0}, new Tanh()), Columns.part(new int[] {2}));
    Network network =
        Network.of(
            Shape.of(5),
            Columns.of(Columns.part(new int[] {4, 0, 0, 3, 1})),
            Columns.of(
                Columns.part(new int[] {3, 1, 2}, inner, new ReLU()),
                Columns.part(new int[] {0, 4}, new Residual(new Tanh()))),
            new Linear(5, 2, new SplittableRandom(2)));
    Tensor x = FloatTensor.zeros(Shape.of(4, 5));
    for (int i = 0; i < x.size(); i++) {
      x.set(i, 0.1 * i - 1);
    }
    requireSame(network, x);
  }

  private static void requireSame(Network network, Tensor x) throws IOException {
    for (int opset = OnnxExport.OLDEST_OPSET; opset <= OnnxExport.OPSET; opset++) {
      byte[] file = OnnxExport.of(network).withOpset(opset).toBytes();
      Network read = OnnxImport.parse("x.onnx", file).network();
      assertEquals(network.toString(), read.toString(), "opset " + opset);
      assertArrayEquals(network.forward(x).toDoubleArray(), read.forward(x).toDoubleArray());
    }
  }
}
