package lamella.spark;

import java.util.Map;
import lamella.core.Weighted;
import org.apache.spark.ml.classification.ProbabilisticClassifier;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.DefaultParamsWritable;
import org.apache.spark.ml.util.Identifiable$;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;

/**
 * Trains networks that tell classes apart, as a Spark ML estimator: in pipelines, in cross
 * validation, saved and loaded.
 *
 * <p>{@code featuresCol} has vectors, dense or sparse, or arrays of numbers; or {@link
 * #setFeaturesCols} names plain columns. {@code labelCol} has 0, 1, 2 and so on; how many classes
 * there are its metadata say, as a StringIndexer writes them, or else the largest label. With
 * {@link #setValidationIndicatorCol} the rows it names are not trained with; the network is that of
 * the epoch in which their loss was smallest.
 *
 * <p>The model is a function of the rows and the parameters, to the last bit: not of executors,
 * cores, partitions, the order of the rows, or tasks that failed and were tried again. {@link
 * #settings} trains the same without Spark.
 *
 * <p>With one shard, the default, a training is one task, whose executor gets all rows, and several
 * trainings run beside each other, as those of a CrossValidator with {@code setParallelism}. With
 * more shards the executors compute them beside each other in every round. Rows for validation come
 * to the driver, and so do the plain columns of {@link #setFeaturesCols}.
 */
public final class NetworkClassifier
    extends ProbabilisticClassifier<Vector, NetworkClassifier, NetworkClassificationModel>
    implements NetworkEstimator<NetworkClassifier, NetworkClassificationModel>,
        DefaultParamsWritable {
  private static final long serialVersionUID = 1;

  private final String uid;
  private final ParamSet<NetworkClassifier> own;
  private final DoubleParam labelSmoothing;

  /** An estimator with the defaults. */
  public NetworkClassifier() {
    this(Identifiable$.MODULE$.randomUID("networkClassifier"));
  }

  /**
   * An estimator with the defaults.
   *
   * @param uid names it and its parameters
   */
  public NetworkClassifier(String uid) {
    this.uid = uid; // first, as Spark's constructors ask for it
    super();
    own = new ParamSet<>(this);
    labelSmoothing =
        new DoubleParam(
            this,
            "labelSmoothing",
            "part of each label that is divided among all classes, in [0, 1)",
            ParamSet.check(value -> NetworkSettings.defaults().withLabelSmoothing((double) value)));
    setDefault(labelSmoothing, 0.0);
  }

  @Override
  public String uid() {
    return uid;
  }

  @Override
  public ParamSet<NetworkClassifier> own() {
    return own;
  }

  /** {@return the parameter: the part of each label that is divided among all classes} */
  public DoubleParam labelSmoothing() {
    return labelSmoothing;
  }

  /**
   * Sets the part of each label that is divided among all classes.
   *
   * @param value in [0, 1)
   * @return this
   * @throws IllegalArgumentException if it is not
   */
  public NetworkClassifier setLabelSmoothing(double value) {
    return own.set(labelSmoothing, value);
  }

  /** {@return the part of each label that is divided among all classes} */
  public double getLabelSmoothing() {
    return own.get(labelSmoothing);
  }

  @Override
  public NetworkSettings settings() {
    return own.settings().withLabelSmoothing(getLabelSmoothing());
  }

  @Override
  public StructType transformSchema(StructType schema) {
    new TrainingFrame(own, schema).require(getFeaturesCol(), getLabelCol());
    return Predicted.classes(
        schema, getRawPredictionCol(), getProbabilityCol(), getPredictionCol());
  }

  @Override
  public NetworkClassificationModel train(Dataset<?> data) {
    return new ClusterTraining(data.sparkSession(), own).train(prepare(data), settings());
  }

  @Override
  public Learned<?, NetworkClassificationModel> prepare(Dataset<?> data) {
    Dataset<Row> frame = data.toDF();
    TrainingFrame columns = new TrainingFrame(own, frame.schema());
    columns.require(getFeaturesCol(), getLabelCol());
    NetworkSettings settings = settings();
    Dataset<Row> training = columns.training(frame);
    ClassLabels classes = ClassLabels.of(training, getLabelCol());
    String schema =
        own.isSet(own.featuresCols)
            ? FrameSchema.of(training, getFeaturesCols(), getLabelCol(), classes.texts())
            : "";
    FrameExamples<int[]> labelled =
        FrameExamples.labels(columns.reader(getFeaturesCol(), schema), getLabelCol());
    int count = classes.count();
    String weight = own.column(own.weightCol);
    if (weight.isEmpty()) {
      return new Learned<>(
          columns.complete(labelled, settings),
          training,
          columns.validation(frame),
          (NetworkEstimator.Task<int[]>)
              (given, rows) -> NetworkTraining.ofClasses(given, rows, count, schema),
          trained -> model(trained, classes, schema));
    }
    FrameExamples<Weighted<int[]>> weighted = labelled.withWeights(weight);
    return new Learned<>(
        columns.complete(weighted, settings),
        training,
        columns.validation(frame),
        (NetworkEstimator.Task<Weighted<int[]>>)
            (given, rows) -> NetworkTraining.ofWeightedClasses(given, rows, count, schema),
        trained -> model(trained, classes, schema));
  }

  private NetworkClassificationModel model(Trained trained, ClassLabels classes, String schema) {
    Map<String, String> metadata = SavedModel.metadata(classes.names(), schema);
    NetworkClassificationModel model =
        new NetworkClassificationModel(uid, SavedModel.of(trained.network(), metadata), trained);
    return copyValues(model.setParent(this), ParamMap.empty());
  }

  @Override
  public NetworkClassifier copy(ParamMap extra) {
    return defaultCopy(extra);
  }

  /** {@return what reads an estimator that was saved} */
  public static MLReader<NetworkClassifier> read() {
    return new DefaultParamsReader<>();
  }

  /**
   * {@return an estimator that was saved}
   *
   * @param path of its directory, on any Hadoop file system
   */
  public static NetworkClassifier load(String path) {
    return read().load(path);
  }
}
