package lamella.onnx;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import lamella.core.DType;
import lamella.core.Layer;
import lamella.core.Network;
import lamella.core.Shape;
import lamella.core.io.FileFormatException;
import lamella.core.io.LayerFormat;
import lamella.core.io.OnnxExport;
import org.jspecify.annotations.Nullable;

/**
 * The nodes that a layer without parameters is written as, for finding it by them. For layers that
 * are no function of single numbers, see {@link KnownFunctions}.
 */
final class WrittenLayer {
  private final Layer layer;
  private final Graph own;
  private final String input;
  private final String output;

  private WrittenLayer(Layer layer, Graph own) {
    this.layer = layer;
    this.own = own;
    this.input = own.inputs().iterator().next().name();
    this.output = own.outputs().iterator().next().name();
  }

  /** Those that formats make without arguments, those of most nodes first. */
  static List<WrittenLayer> of(List<LayerFormat<?>> formats, DType dtype, int opset) {
    // What new operators can say, a program may have said by old ones.
    Set<Integer> opsets = new TreeSet<>();
    opsets.add(OnnxExport.OLDEST_OPSET);
    opsets.add(Math.clamp(opset, OnnxExport.OLDEST_OPSET, OnnxExport.OPSET));
    List<WrittenLayer> written = new ArrayList<>();
    for (LayerFormat<?> format : formats) {
      if (!format.onnxMakers().isEmpty()) {
        continue; // it says itself what its layers are made of
      }
      for (Supplier<? extends Layer> constructor : format.constructors()) {
        Layer layer = constructor.get();
        if (layer.parameters().isEmpty()
            && layer.layers().isEmpty()
            && !KnownFunctions.isFunction(layer)) {
          for (int version : opsets) {
            WrittenLayer each = of(layer, format, dtype, version);
            if (each != null) {
              written.add(each);
            }
          }
        }
      }
    }
    // A layer of many nodes may end like one of few.
    written.sort(Collections.reverseOrder((a, b) -> Integer.compare(a.size(), b.size())));
    return written;
  }

  private static @Nullable WrittenLayer of(
      Layer layer, LayerFormat<?> format, DType dtype, int opset) {
    try {
      byte[] file =
          OnnxExport.of(Network.of(Shape.of(2), layer))
              .withType(dtype)
              .withFormats(List.of(format))
              .withOpset(opset)
              .toBytes();
      WrittenLayer written = new WrittenLayer(layer, Graph.parse(layer.toString(), file));
      Node last = written.own.node(written.output);
      return last == null || last.operator().equals("Identity") ? null : written;
    } catch (IllegalArgumentException e) {
      return null; // it has no ONNX form, or none of this version
    } catch (FileFormatException e) {
      throw new IllegalStateException(layer + ": what is written cannot be read", e);
    }
  }

  private int size() {
    return own.nodes().size();
  }

  Layer layer() {
    return layer;
  }

  /** The input of the layer if it gives a value; null if it does not. */
  @Nullable String match(Values values, String value) throws FileFormatException {
    Map<String, String> matched = new HashMap<>();
    try {
      return matches(values, output, value, matched) ? matched.get(input) : null;
    } catch (FileFormatException e) {
      throw e;
    } catch (IOException e) {
      throw new IllegalStateException("no other file is read", e);
    }
  }

  /** Compares a value with the file's; {@code matched} has those of the file by those here. */
  private boolean matches(Values values, String here, String there, Map<String, String> matched)
      throws IOException {
    String before = matched.putIfAbsent(here, there);
    if (before != null) {
      return before.equals(there);
    }
    if (here.equals(input)) {
      return !values.isConstant(there);
    }
    if (own.isConstant(here)) {
      return values.isConstant(there) && isSame(own.constant(here), values.array(there));
    }
    Node node = own.node(here);
    Node other = values.node(there);
    if (node == null
        || other == null
        || !node.operator().equals(other.operator())
        || !other.domain().isEmpty()
        || node.inputs().size() != other.inputs().size()
        || !node.attributes().equals(other.attributes())) {
      return false;
    }
    for (int i = 0; i < node.inputs().size(); i++) {
      if (!matches(values, node.inputs().get(i), other.inputs().get(i), matched)) {
        return false;
      }
    }
    return true;
  }

  /** A number may have any dimensions of size 1; lists must be the same. */
  private static boolean isSame(OnnxArray own, OnnxArray other) {
    if (own.type() != other.type() || own.size() != other.size()) {
      return false;
    }
    return switch (own.type().storage()) {
      case FLOATS -> Arrays.equals(own.floats(), other.floats());
      case DOUBLES -> Arrays.equals(own.doubles(), other.doubles());
      case LONGS -> Arrays.equals(own.longs(), other.longs());
      case STRINGS -> Arrays.equals(own.strings(), other.strings());
    };
  }
}
