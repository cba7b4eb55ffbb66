package lamella.contract;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import lamella.core.Layer;
import lamella.core.Layers;
import lamella.core.Parameter;
import lamella.core.Pass;

/** Promises of a layer about the layers inside it. Layers that have none keep them all. */
final class ContainerChecks {
  private ContainerChecks() {}

  /** The parameters of the layers inside are among a container's own. */
  @SuppressWarnings("ReferenceEquality") // a parameter is itself, whatever it holds
  static void layersInsideAreListed(Layer layer) {
    List<Layer> inside = layer.layers();
    if (!sameObjects(inside, layer.layers())) {
      throw new AssertionError(layer + ": layers() gives other layers at the second call");
    }
    List<Parameter> own = layer.parameters();
    for (int position = 0; position < inside.size(); position++) {
      Layer one = inside.get(position);
      if (one == layer) {
        throw new AssertionError(layer + ": layers() names the layer itself");
      }
      for (Parameter parameter : one.parameters()) {
        if (own.stream().noneMatch(known -> known == parameter)) {
          throw new AssertionError(
              layer
                  + ": parameters() lacks "
                  + parameter.name()
                  + " of the layer "
                  + position
                  + " inside it, "
                  + one);
        }
      }
      layersInsideAreListed(one);
    }
    for (int i = 0; i < own.size(); i++) {
      Parameter parameter = own.get(i);
      if (own.subList(0, i).stream().anyMatch(known -> known == parameter)) {
        throw new AssertionError(
            layer
                + ": parameters() names "
                + parameter.name()
                + " twice, and it would be trained twice");
      }
    }
  }

  @SuppressWarnings("ReferenceEquality") // the very same layers
  private static boolean sameObjects(List<Layer> a, List<Layer> b) {
    if (a.size() != b.size()) {
      return false;
    }
    for (int i = 0; i < a.size(); i++) {
      if (a.get(i) != b.get(i)) {
        return false;
      }
    }
    return true;
  }

  /** What layers() names is what forward runs, at the same positions. */
  static void layersInsideAreRun(Subject subject) {
    Layer root = subject.layer;
    Pass pass = Passes.forGradients();
    root.forward(subject.input.to(subject.own()), pass);
    Map<String, Layer> run = new LinkedHashMap<>();
    pass.outputs(root, (path, layer, output) -> run.put(path, layer));
    run.forEach((path, layer) -> requireNamed(root, path, layer));
    requireRun("", root, run, pass);
  }

  /** The layer that ran at this path is the one that layers() names there. */
  @SuppressWarnings("ReferenceEquality") // the very same layer
  private static void requireNamed(Layer root, String path, Layer run) {
    Layer named = root;
    for (String position : path.isEmpty() ? new String[0] : path.split("\\.")) {
      List<Layer> inside = named.layers();
      int index = Integer.parseInt(position);
      if (index >= inside.size()) {
        throw new AssertionError(
            named
                + ": forward runs a layer at position "
                + position
                + ", "
                + run
                + ", that layers() does not name: its parameters have no names, and files and"
                + " summaries leave it out");
      }
      named = inside.get(index);
    }
    if (named != run) {
      throw new AssertionError(
          root
              + ": forward runs "
              + run
              + " at position "
              + path
              + ", where layers() names "
              + named
              + ": the positions given to the pass are those in layers()");
    }
  }

  /** Each layer that a container names ran in its forward, by the pass or called directly. */
  private static void requireRun(String path, Layer container, Map<String, Layer> run, Pass pass) {
    List<Layer> inside = container.layers();
    for (int i = 0; i < inside.size(); i++) {
      Layer layer = inside.get(i);
      String place = Layers.inside(path, i);
      if (run.keySet().stream().anyMatch(ran -> ran.equals(place) || ran.startsWith(place + "."))) {
        requireRun(place, layer, run, pass);
      } else if (!ranDirectly(layer, pass)) {
        throw new AssertionError(
            container
                + ": layers() names "
                + layer
                + " as layer "
                + i
                + ", but forward does not run it there (pass.forward(this, "
                + i
                + ", layer, input) does)");
      }
    }
  }

  private static boolean ranDirectly(Layer layer, Pass pass) {
    boolean[] ran = {false};
    pass.outputs(layer, (path, inner, output) -> ran[0] = true);
    return ran[0];
  }
}
