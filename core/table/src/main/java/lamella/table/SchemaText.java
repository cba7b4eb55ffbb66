package lamella.table;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A schema as JSON.
 *
 * <pre>{@code
 * {"format":1,
 *  "target":{"name":"species","task":"classification","classes":["Adelie","Gentoo"]},
 *  "inputs":[{"name":"mass","kind":"number"},{"name":"time","kind":"number","offset":1.7E12},
 *            {"name":"sex","kind":"category","categories":["male","female"]}],
 *  "left out":{"id":"..."}}
 * }</pre>
 */
final class SchemaText {
  private static final double FORMAT = 1;

  private SchemaText() {}

  static String write(TableSchema schema) {
    StringBuilder json = new StringBuilder("{\"format\":1,\"target\":{\"name\":");
    TableSchema.Target target = schema.target();
    Json.quote(target.name(), json);
    if (target.task() == Task.CLASSIFICATION) {
      json.append(",\"task\":\"classification\",\"classes\":");
      texts(target.classes(), json);
    } else {
      json.append(",\"task\":\"regression\",\"logarithm\":").append(target.logarithm());
    }
    json.append("},\"inputs\":[");
    String before = "";
    for (TableSchema.Input input : schema.inputs()) {
      json.append(before).append("{\"name\":");
      Json.quote(input.name(), json);
      if (input.kind() == ColumnKind.CATEGORY) {
        json.append(",\"kind\":\"category\",\"categories\":");
        texts(input.categories(), json);
      } else {
        json.append(",\"kind\":\"number\"");
        if (input.offset() != 0) {
          json.append(",\"offset\":").append(input.offset());
        }
      }
      json.append('}');
      before = ",";
    }
    json.append("],\"left out\":{");
    before = "";
    for (Map.Entry<String, String> column : schema.leftOut().entrySet()) {
      json.append(before);
      Json.quote(column.getKey(), json);
      json.append(':');
      Json.quote(column.getValue(), json);
      before = ",";
    }
    return json.append("}}").toString();
  }

  private static void texts(List<String> texts, StringBuilder json) {
    json.append('[');
    for (int i = 0; i < texts.size(); i++) {
      json.append(i == 0 ? "" : ",");
      Json.quote(texts.get(i), json);
    }
    json.append(']');
  }

  static TableSchema read(String json) {
    Map<String, Object> all = Json.object(Json.parse(json), "schema");
    double format = Json.number(all.get("format"), "format");
    if (format != FORMAT) {
      throw new IllegalArgumentException(
          "format 1 expected, found " + PlainNumber.text(format) + " (of a newer Lamella?)");
    }
    List<TableSchema.Input> inputs = new ArrayList<>();
    for (Object input : Json.list(all.get("inputs"), "inputs")) {
      inputs.add(input(Json.object(input, "input")));
    }
    Map<String, String> leftOut = new LinkedHashMap<>();
    Json.object(all.get("left out"), "left out")
        .forEach((name, reason) -> leftOut.put(name, Json.text(reason, "left out")));
    return new TableSchema(inputs, target(Json.object(all.get("target"), "target")), leftOut);
  }

  private static TableSchema.Input input(Map<String, Object> input) {
    String name = Json.text(input.get("name"), "name of an input");
    String kind = Json.text(input.get("kind"), "kind of input \"" + name + '"');
    return switch (kind) {
      case "number" ->
          new TableSchema.Input(
              name,
              ColumnKind.NUMBER,
              List.of(),
              input.containsKey("offset") ? Json.number(input.get("offset"), "offset") : 0);
      case "category" ->
          new TableSchema.Input(
              name,
              ColumnKind.CATEGORY,
              Json.texts(input.get("categories"), "categories of input \"" + name + '"'),
              0);
      default ->
          throw new IllegalArgumentException(
              "kind of input \"" + name + "\": number or category expected, found " + kind);
    };
  }

  private static TableSchema.Target target(Map<String, Object> target) {
    String name = Json.text(target.get("name"), "name of the target");
    String task = Json.text(target.get("task"), "task");
    return switch (task) {
      case "classification" ->
          new TableSchema.Target(
              name, Task.CLASSIFICATION, Json.texts(target.get("classes"), "classes"), false);
      case "regression" ->
          new TableSchema.Target(
              name, Task.REGRESSION, List.of(), Json.truth(target.get("logarithm"), "logarithm"));
      default ->
          throw new IllegalArgumentException(
              "task: classification or regression expected, found " + task);
    };
  }
}
