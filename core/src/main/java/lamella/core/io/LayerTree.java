package lamella.core.io;

import static lamella.core.io.FileFormatException.quote;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A layer and the layers inside it, as a model file describes them in JSON: {@code {"type":
 * "lamella.LeakyReLU", "slope": "0.01"}}, with {@code "layers": [...]} for those inside, or, for
 * one that stands at another place already, {@code {"same": "0"}}.
 *
 * @param same the place of the layer that this is; the rest is then empty
 */
record LayerTree(
    String type, Map<String, String> options, List<LayerTree> layers, @Nullable String same) {
  /** Far deeper than any network, and nothing for the stack. */
  static final int DEEPEST = 64;

  /** Far more than any network has; what is shared counts at each of its places. */
  static final int MOST_LAYERS = 100_000;

  /** Layers and options; more would be held in far more memory than their text takes. */
  private static final int MOST_ENTRIES = 1_000_000;

  static LayerTree parse(String file, String part, String json) throws FileFormatException {
    JsonReader reader = new JsonReader(file, part, json);
    LayerTree tree = new Parser(file, reader).layer(0);
    reader.end();
    return tree;
  }

  private static final class Parser {
    private final String file;
    private final JsonReader reader;
    private int entries;

    private Parser(String file, JsonReader reader) {
      this.file = file;
      this.reader = reader;
    }

    private LayerTree layer(int depth) throws FileFormatException {
      require(depth <= DEEPEST, "layers at most " + DEEPEST + " deep expected");
      countEntry();
      Map<String, String> texts = new LinkedHashMap<>();
      List<LayerTree> layers = null;
      for (boolean more = reader.beginObject(); more; more = reader.nextMember()) {
        String name = reader.name();
        boolean first;
        if (name.equals("layers")) {
          first = layers == null;
          layers = layers(depth + 1);
        } else {
          countEntry();
          first = texts.put(name, reader.string()) == null;
        }
        require(first, "a layer names expected once, found twice: " + quote(name));
      }
      String type = texts.remove("type");
      String same = texts.remove("same");
      require(
          same == null ? type != null : type == null && texts.isEmpty() && layers == null,
          "a layer's type, or where the same one stands, expected, found neither or both");
      return new LayerTree(
          type == null ? "" : type, texts, layers == null ? List.of() : layers, same);
    }

    private List<LayerTree> layers(int depth) throws FileFormatException {
      List<LayerTree> layers = new ArrayList<>();
      for (boolean more = reader.beginList(); more; more = reader.nextElement()) {
        layers.add(layer(depth));
      }
      return layers;
    }

    private void countEntry() throws FileFormatException {
      require(
          ++entries <= MOST_ENTRIES, "at most " + MOST_ENTRIES + " layers and options expected");
    }

    private void require(boolean holds, String problem) throws FileFormatException {
      if (!holds) {
        throw new FileFormatException(file, problem);
      }
    }
  }

  void write(StringBuilder json) {
    json.append('{');
    if (same != null) {
      member(json, "same", same);
    } else {
      member(json, "type", type);
      options.forEach((name, value) -> member(json.append(','), name, value));
      if (!layers.isEmpty()) {
        json.append(",\"layers\":");
        char before = '[';
        for (LayerTree layer : layers) {
          layer.write(json.append(before));
          before = ',';
        }
        json.append(']');
      }
    }
    json.append('}');
  }

  private static void member(StringBuilder json, String name, String value) {
    Header.string(Header.string(json, name).append(':'), value);
  }
}
