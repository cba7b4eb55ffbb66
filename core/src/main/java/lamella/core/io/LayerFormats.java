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
}
