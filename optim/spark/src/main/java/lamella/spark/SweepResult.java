package lamella.spark;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.spark.ml.Model;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * All trials of a {@link Sweep}, and the model of the best.
 *
 * @param <M> the model
 */
public final class SweepResult<M extends Model<M>> {
  private static final int SHOWN_OF_FINGERPRINT = 12;

  private final SparkSession spark;
  private final String metric;
  private final List<Trial> trials;
  private final Trial best;
  private final ParamMap bestParams;
  private final NetworkSettings bestSettings;
  private final M bestModel;

  SweepResult(
      SparkSession spark,
      String metric,
      List<Trial> trials,
      Trial best,
      ParamMap bestParams,
      NetworkSettings bestSettings,
      M bestModel) {
    this.spark = spark;
    this.metric = metric;
    this.trials = List.copyOf(trials);
    this.best = best;
    this.bestParams = bestParams;
    this.bestSettings = bestSettings;
    this.bestModel = bestModel;
  }

  /** {@return all trials, in the order of the settings, those that failed included} */
  public List<Trial> trials() {
    return trials;
  }

  /** {@return the best trial; of equal ones the first by its params in words} */
  public Trial best() {
    return best;
  }

  /** {@return what was set in the best trial: {@code estimator.copy(bestParams())} repeats it} */
  public ParamMap bestParams() {
    return bestParams;
  }

  /** {@return all settings of the best trial, for whoever repeats it without Spark} */
  public NetworkSettings bestSettings() {
    return bestSettings;
  }

  /** {@return the model of the best trial} */
  public M bestModel() {
    return bestModel;
  }

  /**
   * {@return the trials as a frame: trial, params, the metric under its own name, bestEpoch,
   * seconds, fingerprint, failure}
   */
  public Dataset<Row> table() {
    StructType schema =
        new StructType()
            .add("trial", DataTypes.IntegerType, false)
            .add("params", DataTypes.StringType, false)
            .add(metric, DataTypes.DoubleType, false)
            .add("bestEpoch", DataTypes.IntegerType, false)
            .add("seconds", DataTypes.DoubleType, false)
            .add("fingerprint", DataTypes.StringType, false)
            .add("failure", DataTypes.StringType, false);
    List<Row> rows = new ArrayList<>();
    for (Trial trial : trials) {
      rows.add(
          RowFactory.create(
              trial.number(),
              trial.params(),
              trial.metric(),
              trial.bestEpoch(),
              trial.seconds(),
              trial.fingerprint(),
              trial.failure()));
    }
    return spark.createDataFrame(rows, schema);
  }

  /** A line for each trial, the best one marked, fingerprints cut short. */
  @Override
  public String toString() {
    int width = "params".length();
    for (Trial trial : trials) {
      width = Math.max(width, trial.params().length());
    }
    StringBuilder text = new StringBuilder();
    text.append(' ')
        .append(line("trial", padded("params", width), metric, "best epoch", "seconds"))
        .append("fingerprint\n");
    for (Trial trial : trials) {
      boolean succeeded = trial.succeeded();
      text.append(trial.number() == best.number() ? '*' : ' ')
          .append(
              line(
                  Integer.toString(trial.number()),
                  padded(trial.params(), width),
                  succeeded ? String.format(Locale.ROOT, "%.5f", trial.metric()) : "-",
                  succeeded ? Integer.toString(trial.bestEpoch()) : "-",
                  String.format(Locale.ROOT, "%.1f", trial.seconds())))
          .append(
              succeeded
                  ? trial.fingerprint().substring(0, SHOWN_OF_FINGERPRINT)
                  : "failed: " + trial.failure())
          .append('\n');
    }
    return text.toString();
  }

  private static String padded(String text, int width) {
    return text + " ".repeat(width - text.length());
  }

  private static String line(
      String trial, String params, String metric, String epoch, String seconds) {
    return String.format(
        Locale.ROOT, "%5s  %s  %10s  %10s  %8s  ", trial, params, metric, epoch, seconds);
  }
}
