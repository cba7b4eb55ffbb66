package lamella.core;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * A walk through a layer and all layers inside it, by {@link Layer#layers}; and the names that the
 * parameters have by where they are found.
 *
 * <p>A layer's path is the positions that lead to it: {@code 2}, or {@code 2.0} for the first layer
 * inside it; the path of the layer that the walk begins with is empty. A layer that appears more
 * than once is visited at its first place only.
 */
public final class Layers {
  private Layers() {}

  /** A parameter where it is found first; {@code path} and {@code layer} are those of its layer. */
  private record Place(String path, Layer layer, Parameter parameter) {
    private String name() {
      return path.isEmpty() ? parameter.name() : path + "." + parameter.name();
    }

    private String description() {
      return who(path, layer) + ": " + parameter.name();
    }
  }

  /**
   * Visits a layer, then the layers inside it, each with its path.
   *
   * @param root where to begin, for example a network
   * @param visitor is given the path and the layer
   */
  public static void walk(Layer root, BiConsumer<String, Layer> visitor) {
    walk("", root, Collections.newSetFromMap(new IdentityHashMap<>()), visitor);
  }

  /**
   * {@return the path of a layer inside another one: {@code 2.0} for the first inside that of path
   * {@code 2}}
   *
   * @param path of the layer around it; empty for the one that a walk begins with
   * @param position in that layer's {@link Layer#layers}
   */
  public static String inside(String path, int position) {
    return path.isEmpty() ? Integer.toString(position) : path + "." + position;
  }

  /**
   * {@return a layer with its path, as messages name it: {@code layer 1.0 Linear(3 -> 2)}}
   *
   * @param path of the layer; empty for the one that a walk begins with
   * @param layer the layer
   */
  public static String who(String path, Layer layer) {
    String name = Description.of(layer);
    return path.isEmpty() ? name : "layer " + path + " " + name;
  }

  /**
   * {@return the shape of the output of one of a container's layers} For {@link Layer#outputShape}
   * of a container: an exception about the input's shape is passed on with the position added, as
   * by {@link Pass#forward(Layer, int, Layer, Tensor)}.
   *
   * @param position in the container's {@link Layer#layers}
   * @param layer the layer there
   * @param input the shape of what the container gives it
   * @throws ShapeException if the layer cannot take such an input; names its position
   */
  public static Shape outputShape(int position, Layer layer, Shape input) {
    try {
      return layer.outputShape(input);
    } catch (ShapeException e) {
      throw e.inside(position);
    }
  }

  private static void walk(
      String path, Layer layer, Set<Layer> seen, BiConsumer<String, Layer> visitor) {
    if (!seen.add(layer)) {
      return;
    }
    visitor.accept(path, layer);
    List<Layer> inside = layer.layers();
    for (int i = 0; i < inside.size(); i++) {
      walk(inside(path, i), inside.get(i), seen, visitor);
    }
  }

  /**
   * {@return all parameters of a layer and of those inside it by name, in the order of the layers:
   * {@code 0.weight}, {@code 0.bias}, {@code 1.0.weight}} The name is the path of the layer and the
   * parameter's own name; those of PyTorch's {@code nn.Sequential} of the same layers.
   *
   * <p>These are also the parameters of layers that a container does not train, those that it names
   * in {@link Layer#layers} and keeps out of its {@link Layer#parameters}.
   *
   * @param root for example a network
   * @throws IllegalArgumentException if two parameters have one name, as in a container that does
   *     not name the layers inside it
   */
  public static Map<String, Parameter> parameters(Layer root) {
    Map<String, Parameter> named = new LinkedHashMap<>();
    for (Place place : places(root)) {
      if (named.put(place.name(), place.parameter) != null) {
        throw new IllegalArgumentException(
            who(place.path, place.layer)
                + ": two of its parameters are named "
                + place.parameter.name()
                + "; a container of layers names them in layers(), a layer its parameters apart");
      }
    }
    return named;
  }

  /**
   * Freezes all parameters of a layer and of those inside it: {@link Parameter#freeze}.
   *
   * @param root for example the layers of a trained network below a new last one
   */
  public static void freeze(Layer root) {
    places(root).forEach(place -> place.parameter.freeze());
  }

  /**
   * Unfreezes all parameters of a layer and of those inside it: {@link Parameter#unfreeze}.
   *
   * @param root any layer
   */
  public static void unfreeze(Layer root) {
    places(root).forEach(place -> place.parameter.unfreeze());
  }

  /**
   * {@return about how many numbers a layer and those inside it give for such an input: what a pass
   * holds} How a container passes its input on is not known; each layer inside is taken to get what
   * the one before gives, or, where it cannot, what the container gets.
   *
   * @param layer for example a network
   * @param input the shape of its input
   * @throws ShapeException if the layer cannot take such an input
   */
  public static long outputElements(Layer layer, Shape input) {
    Shape shape = input;
    long inside = 0;
    for (Layer inner : layer.layers()) {
      Shape given = takes(inner, shape) ? shape : input;
      if (takes(inner, given)) {
        inside += outputElements(inner, given);
        shape = inner.outputShape(given);
      }
    }
    return Math.max(inside, layer.outputShape(input).size());
  }

  private static boolean takes(Layer layer, Shape input) {
    try {
      layer.outputShape(input);
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** Each parameter once, with the innermost layer that has it. */
  private static List<Place> places(Layer root) {
    List<Place> places = new ArrayList<>();
    collect(
        "",
        root,
        Collections.newSetFromMap(new IdentityHashMap<>()),
        Collections.newSetFromMap(new IdentityHashMap<>()),
        places);
    return places;
  }

  private static void collect(
      String path, Layer layer, Set<Layer> seen, Set<Parameter> found, List<Place> places) {
    if (!seen.add(layer)) {
      return;
    }
    List<Layer> inside = layer.layers();
    for (int i = 0; i < inside.size(); i++) {
      collect(inside(path, i), inside.get(i), seen, found, places);
    }
    for (Parameter parameter : layer.parameters()) {
      if (found.add(parameter)) {
        places.add(new Place(path, layer, parameter));
      }
    }
  }

  /**
   * {@return what somebody calls who means this parameter: its layer with its path, and its own
   * name, for example {@code layer 1.0 Linear(3 -> 2): weight}} The name alone if it belongs to
   * none of these layers.
   *
   * @param root for example a network
   * @param parameter one of its
   */
  @SuppressWarnings("ReferenceEquality") // a parameter is itself, whatever it holds
  public static String describe(Layer root, Parameter parameter) {
    for (Place place : places(root)) {
      if (place.parameter == parameter) {
        return place.description();
      }
    }
    return parameter.name();
  }

  /**
   * Refuses parameters that cannot be trained, counted and saved by themselves: two on one array.
   */
  static void requireIndependentParameters(Layer root) {
    IdentityHashMap<Object, Place> byArray = new IdentityHashMap<>();
    for (Place place : places(root)) {
      Place other = byArray.put(Elements.array(place.parameter.value()), place);
      if (other != null) {
        throw new IllegalArgumentException(
            "Network: "
                + other.description()
                + " and "
                + place.description()
                + " share one array, so a step would change it twice; use one layer twice to tie"
                + " weights, or copy the tensor");
      }
    }
  }
}
