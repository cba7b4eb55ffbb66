package lamella.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import lamella.core.Description;
import lamella.core.Layer;
import lamella.core.Layers;
import lamella.core.Network;
import lamella.core.Parameter;
import lamella.core.Shape;
import lamella.core.Tensor;
import lamella.core.io.FileFormatException;
import lamella.core.io.NpyHeader;
import lamella.core.io.SafeTensors;
import lamella.examples.numpy.ArrayFile;
import lamella.onnx.OnnxModel;
import lamella.onnx.OnnxValue;
import lamella.table.TableModel;
import lamella.table.TableSchema;
import lamella.table.Task;

/**
 * What is in a model file of whatever kind: what goes in and what comes out, layers, parameters,
 * and what the file says of itself; as a text for people or as JSON.
 */
public final class ModelDescription {
  private static final String DESCRIPTION = "description.";

  /** Longer texts are cut off for people. */
  private static final int LONGEST_TEXT = 240;

  private final String title;
  private final String about;

  /** Texts, numbers, and for a table a list of maps from columns to them. */
  private final Map<String, Object> parts = new LinkedHashMap<>();

  /** What stands for a part in the text. */
  private final Map<String, String> texts = new LinkedHashMap<>();

  private ModelDescription(Path file, ModelKind kind) throws IOException {
    long bytes = Files.size(file);
    title = file.toString();
    about = kind + ", " + number(bytes) + " bytes";
    parts.put("file", file.toString());
    parts.put("kind", kind.toString());
    parts.put("bytes", bytes);
  }

  /**
   * Describes a file.
   *
   * @throws IOException if it is damaged or cannot be read; says what is wrong
   */
  public static ModelDescription of(Path file) throws IOException {
    ModelKind kind = ModelKind.of(file);
    ModelDescription description = new ModelDescription(file, kind);
    switch (kind) {
      case NETWORK, OTHER -> {
        OpenModel model = OpenModel.read(file);
        TableModel table = model.table();
        if (table != null) {
          description.addTable(table.schema());
        }
        description.addNetwork(model.network(), model.metadata());
        description.addMetadata(model.metadata());
      }
      case ONNX -> description.addGraph(file);
      case CHECKPOINT -> description.addCheckpoint(SafeTensors.read(file));
      case WEIGHTS -> description.addWeights(SafeTensors.read(file));
      case ARRAYS -> description.addArrays(file);
    }
    return description;
  }

  // The columns of a table.

  private void addTable(TableSchema schema) {
    TableSchema.Target target = schema.target();
    List<Map<String, Object>> columns = new ArrayList<>();
    for (TableSchema.Input input : schema.inputs()) {
      List<String> categories = input.categories();
      columns.add(
          row(
              "name",
              input.name(),
              "kind",
              Spelling.lowerCase(input.kind().name()),
              "values",
              categories.isEmpty()
                  ? ""
                  : number(categories.size()) + ": " + String.join(", ", categories)));
    }
    put("task", Spelling.lowerCase(target.task().name()));
    put("target", target.name());
    if (target.task() == Task.CLASSIFICATION) {
      put("classes", String.join(", ", target.classes()));
    } else {
      put("logarithm", target.logarithm() ? "yes, the network gives ln of the target" : "no");
    }
    putTable("columns", columns);
    List<Map<String, Object>> leftOut = new ArrayList<>();
    schema.leftOut().forEach((name, why) -> leftOut.add(row("name", name, "why", why)));
    if (!leftOut.isEmpty()) {
      putTable("columns_left_out", leftOut);
    }
  }

  // A network.

  private void addNetwork(Network network, Map<String, String> metadata) {
    put("type", network.dtype().toString());
    addEnsemble(network);
    putTable(
        "inputs",
        List.of(
            row(
                "name",
                "input",
                "shape",
                "[n" + inner(network.inputShape()),
                "meaning",
                meaningOfInput(network, metadata))));
    putTable(
        "outputs",
        List.of(
            row(
                "name",
                "output",
                "shape",
                "[n" + inner(network.outputShape()),
                "meaning",
                meaningOfOutput(network))));
    addLayers(network);
  }

  /** Of a mean of predictions, what it is of. */
  private void addEnsemble(Network network) {
    int members = EnsembleModel.members(network);
    int views = Views.count(network);
    if (members > 1 || views > 1) {
      put("prediction", EnsembleModel.describe(network));
      parts.put("members", members);
      texts.put("members", "");
      parts.put("views", views);
      texts.put("views", "");
    }
  }

  /** Of a shape, behind the first dimension of a batch. */
  private static String inner(Shape shape) {
    String text = shape.toString();
    return text.equals("[]") ? "]" : ", " + text.substring(1);
  }

