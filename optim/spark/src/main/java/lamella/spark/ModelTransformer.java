package lamella.spark;

import java.io.IOException;
import java.io.Serial;
import java.io.UncheckedIOException;
import java.util.Map;
import lamella.core.Network;
import lamella.core.io.ModelFile;
import org.apache.spark.ml.Transformer;
import org.apache.spark.ml.param.DoubleArrayParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.param.ParamValidators;
import org.apache.spark.ml.util.Identifiable$;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.ml.util.MLWritable;
import org.apache.spark.ml.util.MLWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/**
 * Adds to the rows of a frame what a saved model says of them: a network of Lamella's, a model of a
 * table, or an ONNX file of any program.
 *
 * <pre>{@code
 * Dataset<Row> scored =
 *     new ModelTransformer().setModelFile("hdfs:///models/digits.safetensors").transform(frame);
 * }</pre>
 *
 * <p>A network takes the numbers of {@code featuresCol}: vectors, dense or sparse, arrays of
 * numbers, or single numbers. A table's model takes its plain columns by their names, needs {@code
 * lamella-table}, and sees a null as a missing value. An ONNX file needs {@code lamella-onnx}; it
 * is a network or a table's model where it can be one, and else a graph with one input and one
 * output of floats.
 *
 * <p>Which columns are added depends on what the model gives:
 *
 * <ul>
 *   <li>of classes, {@code rawPrediction} (the outputs), {@code probability} and {@code prediction}
 *       (the class's number, with the classes' names as metadata, for {@code IndexToString}). A
 *       single output that answers yes or no has two classes;
 *   <li>of several questions of yes or no, {@code rawPrediction} and {@code probability}, with a
 *       number for each;
 *   <li>of one number, {@code prediction};
 *   <li>of several numbers, {@code output}.
 * </ul>
 *
 * <p>An empty name leaves a column out. {@code outputCol} and {@code predictedLabelCol}, the name
 * of the class, are added to others only if they are set.
 *
 * <p>Works on frames and on streams. Rows go through the model in batches, and yet what it says of
 * a row is what {@link lamella.core.Predictor} says of it alone, to the bit, however the frame is
 * partitioned; of a table's model, what {@code TableModel} says. A model is sent to each executor
 * once and its tasks share it.
 */
public final class ModelTransformer extends Transformer implements MLWritable {
  @Serial private static final long serialVersionUID = 1;

  private static final String SAVED_MODEL = "model";

  private final String uid;
  private final Param<String> modelFile;
  private final Param<String> featuresCol;
  private final Param<String> rawPredictionCol;
  private final Param<String> probabilityCol;
  private final Param<String> predictionCol;
  private final Param<String> predictedLabelCol;
  private final Param<String> outputCol;
  private final Param<String> handleInvalid;
  private final DoubleArrayParam thresholds;

  /** What {@code modelFile} names, or what was given; null before it is read. */
  private @Nullable ScoredModel model;

  /** What {@code modelFile} named then. */
  private String readFrom = "";

  /** A transformer whose model is still to be named. */
  public ModelTransformer() {
    this(Identifiable$.MODULE$.randomUID("modelTransformer"));
  }

  /**
   * A transformer whose model is still to be named.
   *
   * @param uid which tells it from others
   */
  public ModelTransformer(String uid) {
    // Before super(), whose Scala traits ask for it.
    this.uid = uid;
    super();
    modelFile = new Param<>(this, "modelFile", "file of the model, on any Hadoop file system");
    featuresCol = new Param<>(this, "featuresCol", "features column name");
    rawPredictionCol = new Param<>(this, "rawPredictionCol", "raw prediction column name");
    probabilityCol = new Param<>(this, "probabilityCol", "column name for class probabilities");
    predictionCol = new Param<>(this, "predictionCol", "prediction column name");
    predictedLabelCol =
        new Param<>(this, "predictedLabelCol", "column name for the names of predicted classes");
    outputCol = new Param<>(this, "outputCol", "column name for the model's outputs as they are");
    handleInvalid =
        new Param<>(
            this,
            "handleInvalid",
            "what becomes of rows whose features are null, of a wrong length, NaN or infinite:"
                + " error, skip (they are left out) or keep (they stay, with nulls)",
            ParamValidators.inArray(HandleInvalid.WORDS));
    thresholds =
        new DoubleArrayParam(
            this,
            "thresholds",
            "a number for each class, by which its probability is divided before the largest is"
                + " the prediction");
    setDefault(featuresCol, "features");
    setDefault(rawPredictionCol, "rawPrediction");
    setDefault(probabilityCol, "probability");
    setDefault(predictionCol, "prediction");
    setDefault(predictedLabelCol, "");
    setDefault(outputCol, "output");
    setDefault(handleInvalid, HandleInvalid.WORDS[0]);
  }

