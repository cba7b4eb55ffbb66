package lamella.spark;

import java.util.Arrays;
import org.apache.spark.TaskContext;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.expressions.JoinedRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeArrayData;
import org.apache.spark.unsafe.types.UTF8String;
import org.jspecify.annotations.Nullable;
import scala.collection.AbstractIterator;
import scala.collection.Iterator;

/**
 * The rows of a partition with what a model says of them: a batch is read and computed when its
 * first row is asked for. One row, which is always the same object, is given for all of them.
 */
final class ScoredRows extends AbstractIterator<Object> {
  /**
   * Rows that go through the model at once. With 20 to 800 inputs, batches of 64 to 1,024 rows are
   * as fast as each other; what a task holds grows with them.
   */
  static final int ROWS_AT_ONCE = 256;

  /** The place of a row that is kept without being scored. */
  private static final int NOT_SCORED = -1;

  private final Iterator<Object> rows;
  private final OpenModel model;
  private final OpenModel.Batch batch;
  private final FeatureReader features;
  private final ScoreColumn[] columns;
  private final HandleInvalid handleInvalid;
  private final double @Nullable [] thresholds;
  private final int width;
  private final boolean needsAnswers;
  private final boolean needsFinite;

  /** One row's. */
  private final double[] numbers;

  /** The batch's rows, and where their numbers lie in it. */
  private final InternalRow[] kept = new InternalRow[ROWS_AT_ONCE];

  private final int[] places = new int[ROWS_AT_ONCE];
  private int count;
  private int next;

  /** Rows of the partition that have been read. */
  private long read;

  // What is given for each row.
  private final JoinedRow whole = new JoinedRow();
  private final GenericInternalRow added;
  private final InternalRow nothing;
  private final @Nullable UnsafeArrayData[] vectors;
  private final UTF8String[] labels;

  ScoredRows(
      Iterator<Object> rows,
      OpenModel model,
      FeatureReader features,
      ScoreColumn[] columns,
      HandleInvalid handleInvalid,
      double @Nullable [] thresholds) {
    this.rows = rows;
    this.model = model;
    this.batch = model.batch(ROWS_AT_ONCE);
    this.features = features;
    this.columns = columns;
    this.handleInvalid = handleInvalid;
    this.thresholds = thresholds;
    this.width = features.frame().size();
    boolean hasClasses = model.classes() > 0 || model.isOfQuestions();
    boolean asked = Arrays.asList(columns).contains(ScoreColumn.PROBABILITY);
    boolean isTable = model.tableSchema() != null;
    // What a table's model of numbers gives may be a logarithm, of which it makes the number.
    this.needsAnswers = hasClasses ? asked || thresholds != null : isTable;
    this.needsFinite =
        (hasClasses || isTable)
            && Arrays.stream(columns).anyMatch(column -> column != ScoreColumn.OUTPUT);
    this.numbers = new double[model.inputs()];
    this.added = new GenericInternalRow(columns.length);
    this.nothing = new GenericInternalRow(columns.length);
    this.vectors = new UnsafeArrayData[columns.length];
    for (int c = 0; c < columns.length; c++) {
      int size = columns[c].size(model);
      if (size > 0) {
        UnsafeArrayData values = UnsafeArrayData.fromPrimitiveArray(new double[size]);
        GenericInternalRow vector = new GenericInternalRow(VectorReader.FIELDS);
        vector.update(VectorReader.KIND, VectorReader.DENSE);
        vector.update(VectorReader.VALUES, values);
        added.update(c, vector);
        vectors[c] = values;
      }
    }
    this.labels = model.labels().stream().map(UTF8String::fromString).toArray(UTF8String[]::new);
  }

  @Override
  public boolean hasNext() {
    while (next == count) {
      if (!rows.hasNext()) {
        return false;
      }
      readBatch();
    }
    return true;
  }

  @Override
  public InternalRow next() {
    if (!hasNext()) {
      throw new java.util.NoSuchElementException("no row is left");
    }
    InternalRow row = kept[next];
    int place = places[next];
    next++;
    return whole.apply(row, place == NOT_SCORED ? nothing : score(place));
  }

