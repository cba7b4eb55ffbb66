package lamella.core.io;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import lamella.core.Layer;
import lamella.core.Layers;
import lamella.core.Parameter;
import lamella.core.Tensor;

/** One model file on its way out: walks through the layers, and names their parameters. */
final class ModelWriter {
  /** Where a layer stands, and how many layers it is made of, itself included. */
  private record Place(String path, long layers) {}

  private final Registry registry;
  private final IdentityHashMap<Layer, Place> places = new IdentityHashMap<>();
  private final Set<Parameter> saved = Collections.newSetFromMap(new IdentityHashMap<>());
  private final Map<String, Tensor> tensors = new LinkedHashMap<>();

  private ModelWriter(Registry registry) {
    this.registry = registry;
  }

  static SafeTensors toTensors(ModelFile model, Registry registry) {
    model.network().dtype(); // or says that they are of both types
    ModelWriter writer = new ModelWriter(registry);
    StringBuilder json = new StringBuilder();
    writer.tree(model.network(), "", 0).write(json);
    model.tensors().forEach((name, tensor) -> writer.tensors.put(name, tensor.copy()));
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put(ModelFile.FORMAT, ModelFile.VERSION);
    metadata.put(ModelFile.NETWORK, json.toString());
    metadata.putAll(model.metadata());
    metadata.put(ModelFile.SHA256, checksum(writer.tensors, metadata));
    return SafeTensors.of(writer.tensors, metadata);
  }

  /** Of tensors and metadata in the order of their names, which other tools may not keep. */
  static String checksum(Map<String, Tensor> tensors, Map<String, String> metadata) {
    Map<String, String> others = new TreeMap<>(metadata);
    others.remove(ModelFile.SHA256);
    return SafeTensors.of(new TreeMap<>(tensors), others).sha256();
  }

  private LayerTree tree(Layer layer, String path, int depth) {
    Place place = places.get(layer);
    if (place != null) {
      return new LayerTree("", Map.of(), List.of(), place.path);
    }
    LayerFormat<?> format = registry.of(layer);
    if (format == null) {
      throw new IllegalArgumentException(
          "ModelFile: "
              + Layers.who(path, layer)
              + ": no format for "
              + layer.getClass()
              + "; its library can provide one, see LayerFormats"
              + registry.reason());
    }
    if (depth > LayerTree.DEEPEST) {
      throw new IllegalArgumentException(
          "ModelFile: at most " + LayerTree.DEEPEST + " networks within networks can be kept");
    }
    List<LayerTree> inside = new ArrayList<>();
    long layers = 1;
    Set<Parameter> ofThoseInside = Collections.newSetFromMap(new IdentityHashMap<>());
    for (Layer inner : layer.layers()) {
      inside.add(tree(inner, Layers.inside(path, inside.size()), depth + 1));
      Place innerPlace = places.get(inner);
      layers += innerPlace == null ? 0 : innerPlace.layers;
      ofThoseInside.addAll(inner.parameters());
    }
    if (layers > LayerTree.MOST_LAYERS) {
      throw new IllegalArgumentException(
          "ModelFile: at most " + LayerTree.MOST_LAYERS + " layers can be kept");
    }
    for (Parameter parameter : layer.parameters()) {
      if (!ofThoseInside.contains(parameter)) {
        save(layer, path, parameter);
      }
    }
    places.put(layer, new Place(path, layers));
    return new LayerTree(format.type(), format.options(layer), inside, null);
  }

  private void save(Layer layer, String path, Parameter parameter) {
    if (!saved.add(parameter)) {
      throw new IllegalArgumentException(
          "ModelFile: "
              + Layers.who(path, layer)
              + ": its "
              + parameter.name()
              + " is another layer's as well, which cannot be kept; use the whole layer twice");
    }
    String name = prefix(path) + parameter.name();
    // What is checksummed is what is written, whoever trains the network meanwhile.
    if (tensors.put(name, parameter.value().copy()) != null) {
      throw new IllegalArgumentException(
          "ModelFile: "
              + Layers.who(path, layer)
              + ": two parameters would be named "
              + name
              + "; a container of layers names them in layers(), a layer its parameters apart");
    }
  }

  /** What the names of a layer's tensors begin with. */
  static String prefix(String path) {
    return path.isEmpty() ? ModelFile.LAYERS : ModelFile.LAYERS + path + ".";
  }
}
