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
  private final Fitted fitted;

  /** A model without a network, as Spark Connect makes one to ask what it is. */
  public NetworkRegressionModel() {
    this(Identifiable$.MODULE$.randomUID("networkRegressor"), null, null);
  }

  NetworkRegressionModel(String uid, @Nullable SavedModel saved, @Nullable Trained summary) {
    this(uid, new Fitted(uid, saved, summary));
  }

  private NetworkRegressionModel(String uid, Fitted fitted) {
    this.uid = uid; // first, as Spark's constructors ask for it
    super();
    this.fitted = fitted;
  }

  @Override
  public String uid() {
    return uid;
  }

  /** {@return the network} Its output is the prediction. It must not be changed. */
  public Network network() {
    return fitted.network();
  }

  /** {@return the SHA-256 of the network's parameters: equal fingerprints mean equal bits} */
  public String fingerprint() {
    return fitted.saved().fingerprint();
  }

  /** {@return whether it is known how the training went: not of a model that was loaded} */
  public boolean hasSummary() {
    return fitted.hasSummary();
  }

  /**
   * {@return how the training went}
   *
   * @throws IllegalStateException if the model was loaded
   */
  public Trained summary() {
    return fitted.summary();
  }

  @Override
  public int numFeatures() {
    return fitted.features();
  }

  // Rows.

  @Override
  public double predict(Vector features) {
    return fitted.saved().outputs(features)[0];
  }

  // Frames.

  private FrameScorer scorer() {
    return FrameScorer.of(fitted.saved().scored(), getFeaturesCol())
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
    NetworkRegressionModel copy = new NetworkRegressionModel(uid, fitted);
    return copyValues(copy.setParent(parent()), extra);
  }

  @Override
  public MLWriter write() {
    return new SavedModelWriter(this, fitted);
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
    return "NetworkRegressionModel(" + (fitted.hasNetwork() ? network() : "") + ")";
  }
}