  /**
   * {@return a transformer with this network}
   *
   * @param network as it is now
   */
  public static ModelTransformer of(Network network) {
    return of(ModelFile.of(network));
  }

  /**
   * {@return a transformer with this model, a network's or a table's}
   *
   * @param file as it is now; {@code TableModel.toModelFile()} gives that of a table's model
   */
  public static ModelTransformer of(ModelFile file) {
    ModelTransformer transformer = new ModelTransformer();
    transformer.model = ScoredModel.of("model", file.toBytes());
    return transformer;
  }

  @Override
  public String uid() {
    return uid;
  }

  // Parameters: Spark finds each by a method of its name.

  /** {@return the parameter: the model's file} */
  public Param<String> modelFile() {
    return modelFile;
  }

  /** {@return the parameter: the column with the features} */
  public Param<String> featuresCol() {
    return featuresCol;
  }

  /** {@return the parameter: the added column with a number for each class} */
  public Param<String> rawPredictionCol() {
    return rawPredictionCol;
  }

  /** {@return the parameter: the added column with the probability of each class} */
  public Param<String> probabilityCol() {
    return probabilityCol;
  }

  /** {@return the parameter: the added column with the class or the number} */
  public Param<String> predictionCol() {
    return predictionCol;
  }

  /** {@return the parameter: the added column with the class's name} */
  public Param<String> predictedLabelCol() {
    return predictedLabelCol;
  }

  /** {@return the parameter: the added column with the model's outputs as they are} */
  public Param<String> outputCol() {
    return outputCol;
  }

  /** {@return the parameter: what becomes of rows that do not fit} */
  public Param<String> handleInvalid() {
    return handleInvalid;
  }

  /** {@return the parameter: by what the classes' probabilities are divided} */
  public DoubleArrayParam thresholds() {
    return thresholds;
  }

  /**
   * Names the model.
   *
   * @param value a path on any file system that Hadoop knows; read when it is first needed
   * @return this
   */
  public ModelTransformer setModelFile(String value) {
    return with(modelFile, value);
  }

  /**
   * Names the column with the features.
   *
   * @param value its name
   * @return this
   */
  public ModelTransformer setFeaturesCol(String value) {
    return with(featuresCol, value);
  }

  /**
   * Names the added column with a number for each class.
   *
   * @param value its name; empty for none
   * @return this
   */
  public ModelTransformer setRawPredictionCol(String value) {
    return with(rawPredictionCol, value);
  }

  /**
   * Names the added column with the probability of each class.
   *
   * @param value its name; empty for none
   * @return this
   */
  public ModelTransformer setProbabilityCol(String value) {
    return with(probabilityCol, value);
  }

  /**
   * Names the added column with the class or the number.
   *
   * @param value its name; empty for none
   * @return this
   */
  public ModelTransformer setPredictionCol(String value) {
    return with(predictionCol, value);
  }

  /**
   * Adds a column with the class's name.
   *
   * @param value its name; empty for none
   * @return this
   */
  public ModelTransformer setPredictedLabelCol(String value) {
    return with(predictedLabelCol, value);
  }

  /**
   * Adds a column with the model's outputs as they are.
   *
   * @param value its name; empty for none
   * @return this
   */
  public ModelTransformer setOutputCol(String value) {
    return with(outputCol, value);
  }

  /**
   * Says what becomes of rows whose features are null, of a wrong length, NaN or infinite.
   *
   * @param value {@code error}; {@code skip}: they are left out; {@code keep}: they stay, with
   *     nulls in the added columns
   * @return this
   */
  public ModelTransformer setHandleInvalid(String value) {
    return with(handleInvalid, value);
  }

  /**
   * Says by what the classes' probabilities are divided before the largest is the prediction.
   *
   * @param value for each class a number above 0, of which one may be 0
   * @return this
   */
  public ModelTransformer setThresholds(double... value) {
    set(thresholds, value);
    return this;
  }

  private ModelTransformer with(Param<String> param, String value) {
    set(param, value);
    return this;
  }

  /** {@return the model's file} */
  public String getModelFile() {
    return text(modelFile);
  }

  /** {@return the column with the features} */
  public String getFeaturesCol() {
    return text(featuresCol);
  }

