package lamella.core;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** The table that {@link Network#summary} gives. */
final class Summary {
  private static final String GAP = "  ";

  /** A line of the table; the numbers are empty where those of the lines below stand for them. */
  private record Row(
      String position, String layer, String output, String parameters, String multiplyAdds) {}

  private final List<Row> rows = new ArrayList<>();
  private final IdentityHashMap<Layer, String> positions = new IdentityHashMap<>();
  private final Set<Parameter> counted = Collections.newSetFromMap(new IdentityHashMap<>());

  private long notTrained;

  private Summary() {}

  static String of(Network network) {
    Summary summary = new Summary();
    summary.rows.add(new Row("", "layer", "output", "parameters", "multiply-adds"));
    long parameters = summary.add("", 0, network);
    long multiplyAdds = network.multiplyAdds(network.inputShape());
    summary.rows.add(new Row("", "total", "", number(parameters), number(multiplyAdds)));
    if (summary.notTrained > 0) {
      summary.rows.add(new Row("", "trained", "", number(parameters - summary.notTrained), ""));
      summary.rows.add(new Row("", "not trained", "", number(summary.notTrained), ""));
    }
    return "Network " + network.inputShape() + " -> " + network.outputShape() + summary.table();
  }

  /** Adds the layers of a network; returns how many numbers their parameters are. */
  private long add(String prefix, int depth, Network network) {
    long sum = 0;
    Shape input = network.inputShape();
    for (int i = 0; i < network.layers().size(); i++) {
      Layer layer = network.layers().get(i);
      String position = prefix + i;
      String indent = GAP.repeat(depth);
      Shape output = layer.outputShape(input.openBatch()).example();
      String seen = layer.parameters().isEmpty() ? null : positions.putIfAbsent(layer, position);
      String name = indent + (layer instanceof Network ? "Network" : Description.of(layer));
      if (seen != null) {
        rows.add(row(position, name + ", same as " + seen, output, 0, layer.multiplyAdds(input)));
      } else if (layer instanceof Network nested) {
        rows.add(new Row(position, name, output.toString(), "", ""));
        sum += add(position + ".", depth + 1, nested);
      } else {
        long parameters = count(layer);
        rows.add(
            row(position, name + frozen(layer), output, parameters, layer.multiplyAdds(input)));
        sum += parameters;
      }
      input = output;
    }
    return sum;
  }

  private long count(Layer layer) {
    long sum = 0;
    for (Parameter parameter : layer.parameters()) {
      if (counted.add(parameter)) {
        sum += parameter.shape().size();
        notTrained += parameter.isTrained() ? 0 : parameter.shape().size();
      }
    }
    return sum;
  }

  /** Says that a layer is frozen, or which of its parameters are. */
  private static String frozen(Layer layer) {
    List<Parameter> frozen = layer.parameters().stream().filter(Parameter::isFrozen).toList();
    if (frozen.isEmpty()) {
      return "";
    }
    boolean whole = layer.parameters().stream().noneMatch(Parameter::isTrained);
    return whole
        ? ", frozen"
        : ", frozen " + String.join(", ", frozen.stream().map(Parameter::name).toList());
  }

  private static Row row(
      String position, String name, Shape output, long parameters, long multiplyAdds) {
    return new Row(position, name, output.toString(), number(parameters), number(multiplyAdds));
  }

  private static String number(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  private String table() {
    int position = width(rows.stream().map(Row::position).toList());
    int layer = width(rows.stream().map(Row::layer).toList());
    int output = width(rows.stream().map(Row::output).toList());
    int parameters = width(rows.stream().map(Row::parameters).toList());
    int multiplyAdds = width(rows.stream().map(Row::multiplyAdds).toList());
    StringBuilder text = new StringBuilder();
    for (Row row : rows) {
      String line =
          left(row.position, position)
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

  private static int width(List<String> column) {
    return column.stream().mapToInt(String::length).max().orElse(0);
  }

  private static String left(String text, int width) {
    return text + " ".repeat(width - text.length());
  }

  private static String right(String text, int width) {
    return " ".repeat(width - text.length()) + text;
  }
}
