package lamella.core;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The table that {@link Network#summary} gives. */
final class Summary {
  private static final String GAP = "  ";

  /** A line of the table; the numbers are empty where those of other lines stand for them. */
  private record Row(
      String path, String layer, String output, String parameters, String multiplyAdds) {}

  private final List<Row> rows = new ArrayList<>();
  private final IdentityHashMap<Layer, String> paths = new IdentityHashMap<>();
  private final Set<Parameter> counted = Collections.newSetFromMap(new IdentityHashMap<>());
  private final Network network;

  private long parameters;
  private long notTrained;

  /** What layers did with one example, by their paths; null until somebody asks. */
  private @Nullable Map<String, Memory> ran;

  private Summary(Network network) {
    this.network = network;
  }

  static String of(Network network) {
    Summary summary = new Summary(network);
    summary.rows.add(new Row("", "layer", "output", "parameters", "multiply-adds"));
    summary.addInside("", 0, network);
    long multiplyAdds = network.multiplyAdds(network.inputShape());
    summary.rows.add(new Row("", "total", "", number(summary.parameters), number(multiplyAdds)));
    if (summary.notTrained > 0) {
      summary.rows.add(
          new Row("", "trained", "", number(summary.parameters - summary.notTrained), ""));
      summary.rows.add(new Row("", "not trained", "", number(summary.notTrained), ""));
    }
    return "Network " + network.inputShape() + " -> " + network.outputShape() + summary.table();
  }

  /**
   * Adds the layers inside a container; returns their multiply-adds, or -1 if one's are unknown.
   */
  private long addInside(String path, int depth, Layer container) {
    // A network says itself what its layers get; of others it is known when they have run.
    Shape chained = container instanceof Network chain ? chain.inputShape() : null;
    List<Layer> layers = container.layers();
    long sum = 0;
    for (int i = 0; i < layers.size(); i++) {
      Layer layer = layers.get(i);
      String inside = Layers.inside(path, i);
      Shape input = chained != null ? chained : inputOf(inside, layer);
      Shape output = input == null ? null : layer.outputShape(input.openBatch()).example();
      long multiplyAdds = add(inside, depth, layer, input, output);
      sum = sum < 0 || multiplyAdds < 0 ? -1 : sum + multiplyAdds;
      chained = chained == null ? null : output;
    }
    return sum;
  }

  /** Adds a layer and those inside it; returns their multiply-adds, or -1 if they are unknown. */
  private long add(
      String path, int depth, Layer layer, @Nullable Shape input, @Nullable Shape output) {
    List<Layer> layers = layer.layers();
    String name =
        GAP.repeat(depth)
            + (layers.isEmpty() || layer.getClass().getSimpleName().isEmpty()
                ? Description.of(layer)
                : layer.getClass().getSimpleName());
    String shape = output == null ? "" : output.toString();
    long multiplyAdds = input == null ? -1 : layer.multiplyAdds(input);
    String seen = layer.parameters().isEmpty() ? null : paths.putIfAbsent(layer, path);
    if (seen != null) {
      rows.add(new Row(path, name + ", same as " + seen, shape, "0", known(multiplyAdds)));
      return multiplyAdds;
    }
    int at = rows.size();
    List<Parameter> ownParameters = ownParameters(layer);
    long own = count(ownParameters);
    name += frozen(ownParameters);
    if (layers.isEmpty()) {
      rows.add(new Row(path, name, shape, number(own), known(multiplyAdds)));
      return multiplyAdds;
    }
    long inside = addInside(path, depth + 1, layer);
    long rest = multiplyAdds - inside;
    boolean adds = multiplyAdds >= 0 && inside >= 0 && rest >= 0;
    if (!adds) {
      // Only what the container says of all together is known.
      for (int i = at; i < rows.size(); i++) {
        Row row = rows.get(i);
        rows.set(i, new Row(row.path, row.layer, row.output, row.parameters, ""));
      }
    }
    boolean blank = own == 0 && adds && rest == 0;
    rows.add(
        at,
        new Row(
            path,
            name,
            shape,
            blank ? "" : number(own),
            blank ? "" : known(adds ? rest : multiplyAdds)));
    return multiplyAdds;
  }

  /** The parameters that are not those of layers inside. */
  private static List<Parameter> ownParameters(Layer layer) {
    Set<Parameter> ofLayersInside = Collections.newSetFromMap(new IdentityHashMap<>());
    layer.layers().forEach(inside -> ofLayersInside.addAll(inside.parameters()));
    return layer.parameters().stream().filter(own -> !ofLayersInside.contains(own)).toList();
  }

  /** How many numbers are in these, unless they were counted before. */
  private long count(List<Parameter> parameters) {
    long sum = 0;
    for (Parameter parameter : parameters) {
      if (counted.add(parameter)) {
        sum += parameter.shape().size();
        notTrained += parameter.isTrained() ? 0 : parameter.shape().size();
      }
    }
    this.parameters += sum;
    return sum;
  }

  /** Says that all of a layer's parameters are frozen, or which of them. */
  private static String frozen(List<Parameter> parameters) {
    List<Parameter> frozen = parameters.stream().filter(Parameter::isFrozen).toList();
    if (frozen.isEmpty()) {
      return "";
    }
    return parameters.stream().noneMatch(Parameter::isTrained)
        ? ", frozen"
        : ", frozen " + String.join(", ", frozen.stream().map(Parameter::name).toList());
  }

  /** The shape of what a layer inside a container gets for one example; null if it is unknown. */
  private @Nullable Shape inputOf(String path, Layer layer) {
    Memory memory = ran().get(path);
    return memory != null
        ? memory.inputShape().example()
        : layer instanceof Network chain ? chain.inputShape() : null;
  }

  /** Runs an example of zeros, unless that would change a layer. */
  private Map<String, Memory> ran() {
    Map<String, Memory> memories = ran;
    if (memories == null) {
      Map<String, Memory> byPath = new HashMap<>();
      boolean[] changes = {false};
      Layers.walk(network, (path, layer) -> changes[0] |= layer instanceof Stateful);
      if (!changes[0]) {
        Pass pass = Pass.forInference();
        try {
          network.forward(Tensor.zeros(network.dtype(), network.inputShape().batch(1)), pass);
          pass.visit(network, (path, layer, memory) -> byPath.put(path, memory));
        } catch (RuntimeException e) {
          // A layer that cannot take zeros: shapes inside containers stay unknown.
          byPath.clear();
        }
      }
      memories = byPath;
      ran = memories;
    }
    return memories;
  }

  private static String known(long number) {
    return number < 0 ? "" : number(number);
  }

  private static String number(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  private String table() {
    int path = width(Row::path);
    int layer = width(Row::layer);
    int output = width(Row::output);
    int parameters = width(Row::parameters);
    int multiplyAdds = width(Row::multiplyAdds);
    StringBuilder text = new StringBuilder();
    for (Row row : rows) {
      String line =
          left(row.path, path)
              + GAP
              + left(row.layer, layer)
              + GAP
              + left(row.output, output)
              + GAP
              + right(row.parameters, parameters)
              + GAP
              + right(row.multiplyAdds, multiplyAdds);
      text.append('\n').append(line.stripTrailing());
    }
    return text.toString();
  }

  private int width(Function<Row, String> column) {
    return rows.stream().map(column).mapToInt(String::length).max().orElse(0);
  }

  private static String left(String text, int width) {
    return text + " ".repeat(width - text.length());
  }

  private static String right(String text, int width) {
    return " ".repeat(width - text.length()) + text;
  }
}
