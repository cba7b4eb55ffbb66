package lamella.spark;

import java.io.Serializable;
import org.apache.spark.broadcast.Broadcast;
import org.jspecify.annotations.Nullable;
import scala.collection.Iterator;
import scala.runtime.AbstractFunction1;

/**
 * Makes of the rows of a partition, as Spark itself keeps them, the same rows with what a model
 * says of them. What a task is sent.
 */
final class PartitionScorer extends AbstractFunction1<Iterator<Object>, Iterator<Object>>
    implements Serializable {
  private static final long serialVersionUID = 1;

  private final Broadcast<ScoredModel> model;
  private final FeatureReader features;
  private final ScoreColumn[] columns;
  private final HandleInvalid handleInvalid;
  private final double @Nullable [] thresholds;

  PartitionScorer(
      Broadcast<ScoredModel> model,
      FeatureReader features,
      ScoreColumn[] columns,
      HandleInvalid handleInvalid,
      double @Nullable [] thresholds) {
    this.model = model;
    this.features = features;
    this.columns = columns;
    this.handleInvalid = handleInvalid;
    this.thresholds = thresholds;
  }

  /** The rows, scored as they are asked for. */
  @Override
  public Iterator<Object> apply(Iterator<Object> rows) {
    TaskThreads.limit();
    return new ScoredRows(rows, model.value().open(), features, columns, handleInvalid, thresholds);
  }
}
