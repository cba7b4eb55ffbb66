package lamella.onnx;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import lamella.core.Layer;
import lamella.core.Network;
import lamella.core.Shape;
import lamella.core.io.FileFormatException;
import lamella.core.io.LayerFormat;
import lamella.core.io.OnnxExport;
import org.jspecify.annotations.Nullable;

/**
 * The layers that an ONNX graph is made of, found one by one from its output to its input: what
 * gives a value is a layer that is always the same, whose nodes are compared, or one that a format
 * makes of the last of its nodes.
 */
final class OnnxChain {
  private final OnnxSource source;
  private final List<LayerFormat<?>> formats;
  private final List<Pattern> patterns = new ArrayList<>();

  /** Of nodes with constants: two with the same ones are one layer. */
  private final Map<List<Object>, Layer> made = new HashMap<>();

  /** A layer and the name of its input. */
  private record Found(Layer layer, String input) {}

  OnnxChain(OnnxSource source, List<LayerFormat<?>> formats) throws FileFormatException {
    this.source = source;
    this.formats = formats;
    // What new operators can say, a program may have said by old ones.
    Set<Integer> opsets = new TreeSet<>();
    opsets.add(OnnxExport.OLDEST_OPSET);
    opsets.add(Math.clamp(source.opset(), OnnxExport.OLDEST_OPSET, OnnxExport.OPSET));
    for (LayerFormat<?> format : formats) {
      for (Supplier<? extends Layer> constructor : format.constructors()) {
        Layer layer = constructor.get();
        if (layer.parameters().isEmpty() && layer.layers().isEmpty()) {
          OnnxExport export =
              OnnxExport.of(Network.of(Shape.of(2), layer))
                  .withType(source.dtype())
                  .withFormats(List.of(format));
          for (int opset : opsets) {
            Pattern pattern = Pattern.of(layer, export.withOpset(opset));
            if (pattern != null) {
              patterns.add(pattern);
            }
          }
        }
      }
    }
    // A layer of many nodes may end like one of few.
    patterns.sort(Comparator.<Pattern>comparingInt(pattern -> pattern.own.nodes()).reversed());
  }

  /** The layers between two values. */
  List<Layer> layers(String input, String output) throws FileFormatException {
    List<Layer> layers = new ArrayList<>();
    String value = output;
    for (int nodes = 0; !value.equals(input); nodes++) {
      OnnxSource.Node node = source.node(value);
      if (node == null) {
        throw source.wrong(
            "value " + FileFormatException.quote(value) + ": no node computes it from the input");
      }
      if (nodes > source.nodes()) {
        throw source.wrong(node.who() + ": is computed from its own output");
      }
      if (node.operator().equals("Identity") && node.inputs().size() == 1) {
        value = node.inputs().getFirst();
      } else {
        Found found = find(node);
        layers.add(found.layer);
        value = found.input;
      }
    }
    Collections.reverse(layers);
    return layers;
  }

  private Found find(OnnxSource.Node node) throws FileFormatException {
    for (Pattern pattern : patterns) {
      String input = pattern.match(source, node.output());
      if (input != null) {
        return new Found(pattern.layer, input);
      }
    }
    FileFormatException problem = null;
    for (LayerFormat<?> format : formats) {
      LayerFormat.OnnxMaker<? extends Layer> maker = format.onnxMakers().get(node.operator());
      if (maker != null) {
        try {
          Found found = make(maker, new GraphNode(this, source, node), node);
          if (found != null) {
            return found;
          }
        } catch (FileFormatException e) {
          problem = problem == null ? e : problem;
        } catch (RuntimeException e) {
          // A layer's own check of what it is made of.
          problem =
              problem == null ? FileFormatException.because(source.file, node.who(), e) : problem;
        }
      }
    }
    throw problem != null
        ? problem
        : source.wrong(
            node.who()
                + ": no layer on the module path or class path is made of this, only of "
                + String.join(", ", operators()));
  }

  private @Nullable Found make(
      LayerFormat.OnnxMaker<? extends Layer> maker, GraphNode node, OnnxSource.Node from)
      throws FileFormatException {
    List<Object> key = new ArrayList<>(List.of(maker, from.attributes()));
    for (String input : from.inputs()) {
      key.add(source.isConstant(input) ? input : "");
    }
    Layer same = made.get(key);
    if (same != null) {
      for (String input : from.inputs()) {
        if (!source.isConstant(input) && !input.isEmpty()) {
          return new Found(same, input);
        }
      }
    }
    Layer layer = maker.make(node);
    if (layer == null) {
      return null;
    }
    Found found = new Found(layer, node.layerInput());
    if (node.isAlone() && !layer.parameters().isEmpty()) {
      made.put(key, layer);
    }
    return found;
  }

  /** Those that a layer's last node may have. */
  private Set<String> operators() {
    Set<String> operators = new TreeSet<>();
    formats.forEach(format -> operators.addAll(format.onnxMakers().keySet()));
    patterns.forEach(pattern -> operators.add(pattern.last().operator()));
    return operators;
  }

  /** The nodes of a layer that is always the same. */
  private record Pattern(Layer layer, OnnxSource own, Map<String, Double> numbers) {

    /** Those of a layer without parameters; null if it has none. */
    static @Nullable Pattern of(Layer layer, OnnxExport export) throws FileFormatException {
      byte[] file;
      try {
        file = export.toBytes();
      } catch (IllegalArgumentException e) {
        return null; // it has no ONNX form, or none of this version
      }
      OnnxSource own = OnnxSource.parse(layer.toString(), file);
      OnnxSource.Node last = own.node(own.output());
      if (last == null || last.operator().equals("Identity")) {
        return null;
      }
      Map<String, Double> numbers = new HashMap<>();
      for (String constant : own.constants()) {
        if (!own.dimensions(constant).isEmpty()) {
          return null;
        }
        numbers.put(constant, own.tensor(constant).get(0));
      }
      return new Pattern(layer, own, numbers);
    }

    OnnxSource.Node last() {
      return Objects.requireNonNull(own.node(own.output()));
    }

    /** The input of the layer that gives this value; null if it is no such layer. */
    @Nullable String match(OnnxSource source, String value) throws FileFormatException {
      Map<String, String> matched = new HashMap<>();
      return matches(source, own.output(), value, matched) ? matched.get(own.input()) : null;
    }

    /** Compares a value with the file's; {@code matched} has those of the file by those here. */
    private boolean matches(
        OnnxSource source, String here, String there, Map<String, String> matched)
        throws FileFormatException {
      String before = matched.putIfAbsent(here, there);
      if (before != null) {
        return before.equals(there);
      }
      if (here.equals(own.input())) {
        return !source.isConstant(there);
      }
      Double number = numbers.get(here);
      if (number != null) {
        return isSame(source, number, there);
      }
      OnnxSource.Node node = own.node(here);
      OnnxSource.Node other = source.node(there);
      if (node == null
          || other == null
          || !node.operator().equals(other.operator())
          || node.inputs().size() != other.inputs().size()
          || !node.attributes().equals(other.attributes())) {
        return false;
      }
      for (int i = 0; i < node.inputs().size(); i++) {
        if (!matches(source, node.inputs().get(i), other.inputs().get(i), matched)) {
          return false;
        }
      }
      return true;
    }

    /** A number may have any shape of one element. */
    private static boolean isSame(OnnxSource source, double number, String name)
        throws FileFormatException {
      return source.isConstant(name)
          && source.dimensions(name).stream().allMatch(dimension -> dimension == 1)
          && Double.compare(number, source.tensor(name).get(0)) == 0;
    }
  }
}
