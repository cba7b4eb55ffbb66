package lamella.spark;

import lamella.core.Network;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.regression.RegressionModel;
import org.apache.spark.ml.util.Identifiable$;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.ml.util.MLWritable;
import org.apache.spark.ml.util.MLWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/**
 * The network that a {@link NetworkRegressor} has trained. It adds predictions, in the label's
 * unit, to frames and streams, in batches of rows; a row's is the same whatever batch it is in.
 *
 * <p>Saved, it is a directory with a file {@code model.safetensors}, which {@code ModelFile.read}
 * reads without Spark, and {@code TableModel.read} if the features are plain columns.
 */
public final class NetworkRegressionModel extends RegressionModel<Vector, NetworkRegressionModel>
    implements MLWritable {
  private static final long serialVersionUID = 1;

  private final String uid;
  private final @Nullable SavedModel saved;
  private final transient @Nullable Trained summary;

  /** A model without a network, as Spark Connect makes one to ask what it is. */
  public NetworkRegressionModel() {
    this(Identifiable$.MODULE$.randomUID("networkRegressor"), null, null);
  }

  NetworkRegressionModel(String uid, @Nullable SavedModel saved, @Nullable Trained summary) {
    this.uid = uid; // first, as Spark's constructors ask for it
    super();
    this.saved = saved;
    this.summary = summary;
  }

  @Override
  public String uid() {
    return uid;
  }

  private SavedModel saved() {
    if (saved == null) {
      throw new IllegalStateException(uid + ": has no network; fit or load one");
    }
    return saved;
  }

  /** {@return the network} Its output is the prediction. It must not be changed. */
  public Network network() {
    return saved().network();
  }

  /** {@return the SHA-256 of the network's parameters: equal fingerprints mean equal bits} */
  public String fingerprint() {
    return saved().fingerprint();
  }

  /** {@return whether it is known how the training went: not of a model that was loaded} */
  public boolean hasSummary() {
    return summary != null;
  }

  /**
   * {@return how the training went}
   *
   * @throws IllegalStateException if the model was loaded
   */
  public Trained summary() {
    if (summary == null) {
      throw new IllegalStateException(
          uid + ": was loaded; a summary has only what was just fitted");
    }
    return summary;
  }

  @Override
  public int numFeatures() {
    return saved == null ? -1 : network().inputShape().size();
  }

  // Rows.

  @Override
  public double predict(Vector features) {
    return saved().outputs(features)[0];
  }

  // Frames.

  private FrameScorer scorer() {
    return FrameScorer.of(saved().scored(), getFeaturesCol())
        .with(ScoreColumn.PREDICTION, getPredictionCol());
  }

  @Override
  public StructType transformSchema(StructType schema) {
    return scorer().transformSchema(schema);
  }

  @Override
  public Dataset<Row> transform(Dataset<?> data) {
    return scorer().transform(data);
  }

  // Copies and files.

  @Override
  public NetworkRegressionModel copy(ParamMap extra) {
    NetworkRegressionModel copy = new NetworkRegressionModel(uid, saved, summary);
    return copyValues(copy.setParent(parent()), extra);
  }

  @Override
  public MLWriter write() {
    return new SavedModelWriter(this, saved);
  }

  /** {@return what reads a model that was saved} */
  public static MLReader<NetworkRegressionModel> read() {
    return new SavedModelReader<>(
        NetworkRegressionModel.class, (uid, saved) -> new NetworkRegressionModel(uid, saved, null));
  }

  /**
   * {@return a model that was saved}
   *
   * @param path of its directory, on any Hadoop file system
   */
  public static NetworkRegressionModel load(String path) {
    return read().load(path);
  }

  /** For example {@code NetworkRegressionModel(Network([4] -> ...))}. */
  @Override
  public String toString() {
    return "NetworkRegressionModel(" + (saved == null ? "" : network()) + ")";
  }
}
