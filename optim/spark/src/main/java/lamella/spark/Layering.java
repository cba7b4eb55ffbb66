package lamella.spark;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import lamella.core.Initializer;
import lamella.core.Layer;
import lamella.core.Network;
import lamella.core.Outputs;
import lamella.core.Shape;
import lamella.layers.BatchNorm;
import lamella.layers.Dropout;
import lamella.layers.ELU;
import lamella.layers.GELU;
import lamella.layers.HardSwish;
import lamella.layers.LayerNorm;
import lamella.layers.LeakyReLU;
import lamella.layers.Linear;
import lamella.layers.Mish;
import lamella.layers.ReLU;
import lamella.layers.SELU;
import lamella.layers.Sigmoid;
import lamella.layers.Softplus;
import lamella.layers.Swish;
import lamella.layers.Tanh;

/**
 * The network that settings describe: what prepares the inputs, then for each hidden layer a
 * product, a normalisation, a function and dropout, then the outputs.
 */
final class Layering {
  static final List<String> ACTIVATIONS =
      List.of(
          "relu",
          "leakyRelu",
          "elu",
          "selu",
          "gelu",
          "swish",
          "hardSwish",
          "mish",
          "softplus",
          "tanh",
          "sigmoid");

  private Layering() {}

  /** An activation, of which each layer takes a new one, and how weights before it are drawn. */
  private record Function(Supplier<Layer> layer, Initializer weights) {
    static Function of(String name) {
      return switch (name) {
        case "relu" -> new Function(ReLU::new, Initializer.he());
        case "leakyRelu" -> new Function(LeakyReLU::new, Initializer.he());
        case "elu" -> new Function(ELU::new, Initializer.he());
        case "selu" -> new Function(SELU::new, Initializer.leCun());
        case "gelu" -> new Function(GELU::new, Initializer.he());
        case "swish" -> new Function(Swish::new, Initializer.he());
        case "hardSwish" -> new Function(HardSwish::new, Initializer.he());
        case "mish" -> new Function(Mish::new, Initializer.he());
        case "softplus" -> new Function(Softplus::new, Initializer.he());
        case "tanh" -> new Function(Tanh::new, Initializer.glorot());
        case "sigmoid" -> new Function(Sigmoid::new, Initializer.glorot());
        default -> throw new IllegalArgumentException("no activation is named " + name);
      };
    }
  }

  /**
   * {@return the network}
   *
   * @param inputs how many features
   * @param head what comes first
   * @param outputs how many
   */
  static Network network(
      NetworkSettings settings,
      int inputs,
      List<? extends Layer> head,
      int outputs,
      Outputs meaning,
      RandomGenerator random) {
    Function function = Function.of(settings.activation());
    List<Layer> layers = new ArrayList<>(head);
    int width = head.isEmpty() ? inputs : Network.of(Shape.of(inputs), head).outputShape().last();
    for (int units : settings.hiddenLayers()) {
      layers.add(new Linear(width, units, function.weights(), random));
      switch (settings.normalization()) {
        case "batch" -> layers.add(new BatchNorm(units));
        case "layer" -> layers.add(new LayerNorm(units));
        default -> {}
      }
      layers.add(function.layer().get());
      if (settings.dropout() > 0) {
        layers.add(new Dropout(settings.dropout()));
      }
      width = units;
    }
    layers.add(new Linear(width, outputs, Initializer.glorot(), random));
    return Network.of(Shape.of(inputs), layers).withOutputs(meaning);
  }
}
