package lamella.spark;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import lamella.core.Compute;
import lamella.core.FloatTensor;
import lamella.core.Layer;
import lamella.core.Network;
import lamella.core.Predictor;
import lamella.core.Shape;
import lamella.core.Tensor;
import lamella.core.random.NumPyRandom;
import lamella.layers.Linear;
import lamella.layers.Sigmoid;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.ml.Transformer;
import org.apache.spark.ml.classification.MultilayerPerceptronClassifier;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;

/**
 * Rows per second of scoring, beside Spark's own multilayer perceptron with the same layers on the
 * same frame, beside {@code Dataset.mapPartitions}, and beside a plain loop over {@link Predictor}:
 *
 * <pre>
 * mvn -Pspark test -pl optim/spark -am -Dtest=ScoringSpeed -Dlayers=20,32,3 -Dcores=1 -Dspark.compiler=-XX:TieredStopAtLevel=4
 * </pre>
 *
 * <p>The frame has an id, a label, a text and the features, and is cached; what is scored goes
 * nowhere (Spark's {@code noop} sink), with all its columns. Each line is the median of five runs
 * behind eight that warm up.
 */
final class ScoringSpeed {
  private static final int WARM = Integer.getInteger("warm", 8);
  private static final int RUNS = Integer.getInteger("runs", 5);
  private static final int BATCH = 256;

  private static final int[] LAYERS =
      Arrays.stream(System.getProperty("layers", "20,32,3").split(",", -1))
          .mapToInt(Integer::parseInt)
          .toArray();
  private static final int CORES = Integer.getInteger("cores", 1);
  private static final int ROWS =
      Integer.getInteger("rows", Math.max(20_000, 6_000_000 / (LAYERS[0] + 10)) / BATCH * BATCH);

  private static Network network() {
    NumPyRandom random = new NumPyRandom(1);
    List<Layer> layers = new ArrayList<>();
    for (int i = 1; i < LAYERS.length; i++) {
      layers.add(new Linear(LAYERS[i - 1], LAYERS[i], random));
      if (i < LAYERS.length - 1) {
        layers.add(new Sigmoid());
      }
    }
    return Network.of(Shape.of(LAYERS[0]), layers);
  }

  /** Made where it is needed: numbers that depend on the id alone. */
  private static final class Maker implements MapPartitionsFunction<Long, Row> {
    private static final long serialVersionUID = 1;

    @Override
    public Iterator<Row> call(Iterator<Long> ids) {
      return new Iterator<>() {
        @Override
        public boolean hasNext() {
          return ids.hasNext();
        }

        @Override
        public Row next() {
          long id = ids.next();
          SplittableRandom random = new SplittableRandom(id);
          double[] x = random.doubles(LAYERS[0], -1, 1).toArray();
          double label = random.nextInt(LAYERS[LAYERS.length - 1]);
          return RowFactory.create(id, label, "row " + id, Vectors.dense(x));
        }
      };
    }
  }

  private static Dataset<Row> frame(SparkSession spark) {
    StructType schema =
        new StructType()
            .add("id", "long", false)
            .add("label", "double", false)
            .add("text", "string")
            .add("features", org.apache.spark.ml.linalg.SQLDataTypes.VectorType());
    Dataset<Row> frame =
        spark
            .range(0, ROWS, 1, CORES)
            .as(Encoders.LONG())
            .mapPartitions(new Maker(), Encoders.row(schema))
            .cache();
    if (frame.count() != ROWS) {
      throw new AssertionError("all rows are there");
    }
    return frame;
  }

  /** What {@code Dataset.mapPartitions} costs: rows become objects, and objects rows. */
  private static final class OverObjects implements MapPartitionsFunction<Row, Row>, Serializable {
    private static final long serialVersionUID = 1;

    private final Broadcast<ScoredModel> model;
    private final FeatureReader reader;

    OverObjects(Broadcast<ScoredModel> model, FeatureReader reader) {
      this.model = model;
      this.reader = reader;
    }

    @Override
    public Iterator<Row> call(Iterator<Row> rows) {
      OpenModel open = model.value().open();
      OpenModel.Batch batch = open.batch(ScoredRows.ROWS_AT_ONCE);
      double[] numbers = new double[open.inputs()];
      Row[] kept = new Row[ScoredRows.ROWS_AT_ONCE];
      return new Iterator<>() {
        private int count;
        private int next;

        @Override
        public boolean hasNext() {
          return next < count || rows.hasNext();
        }

        @Override
        public Row next() {
          if (next == count) {
            next = 0;
            for (count = 0; count < kept.length && rows.hasNext(); count++) {
              kept[count] = rows.next();
              reader.read(kept[count], numbers, 0);
              batch.put(count, numbers, reader);
            }
            batch.compute(count, true);
          }
          Row row = kept[next];
          int classes = open.classes();
          double[] raw = new double[classes];
          double[] probability = new double[classes];
          int best = 0;
          for (int k = 0; k < classes; k++) {
            raw[k] = batch.output(next, k);
            probability[k] = batch.answer(next, k);
            best = raw[k] > raw[best] ? k : best;
          }
          next++;
          return RowFactory.create(
              row.get(0),
              row.get(1),
              row.get(2),
              row.get(3),
              Vectors.dense(raw),
              Vectors.dense(probability),
              (double) best);
        }
      };
    }
  }

