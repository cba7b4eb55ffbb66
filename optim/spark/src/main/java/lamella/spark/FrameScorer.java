package lamella.spark;

import java.util.EnumMap;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/**
 * Adds to the rows of a frame what a model says of them. Immutable: each {@code with} gives
 * another.
 *
 * <p>Rows go through the model in batches, so that its weights are read once for many rows. What it
 * says of a row does not depend on the others: it is what {@code Predictor} says of that row alone,
 * to the bit, however the frame is partitioned.
 */
final class FrameScorer {
  private final ScoredModel model;
  private final String features;
  private final HandleInvalid handleInvalid;
  private final Map<ScoreColumn, String> names;
  private final double @Nullable [] thresholds;

  private FrameScorer(
      ScoredModel model,
      String features,
      HandleInvalid handleInvalid,
      Map<ScoreColumn, String> names,
      double @Nullable [] thresholds) {
    this.model = model;
    this.features = features;
    this.handleInvalid = handleInvalid;
    this.names = names;
    this.thresholds = thresholds;
  }

  /**
   * What scores by a model, and adds no column yet.
   *
   * @param features the column with the features; a table's model takes its columns by their names
   */
  static FrameScorer of(ScoredModel model, String features) {
    return new FrameScorer(
        model, features, HandleInvalid.ERROR, new EnumMap<>(ScoreColumn.class), null);
  }

  /** What becomes of rows whose features are missing, of a wrong length, or not finite. */
  FrameScorer withHandleInvalid(HandleInvalid handling) {
    return new FrameScorer(model, features, handling, names, thresholds);
  }

  /**
   * Adds a column; leaves it out if its name is empty.
   *
   * @throws IllegalArgumentException if the model gives nothing for it
   */
  FrameScorer with(ScoreColumn column, String name) {
    Map<ScoreColumn, String> all = new EnumMap<>(ScoreColumn.class);
    all.putAll(names);
    all.remove(column);
    if (!name.isEmpty()) {
      if (!column.isOf(model.open())) {
        throw new IllegalArgumentException(
            model + ": gives nothing for the column \"" + name + "\": " + whyNone(column));
      }
      all.put(column, name);
    }
    return new FrameScorer(model, features, handleInvalid, all, thresholds);
  }

  private String whyNone(ScoreColumn column) {
    return column == ScoreColumn.PREDICTED_LABEL
        ? "its classes have no names"
        : column == ScoreColumn.PREDICTION
            ? "it gives several numbers, which are no one prediction"
            : "it gives numbers, and no classes";
  }

  /**
   * Divides each class's probability by its threshold before the largest is the prediction, as
   * Spark ML does.
   *
   * @param values for each class one, at least 0; null for none
   * @throws IllegalArgumentException if there are not as many as classes
   */
  FrameScorer withThresholds(double @Nullable [] values) {
    int classes = model.open().classes();
    if (values != null && values.length != classes) {
      throw new IllegalArgumentException(
          model
              + ": expected "
              + classes
              + " thresholds, one for each class, got "
              + values.length);
    }
    return new FrameScorer(model, features, handleInvalid, names, values);
  }

  /** What reads the features of a frame. */
  private FeatureReader reader(StructType frame) {
    OpenModel open = model.open();
    String schema = open.tableSchema();
    return schema == null
        ? FeatureReader.of(frame, features).withSize(open.inputs())
        : FeatureReader.ofTable(frame, schema);
  }

  /**
   * The columns of a frame, and those that are added.
   *
   * @throws IllegalArgumentException if a column is not there, does not fit the model, or is there
   *     and is to be added
   */
  StructType transformSchema(StructType frame) {
    FeatureReader ignored = reader(frame);
    StructType all = frame;
    for (StructField field : added().fields()) {
      Columns.requireNew(all, field.name());
      all = all.add(field);
    }
    return all;
  }

  private StructType added() {
    OpenModel open = model.open();
    StructType added = new StructType();
    for (Map.Entry<ScoreColumn, String> entry : names.entrySet()) {
      StructField field = entry.getKey().field(open, entry.getValue());
      boolean nullable = handleInvalid == HandleInvalid.KEEP;
      added = added.add(field.name(), field.dataType(), nullable, field.metadata());
    }
    return added;
  }

  /**
   * The frame with the columns added. Nothing is computed before somebody asks for rows; then a
   * task holds one batch at a time.
   *
   * @param data rows of a batch or of a stream
   */
  Dataset<Row> transform(Dataset<?> data) {
    StructType frame = data.schema();
    StructType ignored = transformSchema(frame);
    ScoreColumn[] columns = names.keySet().toArray(ScoreColumn[]::new);
    PartitionScorer scorer =
        new PartitionScorer(
            model.sentTo(data.sparkSession().sparkContext()),
            reader(frame),
            columns,
            handleInvalid,
            thresholds);
    return InternalRows.map(data, scorer, added());
  }
}
