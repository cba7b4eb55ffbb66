package lamella.spark;

import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.types.Decimal;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/** Reads a column of numbers, one a row. */
final class NumberReader extends ColumnReader {
  private static final long serialVersionUID = 1;

  NumberReader(StructType frame, int index) {
    super(frame, index, 1);
  }

  @Override
  FeatureReader sized(StructType frame, int place, int expected) {
    return new NumberReader(frame, place);
  }

  @Override
  int sizeOf(Object value) {
    return 1;
  }

  @Override
  @Nullable String copy(Object value, int length, double[] to, int offset) {
    to[offset] = number(value);
    return null;
  }

  @Override
  @Nullable String tryRead(InternalRow row, double[] to, int offset) {
    if (row.isNullAt(index())) {
      return missing();
    }
    to[offset] = number(row.get(index(), type()));
    return checked(to, 1, offset);
  }

  /** Of a number as Java or Spark keeps it. */
  static double number(Object value) {
    return value instanceof Decimal decimal ? decimal.toDouble() : ((Number) value).doubleValue();
  }

  @Override
  String at(int place) {
    return who();
  }
}
