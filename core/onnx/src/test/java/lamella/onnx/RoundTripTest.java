package lamella.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import lamella.core.DType;
import lamella.core.Initializer;
import lamella.core.Layer;
import lamella.core.Network;
import lamella.core.Outputs;
import lamella.core.Shape;
import lamella.core.Tensor;
import lamella.core.io.LayerFormat;
import lamella.core.io.LayerFormats;
import lamella.core.io.OnnxExport;
import lamella.layers.BatchNorm;
import lamella.layers.Columns;
import lamella.layers.ContrastNorm;
import lamella.layers.Dropout;
import lamella.layers.ELU;
import lamella.layers.Embedding;
import lamella.layers.Ensemble;
import lamella.layers.EnsembleLinear;
import lamella.layers.FillMissing;
import lamella.layers.GELU;
import lamella.layers.GaussianNoise;
import lamella.layers.HardSwish;
import lamella.layers.InputNorm;
import lamella.layers.LayerNorm;
import lamella.layers.LeakyReLU;
import lamella.layers.Linear;
import lamella.layers.MemberMean;
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
import lamella.layers.Whitening;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** What is exported, imported and exported again is the same file. */
class RoundTripTest {
  private static final int WIDEST = 7;

  /** Those whose classes have been seen, of all networks drawn. */
  private static final Set<Class<?>> SEEN = new HashSet<>();

  private static Tensor numbers(
      DType dtype, int size, double from, double to, RandomGenerator random) {
    Tensor tensor = Tensor.zeros(dtype, Shape.of(size));
    for (int i = 0; i < size; i++) {
      tensor.set(i, random.nextDouble(from, to));
    }
    return tensor;
  }

  private static Linear linear(DType dtype, int inputs, int outputs, RandomGenerator random) {
    Linear linear = new Linear(dtype, inputs, outputs, Initializer.he(), random);
    linear.bias().setValue(numbers(dtype, outputs, -1, 1, random));
    return linear;
  }

  private static Layer any(DType dtype, int width, RandomGenerator random) {
    return switch (random.nextInt(28)) {
      case 0 -> new ReLU();
      case 1 -> new LeakyReLU(random.nextInt(3) == 0 ? 0.01 : 0.25);
      case 2 -> new Swish();
      case 3 -> new SELU();
      case 4 -> new GELU();
      case 5 -> GELU.tanh();
      case 6 -> new Mish();
      case 7 -> new HardSwish();
      case 8 -> new Tanh();
      case 9 -> new Sigmoid();
      case 10 -> new Softplus();
      case 11 -> new ELU(random.nextBoolean() ? 1 : 0.5);
      case 12 -> new Dropout(0.25);
      case 13 -> new Softmax();
      case 14 -> Scale.of(numbers(dtype, width, -2, 2, random));
      case 15 ->
          InputNorm.standardising(
              numbers(dtype, width, -1, 1, random), numbers(dtype, width, 0.5, 2, random));
      case 16 -> InputNorm.centring(numbers(dtype, width, -1, 1, random));
      case 17 ->
          LayerNorm.of(numbers(dtype, width, -2, 2, random), numbers(dtype, width, -1, 1, random));
      case 18, 19 ->
          BatchNorm.of(
              numbers(dtype, width, -2, 2, random),
              numbers(dtype, width, -1, 1, random),
              numbers(dtype, width, -1, 1, random),
              numbers(dtype, width, 0.5, 2, random));
      case 20 -> {
        RobustScale scale =
            RobustScale.of(
                numbers(dtype, width, -1, 1, random), numbers(dtype, width, 0.5, 2, random));
        yield random.nextBoolean() ? scale : scale.withAsinh();
      }
      case 21 -> FillMissing.of(numbers(dtype, width, -1, 1, random));
      case 22 -> new MissingIndicator();
      case 23 -> {
        int first = 1 + random.nextInt(width - 1);
        yield Columns.of(
            Columns.part(
                random.ints(first, 0, width).toArray(), linear(dtype, first, first, random)),
            Columns.part(random.ints(width - first, 0, width).toArray()));
      }
      case 24 -> {
        Tensor rows = numbers(dtype, 9 * width, -2, 2, random).reshape(Shape.of(9, width));
        PiecewiseLinear lines = PiecewiseLinear.halfwayToNormal(rows, 1 + random.nextInt(6));
        yield PiecewiseLinear.of(lines.knots().value().to(dtype), lines.values().value().to(dtype));
      }
      case 25 -> new ContrastNorm(random.nextBoolean() ? 10 : 0.3);
      default ->
          new Residual(
              linear(dtype, width, width + 1, random),
              random.nextBoolean() ? new Swish() : new Residual(new Tanh()),
              linear(dtype, width + 1, width, random));
    };
  }

