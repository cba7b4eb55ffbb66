package lamella.spark;

import lamella.core.Network;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/** The columns and rows of a frame that a training takes, by an estimator's parameters. */
final class TrainingFrame {
  private final ParamSet<?> params;
  private final StructType schema;

  TrainingFrame(ParamSet<?> params, StructType schema) {
    this.params = params;
    this.schema = schema;
  }

  /** A column, whatever letters its name has. */
  static Column column(String name) {
    return functions.col("`" + name.replace("`", "``") + "`");
  }

  /**
   * Checks all columns that there must be.
   *
   * @throws IllegalArgumentException if one is not there or of a wrong type; names it
   * @throws IllegalStateException if there are plain columns, and not the library for them
   */
  void require(String featuresCol, String labelCol) {
    if (params.isSet(params.featuresCols)) {
      requireTables();
      for (String name : params.get(params.featuresCols)) {
        Columns.require(schema, name);
      }
    } else {
      FeatureReader.of(schema, featuresCol);
    }
    requireNumber("labelCol", labelCol);
    String weight = params.column(params.weightCol);
    if (!weight.isEmpty()) {
      requireNumber("weightCol", weight);
    }
    String id = params.column(params.idCol);
    if (!id.isEmpty()) {
      Columns.require(schema, id);
    }
    String indicator = params.column(params.validationIndicatorCol);
    if (!indicator.isEmpty()
        && !(schema.apply(Columns.require(schema, indicator)).dataType() instanceof BooleanType)) {
      throw new IllegalArgumentException(
          "validationIndicatorCol: column \""
              + indicator
              + "\" expected to be of booleans, is of type "
              + schema.apply(schema.fieldIndex(indicator)).dataType().simpleString());
    }
  }

  private static void requireTables() {
    try {
      Class.forName("lamella.table.TableSchema", false, TrainingFrame.class.getClassLoader());
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(
          "featuresCols: plain columns need lamella-table on the class path (--jars)", e);
    }
  }

  private void requireNumber(String param, String name) {
    if (!(schema.apply(Columns.require(schema, name)).dataType() instanceof NumericType)) {
      throw new IllegalArgumentException(
          param
              + ": column \""
              + name
              + "\" expected to be of numbers, is of type "
              + schema.apply(schema.fieldIndex(name)).dataType().simpleString()
              + (param.equals("labelCol") ? "; a StringIndexer makes numbers of texts" : ""));
    }
  }

  /** The rows to train with. */
  Dataset<Row> training(Dataset<Row> frame) {
    String indicator = params.column(params.validationIndicatorCol);
    return indicator.isEmpty() ? frame : frame.where(functions.not(isTrue(indicator)));
  }

  /** The rows that choose the best epoch; null if no column says which. */
  @Nullable Dataset<Row> validation(Dataset<Row> frame) {
    String indicator = params.column(params.validationIndicatorCol);
    return indicator.isEmpty() ? null : frame.where(isTrue(indicator));
  }

  private static Column isTrue(String indicator) {
    return functions.coalesce(column(indicator), functions.lit(false));
  }

  /** Rows as the numbers that a network takes. */
  FeatureReader reader(String featuresCol, String tableSchema) {
    return tableSchema.isEmpty()
        ? FeatureReader.of(schema, featuresCol)
        : FeatureReader.ofTable(schema, tableSchema);
  }

  /** The examples with the column that puts them in order, in the shape that a network takes. */
  <T> FrameExamples<T> complete(FrameExamples<T> examples, NetworkSettings settings) {
    FrameExamples<T> complete = examples;
    String id = params.column(params.idCol);
    if (!id.isEmpty()) {
      complete = complete.withId(id);
    }
    Network initial = settings.initialNetwork();
    return initial == null ? complete : complete.withExampleShape(initial.inputShape());
  }
}
