package lamella.core.io;

import static lamella.core.io.FileFormatException.quote;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import lamella.core.Layer;
import lamella.core.Network;
import lamella.core.Parameter;
import lamella.core.Shape;
import lamella.core.Tensor;

/**
 * A network's parameters by name, from and to tensors by name as files hold them.
 *
 * <p>The names are the layer's position and the parameter's name, {@code 0.weight}, {@code 0.bias},
 * {@code 2.weight}; in a network within a network {@code 1.0.weight}. They are those of PyTorch's
 * {@code nn.Sequential} of the same layers, so that its {@code state_dict} can be loaded:
 *
 * {@snippet file="SnippetsTest.java" region="parameters"}
 */
public final class Parameters {
  private Parameters() {}

  /**
   * {@return the values by name, in the order of the layers: the live tensors} A layer that appears
   * twice has the name of its first position.
   *
   * @param network whose parameters are meant
   */
  public static Map<String, Tensor> of(Network network) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    named(network).forEach((name, parameter) -> tensors.put(name, parameter.value()));
    return Collections.unmodifiableMap(tensors);
  }

  private static Map<String, Parameter> named(Network network) {
    Map<String, Parameter> named = new LinkedHashMap<>();
    collect("", network, named);
    return named;
  }

  private static void collect(String prefix, Network network, Map<String, Parameter> named) {
    List<Layer> layers = network.layers();
    for (int i = 0; i < layers.size(); i++) {
      if (layers.get(i) instanceof Network inner) {
        collect(prefix + i + ".", inner, named);
        continue;
      }
      for (Parameter parameter : layers.get(i).parameters()) {
        if (!named.containsValue(parameter)) { // a parameter equals itself only
          named.put(prefix + i + "." + parameter.name(), parameter);
        }
      }
    }
  }

  /**
   * Copies these tensors into the network's parameters of the same names, rounding where a tensor's
   * type is wider. All of them or, if there is an error, none.
   *
   * @param network whose parameters are set
   * @param tensors by the names that {@link #of} gives
   * @param layout how the tensors hold weights of two dimensions: as the layers do, or transposed.
   *     A square matrix fits either way, so nothing but this tells
   * @throws IllegalArgumentException if a parameter has no tensor, a tensor no parameter, or their
   *     shapes differ; names both sides
   */
  public static void load(
      Network network, Map<String, ? extends Tensor> tensors, WeightLayout layout) {
    Map<String, Parameter> parameters = named(network);
    requireNames(parameters, tensors);
    parameters.forEach((name, parameter) ->
        requireShape(
            network, name, parameter, Objects.requireNonNull(tensors.get(name)).shape(), layout));
    parameters.forEach((name, parameter) -> {
      Tensor given = Objects.requireNonNull(tensors.get(name));
      parameter.value().copyFrom(layout.isTransposed(parameter) ? transposed(given) : given);
    });
  }

  private static void requireNames(
      Map<String, Parameter> parameters, Map<String, ? extends Tensor> tensors) {
    if (!parameters.keySet().equals(tensors.keySet())) {
      throw new IllegalArgumentException(
          "Parameters: the network has "
              + missing(parameters.keySet(), tensors.keySet())
              + " that the tensors do not, the tensors "
              + missing(tensors.keySet(), parameters.keySet())
              + " that the network does not");
    }
  }

  private static String missing(Collection<String> all, Collection<String> present) {
    List<String> names = all.stream().filter(name -> !present.contains(name)).toList();
    int shown = Math.min(names.size(), 10);
    String list =
        String.join(", ", names.stream().limit(shown).map(FileFormatException::quote).toList());
    return names.isEmpty()
        ? "none"
        : shown == names.size() ? list : list + " and " + (names.size() - shown) + " more";
  }

  private static Tensor transposed(Tensor tensor) {
    int rows = tensor.shape().dimension(0);
    int columns = tensor.shape().dimension(1);
    Tensor result = Tensor.zeros(tensor.dtype(), Shape.of(columns, rows));
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        result.set(column * rows + row, tensor.get(row * columns + column));
      }
    }
    return result;
  }

  private static void requireShape(
      Network network, String name, Parameter parameter, Shape given, WeightLayout layout) {
    Shape expected = layout.inFile(parameter);
    if (!given.equals(expected)) {
      WeightLayout other =
          layout == WeightLayout.IN_OUT ? WeightLayout.OUT_IN : WeightLayout.IN_OUT;
      String hint =
          given.equals(other.inFile(parameter)) ? "; are they WeightLayout." + other + "?" : "";
      throw new IllegalArgumentException(
          "Parameters: "
              + quote(name)
              + ", "
              + network.describe(parameter)
              + ", expects "
              + expected
              + " for WeightLayout."
              + layout
              + ", got "
              + given
              + hint);
    }
  }
}
