package lamella.core.io;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The formats of a library's layers: a service, by which {@link ModelFile} finds them.
 *
 * <p>A module says {@code provides lamella.core.io.LayerFormats with ...} in its descriptor, a jar
 * on the class path names its class in {@code META-INF/services/lamella.core.io.LayerFormats}; see
 * {@link java.util.ServiceLoader}.
 */
@FunctionalInterface
public interface LayerFormats {

  /** {@return the formats, one for each class of layer} */
  List<LayerFormat<?>> formats();

  /**
   * {@return the formats of all libraries that can be found from here, in the order of their types}
   * They are looked for anew: class loaders may differ from thread to thread.
   */
  static List<LayerFormat<?>> all() {
    return Registry.load().all();
  }

  /**
   * {@return the format of the layers of this type; null if there is none} Asked of every library
   * when a model file is read, which names the types of its layers: one with many layers may make
   * this one alone.
   *
   * @param type as of {@link LayerFormat#type}
   */
  default @Nullable LayerFormat<?> format(String type) {
    for (LayerFormat<?> format : formats()) {
      if (format.type().equals(type)) {
        return format;
      }
    }
    return null;
  }
}
