package lamella.spark;

import java.io.Serializable;
import org.apache.spark.ml.attribute.AttributeGroup;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/**
 * Makes the numbers that a network takes of the rows of a frame: of a column of vectors, of arrays
 * or of numbers, or of several plain columns as a table's model knows them.
 *
 * <p>A vector, dense or sparse, and an array of any numeric type give their elements; they must
 * have as many as the reader expects, and all must be finite. A column of one number gives that. Of
 * plain columns each gives the number that {@code TableSchema.encode} makes of it, and a missing
 * value is no error.
 *
 * <p>Where a row does not fit, the error names the column, what was expected and found, and the row
 * by its plain values.
 *
 * <p>Tasks get a reader of their own by serialisation: one reader is for one thread.
 */
public abstract class FeatureReader implements Serializable {
  private static final long serialVersionUID = 1;

  /** So many values of a row are named in an error, and so many letters of each. */
  private static final int NAMED = 4;

  private static final int LETTERS = 40;

  private final StructType frame;

  /** For rows that are asked for as float32. */
  private transient double @Nullable [] doubles;

  FeatureReader(StructType frame) {
    this.frame = frame;
  }

  // Which.

  /**
   * {@return what reads one column}
   *
   * @param frame the columns of the rows to come
   * @param column one of vectors, of arrays of numbers, or of numbers
   * @throws IllegalArgumentException if there is no such column, or it is of another type
   */
  public static FeatureReader of(StructType frame, String column) {
    int index = Columns.require(frame, column);
    DataType type = frame.apply(index).dataType();
    if (type.equals(SQLDataTypes.VectorType())) {
      int size = AttributeGroup.fromStructField(frame.apply(index)).size();
      return new VectorReader(frame, index, Math.max(size, 0));
    }
    if (type instanceof ArrayType array && array.elementType() instanceof NumericType) {
      return new ArrayReader(frame, index, 0);
    }
    if (type instanceof NumericType) {
      return new NumberReader(frame, index);
    }
    throw new IllegalArgumentException(
        "FeatureReader: column \""
            + column
            + "\" expected to be of vectors, of arrays of numbers, or of numbers, is of type "
            + type.simpleString()
            + "; several plain columns become one of vectors by a VectorAssembler");
  }

  /**
   * {@return what reads the plain columns that a table's model takes} Needs {@code lamella-table}.
   *
   * @param frame the columns of the rows to come; may have others than the model's
   * @param schema the JSON of a {@code TableSchema}, as its {@code toJson()} gives it
   * @throws IllegalArgumentException if a column is not there, or of a type that gives no number or
   *     category
   */
  public static FeatureReader ofTable(StructType frame, String schema) {
    return TableColumnsReader.make(frame, schema);
  }

  /**
   * {@return the same, for rows of so many numbers} Others are an error then.
   *
   * @param size at least 1
   * @throws IllegalArgumentException if it is known that the rows have another number of them
   */
  public abstract FeatureReader withSize(int size);

  /** {@return how many numbers a row has; 0 if that is not known} */
  public abstract int size();

  /**
   * {@return how many numbers this row has}
   *
   * @param row of the frame
   * @throws IllegalArgumentException if it has none; names column and row
   */
  public abstract int size(Row row);

  // Reading.

  /**
   * Puts the numbers of a row into an array.
   *
   * @param row of the frame
   * @param to filled from {@code offset} on
   * @param offset the first number's place
   * @throws IllegalArgumentException if the row does not fit; names column and row
   * @throws IndexOutOfBoundsException if the array is too short
   */
  public final void read(Row row, double[] to, int offset) {
    String problem = tryRead(row, to, offset);
    if (problem != null) {
      throw new IllegalArgumentException(problem + ", in " + describe(row));
    }
  }

  /**
   * Puts the numbers of a row into an array of float32, each rounded to the nearest.
   *
   * @param row of the frame
   * @param to filled from {@code offset} on
   * @param offset the first number's place
   * @throws IllegalArgumentException if the row does not fit, or a number is too large for a
   *     float32; names column and row
   * @throws IndexOutOfBoundsException if the array is too short
   */
  public final void read(Row row, float[] to, int offset) {
    String problem = tryRead(row, to, offset);
    if (problem != null) {
      throw new IllegalArgumentException(problem + ", in " + describe(row));
    }
  }

