package lamella.examples.serve;

import static java.util.stream.Collectors.joining;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import lamella.examples.table.CsvText;
import lamella.table.ColumnKind;
import lamella.table.TableSchema;
import lamella.table.Task;
import org.jspecify.annotations.Nullable;

/**
 * The JSON of the <a href="https://github.com/kserve/open-inference-protocol">Open Inference
 * Protocol</a>, version 2, for a model of a table's rows: each column is an input of its own with
 * an element for each row, {@code [n]} or {@code [n, 1]}, texts as {@code BYTES}, numbers of any
 * type. Null is a missing value.
 */
final class TableProtocol {
  private static final String LABEL = "label";
  private static final String PROBABILITIES = "probabilities";
  private static final String VALUE = "value";

  private final JsonReader json;
  private final TableSchema schema;
  private final Map<String, Column> columns = new LinkedHashMap<>();
  private final List<String> outputs = new ArrayList<>();
  private String id = "";

  private TableProtocol(byte[] body, TableSchema schema) {
    this.json = new JsonReader(body);
    this.schema = schema;
  }

  /**
   * A request.
   *
   * @param id is given back; may be empty
   * @param rows what is asked
   * @param outputs names of those that are wanted; empty for all
   */
  record Request(String id, EncodedRows rows, List<String> outputs) {}

  /** An input as it is read. */
  private static final class Column {
    private String name = "";
    private String type = "";
    private int @Nullable [] shape;
    private final List<@Nullable Object> values = new ArrayList<>();
  }

  /**
   * Reads a request; a member that the protocol has and this service has no use for is skipped.
   *
   * @param most how many rows there may be
   * @throws IllegalArgumentException if it is none to this model; says what was expected and found
   */
  static Request read(byte[] body, TableSchema schema, int most) {
    return new TableProtocol(body, schema).read(most);
  }

  private Request read(int most) {
    json.object(member -> {
      switch (member) {
        case "id" -> id = json.string();
        case "inputs" -> json.list("inputs", () -> readInput(most));
        case "outputs" -> json.list("outputs", this::readOutput);
        default -> json.skipValue(); // "parameters"
      }
    });
    if (!json.isAtEnd()) {
      throw new IllegalArgumentException(
          "expected the end behind the request, got " + json.excerpt());
    }
    return new Request(id, rows(most), outputs);
  }

  private void readOutput() {
    json.object(member -> {
      if (!member.equals("name")) {
        json.skipValue();
        return;
      }
      String output = json.string();
      if (!names(schema).contains(output)) {
        throw new IllegalArgumentException(
            "expected an output "
                + names(schema).stream().map(Json::string).collect(joining(" or "))
                + ", got "
                + Json.string(output));
      }
      outputs.add(output);
    });
  }

  private void readInput(int most) {
    Column column = new Column();
    json.object(member -> {
      switch (member) {
        case "name" -> column.name = json.string();
        case "datatype" -> column.type = json.string();
        case "shape" -> column.shape = json.dimensions();
        case "data" ->
            json.elements(
                "data",
                () -> {
                  Refusal.requireAtMost(most, column.values.size() + 1);
                  column.values.add(JsonRows.value(json, column.name));
                });
        default -> json.skipValue();
      }
    });
    check(column);
    if (columns.put(column.name, column) != null) {
      throw new IllegalArgumentException(
          "the input " + Json.string(column.name) + " is there twice");
    }
  }

  /** Its shape and its type are those of its values. */
  private static void check(Column column) {
    int[] shape = column.shape;
    boolean isColumn = shape != null && (shape.length == 1 || (shape.length == 2 && shape[1] == 1));
    if (!isColumn || shape == null || shape[0] != column.values.size()) {
      throw new IllegalArgumentException(
          "expected the shape [n] or [n, 1] of the input "
              + Json.string(column.name)
              + ", n being the number of its \"data\", here "
              + column.values.size()
              + ", got "
              + (shape == null ? "none" : Arrays.toString(shape)));
    }
    Class<?> type =
        switch (column.type) {
          case "BYTES" -> String.class;
          case "BOOL" -> Boolean.class;
          case "FP64", "FP32", "FP16", "BF16" -> Number.class;
          case "INT8", "INT16", "INT32", "INT64", "UINT8", "UINT16", "UINT32", "UINT64" ->
              Number.class;
          default ->
              throw new IllegalArgumentException(
                  "expected a datatype BYTES, BOOL, FP64 or another of numbers, got "
                      + Json.string(column.type));
        };
    for (int row = 0; row < column.values.size(); row++) {
      Object value = column.values.get(row);
      if (value != null && !type.isInstance(value)) {
        throw new IllegalArgumentException(
            "row "
                + row
                + ": column "
                + Json.string(column.name)
                + ": expected "
                + column.type
                + ", got "
                + (value instanceof String text ? Json.string(text) : value));
      }
    }
  }

