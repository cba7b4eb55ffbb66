package lamella.layers;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import lamella.core.Layer;
import lamella.core.Parameter;

/** What containers say of the layers inside them. */
final class Inside {
  private Inside() {}

  /** The parameters of the layers inside a container, each once, in their order. */
  static List<Parameter> parameters(List<Layer> layers) {
    Set<Parameter> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    List<Parameter> inOrder = new ArrayList<>();
    for (Layer layer : layers) {
      for (Parameter parameter : layer.parameters()) {
        if (seen.add(parameter)) {
          inOrder.add(parameter);
        }
      }
    }
    return List.copyOf(inOrder);
  }
}