  /**
   * {@return null if the numbers of a row were put into an array; else why not} For whoever leaves
   * out rows that do not fit. Then the array's part is undefined.
   *
   * @param row of the frame
   * @param to filled from {@code offset} on
   * @param offset the first number's place
   */
  public abstract @Nullable String tryRead(Row row, double[] to, int offset);

  /**
   * {@return null if the numbers of a row were put into an array of float32; else why not}
   *
   * @param row of the frame
   * @param to filled from {@code offset} on
   * @param offset the first number's place
   */
  public final @Nullable String tryRead(Row row, float[] to, int offset) {
    int size = size();
    if (size == 0) {
      Object value = row.get(index());
      size = value == null ? 0 : size(row);
    }
    double[] numbers = doubles(size);
    String problem = tryRead(row, numbers, 0);
    return problem != null ? problem : narrow(numbers, size, to, offset);
  }

  /** As {@link #tryRead(Row, double[], int)}, of a row as Spark itself keeps it. */
  abstract @Nullable String tryRead(InternalRow row, double[] to, int offset);

  /** The column's place; that of the first if there are several. */
  abstract int index();

  /** Rounds to float32; null, or what is wrong. */
  final @Nullable String narrow(double[] from, int size, float[] to, int offset) {
    boolean finite = true;
    for (int i = 0; i < size; i++) {
      float number = (float) from[i];
      to[offset + i] = number;
      finite &= !Float.isInfinite(number);
    }
    if (!finite) {
      for (int i = 0; i < size; i++) {
        if (Double.isFinite(from[i]) && Float.isInfinite((float) from[i])) {
          return at(i) + ": expected numbers that a float32 holds, got " + from[i];
        }
      }
    }
    return null;
  }

  private double[] doubles(int size) {
    double[] own = doubles;
    if (own == null || own.length < size) {
      own = new double[size];
      doubles = own;
    }
    return own;
  }

  // Errors.

  /** Where the number of this place comes from. */
  String at(int place) {
    return who() + ", place " + place;
  }

  /** The column. */
  final String who() {
    return "column \"" + frame.apply(index()).name() + '"';
  }

  final StructType frame() {
    return frame;
  }

  final String missing() {
    return who() + ": expected " + expected() + ", got null";
  }

  final String length(int got) {
    return who() + ": expected " + expected() + ", got " + got;
  }

  final @Nullable String checked(double[] numbers, int size, int offset) {
    boolean finite = true;
    for (int i = offset; i < offset + size; i++) {
      finite &= Math.abs(numbers[i]) <= Double.MAX_VALUE;
    }
    return finite ? null : notFinite(numbers, size, offset);
  }

  private String notFinite(double[] numbers, int size, int offset) {
    for (int i = 0; i < size; i++) {
      if (!Double.isFinite(numbers[offset + i])) {
        return at(i) + ": expected a finite number, got " + numbers[offset + i];
      }
    }
    throw new AssertionError("a number is not finite");
  }

  private String expected() {
    return size() == 0 ? "numbers" : size() + (size() == 1 ? " number" : " numbers");
  }

  /** The row by its plain values. */
  final String describe(Row row) {
    return describe(index -> row.isNullAt(index) ? null : row.get(index));
  }

  /** The row by its plain values. */
  final String describe(InternalRow row) {
    return describe(
        index -> row.isNullAt(index) ? null : row.get(index, frame.apply(index).dataType()));
  }

  private interface Values {
    @Nullable Object at(int index);
  }

  private String describe(Values values) {
    StringBuilder text = new StringBuilder("the row with ");
    int named = 0;
    for (int i = 0; i < frame.size() && named < NAMED; i++) {
      StructField field = frame.apply(i);
      if (isPlain(field.dataType())) {
        String value = String.valueOf(values.at(i));
        text.append(named == 0 ? "" : ", ")
            .append(field.name())
            .append(" = ")
            .append(value.length() > LETTERS ? value.substring(0, LETTERS) + "..." : value);
        named++;
      }
    }
    return named == 0 ? "a row without plain columns" : text.toString();
  }

  private static boolean isPlain(DataType type) {
    return type instanceof NumericType || type instanceof StringType || type instanceof BooleanType;
  }
}