  private void readBatch() {
    int scored = 0;
    count = 0;
    next = 0;
    while (count < ROWS_AT_ONCE && rows.hasNext()) {
      InternalRow row = (InternalRow) rows.next();
      if (row.numFields() != width) {
        throw new IllegalStateException(
            "rows of " + width + " columns expected, Spark gives one of " + row.numFields());
      }
      read++;
      String problem = features.tryRead(row, numbers, 0);
      if (problem == null) {
        problem = batch.put(scored, numbers, features);
      }
      if (problem == null) {
        places[count] = scored++;
      } else if (handleInvalid == HandleInvalid.ERROR) {
        throw new IllegalArgumentException(problem + ", in " + where(row));
      } else if (handleInvalid == HandleInvalid.SKIP) {
        continue;
      } else {
        places[count] = NOT_SCORED;
      }
      // The row that comes next lies in the same memory.
      kept[count++] = row.copy();
    }
    if (scored > 0) {
      boolean isFinite = batch.compute(scored, needsAnswers);
      for (int i = 0; needsFinite && !isFinite && i < count; i++) {
        if (places[i] != NOT_SCORED) {
          requireFinite(places[i], kept[i]);
        }
      }
    }
  }

  private String where(InternalRow row) {
    TaskContext task = TaskContext.get();
    return features.describe(row)
        + (task == null ? "" : " (row " + read + " of partition " + task.partitionId() + ")");
  }

  private InternalRow score(int place) {
    for (int c = 0; c < columns.length; c++) {
      switch (columns[c]) {
        case OUTPUT -> {
          UnsafeArrayData vector = vector(c);
          for (int k = 0; k < model.outputs(); k++) {
            vector.setDouble(k, batch.output(place, k));
          }
        }
        case RAW_PREDICTION -> {
          UnsafeArrayData vector = vector(c);
          if (model.isYesNo()) {
            double yes = batch.output(place, 0);
            vector.setDouble(0, -yes);
            vector.setDouble(1, yes);
          } else {
            for (int k = 0; k < model.outputs(); k++) {
              vector.setDouble(k, batch.output(place, k));
            }
          }
        }
        case PROBABILITY -> {
          UnsafeArrayData vector = vector(c);
          for (int k = 0; k < vector.numElements(); k++) {
            vector.setDouble(k, probability(place, k));
          }
        }
        case PREDICTION ->
            added.update(c, model.classes() > 0 ? (double) classOf(place) : batch.answer(place, 0));
        case PREDICTED_LABEL -> added.update(c, labels[classOf(place)]);
      }
    }
    return added;
  }

  private UnsafeArrayData vector(int column) {
    UnsafeArrayData vector = vectors[column];
    if (vector == null) {
      throw new AssertionError("a column of vectors has one");
    }
    return vector;
  }

  private double probability(int place, int k) {
    if (!model.isYesNo()) {
      return batch.answer(place, k);
    }
    double yes = batch.answer(place, 0);
    return k == 1 ? yes : 1 - yes;
  }

  /** The first of equals. */
  private int classOf(int place) {
    double[] shares = thresholds;
    if (shares == null && model.isYesNo()) {
      return batch.output(place, 0) > 0 ? 1 : 0;
    }
    int best = 0;
    double most = Double.NEGATIVE_INFINITY;
    for (int k = 0; k < model.classes(); k++) {
      double likely = shares == null ? batch.output(place, k) : probability(place, k) / shares[k];
      if (likely > most) {
        most = likely;
        best = k;
      }
    }
    return best;
  }

  private void requireFinite(int place, InternalRow row) {
    for (int k = 0; k < model.outputs(); k++) {
      if (!Double.isFinite(batch.output(place, k))) {
        throw new ArithmeticException(
            "the model gives "
                + batch.output(place, k)
                + ", which is no class and no number, as after a training that diverged or for"
                + " inputs that are too large, for "
                + features.describe(row));
      }
    }
  }
}
