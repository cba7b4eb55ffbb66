package lamella.examples.table;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import lamella.examples.JsonText;
import lamella.table.Table;
import lamella.table.TableSummary;

/**
 * What is in a table, as a text for people or as JSON.
 *
 * @param source its file
 * @param table of which this is said
 */
public record TableDescription(String source, Table table) {

  /** For people: the numbers of rows and columns, a line for each column, the fingerprint. */
  public String toText() {
    return source
        + ": "
        + OptionWords.of(table.summary().toString()).stripTrailing()
        + "\n\nSHA-256 of names, kinds and values, the first 16 digits: "
        + table.fingerprint();
  }

  /** The same as a JSON object. */
  public String toJson() {
    List<Map<String, Object>> columns = new ArrayList<>();
    for (TableSummary.Line line : table.summary().lines()) {
      Map<String, Object> column = new LinkedHashMap<>();
      column.put("name", line.name());
      column.put("kind", line.kind().name().toLowerCase(Locale.ROOT));
      column.put("missing", line.missing());
      column.put("distinct", line.distinct());
      column.put("values", line.range());
      column.put("hint", OptionWords.of(line.hint()));
      columns.add(column);
    }
    Map<String, Object> description = new LinkedHashMap<>();
    description.put("file", source);
    description.put("rows", table.rows());
    description.put("columns", columns);
    description.put("fingerprint", table.fingerprint());
    return JsonText.of(description);
  }
}
