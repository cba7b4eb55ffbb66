package lamella.examples.serve;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import lamella.table.TableSchema;
import org.jspecify.annotations.Nullable;

/**
 * Rows of a table in JSON: an object of values by column names is one, an array of such objects is
 * a list of them, and so is an object whose one member {@code rows} is such an array. Null is a
 * missing value.
 */
final class JsonRows {
  private static final String ROWS = "rows";

  private final JsonReader json;
  private final TableSchema schema;
  private final int most;
  private final int expected;
  private final int mostNames;
  private final List<TableSchema.Input> inputs;
  private final Map<String, @Nullable Object> values = new LinkedHashMap<>();

  private JsonRows(byte[] text, TableSchema schema, int most, int expected) {
    this.json = new JsonReader(text);
    this.schema = schema;
    this.most = most;
    this.expected = expected;
    this.inputs = schema.inputs();
    this.mostNames =
        Math.max(JsonReader.MOST_NAMES, 2 * (inputs.size() + schema.leftOut().size() + 1));
  }

  /**
   * The rows, encoded.
   *
   * @param most how many there may be
   * @param expected how many there are, probably
   * @throws IllegalArgumentException if they are no such rows; says what was expected and found, in
   *     which row of a list and which column
   */
  static EncodedRows read(byte[] text, TableSchema schema, int most, int expected) {
    return new JsonRows(text, schema, most, expected).read();
  }

  private EncodedRows read() {
    EncodedRows rows;
    if (json.accept('[')) {
      rows = list();
    } else if (json.isAt('{') && json.isMemberOfArray(ROWS)) {
      json.accept('[');
      rows = list();
      if (!json.accept('}')) {
        throw new IllegalArgumentException("expected '}' behind the rows, got " + json.excerpt());
      }
    } else {
      rows = new EncodedRows(inputs, 1, 1, false);
      row(rows);
    }
    if (!json.isAtEnd()) {
      throw new IllegalArgumentException(
          "expected the end behind the "
              + (rows.isList() ? "list of rows" : "row")
              + ", got "
              + json.excerpt());
    }
    return rows;
  }

  /** A list and its end; its beginning has been read. */
  private EncodedRows list() {
    EncodedRows rows = new EncodedRows(inputs, most, expected, true);
    if (json.isAt(']')) {
      throw new IllegalArgumentException("expected a row at least, got none");
    }
    do {
      Refusal.requireAtMost(most, rows.rows() + 1);
      try {
        row(rows);
      } catch (Refusal e) {
        throw e;
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException("row " + rows.rows() + ": " + e.getMessage(), e);
      }
    } while (json.accept(','));
    if (!json.accept(']')) {
      throw json.isAtEnd()
          ? new IllegalArgumentException("expected ']' behind the last row, got nothing")
          : new IllegalArgumentException(
              "expected ',' or ']' behind row " + (rows.rows() - 1) + ", got " + json.excerpt());
    }
    return rows;
  }

  private void row(EncodedRows rows) {
    if (!json.isAt('{')) {
      throw new IllegalArgumentException(
          "expected a JSON object with a value for each column, as "
              + ServedTable.example(schema, 2)
              + ", got "
              + json.excerpt());
    }
    values.clear();
    json.object(mostNames, name -> values.put(name, value(json, name)));
    rows.add(
        (to, offset) -> schema.encode(values, to, offset),
        input -> isThere(values.get(inputs.get(input).name())));
  }

  /** The next value of a column. */
  static @Nullable Object value(JsonReader json, String column) {
    if (json.isAt('"')) {
      try {
        return json.string();
      } catch (IllegalArgumentException e) {
        throw wrong(column, "a text", Objects.requireNonNullElse(e.getMessage(), ""));
      }
    }
    if (json.acceptWord("null")) {
      return null;
    }
    if (json.acceptWord("true")) {
      return true;
    }
    if (json.acceptWord("false")) {
      return false;
    }
    double number = json.wideNumber();
    if (!Double.isFinite(number)) {
      throw wrong(
          column,
          "a number, a text, true, false or null",
          json.word() + (Double.isNaN(number) ? "" : ", too large for float64"));
    }
    return number;
  }

  private static IllegalArgumentException wrong(String column, String expected, String got) {
    return new IllegalArgumentException(
        "column " + Json.string(column) + ": expected " + expected + ", got " + got);
  }

  /** Whether a value is not a missing one. */
  static boolean isThere(@Nullable Object value) {
    return value != null && !(value instanceof String text && text.isBlank());
  }
}
