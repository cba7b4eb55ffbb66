package lamella.spark;

import lamella.core.Network;
import org.apache.spark.ml.classification.ProbabilisticClassificationModel;
import org.apache.spark.ml.linalg.DenseVector;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.Identifiable$;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.ml.util.MLWritable;
import org.apache.spark.ml.util.MLWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/**
 * The network that a {@link NetworkClassifier} has trained. It adds raw predictions (the network's
 * outputs), probabilities (their softmax) and the prediction (the class with the largest
 * probability, or by {@code thresholds}) to frames and streams, in batches of rows; a row's are the
 * same whatever batch it is in.
 *
 * <p>Saved, it is a directory with a file {@code model.safetensors}, which {@code ModelFile.read}
 * reads without Spark, and {@code TableModel.read} if the features are plain columns.
 */
public final class NetworkClassificationModel
    extends ProbabilisticClassificationModel<Vector, NetworkClassificationModel>
    implements MLWritable {
  private static final long serialVersionUID = 1;

  private final String uid;
  private final Fitted fitted;

  /** A model without a network, as Spark Connect makes one to ask what it is. */
  public NetworkClassificationModel() {
    this(Identifiable$.MODULE$.randomUID("networkClassifier"), null, null);
  }

  NetworkClassificationModel(String uid, @Nullable SavedModel saved, @Nullable Trained summary) {
    this(uid, new Fitted(uid, saved, summary));
  }

  private NetworkClassificationModel(String uid, Fitted fitted) {
    this.uid = uid; // first, as Spark's constructors ask for it
    super();
    this.fitted = fitted;
  }

  @Override
  public String uid() {
    return uid;
  }

  /** {@return the network} Its outputs are the raw predictions. It must not be changed. */
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
  public int numClasses() {
    return network().outputShape().size();
  }

  @Override
  public int numFeatures() {
    return fitted.features();
  }

  // Rows.

  @Override
  public Vector predictRaw(Vector features) {
    return Vectors.dense(fitted.saved().outputs(features));
  }

  @Override
  public Vector raw2probabilityInPlace(Vector raw) {
    fitted.saved().scored().open().toProbabilities(((DenseVector) raw).values());
    return raw;
  }

  // Frames.

  private FrameScorer scorer() {
    return FrameScorer.of(fitted.saved().scored(), getFeaturesCol())
        .with(ScoreColumn.RAW_PREDICTION, getRawPredictionCol())
        .with(ScoreColumn.PROBABILITY, getProbabilityCol())
        .with(ScoreColumn.PREDICTION, getPredictionCol())
        .withThresholds(isDefined(thresholds()) ? getThresholds() : null);
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
  public NetworkClassificationModel copy(ParamMap extra) {
    NetworkClassificationModel copy = new NetworkClassificationModel(uid, fitted);
    return copyValues(copy.setParent(parent()), extra);
  }

  @Override
  public MLWriter write() {
    return new SavedModelWriter(this, fitted);
  }

  /** {@return what reads a model that was saved} */
  public static MLReader<NetworkClassificationModel> read() {
    return new SavedModelReader<>(
        NetworkClassificationModel.class,
        (uid, saved) -> new NetworkClassificationModel(uid, saved, null));
  }

  /**
   * {@return a model that was saved}
   *
   * @param path of its directory, on any Hadoop file system
   */
  public static NetworkClassificationModel load(String path) {
    return read().load(path);
  }

  /** Nothing but what it is to Spark; javac cannot reconcile two generic methods of Scala. */
  @SuppressWarnings({"rawtypes", "unchecked"})
  @Override
  public scala.Tuple3 findSummaryModel() {
    return super.findSummaryModel();
  }

  /** For example {@code NetworkClassificationModel(Network([4] -> ...))}. */
  @Override
  public String toString() {
    return "NetworkClassificationModel(" + (fitted.hasNetwork() ? network() : "") + ")";
  }
}