  private void addLayers(Network network) {
    List<Map<String, Object>> layers = new ArrayList<>();
    Layers.walk(
        network,
        (path, layer) -> {
          if (!path.isEmpty()) {
            layers.add(row("path", path, "layer", Description.of(layer)));
          }
        });
    parts.put("layers", layers);
    texts.put("layers", network.summary());
    long numbers = 0;
    List<Map<String, Object>> parameters = new ArrayList<>();
    for (Map.Entry<String, Parameter> named : Layers.parameters(network).entrySet()) {
      numbers += named.getValue().shape().size();
      parameters.add(row("name", named.getKey(), "shape", named.getValue().shape().toString()));
    }
    parts.put("parameters", parameters);
    texts.put("parameters", "");
    parts.put("parameter_count", numbers);
    texts.put("parameter_count", "");
    long bytes = numbers * network.dtype().bytes();
    parts.put("parameter_bytes", bytes);
    texts.put(
        "parameter_bytes", "parameters take " + number(bytes) + " bytes in " + network.dtype());
    long multiplyAdds = network.multiplyAdds(network.inputShape());
    if (multiplyAdds >= 0) {
      parts.put("multiply_adds", multiplyAdds);
      texts.put("multiply_adds", "");
    }
  }

  private String meaningOfInput(Network network, Map<String, String> metadata) {
    String pixels =
        metadata.get(Model.LAYOUT_KEY) == null
            ? parts.containsKey("columns") ? "a number for each column, as it is encoded" : ""
            : "pixels of an image, 0 to 255, "
                + metadata.get(Model.LAYOUT_KEY)
                + ", "
                + metadata.getOrDefault(Model.IMAGE_KEY, Model.DEFAULT_SHAPE);
    List<String> head = new ArrayList<>();
    for (Layer layer : Views.without(network).head()) {
      head.add(Description.of(layer));
    }
    return head.isEmpty()
        ? pixels
        : (pixels.isEmpty() ? "" : pixels + "; ")
            + "prepared by the network itself, "
            + String.join(", ", head);
  }

  private static String meaningOfOutput(Network network) {
    int classes = network.outputs().classes(network.outputShape());
    return switch (network.outputs()) {
      case CLASSES -> "logits of " + classes + " classes; their softmax is the probabilities";
      case PROBABILITIES -> "probabilities of " + classes + " classes";
      case NUMBERS -> "numbers";
      case YES_NO -> "yes where above 0; the sigmoid is the probability of yes";
      case UNSPECIFIED ->
          classes > 0
              ? "nobody said; taken for the logits of " + classes + " classes"
              : "nobody said";
    };
  }

  // An ONNX graph.

  private void addGraph(Path file) throws IOException {
    OnnxModel model = OnnxModel.read(file);
    put("made_by", model.producer().isEmpty() ? "unknown" : model.producer());
    putPairs("opsets", named(model.opsets()));
    if (!model.documentation().isBlank()) {
      put("documentation", model.documentation());
    }
    putTable("inputs", values(model.inputs()));
    putTable("outputs", values(model.outputs()));
    putPairs("operators", model.operators());
    long numbers = 0;
    for (OnnxValue constant : model.constants()) {
      numbers += size(constant);
    }
    parts.put("constants", values(model.constants()));
    texts.put(
        "constants",
        "constants: " + model.constants().size() + " of " + number(numbers) + " elements");
    parts.put("values", model.values());
    texts.put("values", "");
    List<Map<String, Object>> unsupported = new ArrayList<>();
    for (OnnxModel.Unsupported node : model.unsupported()) {
      unsupported.add(row("node", node.toString()));
    }
    if (!unsupported.isEmpty()) {
      putTable("not_supported", unsupported);
      put("outputs_that_can_be_computed", list(model.supportedOutputs()));
      put("values_that_--output_can_name", list(model.values()));
    }
    try {
      OpenModel opened = OpenModel.read(file);
      addLayers(opened.network());
      put("layers_give", meaningOfOutput(opened.network()));
      if (!opened.operators().isEmpty()) {
        put(
            "no_layer_of_ours",
            String.join(", ", opened.operators()) + ": predicts, cannot be trained or saved");
      }
    } catch (FileFormatException e) {
      String message = String.valueOf(e.getMessage());
      put(
          "layers",
          "none; 'lamella run' computes the graph itself: "
              + (message.startsWith(title + ": ")
                  ? message.substring(title.length() + 2)
                  : message));
    }
    addMetadata(model.metadata());
  }

  private static Map<String, Integer> named(Map<String, Integer> opsets) {
    Map<String, Integer> named = new LinkedHashMap<>();
    opsets.forEach((domain, version) -> named.put(domain.isEmpty() ? "ai.onnx" : domain, version));
    return named;
  }

  private static String list(List<String> names) {
    return names.isEmpty() ? "none" : String.join(", ", names);
  }

  private static List<Map<String, Object>> values(List<OnnxValue> values) {
    List<Map<String, Object>> rows = new ArrayList<>();
    for (OnnxValue value : values) {
      rows.add(row("name", value.name(), "type", value.description()));
    }
    return rows;
  }

  private static long size(OnnxValue constant) {
    List<OnnxValue.Dimension> dimensions = constant.dimensions();
    long size = 1;
    for (OnnxValue.Dimension dimension :
        dimensions == null ? List.<OnnxValue.Dimension>of() : dimensions) {
      size *= dimension.size();
    }
    return size;
  }

