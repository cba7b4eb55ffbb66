package lamella.spark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.spark.ml.Model;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.param.ParamPair;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Trains a network with each of many settings, at once on all of a cluster, and finds the best.
 *
 * {@snippet :
 * SweepResult<NetworkClassificationModel> result =
 *     Sweep.of(classifier)
 *         .withTrials(new ParamGridBuilder().addGrid(classifier.stepSize(), rates).build())
 *         .withFolder("hdfs:///sweeps/letter")
 *         .fit(frame);
 * System.out.println(result);
 * result.bestModel().transform(frame);
 * }
 *
 * <p>The rows are packed and sent to every executor once. A trial is one task: a training on one
 * machine with one of the settings, in the bits of {@link lamella.optim.Trainer} anywhere else. So
 * nothing goes to and fro while they train; as many trials run at once as the cluster has slots for
 * tasks ({@code spark.task.cpus} cores for each), the longest first, by the multiplications that
 * their networks and epochs need.
 *
 * <p>With a folder, each finished trial is written down when it ends, and a sweep that is started
 * again, after its driver was killed for example, goes on with those that are not there. A trial is
 * known by all that its result depends on: settings, rows, and what is measured; one with another
 * setting or on other rows is another trial, whatever the folder holds. So more settings may be
 * tried in the same folder later.
 *
 * <p>A training that fails, for example as its learning rate is too high, is a trial with a reason
 * in place of a network. One that Spark gives up after its last attempt, as executors were lost or
 * ran out of memory, is so too, but is not written down: the sweep started again tries it again.
 *
 * @param <M> the model of the best settings
 */
public final class Sweep<M extends Model<M>> {
  /** The column that says which rows are for validation, where the estimator names none. */
  static final String VALIDATION = "lamella_validation";

  /** Hexadecimal digits of a trial's name. */
  private static final int KEY_DIGITS = 32;

  /** What all trials share, as the rows are read once. */
  private static final Set<String> ROWS =
      Set.of(
          "featuresCol",
          "labelCol",
          "weightCol",
          "idCol",
          "validationIndicatorCol",
          "handleInvalid",
          "featuresCols");

  private final NetworkEstimator<?, M> estimator;
  private final List<ParamMap> trials;
  private final String metric;
  private final double fraction;
  private final long seed;
  private final int parallelism;
  private final @Nullable String folder;

  private Sweep(
      NetworkEstimator<?, M> estimator,
      List<ParamMap> trials,
      String metric,
      double fraction,
      long seed,
      int parallelism,
      @Nullable String folder) {
    this.estimator = estimator;
    this.trials = trials;
    this.metric = metric;
    this.fraction = fraction;
    this.seed = seed;
    this.parallelism = parallelism;
    this.folder = folder;
  }

  /**
   * {@return a sweep over settings of a classifier, which compares log losses}
   *
   * @param estimator has the settings that are the same in all trials
   */
  public static Sweep<NetworkClassificationModel> of(NetworkClassifier estimator) {
    return new Sweep<>(estimator, List.of(), "logLoss", 0.2, 0, 256, null);
  }

  /**
   * {@return a sweep over settings of a regressor, which compares root mean squared errors}
   *
   * @param estimator has the settings that are the same in all trials
   */
  public static Sweep<NetworkRegressionModel> of(NetworkRegressor estimator) {
    return new Sweep<>(estimator, List.of(), "rmse", 0.2, 0, 256, null);
  }

  /**
   * Tries these settings.
   *
   * @param settings what to set in each trial, made by {@link
   *     org.apache.spark.ml.tuning.ParamGridBuilder}, by {@link RandomParamBuilder} or by hand
   * @return a new sweep like this one
   * @throws IllegalArgumentException if there are none, a parameter is none of the estimator's, or
   *     one says which rows to learn from
   */
  public Sweep<M> withTrials(ParamMap... settings) {
    if (settings.length == 0) {
      throw new IllegalArgumentException("Sweep: expects settings to try, got none");
    }
    for (ParamMap map : settings) {
      for (Param<?> param : params(map).keySet()) {
        if (!param.parent().equals(estimator.uid())) {
          throw new IllegalArgumentException(
              "Sweep: "
                  + param
                  + " is none of "
                  + estimator.uid()
                  + "'s parameters; take those of the estimator that the sweep is made of");
        }
        if (ROWS.contains(param.name())) {
          throw new IllegalArgumentException(
              "Sweep: all trials learn from the same rows, so "
                  + param.name()
                  + " cannot differ among them; set it in the estimator");
        }
      }
    }
    return new Sweep<>(estimator, List.of(settings), metric, fraction, seed, parallelism, folder);
  }

  /**
   * Compares the trials by something else.
   *
   * @param name {@code logLoss} or {@code accuracy} of classes; {@code rmse}, {@code mae} or {@code
   *     r2} of numbers; each as {@link lamella.optim.Metrics} defines it
   * @return a new sweep like this one
   * @throws IllegalArgumentException if it is not known
   */
  public Sweep<M> withMetric(String name) {
    TrialMetric.of(name, estimator instanceof NetworkClassifier);
    return new Sweep<>(estimator, trials, name, fraction, seed, parallelism, folder);
  }

