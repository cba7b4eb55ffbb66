package lamella.core.io;

import static lamella.core.io.FileFormatException.quote;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import lamella.core.DType;
import lamella.core.Layer;
import lamella.core.Layers;
import lamella.core.Network;
import lamella.core.Parameter;
import lamella.core.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * One model file on its way in: makes the layers from the inside out, and gives them their values.
 */
final class ModelReader {
  /** A layer, and how many layers it is made of, itself included. */
  private record Made(Layer layer, long layers) {}

  private final String file;
  private final SafeTensors content;
  private final Registry registry;
  private final Map<String, Made> made = new HashMap<>();
  private final Set<String> used = new HashSet<>();
  private @Nullable DType dtype;

  private ModelReader(String file, SafeTensors content, Registry registry) {
    this.file = file;
    this.content = content;
    this.registry = registry;
  }

  static ModelFile read(String file, SafeTensors content, Registry registry)
      throws FileFormatException {
    return new ModelReader(file, content, registry).read();
  }

  private ModelFile read() throws FileFormatException {
    Map<String, String> metadata = new LinkedHashMap<>(content.metadata());
    String version = metadata.remove(ModelFile.FORMAT);
    String json = metadata.remove(ModelFile.NETWORK);
    String checksum = metadata.remove(ModelFile.SHA256);
    if (version == null || json == null) {
      throw wrong("no model file: its metadata have no lamella.format and lamella.network");
    }
    if (!version.equals(ModelFile.VERSION) && !version.equals(ModelFile.UNCHECKED)) {
      throw wrong(
          "lamella.format "
              + ModelFile.VERSION
              + " expected, found "
              + quote(version)
              + " (of a newer Lamella?)");
    }
    for (String name : metadata.keySet()) {
      if (name.startsWith(ModelFile.OWN)) {
        throw wrong("unknown metadata " + quote(name));
      }
    }
    if (version.equals(ModelFile.VERSION)) {
      requireChecksum(checksum);
    }
    LayerTree tree = LayerTree.parse(file, ModelFile.NETWORK, json);
    if (!(make(tree, "").layer instanceof Network network)) {
      throw wrong("a network expected, found " + quote(tree.type()));
    }
    return new ModelFile(network, otherTensors(), metadata);
  }

  private void requireChecksum(@Nullable String expected) throws FileFormatException {
    String found = ModelWriter.checksum(content.tensors(), content.metadata());
    if (!found.equals(expected)) {
      throw wrong(
          "damaged, or changed since it was written: sha256 "
              + found
              + " expected, "
              + (expected == null ? "none" : quote(expected))
              + " found");
    }
  }

  /** The tensors that are not the network's, all of whose have been used. */
  private Map<String, Tensor> otherTensors() throws FileFormatException {
    Set<String> names = new TreeSet<>(content.tensors().keySet());
    names.addAll(content.leftOut().keySet());
    for (String name : names) {
      if (name.startsWith(ModelFile.LAYERS) && !used.contains(name)) {
        throw wrong("tensor " + quote(name) + " belongs to no layer of the network");
      }
    }
    Map<String, Tensor> others = new LinkedHashMap<>(content.tensors());
    others.keySet().removeAll(used);
    return others;
  }

  private Made make(LayerTree tree, String path) throws FileFormatException {
    if (tree.same() != null) {
      // An enclosing layer is not there yet, so nothing can be inside itself.
      Made same = made.get(tree.same());
      if (same == null) {
        throw wrong(
            "layer " + path + ": no layer " + quote(tree.same()) + " before it to be the same as");
      }
      return same;
    }
    String who = (path.isEmpty() ? "" : "layer " + path + " ") + quote(tree.type());
    LayerFormat<?> format = registry.of(tree.type());
    if (format == null) {
      throw wrong(
          who
              + ": no layer of this type on the module path or class path, only "
              + registry.types()
              + "; add the library that has it"
              + registry.reason());
    }
    for (String option : tree.options().keySet()) {
      if (!format.optionNames().contains(option)) {
        throw wrong(who + ": unknown option " + quote(option));
      }
    }
    List<Layer> inside = new ArrayList<>();
    long layers = 1;
    for (LayerTree inner : tree.layers()) {
      Made innerMade = make(inner, Layers.inside(path, inside.size()));
      inside.add(innerMade.layer);
      layers += innerMade.layers;
      // Before anybody walks through them: sharing doubles them at every level.
      if (layers > LayerTree.MOST_LAYERS) {
        throw wrong("at most " + LayerTree.MOST_LAYERS + " layers expected");
      }
    }
    String prefix = ModelWriter.prefix(path);
    SavedLayer saved =
        new SavedLayer(file, who, tree.options(), List.copyOf(inside), prefix, content);
    try {
      Layer layer = format.make(saved);
      if (!isSame(layer.layers(), inside)) {
        throw wrong(who + ": other layers inside it expected than " + inside.size());
      }
      setParameters(layer, inside, who, prefix);
      Made result = new Made(layer, layers);
      made.put(path, result);
      return result;
    } catch (RuntimeException e) {
      // A layer's own check of its options and parameters.
      throw FileFormatException.because(file, who, e);
    }
  }

  @SuppressWarnings("ReferenceEquality") // records may be equal
  private static boolean isSame(List<Layer> some, List<Layer> others) {
    boolean same = some.size() == others.size();
    for (int i = 0; same && i < some.size(); i++) {
      same = some.get(i) == others.get(i);
    }
    return same;
  }

  private void setParameters(Layer layer, List<Layer> inside, String who, String prefix)
      throws FileFormatException {
    Set<Parameter> ofThoseInside = Collections.newSetFromMap(new IdentityHashMap<>());
    for (Layer inner : inside) {
      ofThoseInside.addAll(inner.parameters());
    }
    for (Parameter parameter : layer.parameters()) {
      if (ofThoseInside.contains(parameter)) {
        continue;
      }
      Tensor value = content.tensor(prefix + parameter.name());
      used.add(prefix + parameter.name());
      if (dtype != null && dtype != value.dtype()) {
        throw wrong(
            who
                + ": "
                + parameter.name()
                + " of type "
                + dtype
                + " expected, as of the layers before, found "
                + value.dtype());
      }
      dtype = value.dtype();
      parameter.setValue(Parameters.asVector(value, parameter.shape()));
    }
  }

  private FileFormatException wrong(String problem) {
    return new FileFormatException(file, problem);
  }
}
