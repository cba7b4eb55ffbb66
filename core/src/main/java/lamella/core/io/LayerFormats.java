package lamella.core.io;

import java.util.List;

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
}
