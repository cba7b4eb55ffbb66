package lamella.spark;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import org.apache.spark.ml.attribute.Attribute;
import org.apache.spark.ml.attribute.BinaryAttribute;
import org.apache.spark.ml.attribute.NominalAttribute;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.StructField;

/**
 * The classes of a label column: as its metadata say, which a StringIndexer writes, or else 0 to
 * the largest label.
 *
 * @param count how many
 * @param names in order; empty if nobody named them
 */
record ClassLabels(int count, List<String> names) {
  /** More classes than that are taken for a mistake unless metadata say so. */
  private static final int MOST = 1000;

  /**
   * {@return the classes}
   *
   * @param frame the rows to train with; read once if metadata do not say how many there are
   * @throws IllegalArgumentException if a label is no whole number from 0 on, or all are alike
   */
  static ClassLabels of(Dataset<Row> frame, String labelCol) {
    StructField field = frame.schema().apply(Columns.require(frame.schema(), labelCol));
    Attribute attribute = Attribute.fromStructField(field);
    if (attribute instanceof NominalAttribute nominal) {
      if (nominal.values().isDefined()) {
        return named(labelCol, nominal.values().get());
      }
      if (nominal.getNumValues().isDefined()) {
        return known(labelCol, (int) nominal.getNumValues().get(), List.of());
      }
    }
    if (attribute instanceof BinaryAttribute binary) {
      return binary.values().isDefined()
          ? named(labelCol, binary.values().get())
          : new ClassLabels(2, List.of());
    }
    return new ClassLabels(counted(frame, labelCol), List.of());
  }

  private static ClassLabels named(String labelCol, String[] values) {
    List<String> names = List.of(values);
    boolean usable =
        new LinkedHashSet<>(names).size() == names.size()
            && names.stream().noneMatch(name -> name.isBlank());
    return known(labelCol, names.size(), usable ? names : List.of());
  }

  private static ClassLabels known(String labelCol, int count, List<String> names) {
    if (count < 2) {
      throw new IllegalArgumentException(
          "labelCol: column \""
              + labelCol
              + "\" expected to have 2 classes or more, has "
              + count
              + " according to its metadata");
    }
    return new ClassLabels(count, names);
  }

  private static int counted(Dataset<Row> frame, String labelCol) {
    Column label = TrainingFrame.column(labelCol).cast("double");
    Column wrong = label.isNull().or(label.lt(0)).or(label.notEqual(functions.floor(label)));
    Row found =
        frame
            .agg(
                functions.count(functions.lit(1)),
                functions.max(label),
                functions.min(label),
                functions.sum(functions.when(wrong, 1).otherwise(0)),
                functions.first(functions.when(wrong, label), true))
            .head();
    if (found.getLong(0) == 0) {
      throw new IllegalArgumentException("the frame has no rows to train with");
    }
    if (found.getLong(3) > 0) {
      throw new IllegalArgumentException(
          "labelCol: column \""
              + labelCol
              + "\" expected to have whole numbers from 0 on, has "
              + (found.isNullAt(4) ? "null" : found.get(4))
              + " in one of "
              + found.getLong(3)
              + (found.getLong(3) == 1 ? " row" : " rows")
              + " that do not fit; a StringIndexer makes such numbers of others");
    }
    double largest = found.getDouble(1);
    if (largest >= MOST) {
      throw new IllegalArgumentException(
          "labelCol: column \""
              + labelCol
              + "\" has the label "
              + largest
              + ", so that there would be more than "
              + MOST
              + " classes; a StringIndexer numbers those there are, and says how many");
    }
    if (largest == found.getDouble(2)) {
      throw new IllegalArgumentException(
          "labelCol: column \""
              + labelCol
              + "\" has the same label, "
              + largest
              + ", in all "
              + found.getLong(0)
              + " rows; there is nothing to learn");
    }
    return (int) largest + 1;
  }

  /** The names, or where there are none the numbers as texts. */
  List<String> texts() {
    if (!names.isEmpty()) {
      return names;
    }
    List<String> numbers = new ArrayList<>();
    for (int k = 0; k < count; k++) {
      numbers.add(Integer.toString(k));
    }
    return numbers;
  }
}
