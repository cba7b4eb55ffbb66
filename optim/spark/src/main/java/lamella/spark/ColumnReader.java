package lamella.spark;

import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/** Reads one column. */
abstract class ColumnReader extends FeatureReader {
  private static final long serialVersionUID = 1;

  private final int index;

  /** 0 if it is not known. */
  private final int size;

  ColumnReader(StructType frame, int index, int size) {
    super(frame);
    this.index = index;
    this.size = size;
  }

  @Override
  public final FeatureReader withSize(int expected) {
    if (expected < 1 || (size != 0 && expected != size)) {
      throw new IllegalArgumentException(
          "FeatureReader: "
              + who()
              + ": expected rows of "
              + expected
              + (expected == 1 ? " number" : " numbers")
              + (size == 0 ? "" : ", the column says that it has " + size));
    }
    return expected == size ? this : sized(frame(), index, expected);
  }

  /** One of the same kind. */
  abstract FeatureReader sized(StructType frame, int place, int expected);

  @Override
  public final int size() {
    return size;
  }

  @Override
  public final int size(Row row) {
    Object value = row.get(index);
    if (value == null) {
      throw new IllegalArgumentException(missing() + ", in " + describe(row));
    }
    return sizeOf(value);
  }

  @Override
  public final @Nullable String tryRead(Row row, double[] to, int offset) {
    Object value = row.get(index);
    if (value == null) {
      return missing();
    }
    int length = sizeOf(value);
    if (isWrong(length)) {
      return length(length);
    }
    String problem = copy(value, length, to, offset);
    return problem != null ? problem : checked(to, length, offset);
  }

  /** Puts a value's numbers into an array; null, or why it has none. */
  abstract @Nullable String copy(Object value, int length, double[] to, int offset);

  /** How many numbers a value has. */
  abstract int sizeOf(Object value);

  @Override
  final int index() {
    return index;
  }

  final DataType type() {
    return frame().apply(index).dataType();
  }

  /** Whether a value of this length is none that is expected. */
  final boolean isWrong(int length) {
    return size != 0 && length != size;
  }
}
