package lamella.spark;

import java.util.Map;
import lamella.core.Fingerprint;
import lamella.core.random.NumPyRandom;
import lamella.optim.Fit;
import lamella.optim.TrainingListener;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** A driver that trains, with checkpoints, and goes on where it was; for a JVM of its own. */
final class ResumingDriver {
  /** More than those that are killed make together. */
  static final int STEPS = 80;

  /** After each step, so that a moment can be hit. */
  static final int PAUSE_MILLIS = 20;

  private static final int SHARDS = 4;

  private ResumingDriver() {}

  static TrainerRecipe<int[]> recipe() {
    return () -> SmallTraining.trainer(SmallTraining.network()).withSteps(STEPS).withShards(SHARDS);
  }

  /** Of these rows. */
  static FrameExamples<int[]> examples(Dataset<Row> frame) {
    return FrameExamples.labels(FeatureReader.of(frame.schema(), "features"), "label");
  }

  /** Arguments: where checkpoints are. Prints where it starts, every step, and the result. */
  public static void main(String[] args) throws Exception {
    SparkSession spark = TestSpark.session("local[2]", Map.of());
    TrainingListener out =
        new TrainingListener() {
          @Override
          public void started(Fit fit) {
            System.out.println("started at " + fit.step());
          }

          @Override
          public void afterStep(Fit fit) {
            System.out.println("step " + fit.step());
            try {
              Thread.sleep(PAUSE_MILLIS);
            } catch (InterruptedException e) {
              throw new IllegalStateException(e);
            }
          }

          @Override
          public void ended(Fit fit) {
            System.out.println("fingerprint " + Fingerprint.of(fit.parameters()));
          }
        };
    Dataset<Row> frame = SmallTraining.frame(spark);
    TrainerRecipe<int[]> recipe = recipe();
    try (ShardedFrame<int[]> data = examples(frame).shard(frame, SHARDS)) {
      recipe
          .trainer()
          .withRunner(SparkRunner.of(recipe))
          .withListeners(out)
          .withCheckpoints(HadoopCheckpoints.in(args[0], spark).every(2).resuming())
          .fit(data, new NumPyRandom(4));
    }
    TestSpark.stop();
  }
}