  /**
   * Sets rows aside for validation by {@link ValidationSplit}, a fifth by default, where the
   * estimator has no {@code validationIndicatorCol}.
   *
   * @param part of the rows, in (0, 1)
   * @param number a seed; 0 by default
   * @return a new sweep like this one
   * @throws IllegalArgumentException if the part is outside (0, 1)
   */
  public Sweep<M> withValidationFraction(double part, long number) {
    if (!(part > 0 && part < 1)) {
      throw new IllegalArgumentException(
          "Sweep: expects a part of the rows above 0 and below 1 for validation, got " + part);
    }
    return new Sweep<>(estimator, trials, metric, part, number, parallelism, folder);
  }

  /**
   * Gives Spark at most so many trials at once, 256 by default. As a rule the slots of the cluster
   * are fewer, and the others wait in Spark's queue.
   *
   * @param most at least 1
   * @return a new sweep like this one
   * @throws IllegalArgumentException if below 1
   */
  public Sweep<M> withParallelism(int most) {
    if (most < 1) {
      throw new IllegalArgumentException("Sweep: expects at least 1 trial at once, got " + most);
    }
    return new Sweep<>(estimator, trials, metric, fraction, seed, most, folder);
  }

  /**
   * Writes finished trials down, and does not run those again that are there.
   *
   * @param where a folder of any file system that Hadoop knows, such as {@code hdfs:///sweeps/a};
   *     made if it is not there. Only the driver reads and writes it
   * @return a new sweep like this one
   */
  public Sweep<M> withFolder(String where) {
    return new Sweep<>(estimator, trials, metric, fraction, seed, parallelism, where);
  }

  /**
   * Runs the trials that have not been.
   *
   * @param frame the rows, of which some are for validation
   * @return all trials, and the model of the best: of equal ones, the first by its params in words
   * @throws IllegalArgumentException if there are no settings, or the frame has not the rows that
   *     the estimator needs
   * @throws IllegalStateException if no trial has a network; says why the first has none
   * @throws UncheckedIOException if the folder cannot be read or written; trials that were finished
   *     before are there
   */
  public SweepResult<M> fit(Dataset<?> frame) {
    if (trials.isEmpty()) {
      throw new IllegalArgumentException("Sweep: has no settings to try; say withTrials");
    }
    Dataset<Row> rows = frame.toDF();
    NetworkEstimator<?, M> validating = estimator;
    if (!estimator.isSet(estimator.validationIndicatorCol())) {
      rows = ValidationSplit.byContent(rows, VALIDATION, fraction, seed);
      validating =
          estimator.copy(new ParamMap().put(estimator.validationIndicatorCol(), VALIDATION));
    }
    try {
      return run(validating, validating.prepare(rows), frame.sparkSession());
    } catch (IOException e) {
      throw new UncheckedIOException("Sweep: " + e.getMessage(), e);
    }
  }

  private <T> SweepResult<M> run(
      NetworkEstimator<?, M> validating, NetworkEstimator.Learned<T, M> learned, SparkSession spark)
      throws IOException {
    Dataset<Row> aside = learned.validation();
    if (aside == null) {
      throw new IllegalArgumentException("Sweep: expects rows for validation, got none");
    }
    LocalRows<T> training = learned.examples().local(learned.training());
    LocalRows<T> validation = learned.examples().local(aside);
    String rows = training.fingerprint() + "\n" + validation.fingerprint();
    List<PlannedTrial> planned = new ArrayList<>();
    for (ParamMap map : trials) {
      NetworkSettings settings = validating.copy(map).settings();
      String key = RowHash.hex(settings + "\n" + metric + "\n" + rows, KEY_DIGITS);
      double cost = cost(settings, training);
      planned.add(new PlannedTrial(planned.size(), text(map), settings, key, cost));
    }
    TrialMetric measured = metric();
    TrialFolder saved =
        folder == null ? null : new TrialFolder(folder, spark.sparkContext().hadoopConfiguration());
    TrialResults results = new TrialResults(planned, measured, saved);
    new TrialJobs<>(spark, learned.task(), training, validation, measured, parallelism)
        .run(results);
    Trial best = results.best();
    return new SweepResult<>(
        spark,
        metric,
        results.trials(),
        best,
        trials.get(best.number()),
        planned.get(best.number()).settings(),
        learned.model(results.bestTrained()));
  }

  private TrialMetric metric() {
    return TrialMetric.of(metric, estimator instanceof NetworkClassifier);
  }

  /** The parameters that a map sets, by name. */
  private static Map<Param<?>, Object> params(ParamMap map) {
    Map<Param<?>, Object> params = new TreeMap<>(Comparator.comparing(Param::name));
    for (ParamPair<?> pair : CollectionConverters.asJava(map.toSeq())) {
      params.put(pair.param(), pair.value());
    }
    return params;
  }

  /** For example {@code hiddenLayers=[32, 16], stepSize=0.01}. */
  private static String text(ParamMap map) {
    List<String> texts = new ArrayList<>();
    params(map)
        .forEach((param, value) -> {
          String text =
              switch (value) {
                case int[] numbers -> Arrays.toString(numbers);
                case double[] numbers -> Arrays.toString(numbers);
                case Object[] things -> Arrays.toString(things);
                default -> value.toString();
              };
          texts.add(param.name() + "=" + text);
        });
    return String.join(", ", texts);
  }

  /** About the multiplications of a training, but for the last layer's. */
  private static double cost(NetworkSettings settings, lamella.core.Dataset<?> rows) {
    double products = 0;
    int inputs = rows.exampleShape().size();
    for (int width : settings.hiddenLayers()) {
      products += (double) inputs * width;
      inputs = width;
    }
    return products * settings.epochs() * rows.size();
  }
}