  /** {@return the added column with a number for each class} */
  public String getRawPredictionCol() {
    return text(rawPredictionCol);
  }

  /** {@return the added column with the probability of each class} */
  public String getProbabilityCol() {
    return text(probabilityCol);
  }

  /** {@return the added column with the class or the number} */
  public String getPredictionCol() {
    return text(predictionCol);
  }

  /** {@return the added column with the class's name} */
  public String getPredictedLabelCol() {
    return text(predictedLabelCol);
  }

  /** {@return the added column with the model's outputs as they are} */
  public String getOutputCol() {
    return text(outputCol);
  }

  /** {@return what becomes of rows that do not fit} */
  public String getHandleInvalid() {
    return text(handleInvalid);
  }

  /** {@return by what the classes' probabilities are divided} */
  public double[] getThresholds() {
    return getOrDefault(thresholds);
  }

  private String text(Param<String> param) {
    return getOrDefault(param);
  }

  // Transforming.

  @Override
  public Dataset<Row> transform(Dataset<?> dataset) {
    return scorer().transform(dataset);
  }

  @Override
  public StructType transformSchema(StructType schema) {
    return scorer().transformSchema(schema);
  }

  private FrameScorer scorer() {
    ScoredModel scored = model();
    OpenModel open = scored.open();
    FrameScorer scorer =
        FrameScorer.of(scored, getFeaturesCol())
            .withHandleInvalid(HandleInvalid.of(getHandleInvalid()))
            .withThresholds(isDefined(thresholds) ? getThresholds() : null);
    Map<ScoreColumn, Param<String>> params =
        Map.of(
            ScoreColumn.RAW_PREDICTION,
            rawPredictionCol,
            ScoreColumn.PROBABILITY,
            probabilityCol,
            ScoreColumn.PREDICTION,
            predictionCol,
            ScoreColumn.PREDICTED_LABEL,
            predictedLabelCol);
    boolean anyOther = false;
    for (Map.Entry<ScoreColumn, Param<String>> entry : params.entrySet()) {
      boolean has = entry.getKey().isOf(open);
      anyOther |= has;
      // A name that somebody gave to what the model does not have is refused.
      if (has || isSet(entry.getValue())) {
        scorer = scorer.with(entry.getKey(), text(entry.getValue()));
      }
    }
    return anyOther && !isSet(outputCol) ? scorer : scorer.with(ScoreColumn.OUTPUT, getOutputCol());
  }

  private synchronized ScoredModel model() {
    String named = isDefined(modelFile) ? getModelFile() : "";
    ScoredModel known = model;
    if (known == null || !named.equals(readFrom)) {
      if (named.isEmpty()) {
        throw new IllegalStateException(
            "ModelTransformer: no model is named; setModelFile(path), or ModelTransformer.of");
      }
      known = readModel(named);
      model = known;
      readFrom = named;
    }
    return known;
  }

  private static ScoredModel readModel(String path) {
    try {
      return ScoredModel.of(path, SavedFiles.read(path));
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    }
  }

  @Override
  public ModelTransformer copy(ParamMap extra) {
    ModelTransformer copy = copyValues(new ModelTransformer(uid), extra);
    copy.model = model;
    copy.readFrom = readFrom;
    return copy;
  }

  // Saving.

  /** {@return what saves parameters and model: no other file is needed when it is loaded} */
  @Override
  public MLWriter write() {
    return new MLWriter() {
      @Override
      public void saveImpl(String path) {
        try {
          SavedFiles.saveMetadata(ModelTransformer.this, path, sparkSession());
          SavedFiles.write(path + '/' + SAVED_MODEL, model().file());
        } catch (IOException e) {
          throw new UncheckedIOException(e.getMessage(), e);
        }
      }
    };
  }

  /** {@return what loads a saved one} */
  public static MLReader<ModelTransformer> read() {
    return new MLReader<>() {
      @Override
      public ModelTransformer load(String path) {
        ModelTransformer loaded =
            SavedFiles.loadMetadata(
                path, sparkSession(), ModelTransformer.class, ModelTransformer::new);
        loaded.model = readModel(path + '/' + SAVED_MODEL);
        loaded.readFrom = loaded.isDefined(loaded.modelFile) ? loaded.getModelFile() : "";
        return loaded;
      }
    };
  }

  /**
   * {@return a saved one}
   *
   * @param path to which it was saved
   */
  public static ModelTransformer load(String path) {
    return read().load(path);
  }
}
