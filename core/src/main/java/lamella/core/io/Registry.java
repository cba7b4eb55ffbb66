package lamella.core.io;

import static lamella.core.io.FileFormatException.quote;

import java.util.HashMap;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;
import lamella.core.Layer;
import lamella.core.Network;
import lamella.core.Outputs;
import lamella.core.Shape;
import org.jspecify.annotations.Nullable;

/** The formats that are on the module path or class path. */
final class Registry {
  /** NumPy's limit too. */
  private static final int MOST_DIMENSIONS = 64;

  private final Map<String, LayerFormat<?>> byType = new TreeMap<>();
  private final Map<Class<?>, LayerFormat<?>> byClass = new HashMap<>();

  /**
   * The formats of these, and that of networks.
   *
   * @throws IllegalStateException if two have one type or one class
   */
  Registry(Iterable<LayerFormats> providers) {
    add(
        LayerFormat.of("lamella.Network", Network.class, Registry::network)
            .withOption("input", network -> text(network.inputShape()))
            .withOption("outputs", network -> text(network.outputs()))
            .withLayers(Network::layers));
    for (LayerFormats provider : providers) {
      provider.formats().forEach(this::add);
    }
  }

  /** Looks for them anew: they may change with the thread's class loader. */
  static Registry load() {
    return new Registry(ServiceLoader.load(LayerFormats.class));
  }

  private void add(LayerFormat<?> format) {
    LayerFormat<?> sameType = byType.put(format.type(), format);
    LayerFormat<?> sameClass = byClass.put(format.layerClass(), format);
    LayerFormat<?> other = sameType != null ? sameType : sameClass;
    if (other != null) {
      throw new IllegalStateException("LayerFormats: " + other + " and " + format + " collide");
    }
  }

  @Nullable LayerFormat<?> of(String type) {
    return byType.get(type);
  }

  @Nullable LayerFormat<?> of(Layer layer) {
    return byClass.get(layer.getClass());
  }

  /** The types there are. */
  String types() {
    return String.join(", ", byType.keySet());
  }

  private static Network network(SavedLayer saved) throws FileFormatException {
    return Network.of(shape(saved.text("input")), saved.layers())
        .withOutputs(outputs(saved.textIfThere("outputs")));
  }

  /** Files have no word for what nobody said, so that they are as those before there were any. */
  private static Object text(Outputs outputs) {
    return outputs == Outputs.UNSPECIFIED ? LayerFormat.LEFT_OUT : outputs;
  }

  private static Outputs outputs(@Nullable String text) {
    if (text == null) {
      return Outputs.UNSPECIFIED;
    }
    for (Outputs outputs : Outputs.values()) {
      if (outputs != Outputs.UNSPECIFIED && outputs.toString().equals(text)) {
        return outputs;
      }
    }
    throw new IllegalArgumentException(
        "outputs classes, numbers or yes-no expected, found "
            + quote(text)
            + " (of a newer Lamella?)");
  }

  /** {@code 32,32,3} for {@code [32, 32, 3]}. */
  private static String text(Shape shape) {
    return shape.toString().replaceAll("[\\[\\] ]", "");
  }

  private static Shape shape(String text) {
    String[] words = text.isEmpty() ? new String[0] : text.split(",", MOST_DIMENSIONS + 1);
    int[] dimensions = new int[words.length];
    for (int axis = 0; axis < words.length; axis++) {
      try {
        dimensions[axis] = Integer.parseInt(words[axis]);
      } catch (NumberFormatException e) {
        throw new IllegalArgumentException("input shape expected, found " + quote(text), e);
      }
    }
    return Shape.of(dimensions);
  }
}
