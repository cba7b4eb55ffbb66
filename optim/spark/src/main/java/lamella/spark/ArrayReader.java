package lamella.spark;

import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.util.ArrayData;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;
import scala.collection.Seq;
import scala.collection.mutable.ArraySeq;

/** Reads a column of arrays of numbers. */
final class ArrayReader extends ColumnReader {
  private static final long serialVersionUID = 1;

  ArrayReader(StructType frame, int index, int size) {
    super(frame, index, size);
  }

  @Override
  FeatureReader sized(StructType frame, int place, int expected) {
    return new ArrayReader(frame, place, expected);
  }

  @Override
  int sizeOf(Object value) {
    return ((Seq<?>) value).length();
  }

  @Override
  @Nullable String copy(Object value, int length, double[] to, int offset) {
    switch (value) {
      case ArraySeq.ofDouble doubles -> System.arraycopy(doubles.array(), 0, to, offset, length);
      case ArraySeq.ofFloat floats -> {
        for (int i = 0; i < length; i++) {
          to[offset + i] = floats.array()[i];
        }
      }
      default -> {
        Seq<?> elements = (Seq<?>) value;
        for (int i = 0; i < length; i++) {
          if (!(elements.apply(i) instanceof Number number)) {
            return missing(i);
          }
          to[offset + i] = number.doubleValue();
        }
      }
    }
    return null;
  }

  private String missing(int place) {
    return at(place) + ": expected a number, got null";
  }

  @Override
  @Nullable String tryRead(InternalRow row, double[] to, int offset) {
    if (row.isNullAt(index())) {
      return missing();
    }
    ArrayData array = row.getArray(index());
    int length = array.numElements();
    if (isWrong(length)) {
      return length(length);
    }
    for (int i = 0; i < length; i++) {
      if (array.isNullAt(i)) {
        return missing(i);
      }
    }
    DataType element = ((ArrayType) type()).elementType();
    if (element.equals(DataTypes.DoubleType)) {
      for (int i = 0; i < length; i++) {
        to[offset + i] = array.getDouble(i);
      }
    } else if (element.equals(DataTypes.FloatType)) {
      for (int i = 0; i < length; i++) {
        to[offset + i] = array.getFloat(i);
      }
    } else {
      for (int i = 0; i < length; i++) {
        to[offset + i] = NumberReader.number(array.get(i, element));
      }
    }
    return checked(to, length, offset);
  }
}
