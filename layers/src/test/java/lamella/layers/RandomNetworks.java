package lamella.layers;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import lamella.core.DType;
import lamella.core.DoubleTensor;
import lamella.core.Elementwise;
import lamella.core.Initializer;
import lamella.core.Layer;
import lamella.core.Network;
import lamella.core.Shape;
import lamella.core.Tensor;

/**
 * Small correct networks of every kind: 1 to 5 parts, widths 1 to 16, all activations, all
 * initialisers, branches, layers that appear twice, dead units, biases and weights of 0.
 */
final class RandomNetworks {
  private static final int MOST_PARTS = 5;
  private static final int WIDEST = 16;
  private static final int LARGEST_BATCH = 8;
  private static final double[] SLOPES = {0.01, 0.2, 1e-3, 0, 1, -0.5, 0.999, 1e-6};

  private RandomNetworks() {}

  /** y = x / (1 + |x|). */
  static final class Softsign extends Elementwise {
    @Override
    protected double value(double x) {
      return x / (1 + Math.abs(x));
    }

    @Override
    protected double slope(double x, double y) {
      return 1 / ((1 + Math.abs(x)) * (1 + Math.abs(x)));
    }
  }

  /** y = x³. */
  static final class Cube extends Elementwise {
    @Override
    protected double value(double x) {
      return x * x * x;
    }

    @Override
    protected double slope(double x, double y) {
      return 3 * x * x;
    }
  }

  /** An activation of any kind. */
  static Layer activation(RandomGenerator random) {
    return switch (random.nextInt(24)) {
      case 0, 1, 2, 3, 4 -> new ReLU();
      case 5, 6, 7, 8 -> new LeakyReLU(SLOPES[random.nextInt(SLOPES.length)]);
      case 9, 10 -> new Swish();
      case 11, 12 -> new SELU();
      case 13 -> new Softplus();
      case 14 -> new Softsign();
      case 15 -> new Tanh();
      case 16 -> new Sigmoid();
      case 17 -> new GELU();
      case 18 -> GELU.tanh();
      case 19 -> new Mish();
      case 20 -> new HardSwish();
      case 21, 22 -> new ELU(SLOPES[random.nextInt(SLOPES.length)]);
      default -> new Cube();
    };
  }

  /** How a network's weights and biases begin. */
  private static final class Beginning {
    private final DType dtype;
    private final Initializer weights;
    private final int biases;
    private final RandomGenerator random;

    Beginning(RandomGenerator random) {
      this.dtype = random.nextBoolean() ? DType.FLOAT32 : DType.FLOAT64;
      this.weights =
          switch (random.nextInt(15)) {
            case 0 -> Initializer.leCun();
            case 1 -> Initializer.glorot();
            case 2 -> Initializer.normal(0.01);
            case 3 -> Initializer.normal(3);
            case 4 -> Initializer.zeros();
            default -> Initializer.he();
          };
      this.biases = random.nextInt(5);
      this.random = random;
    }

    Linear linear(int inputs, int outputs) {
      Initializer own = random.nextInt(20) == 0 ? Initializer.zeros() : weights;
      Linear linear = new Linear(dtype, inputs, outputs, own, random);
      Tensor bias = linear.bias().value();
      for (int i = 0; i < bias.size(); i++) {
        bias.set(
            i,
            switch (biases) {
              case 0 -> random.nextGaussian();
              case 1 -> 0.01 * random.nextGaussian();
              case 2 -> random.nextInt(3) == 0 ? -20 : 0; // dead units
              default -> 0;
            });
      }
      return linear;
    }
  }

  static Network network(RandomGenerator random) {
    Beginning beginning = new Beginning(random);
    int parts = 1 + random.nextInt(MOST_PARTS);
    int inputs = 1 + random.nextInt(WIDEST);
    int width = inputs;
    List<Layer> layers = new ArrayList<>();
    for (int part = 0; part < parts; part++) {
      switch (random.nextInt(12)) {
        case 0 -> layers.add(activation(random));
        case 1 -> {
          Linear linear = beginning.linear(width, width);
          layers.add(new Residual(linear, activation(random)));
        }
        case 2 -> {
          Linear twice = beginning.linear(width, width);
          Layer between = activation(random);
          layers.addAll(List.of(twice, between, twice, between));
        }
        default -> {
          int outputs = 1 + random.nextInt(WIDEST);
          layers.add(beginning.linear(width, outputs));
          width = outputs;
          int activations = part < parts - 1 ? 1 + random.nextInt(10) / 8 : random.nextInt(2);
          for (int i = 0; i < activations; i++) {
            layers.add(activation(random));
          }
        }
      }
    }
    return Network.of(Shape.of(inputs), layers.toArray(new Layer[0]));
  }

  /**
   * Dense layers with one that computes with whole rows or columns behind each. Their weights are
   * not 0: of a column that is always the same, a normalisation makes a step, and next to one
   * differences see nothing.
   */
  static Network ofRows(RandomGenerator random) {
    DType dtype = random.nextBoolean() ? DType.FLOAT32 : DType.FLOAT64;
    int inputs = 2 + random.nextInt(WIDEST);
    int width = inputs;
    List<Layer> layers = new ArrayList<>();
    for (int part = 0; part < 1 + random.nextInt(3); part++) {
      int outputs = 3 + random.nextInt(WIDEST); // of two numbers only the signs remain
      layers.add(new Linear(dtype, width, outputs, Initializer.he(), random));
      width = outputs;
      layers.add(
          switch (random.nextInt(5)) {
            case 0, 1 -> new LayerNorm(dtype, width);
            case 2 -> new BatchNorm(dtype, width);
            case 3 -> new Scale(dtype, width);
            default -> new Softmax();
          });
      if (random.nextBoolean()) {
        layers.add(activation(random));
      }
    }
    return Network.of(Shape.of(inputs), layers.toArray(new Layer[0]));
  }

  /** 1 to 8 examples; of size 1, small, large, whole numbers, with zeros, or with an empty row. */
  static Tensor input(Network network, RandomGenerator random) {
    Tensor x = DoubleTensor.zeros(network.inputShape().batch(1 + random.nextInt(LARGEST_BATCH)));
    int kind = random.nextInt(8);
    int emptyUpTo = kind == 0 ? network.inputShape().size() : 0;
    for (int i = emptyUpTo; i < x.size(); i++) {
      double normal = random.nextGaussian();
      x.set(
          i,
          switch (kind) {
            case 1 -> 1e-3 * normal;
            case 2 -> 100 * normal;
            case 3 -> random.nextInt(-1, 2);
            case 4 -> random.nextInt(4) == 0 ? 0 : normal;
            default -> normal;
          });
    }
    return x;
  }
}
