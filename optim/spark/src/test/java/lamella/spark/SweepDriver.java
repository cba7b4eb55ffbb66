package lamella.spark;

import org.apache.spark.sql.SparkSession;

/** A driver that sweeps, to be killed. */
final class SweepDriver {
  /** So many that a trial takes some tenths of a second. */
  private static final int EPOCHS = 20;

  private SweepDriver() {}

  public static void main(String[] arguments) {
    sweep(TestSpark.local(), arguments[0]);
  }

  static SweepResult<NetworkClassificationModel> sweep(SparkSession spark, String folder) {
    NetworkClassifier classifier = SweepRows.classifier();
    return Sweep.of(classifier)
        .withTrials(SweepRows.trials(classifier, EPOCHS))
        .withFolder(folder)
        .fit(SweepRows.frame(spark));
  }
}