  /** Names with numbers, on one line. */
  private void putPairs(String key, Map<String, Integer> pairs) {
    parts.put(key, pairs);
    texts.put(
        key,
        key
            + ": "
            + pairs.entrySet().stream()
                .map(pair -> pair.getKey() + " " + pair.getValue())
                .collect(Collectors.joining(", ")));
  }

  // Files that have no layers.

  private void addCheckpoint(SafeTensors content) {
    Map<String, String> metadata = content.metadata();
    put("steps", metadata.getOrDefault("steps", "unknown"));
    for (String key :
        List.of("network", "loss", "optimizer", "schedule", "batch size", "seed", "data")) {
      String text = metadata.get(DESCRIPTION + key);
      if (text != null) {
        put(key.replace(' ', '_'), text);
      }
    }
    addTensors(content);
  }

  private void addWeights(SafeTensors content) {
    addTensors(content);
    addMetadata(content.metadata());
    put("network", "none: a file of weights does not say which layers they belong to");
  }

  private void addTensors(SafeTensors content) {
    List<Map<String, Object>> tensors = new ArrayList<>();
    long numbers = 0;
    for (Map.Entry<String, Tensor> named : content.tensors().entrySet()) {
      tensors.add(row("name", named.getKey(), "type", named.getValue().toString()));
      numbers += named.getValue().size();
    }
    content.leftOut().forEach((name, reason) -> tensors.add(row("name", name, "type", reason)));
    putTable("tensors", tensors);
    parts.put("numbers", numbers);
    texts.put("numbers", number(numbers) + " numbers in " + tensors.size() + " tensors");
  }

  private void addArrays(Path file) throws IOException {
    List<Map<String, Object>> rows = new ArrayList<>();
    long numbers = 0;
    try (ArrayFile arrays = ArrayFile.open(file)) {
      arrays.requireWhole();
      for (Map.Entry<String, NpyHeader> named : arrays.arrays().entrySet()) {
        NpyHeader header = named.getValue();
        rows.add(row("name", named.getKey(), "type", header.dtype() + header.shape()));
        long product = 1;
        for (long dimension : header.shape()) {
          product *= dimension;
        }
        numbers += product;
      }
    }
    putTable("arrays", rows);
    parts.put("numbers", numbers);
    texts.put("numbers", number(numbers) + " elements in " + rows.size() + " arrays");
    put("network", "none: a file of arrays does not say which layers they belong to");
  }

  private void addMetadata(Map<String, String> metadata) {
    if (!metadata.isEmpty()) {
      List<Map<String, Object>> rows = new ArrayList<>();
      metadata.forEach((key, value) -> rows.add(row("key", key, "value", value)));
      putTable("metadata", rows);
      parts.put("metadata", new LinkedHashMap<>(metadata));
    }
  }

  // Parts.

  private void put(String key, Object value) {
    parts.put(key, value);
    texts.put(key, key.replace('_', ' ') + ": " + cut(value.toString()));
  }

  private static Map<String, Object> row(String... columnsAndTexts) {
    Map<String, Object> row = new LinkedHashMap<>();
    for (int i = 0; i < columnsAndTexts.length; i += 2) {
      row.put(columnsAndTexts[i], columnsAndTexts[i + 1]);
    }
    return row;
  }

  private void putTable(String key, List<Map<String, Object>> rows) {
    parts.put(key, rows);
    List<Integer> widths = new ArrayList<>();
    for (Map<String, Object> row : rows) {
      int column = 0;
      for (Object text : row.values()) {
        int width = cut(text.toString()).length();
        if (column == widths.size()) {
          widths.add(0);
        }
        widths.set(column, Math.max(widths.get(column), width));
        column++;
      }
    }
    StringBuilder table = new StringBuilder(key.replace('_', ' ')).append(':');
    for (Map<String, Object> row : rows) {
      StringBuilder line = new StringBuilder();
      int column = 0;
      for (Object value : row.values()) {
        String text = cut(value.toString());
        line.append("  ").append(text).append(" ".repeat(widths.get(column) - text.length()));
        column++;
      }
      table.append('\n').append(line.toString().stripTrailing());
    }
    texts.put(key, table.toString());
  }

  /** On one line, and not too long. */
  private static String cut(String text) {
    String line =
        text.chars()
            .limit(LONGEST_TEXT + 1)
            .mapToObj(c -> Character.isISOControl(c) ? " " : Character.toString(c))
            .collect(Collectors.joining());
    return text.length() > LONGEST_TEXT ? line.substring(0, LONGEST_TEXT) + "..." : line;
  }

  private static String number(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  // The whole.

  /** For people: several lines. */
  public String toText() {
    StringBuilder text = new StringBuilder(title + ": " + about);
    boolean gap = true;
    for (String part : texts.values()) {
      if (!part.isEmpty()) {
        boolean lines = part.indexOf('\n') >= 0;
        text.append(gap || lines ? "\n\n" : "\n").append(part);
        gap = lines;
      }
    }
    return text.toString();
  }

  /** The same as a JSON object, whole texts included. */
  public String toJson() {
    return JsonText.of(parts);
  }
}
