package lamella.spark;

import java.util.List;
import java.util.Map;
import lamella.core.Tensor;
import lamella.core.Weighted;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.regression.Regressor;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.DefaultParamsWritable;
import org.apache.spark.ml.util.Identifiable$;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;

/**
 * Trains networks that predict a number, as a Spark ML estimator: in pipelines, in cross
 * validation, saved and loaded.
 *
 * <p>{@code featuresCol} has vectors, dense or sparse, or arrays of numbers; or {@link
 * #setFeaturesCols} names plain columns. {@code labelCol} has numbers of any unit: what is learned
 * is standardised, and predictions are in the label's unit. With {@link #setValidationIndicatorCol}
 * the rows it names are not trained with; the network is that of the epoch in which their loss was
 * smallest.
 *
 * <p>The model is a function of the rows and the parameters, to the last bit, and where a training
 * runs is as {@link NetworkClassifier} says.
 */
public final class NetworkRegressor
    extends Regressor<Vector, NetworkRegressor, NetworkRegressionModel>
    implements NetworkEstimator<NetworkRegressor, NetworkRegressionModel>, DefaultParamsWritable {
  private static final long serialVersionUID = 1;

  private final String uid;
  private final ParamSet<NetworkRegressor> own;

  /** An estimator with the defaults. */
  public NetworkRegressor() {
    this(Identifiable$.MODULE$.randomUID("networkRegressor"));
  }

  /**
   * An estimator with the defaults.
   *
   * @param uid names it and its parameters
   */
  public NetworkRegressor(String uid) {
    this.uid = uid; // first, as Spark's constructors ask for it
    super();
    own = new ParamSet<>(this);
  }

  @Override
  public String uid() {
    return uid;
  }

  @Override
  public ParamSet<NetworkRegressor> own() {
    return own;
  }

  @Override
  public StructType transformSchema(StructType schema) {
    new TrainingFrame(own, schema).require(getFeaturesCol(), getLabelCol());
    return Predicted.number(schema, getPredictionCol());
  }

  @Override
  public NetworkRegressionModel train(Dataset<?> data) {
    return new ClusterTraining(data.sparkSession(), own).train(prepare(data), settings());
  }

  @Override
  public Learned<?, NetworkRegressionModel> prepare(Dataset<?> data) {
    Dataset<Row> frame = data.toDF();
    TrainingFrame columns = new TrainingFrame(own, frame.schema());
    columns.require(getFeaturesCol(), getLabelCol());
    NetworkSettings settings = settings();
    Dataset<Row> training = columns.training(frame);
    String schema =
        own.isSet(own.featuresCols)
            ? FrameSchema.of(training, getFeaturesCols(), getLabelCol(), List.of())
            : "";
    FrameExamples<Tensor> numbers =
        FrameExamples.numbers(columns.reader(getFeaturesCol(), schema), getLabelCol());
    String weight = own.column(own.weightCol);
    if (weight.isEmpty()) {
      return new Learned<>(
          columns.complete(numbers, settings),
          training,
          columns.validation(frame),
          (NetworkEstimator.Task<Tensor>)
              (given, rows) -> NetworkTraining.ofNumbers(given, rows, schema),
          trained -> model(trained, schema));
    }
    FrameExamples<Weighted<Tensor>> weighted = numbers.withWeights(weight);
    return new Learned<>(
        columns.complete(weighted, settings),
        training,
        columns.validation(frame),
        (NetworkEstimator.Task<Weighted<Tensor>>)
            (given, rows) -> NetworkTraining.ofWeightedNumbers(given, rows, schema),
        trained -> model(trained, schema));
  }

  private NetworkRegressionModel model(Trained trained, String schema) {
    Map<String, String> metadata = SavedModel.metadata(List.of(), schema);
    NetworkRegressionModel model =
        new NetworkRegressionModel(uid, SavedModel.of(trained.network(), metadata), trained);
    return copyValues(model.setParent(this), ParamMap.empty());
  }

  @Override
  public NetworkRegressor copy(ParamMap extra) {
    return defaultCopy(extra);
  }

  /** {@return what reads an estimator that was saved} */
  public static MLReader<NetworkRegressor> read() {
    return new DefaultParamsReader<>();
  }

  /**
   * {@return an estimator that was saved}
   *
   * @param path of its directory, on any Hadoop file system
   */
  public static NetworkRegressor load(String path) {
    return read().load(path);
  }
}
