package lamella.layers;

import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OrtException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import lamella.core.DType;
import lamella.core.FloatTensor;
import lamella.core.Layer;
import lamella.core.Layers;
import lamella.core.Network;
import lamella.core.Shape;
import lamella.core.Tensor;
import lamella.core.io.LayerFormat;
import lamella.core.io.OnnxExport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every layer, and a network of all of them, written with old operators and with new ones, is
 * computed by onnxruntime as by us.
 */
class OpsetTest {
  private static final int WIDTH = 12;

  /** The oldest, the first with LayerNormalization, the first with Mish, the newest. */
  private static final List<Integer> OPSETS = List.of(13, 17, 18, 20);

  /** The largest difference allowed, relative to the largest output of the example. */
  private static final double FLOAT32 = 1e-5;

  private static final double FLOAT64 = 1e-12;

  private static SplittableRandom random(int seed) {
    return new SplittableRandom(seed);
  }

  private static Tensor numbers(int seed, double from, double to) {
    FloatTensor tensor = FloatTensor.zeros(Shape.of(WIDTH));
    SplittableRandom random = random(seed);
    for (int i = 0; i < WIDTH; i++) {
      tensor.set(i, random.nextDouble(from, to));
    }
    return tensor;
  }

  private static Linear linear(int seed) {
    Linear linear = new Linear(WIDTH, WIDTH, random(seed));
    linear.bias().setValue(numbers(seed, -0.5, 0.5));
    return linear;
  }

  /** In parts, of which two look for missing values and categories: there are none. */
  private static Columns columns() {
    return Columns.of(
        Columns.part(new int[] {0, 1, 2}, new Linear(3, 4, random(26)), new Tanh()),
        Columns.part(new int[] {5}, new PeriodicEmbedding(1, random(29))),
        Columns.part(new int[] {9, 1}),
        Columns.part(new int[] {11}, new MissingIndicator()),
        Columns.part(new int[] {8}, new OneHot(2)));
  }

  private static PiecewiseLinear piecewiseLinear() {
    FloatTensor rows = FloatTensor.zeros(Shape.of(50, WIDTH));
    SplittableRandom random = random(29);
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

  /** One layer of each class that has a format, but for the last. */
  private static List<Layer> layers() {
    return List.of(
        RobustScale.of(numbers(23, -1, 1), numbers(24, 0.5, 2)),
        RobustScale.of(numbers(27, -1, 1), numbers(28, 0.5, 2)).withAsinh(),
        piecewiseLinear(),
        FillMissing.of(numbers(25, -1, 1)),
        InputNorm.standardising(numbers(1, -1, 1), numbers(2, 0.5, 2)),
        new ContrastNorm(0.5),
        Whitening.of(linear(30).weight().value(), numbers(31, -1, 1)),
        linear(3),
        columns(),
        batchNorm(4),
        new GELU(),
        new EnsembleLinear(3, WIDTH / 3, 4, random(29)).withRandomSigns(random(29)),
        new Dropout(0.3),
        new GaussianNoise(0.2),
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

  /** Each layer behind a linear one, and all of them with a softmax at the end. */
  static Stream<Network> networks() {
    List<Network> networks = new ArrayList<>();
    for (Layer layer : layers()) {
      networks.add(network(List.of(linear(20), layer)));
    }
    networks.add(network(List.of(linear(20), new Softmax())));
    List<Layer> all = new ArrayList<>(layers());
    all.add(new Softmax());
    networks.add(network(all));
    return networks.stream();
  }

  private static Tensor examples(DType dtype) {
    SplittableRandom random = random(30);
    Tensor x = Tensor.zeros(dtype, Shape.of(50, WIDTH));
    double[] sizes = {0.1, 1, 5, 20};
    for (int i = 0; i < x.size(); i++) {
      double size = sizes[i / WIDTH % sizes.length];
      x.set(i, random.nextDouble(-size, size));
    }
    return x;
  }

  @Test
  void theseAreAllLayersThatHaveAFormat() {
    List<Class<?>> tested = new ArrayList<>();
    networks()
        .forEach(network -> Layers.walk(network, (path, layer) -> tested.add(layer.getClass())));
    // Those that do not take and give what the others do: BuiltInLayersTest has them in all
    // versions.
    tested.addAll(List.of(Embedding.class, Ensemble.class, MemberMean.class));
    for (LayerFormat<?> format : new Formats().formats()) {
      assertTrue(tested.contains(format.layerClass()), format.toString());
    }
  }

  @ParameterizedTest
  @MethodSource("networks")
  void onnxruntimeComputesWhatWeDoFromOldOperatorsAndNew(Network network) throws OrtException {
    Tensor x = examples(DType.FLOAT32);
    Tensor expected = network.forward(x);
    for (int opset : OPSETS) {
      byte[] file = OnnxExport.of(network).withOpset(opset).toBytes();
      OnnxTest.assertNear(expected, OnnxTest.run(file, x), FLOAT32);
    }
  }

  /** onnxruntime has the error function, and so GELU, in float32 only. */
  @ParameterizedTest
  @MethodSource("networks")
  void inFloat64AsWell(Network network) throws OrtException {
    if (network.toString().replace("GELU(tanh)", "").contains("GELU")) {
      return;
    }
    network.parameters().forEach(parameter -> parameter.convertTo(DType.FLOAT64));
    Tensor x = examples(DType.FLOAT64);
    Tensor expected = network.forward(x);
    for (int opset : OPSETS) {
      byte[] file = OnnxExport.of(network).withOpset(opset).toBytes();
      OnnxTest.assertNear(expected, OnnxTest.run(file, x), FLOAT64);
    }
  }

  /** Every version between has some operators and not others. */
  @ParameterizedTest
  @ValueSource(ints = {13, 14, 15, 16, 17, 18, 19, 20})
  void aNetworkOfAllLayersIsWrittenForEveryVersion(int opset) throws OrtException {
    List<Layer> all = layers();
    Network network = network(all);
    Tensor x = examples(DType.FLOAT32);
    byte[] file = OnnxExport.of(network).withOpset(opset).toBytes();
    OnnxTest.assertNear(network.forward(x), OnnxTest.run(file, x), FLOAT32);
  }
}