  private static Network network(DType dtype, RandomGenerator random) {
    int inputs = 2 + random.nextInt(WIDEST);
    int width = inputs;
    List<Layer> layers = new ArrayList<>();
    if (random.nextInt(8) == 0) {
      Embedding table = new Embedding(dtype, 5, 2, Initializer.normal(1), random);
      layers.add(table);
      width = 2 * inputs;
    }
    if (random.nextInt(8) == 0) {
      int[] categories = random.ints(width, 1, 5).toArray();
      layers.add(new OneHot(categories));
      width = Arrays.stream(categories).map(count -> count == 2 ? 1 : count).sum();
    }
    if (random.nextInt(8) == 0) {
      PeriodicEmbedding waves = new PeriodicEmbedding(dtype, width, 3, 2, 0.2, random);
      layers.add(waves);
      width = waves.outputShape(Shape.of(1, width)).last();
    }
    Layer last = null;
    for (int part = 0; part <= random.nextInt(6); part++) {
      // What is the same twice in a row may be one, as x - a - b is.
      Layer layer = part % 2 == 0 ? linear(dtype, width, 2 + random.nextInt(WIDEST), random) : null;
      if (layer instanceof Linear linear) {
        width = linear.outputs();
      } else {
        layer = any(dtype, width, random);
      }
      layers.add(layer);
      boolean again = last instanceof Linear square && square.outputs() == square.inputs();
      if (again && square(last) == width && random.nextBoolean()) {
        layers.add(last);
      }
      last = layer;
    }
    if (random.nextInt(8) == 0) {
      int members = 2 + random.nextInt(3);
      if (random.nextBoolean()) {
        layers.add(new EnsembleLinear(dtype, members, width, 3, Initializer.he(), random));
        width = 3 * members;
      }
      layers.add(linear(dtype, width, 2 * members, random));
      layers.add(new MemberMean(members, random.nextBoolean() ? Outputs.CLASSES : Outputs.NUMBERS));
      return Network.of(Shape.of(inputs), layers);
    }
    Network network = Network.of(Shape.of(inputs), layers);
    return layers.getLast() instanceof Softmax || random.nextBoolean()
        ? network
        : network.withOutputs(random.nextBoolean() ? Outputs.CLASSES : Outputs.NUMBERS);
  }

  private static int square(Layer layer) {
    return layer instanceof Linear linear ? linear.inputs() : 0;
  }

  @Property(tries = 150)
  void theSameBytes(
      @ForAll long seed, @ForAll boolean wide, @ForAll @IntRange(min = 13, max = 20) int opset)
      throws IOException {
    SplittableRandom random = new SplittableRandom(seed);
    Network network = network(wide ? DType.FLOAT64 : DType.FLOAT32, random);
    OnnxExport export = OnnxExport.of(network).withOpset(opset);
    boolean softmax = network.outputs() == Outputs.CLASSES && network.outputShape().size() > 1;
    byte[] file = (softmax ? export.withSoftmax() : export).toBytes();
    OnnxImport read = OnnxImport.parse("x.onnx", file);
    assertEquals(network.toString(), read.network().toString());
    OnnxExport again = OnnxExport.of(read.network()).withOpset(opset).withMetadata(read.metadata());
    assertArrayEquals(
        file, (read.probabilities() ? again.withSoftmax() : again).toBytes(), network.toString());
  }

  /** Every layer that files keep is drawn. */
  @Property(tries = 1)
  void allLayersAreDrawn() {
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 300; i++) {
      network(DType.FLOAT32, random).layers().forEach(layer -> SEEN.add(layer.getClass()));
    }
    Set<Class<?>> formats = new HashSet<>();
    for (LayerFormat<?> format : LayerFormats.all()) {
      formats.add(format.layerClass());
    }
    formats.removeAll(SEEN);
    // Networks within networks come back as one chain, a whitening as a linear layer; noise is not
    // in a graph, and networks side by side are not layers again.
    assertEquals(
        Set.of(Network.class, Ensemble.class, Whitening.class, GaussianNoise.class), formats);
  }
}
