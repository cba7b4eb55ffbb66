package lamella.spark;

import java.util.Arrays;
import org.apache.spark.ml.linalg.DenseVector;
import org.apache.spark.ml.linalg.SparseVector;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeArrayData;
import org.apache.spark.sql.catalyst.util.ArrayData;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.unsafe.Platform;
import org.jspecify.annotations.Nullable;

/** Reads a column of vectors, dense or sparse. */
final class VectorReader extends ColumnReader {
  private static final long serialVersionUID = 1;

  // As Spark's VectorUDT keeps a vector: a byte for its kind, and then these.
  static final int FIELDS = 4;
  static final int KIND = 0;
  private static final int SIZE = 1;
  private static final int INDICES = 2;
  static final int VALUES = 3;
  static final byte DENSE = 1;

  VectorReader(StructType frame, int index, int size) {
    super(frame, index, size);
  }

  @Override
  FeatureReader sized(StructType frame, int place, int expected) {
    return new VectorReader(frame, place, expected);
  }

  @Override
  int sizeOf(Object value) {
    return ((Vector) value).size();
  }

  @Override
  @Nullable String copy(Object value, int length, double[] to, int offset) {
    switch (value) {
      case DenseVector dense -> System.arraycopy(dense.values(), 0, to, offset, length);
      case SparseVector sparse -> {
        Arrays.fill(to, offset, offset + length, 0);
        int[] indices = sparse.indices();
        double[] values = sparse.values();
        for (int i = 0; i < indices.length; i++) {
          to[offset + indices[i]] = values[i];
        }
      }
      default -> throw new AssertionError("a vector is dense or sparse");
    }
    return null;
  }

  @Override
  @Nullable String tryRead(InternalRow row, double[] to, int offset) {
    if (row.isNullAt(index())) {
      return missing();
    }
    InternalRow vector = row.getStruct(index(), FIELDS);
    ArrayData values = vector.getArray(VALUES);
    boolean isDense = vector.getByte(KIND) == DENSE;
    int length = isDense ? values.numElements() : vector.getInt(SIZE);
    if (isWrong(length)) {
      return length(length);
    }
    if (isDense) {
      copy(values, length, to, offset);
    } else {
      Arrays.fill(to, offset, offset + length, 0);
      ArrayData indices = vector.getArray(INDICES);
      for (int i = 0; i < values.numElements(); i++) {
        to[offset + indices.getInt(i)] = values.getDouble(i);
      }
    }
    return checked(to, length, offset);
  }

  /** All at once where they lie one after the other. */
  private static void copy(ArrayData from, int length, double[] to, int offset) {
    if (from instanceof UnsafeArrayData array) {
      Platform.copyMemory(
          array.getBaseObject(),
          array.getBaseOffset() + UnsafeArrayData.calculateHeaderPortionInBytes(length),
          to,
          Platform.DOUBLE_ARRAY_OFFSET + (long) Double.BYTES * offset,
          (long) Double.BYTES * length);
    } else {
      for (int i = 0; i < length; i++) {
        to[offset + i] = from.getDouble(i);
      }
    }
  }
}
