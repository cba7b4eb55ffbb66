package lamella.spark;

import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** The columns that a model will add to a frame; none where a name is empty. */
final class Predicted {
  private Predicted() {}

  static StructType classes(
      StructType frame, String rawPrediction, String probability, String prediction) {
    StructType all = with(frame, rawPrediction, SQLDataTypes.VectorType());
    return number(with(all, probability, SQLDataTypes.VectorType()), prediction);
  }

  static StructType number(StructType frame, String prediction) {
    return with(frame, prediction, DataTypes.DoubleType);
  }

  private static StructType with(StructType frame, String name, DataType type) {
    if (name.isEmpty()) {
      return frame;
    }
    Columns.requireNew(frame, name);
    return frame.add(name, type, !type.equals(DataTypes.DoubleType));
  }
}