  private static void run(Dataset<Row> frame) {
    frame.write().format("noop").mode("overwrite").save();
  }

  private static double seconds(Runnable work) {
    double[] seconds = new double[RUNS];
    for (int run = -WARM; run < RUNS; run++) {
      long start = System.nanoTime();
      work.run();
      if (run >= 0) {
        seconds[run] = (System.nanoTime() - start) / 1e9;
      }
    }
    Arrays.sort(seconds);
    return seconds[RUNS / 2];
  }

  private static double report(String what, Runnable work) {
    double seconds = seconds(work);
    System.out.printf(
        Locale.ROOT,
        "%-50s %9.0f rows/s %8.3f us a row%n",
        what,
        ROWS / seconds,
        seconds / ROWS * 1e6);
    return seconds;
  }

  @Test
  void measure() {
    main();
  }

  /** Without Maven around it. */
  static void main() {
    SparkSession spark = TestSpark.session("local[" + CORES + "]", java.util.Map.of());
    spark.sparkContext().setLogLevel("ERROR");
    Dataset<Row> frame = frame(spark);
    System.out.println(
        Arrays.toString(LAYERS)
            + ", "
            + ROWS
            + " rows, local["
            + CORES
            + "], "
            + Compute.description());
    Network network = network();
    ModelTransformer ours = ModelTransformer.of(network);
    ModelTransformer onlyClass =
        ModelTransformer.of(network).setRawPredictionCol("").setProbabilityCol("");
    Transformer peer =
        new MultilayerPerceptronClassifier()
            .setLayers(LAYERS)
            .setMaxIter(1)
            .setSeed(1)
            .fit(frame.limit(200));
    double passing = report("the frame alone", () -> run(frame));
    double scored = report("ModelTransformer", () -> run(ours.transform(frame)));
    double classes =
        report("ModelTransformer, prediction only", () -> run(onlyClass.transform(frame)));
    double spark1 = report("Spark's MultilayerPerceptron", () -> run(peer.transform(frame)));
    double spark2 =
        report(
            "Spark's MultilayerPerceptron, prediction only",
            () -> run(peer.transform(frame).drop("rawPrediction", "probability")));
    StructType after = ours.transformSchema(frame.schema());
    Broadcast<ScoredModel> model =
        JavaSparkContext.fromSparkContext(spark.sparkContext()).broadcast(ScoredModel.of(network));
    double objects =
        report(
            "Dataset.mapPartitions with the same batches",
            () ->
                run(
                    frame.mapPartitions(
                        new OverObjects(model, FeatureReader.of(frame.schema(), "features")),
                        Encoders.row(after))));
    float[][] rows = rows();
    Predictor predictor = Predictor.of(network);
    int outputs = LAYERS[LAYERS.length - 1];
    double loop =
        report("a loop over Predictor, a row at a time", () -> oneByOne(predictor, rows, outputs));
    double batches =
        report(
            "a loop over Predictor, 256 rows at a time", () -> inBatches(predictor, rows, outputs));
    System.out.printf(
        Locale.ROOT,
        "beside Spark's: %.2f times, prediction only %.2f; beside mapPartitions %.2f;"
            + " beside the loop %.2f, in batches %.2f, less the frame alone %.2f%n",
        spark1 / scored,
        spark2 / classes,
        objects / scored,
        loop / scored,
        batches / scored,
        batches / (scored - passing));
  }

  private static float[][] rows() {
    return IntStream.range(0, ROWS)
        .mapToObj(id -> {
          double[] x = new SplittableRandom(id).doubles(LAYERS[0], -1, 1).toArray();
          float[] floats = new float[x.length];
          for (int j = 0; j < x.length; j++) {
            floats[j] = (float) x[j];
          }
          return floats;
        })
        .toArray(float[][]::new);
  }

  private static void oneByOne(Predictor predictor, float[][] rows, int outputs) {
    float[] raw = new float[outputs];
    float[] probabilities = new float[outputs];
    double sum = 0;
    for (float[] row : rows) {
      predictor.outputs(row, raw);
      predictor.probabilities(row, probabilities);
      sum += raw[0] + probabilities[0];
    }
    requireNumber(sum);
  }

  private static void inBatches(Predictor predictor, float[][] rows, int outputs) {
    int inputs = rows[0].length;
    Tensor x = FloatTensor.zeros(Shape.of(BATCH, inputs));
    FloatTensor y = FloatTensor.zeros(Shape.of(BATCH, outputs));
    double sum = 0;
    for (int first = 0; first + BATCH <= rows.length; first += BATCH) {
      for (int i = 0; i < BATCH; i++) {
        System.arraycopy(rows[first + i], 0, ((FloatTensor) x).array(), i * inputs, inputs);
      }
      predictor.outputs(x, y);
      sum += y.array()[0];
      predictor.toProbabilities(y);
      sum += y.array()[0];
    }
    requireNumber(sum);
  }

  private static void requireNumber(double sum) {
    if (Double.isNaN(sum)) {
      throw new AssertionError("no number");
    }
  }
}
