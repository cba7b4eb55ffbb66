package lamella.spark;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import lamella.table.ColumnKind;
import lamella.table.TableSchema;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DateType;
import org.apache.spark.sql.types.Decimal;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.unsafe.types.UTF8String;
import org.jspecify.annotations.Nullable;

/** Reads the plain columns of a table's model. */
final class TableColumnsReader extends FeatureReader {
  private static final long serialVersionUID = 1;

  /** JSON, for a schema itself is not serializable. */
  private final String json;

  /** Of each input its column. */
  private final int[] places;

  private transient @Nullable Encoding encoding;

  /** What encodes, and what it works with. */
  private static final class Encoding {
    private final TableSchema schema;
    private final @Nullable Object[] values;
    private final float[] numbers;

    Encoding(TableSchema schema) {
      this.schema = schema;
      this.values = new Object[schema.inputs().size()];
      this.numbers = new float[values.length];
    }
  }

  private TableColumnsReader(StructType frame, String json, int[] places) {
    super(frame);
    this.json = json;
    this.places = places;
  }

  static TableColumnsReader make(StructType frame, String json) {
    List<TableSchema.Input> inputs = TableSchema.parse(json).inputs();
    List<String> problems = new ArrayList<>();
    int[] places = new int[inputs.size()];
    for (int j = 0; j < places.length; j++) {
      TableSchema.Input input = inputs.get(j);
      places[j] = Columns.require(frame, input.name());
      DataType type = frame.apply(places[j]).dataType();
      boolean isNumber = input.kind() == ColumnKind.NUMBER;
      boolean fits =
          type instanceof NumericType
              || type instanceof StringType
              || (!isNumber && (type instanceof BooleanType || type instanceof DateType));
      if (!fits) {
        problems.add(
            "column \""
                + input.name()
                + "\": expected "
                + (isNumber ? "numbers" : "texts, numbers, booleans or dates")
                + ", is of type "
                + type.simpleString());
      }
    }
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(
          "FeatureReader: " + String.join("; ", problems) + "; cast to one of these");
    }
    return new TableColumnsReader(frame, json, places);
  }

  @Override
  public FeatureReader withSize(int size) {
    if (size != places.length) {
      throw new IllegalArgumentException(
          "FeatureReader: expected "
              + size
              + " numbers of each row, the table's schema has "
              + places.length
              + " inputs");
    }
    return this;
  }

  @Override
  public int size() {
    return places.length;
  }

  @Override
  public int size(Row row) {
    return places.length;
  }

  @Override
  int index() {
    return places[0];
  }

  @Override
  String at(int place) {
    return "column \"" + frame().apply(places[place]).name() + '"';
  }

  @Override
  public @Nullable String tryRead(Row row, double[] to, int offset) {
    Encoding own = encoding();
    for (int j = 0; j < places.length; j++) {
      own.values[j] = plain(row.get(places[j]));
    }
    return encode(own, to, offset);
  }

  @Override
  @Nullable String tryRead(InternalRow row, double[] to, int offset) {
    Encoding own = encoding();
    for (int j = 0; j < places.length; j++) {
      int place = places[j];
      DataType type = frame().apply(place).dataType();
      own.values[j] =
          row.isNullAt(place)
              ? null
              : type instanceof DateType
                  ? LocalDate.ofEpochDay(row.getInt(place)).toString()
                  : plain(row.get(place, type));
    }
    return encode(own, to, offset);
  }

  private @Nullable String encode(Encoding own, double[] to, int offset) {
    try {
      own.schema.encode(own.values, own.numbers, 0);
    } catch (IllegalArgumentException e) {
      return e.getMessage();
    }
    for (int j = 0; j < places.length; j++) {
      to[offset + j] = own.numbers[j];
    }
    return null;
  }

  private Encoding encoding() {
    Encoding own = encoding;
    if (own == null) {
      own = new Encoding(TableSchema.parse(json));
      encoding = own;
    }
    return own;
  }

  /** What a table knows: texts, numbers, booleans. A date is the text that a file has of it. */
  private static @Nullable Object plain(@Nullable Object value) {
    return switch (value) {
      case UTF8String text -> text.toString();
      case Decimal decimal -> decimal.toDouble();
      // The double that a file's digits are, and not one with digits that a float32 adds.
      case Float number -> Double.valueOf(number.toString());
      case java.sql.Date date -> date.toLocalDate().toString();
      case LocalDate date -> date.toString();
      case null -> null;
      default -> value;
    };
  }
}