  private EncodedRows rows(int most) {
    int count = columns.isEmpty() ? 0 : columns.values().iterator().next().values.size();
    for (Column column : columns.values()) {
      if (column.values.size() != count) {
        throw new IllegalArgumentException(
            "expected as many elements of each input, got "
                + count
                + " and, of "
                + Json.string(column.name)
                + ", "
                + column.values.size());
      }
    }
    if (count == 0) {
      throw new IllegalArgumentException(
          "expected \"inputs\", one for each column, with at least one element, got "
              + (columns.isEmpty() ? "none" : "no element"));
    }
    List<TableSchema.Input> inputs = schema.inputs();
    EncodedRows rows = new EncodedRows(inputs, most, count, true);
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    for (int i = 0; i < count; i++) {
      int row = i;
      columns.forEach((name, column) -> values.put(name, column.values.get(row)));
      try {
        rows.add(
            (to, offset) -> schema.encode(values, to, offset),
            input -> JsonRows.isThere(values.get(inputs.get(input).name())));
      } catch (Refusal e) {
        throw e;
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException("row " + row + ": " + e.getMessage(), e);
      }
    }
    return rows;
  }

  private static List<String> names(TableSchema schema) {
    return schema.target().task() == Task.REGRESSION
        ? List.of(VALUE)
        : List.of(LABEL, PROBABILITIES);
  }

  /**
   * An answer.
   *
   * @param outputs of all rows
   */
  static String answer(ServedTable table, Request request, double[] outputs) {
    StringBuilder answer = new StringBuilder("{\"model_name\": ").append(Json.string(table.name()));
    if (!request.id().isEmpty()) {
      answer.append(", \"id\": ").append(Json.string(request.id()));
    }
    int rows = request.rows().rows();
    String separator = ", \"outputs\": [";
    for (String name : names(table.schema())) {
      if (request.outputs().isEmpty() || request.outputs().contains(name)) {
        boolean wide = name.equals(PROBABILITIES);
        answer
            .append(separator)
            .append(start(name, type(name), rows + (wide ? ", " + table.outputs() : "")))
            .append(", \"data\": [");
        if (name.equals(LABEL)) {
          for (int row = 0; row < rows; row++) {
            answer
                .append(row == 0 ? "" : ", ")
                .append(Json.string(table.label(outputs, row * table.outputs())));
          }
        } else {
          for (int i = 0; i < outputs.length; i++) {
            CsvText.append(answer.append(i == 0 ? "" : ", "), outputs[i]);
          }
        }
        answer.append("]}");
        separator = ", ";
      }
    }
    return answer.append("]}").toString();
  }

  private static String type(String output) {
    return output.equals(LABEL) ? "BYTES" : "FP64";
  }

  /** What goes in and what comes out. */
  static String metadata(ServedTable table) {
    TableSchema schema = table.schema();
    return "{\"name\": "
        + Json.string(table.name())
        + ", \"platform\": \"lamella\", \"inputs\": "
        + schema.inputs().stream()
            .map(input ->
                start(input.name(), input.kind() == ColumnKind.CATEGORY ? "BYTES" : "FP64", "-1")
                    + "}")
            .collect(joining(", ", "[", "]"))
        + ", \"outputs\": "
        + names(schema).stream()
            .map(name ->
                start(
                        name,
                        type(name),
                        name.equals(PROBABILITIES) ? "-1, " + table.outputs() : "-1")
                    + "}")
            .collect(joining(", ", "[", "]"))
        + "}";
  }

  private static String start(String name, String type, String shape) {
    return "{\"name\": "
        + Json.string(name)
        + ", \"datatype\": \""
        + type
        + "\", \"shape\": ["
        + shape
        + "]";
  }
}
