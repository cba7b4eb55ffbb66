package lamella.core;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

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

  private static void walk(
      String path, Layer layer, Set<Layer> seen, BiConsumer<String, Layer> visitor) {
    if (!seen.add(layer)) {
      return;
    }
    visitor.accept(path, layer);
    List<Layer> inside = layer.layers();
    for (int i = 0; i < inside.size(); i++) {
      walk(path.isEmpty() ? "" + i : path + "." + i, inside.get(i), seen, visitor);
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
      collect(path.isEmpty() ? "" + i : path + "." + i, inside.get(i), seen, found, places);
    }
    for (Parameter parameter : layer.parameters()) {
      if (found.add(parameter)) {
        places.add(new Place(path, layer, parameter));
      }
    }
  }

  /** {@return for example {@code layer 0 Linear(3 -> 2): weight}; null if it is nobody's} */
  @SuppressWarnings("ReferenceEquality") // a parameter is itself, whatever it holds
  static @Nullable String describe(Layer root, Parameter parameter) {
    for (Place place : places(root)) {
      if (place.parameter == parameter) {
        return place.description();
      }
    }
    return null;
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

  private static String who(String path, Layer layer) {
    String name = Description.of(layer);
    return path.isEmpty() ? name : "layer " + path + " " + name;
  }
}
