package lamella.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import lamella.core.Batch;
import lamella.core.DType;
import lamella.core.Dataset;
import lamella.core.FloatTensor;
import lamella.core.Initializer;
import lamella.core.Loss;
import lamella.core.Network;
import lamella.core.Outputs;
import lamella.core.Shape;
import lamella.core.TargetKind;
import lamella.core.Tensor;
import lamella.core.random.NumPyRandom;
import lamella.layers.Linear;
import lamella.losses.SoftmaxCrossEntropy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is measured, on targets of whatever kind. */
class MetricsTest {
  private static final SoftmaxCrossEntropy LOSS = new SoftmaxCrossEntropy();

  /** -sum q log softmax(z), the mean over the rows, for soft targets q. */
  private static final class SoftCrossEntropy implements Loss<Tensor> {
    @Override
    public double valueAndGradient(Tensor z, Tensor q, Tensor gradient) {
      int classes = z.shape().last();
      int n = z.shape().dimension(0);
      double loss = 0;
      for (int row = 0; row < n; row++) {
        double sum = 0;
        for (int c = 0; c < classes; c++) {
          sum += Math.exp(z.get(row, c));
        }
        for (int c = 0; c < classes; c++) {
          loss -= q.get(row, c) * (z.get(row, c) - Math.log(sum)) / n;
          gradient.set(row, c, (Math.exp(z.get(row, c)) / sum - q.get(row, c)) / n);
        }
      }
      return loss;
    }

    @Override
    public double value(Tensor z, Tensor q) {
      return valueAndGradient(z, q, z.copy());
    }

    @Override
    public Outputs outputs() {
      return Outputs.CLASSES;
    }
  }

  /** Points whose labels are given as 0.8 and 0.1 twice. */
  private static Dataset<Tensor> soft(int size, long seed) {
    Dataset<int[]> hard = Toy.points(size, seed);
    Batch<int[]> all = hard.newBatch(size, DType.FLOAT32);
    hard.read(IntStream.range(0, size).toArray(), all);
    Tensor targets = FloatTensor.zeros(Shape.of(size, Toy.CLASSES));
    targets.fill(0.1);
    for (int row = 0; row < size; row++) {
      targets.set(row, all.targets()[row], 0.8);
    }
    return Dataset.of(all.inputs(), targets);
  }

  @Test
  void softTargetsInTrainingAndLabelsInEvaluation() {
    Network network = Toy.network(DType.FLOAT32, 2);
    Dataset<int[]> held = Toy.points(70, 5);
    History history =
        Trainer.of(network, new SoftCrossEntropy(), Sgd.of(0.5))
            .withSteps(300)
            .withEvaluation("soft", soft(100, 1), step -> step == 299)
            .withEvaluation(
                "held",
                held,
                Metrics.<int[]>loss(LOSS).and(Metrics.accuracy()),
                step -> step == 299)
            .fit(soft(100, 1), new NumPyRandom(3));
    assertEquals(
        List.of("soft loss", "held loss", "held accuracy"),
        history.measurements().stream().map(History.Measurement::name).toList());
    Evaluation now = Evaluation.of(network, LOSS, held);
    assertEquals(now.loss(), history.measurements("held loss").getFirst().value());
    assertEquals(now.accuracy(), history.measurements("held accuracy").getFirst().value());
    assertTrue(now.accuracy() > 0.7, "accuracy " + now.accuracy());
  }

  /** A third party's: the largest |y - t|, and how many rows there were. */
  private static final class Errors implements Metrics<Tensor> {
    private final List<String> names;
    private double largest;
    private double rows;

    Errors(String... names) {
      this.names = List.of(names);
    }

    @Override
    public List<String> names() {
      return names;
    }

    @Override
    public void begin(Outputs meaning, Shape output) {
      assertEquals(Outputs.NUMBERS, meaning);
      assertEquals(Shape.of(1), output);
      largest = 0;
      rows = 0;
    }

    @Override
    public void add(Tensor outputs, Tensor targets) {
      for (int row = 0; row < outputs.size(); row++) {
        largest = Math.max(largest, Math.abs(outputs.get(row) - targets.get(row)));
        rows++;
      }
    }

    @Override
    public double[] values() {
      return new double[] {largest, rows};
    }

    @Override
    public String toString() {
      return "Errors";
    }
  }

  /** y = x. */
  private static Network line() {
    Linear linear = new Linear(1, 1, Initializer.zeros(), new NumPyRandom(1));
    linear.weight().value().fill(1);
    return Network.of(Shape.of(1), linear).withOutputs(Outputs.NUMBERS);
  }

  private static Dataset<Tensor> table() {
    return Dataset.of(
        FloatTensor.of(Shape.of(4, 1), 1, 2, 3, 4),
        (Tensor) FloatTensor.of(Shape.of(4, 1), 1, 4.5f, 3, 2));
  }

  /** (y - t)² / 2, the mean over the rows; its gradient is 0, so that nothing is learned. */
  private static final class Still implements Loss<Tensor> {
    @Override
    public double valueAndGradient(Tensor output, Tensor target, Tensor gradient) {
      gradient.fill(0);
      return value(output, target);
    }

    @Override
    public double value(Tensor output, Tensor target) {
      double sum = 0;
      for (int i = 0; i < output.size(); i++) {
        sum += Math.pow(output.get(i) - target.get(i), 2) / 2;
      }
      return sum / output.size();
    }
  }

  private static Trainer<Tensor> still(Network network) {
    return Trainer.of(network, new Still(), Sgd.of(0.1)).withBatchSize(2).withEpochs(2);
  }

  @Test
  void onesOfOnesOwnAreMeasuredUnderTheirNames() {
    History history =
        still(line())
            .withEvaluation("all", table(), new Errors("worst", "rows"))
            .withEvaluation("all again", table())
            .withListeners(EarlyStopping.lowest("all worst", 5))
            .fit(table(), new NumPyRandom(1));
    assertEquals(
        List.of(2.5, 2.5),
        history.measurements("all worst").stream().map(History.Measurement::value).toList());
    assertEquals(4, history.measurements("all rows").getLast().value());
    // (0 + 2.5² + 0 + 2²) / 2 / 4
    assertEquals(10.25 / 8, history.measurements("all again loss").getLast().value());
    assertEquals(
        Map.of("worst", 2.5, "rows", 4.0), new Errors("worst", "rows").of(line(), table()));
  }

  private static String refused(Class<? extends Exception> type, Trainer<Tensor> trainer) {
    return assertThrows(type, () -> trainer.fit(table(), new NumPyRandom(1))).getMessage();
  }

  @Test
  void namesThatClashAndValuesThatAreMissingAreRefused() {
    assertEquals(
        "Trainer: \"all x\" is measured twice; name each differently",
        refused(
            IllegalArgumentException.class,
            still(line()).withEvaluation("all", table(), new Errors("x", "x"))));
    assertEquals(
        "Errors: measures nothing; give it names()",
        refused(
            IllegalArgumentException.class,
            still(line()).withEvaluation("all", table(), new Errors())));
    assertEquals(
        "Errors: expects a value for each of [all x], got 2",
        refused(
            IllegalStateException.class,
            still(line()).withEvaluation("all", table(), new Errors("x"))));
  }

  @Test
  void anAccuracyOfOutputsWithoutClassesIsRefusedBeforeTheFirstStep() {
    Dataset<int[]> labels = Dataset.of(FloatTensor.of(Shape.of(2, 1), 1, 2), new int[2]);
    assertEquals(
        "Metrics: the network's outputs are numbers, which have no classes; use the outputs"
            + " themselves, or say by Network.withOutputs what else they are",
        refused(
            IllegalStateException.class,
            still(line()).withEvaluation("labels", labels, Metrics.accuracy())));
    assertEquals(
        "Metrics: accuracy needs labels, and the targets are numbers; use another metric",
        assertThrows(IllegalArgumentException.class, () -> Metrics.accuracy(TargetKind.NUMBERS))
            .getMessage());
  }

  // Targets of one's own class.

  /** A label and a weight for each row. */
  private static final class Weighted {
    private final int[] labels;
    private final double[] weights;

    Weighted(int[] labels) {
      this.labels = labels;
      this.weights = new double[labels.length];
    }
  }

  private static final TargetKind<Weighted> KIND =
      new TargetKind<>() {
        @Override
        public boolean hasLabels() {
          return true;
        }

        @Override
        public int[] labels(Weighted targets) {
          return targets.labels;
        }

        @Override
        public Outputs outputs(Shape output) {
          return Outputs.CLASSES;
        }
      };

  /** Those of {@link Toy}, every other row with weight 3. */
  private record WeightedPoints(Dataset<int[]> points) implements Dataset<Weighted> {
    @Override
    public int size() {
      return points.size();
    }

    @Override
    public Shape exampleShape() {
      return points.exampleShape();
    }

    private record Rows(Batch<int[]> inside, Weighted targets) implements Batch<Weighted> {
      @Override
      public int size() {
        return inside.size();
      }

      @Override
      public Tensor inputs() {
        return inside.inputs();
      }

      @Override
      public TargetKind<Weighted> targetKind() {
        return KIND;
      }
    }

    @Override
    public Batch<Weighted> newBatch(int n, DType dtype) {
      Batch<int[]> inside = points.newBatch(n, dtype);
      return new Rows(inside, new Weighted(inside.targets()));
    }

    @Override
    public void read(int[] indices, Batch<Weighted> batch) {
      points.read(indices, ((Rows) batch).inside);
      for (int i = 0; i < indices.length; i++) {
        batch.targets().weights[i] = indices[i] % 2 == 0 ? 1 : 3;
      }
    }
  }

  /** Softmax cross-entropy, the mean by weight. */
  private static final class WeightedCrossEntropy implements Loss<Weighted> {
    @Override
    public double weight(Tensor output, Weighted target) {
      double sum = 0;
      for (double weight : target.weights) {
        sum += weight;
      }
      return sum;
    }

    @Override
    public double valueAndGradient(Tensor z, Weighted target, Tensor gradient) {
      return valueAndGradient(z, target, gradient, weight(z, target));
    }

    @Override
    public double valueAndGradient(Tensor z, Weighted target, Tensor gradient, double divisor) {
      double sum = 0;
      for (int row = 0; row < target.labels.length; row++) {
        Tensor one = z.rows(row, row + 1);
        Tensor slope = one.copy();
        double weight = target.weights[row];
        sum += weight * LOSS.valueAndGradient(one, new int[] {target.labels[row]}, slope);
        for (int c = 0; c < slope.size(); c++) {
          gradient.set(row, c, weight * slope.get(c) / divisor);
        }
      }
      return sum / divisor;
    }

    @Override
    public double value(Tensor z, Weighted target) {
      return valueAndGradient(z, target, z.copy());
    }
  }

  @Test
  void targetsOfOnesOwnClassSayWhatTheyAre() {
    Network network = Toy.network(DType.FLOAT32, 2);
    WeightedPoints data = new WeightedPoints(Toy.points(1501, 1)); // read in parts
    History history =
        Trainer.of(network, new WeightedCrossEntropy(), Sgd.of(0.1))
            .withAccumulation(3)
            .withSteps(20)
            .withEvaluation("all", data, step -> step == 19)
            .fit(data, new NumPyRandom(3));
    assertEquals(Outputs.CLASSES, network.outputs());
    assertEquals(
        Evaluation.of(network, data.points).accuracy(),
        history.measurements("all accuracy").getFirst().value());
    double sum = 0;
    double weights = 0;
    Batch<Weighted> one = data.newBatch(1, DType.FLOAT32);
    for (int i = 0; i < data.size(); i++) {
      data.read(new int[] {i}, one);
      double weight = i % 2 == 0 ? 1 : 3;
      sum += weight * LOSS.value(network.forward(one.inputs()), one.targets().labels);
      weights += weight;
    }
    assertEquals(sum / weights, history.measurements("all loss").getFirst().value(), 1e-12);
  }

  /** The library's own weights: the same bits in micro-batches but for one factor. */
  @Test
  void examplesWithWeightsHaveAnAccuracyToo() {
    Dataset<int[]> points = Toy.points(60, 1);
    double[] weights = new double[60];
    for (int i = 0; i < 60; i++) {
      weights[i] = i % 3;
    }
    double[][] losses = new double[2][];
    for (int i = 0; i < 2; i++) {
      Network network = Toy.network(DType.FLOAT64, 2);
      History history =
          Trainer.of(network, LOSS.withExampleWeights(), Sgd.of(0.1))
              .withBatchSize(20)
              .withAccumulation(i == 0 ? 1 : 7)
              .withSteps(20)
              .withEvaluation("all", points.withWeights(weights), step -> step == 19)
              .fit(points.withWeights(weights), new NumPyRandom(3));
      assertEquals(
          Evaluation.of(network, points).accuracy(),
          history.measurements("all accuracy").getFirst().value());
      losses[i] = history.steps().stream().mapToDouble(History.Step::dataLoss).toArray();
    }
    assertArrayEquals(losses[0], losses[1], 1e-12);
  }

  @Test
  void aTrainingGoesOnWithTheSameMetricsOnly(@TempDir Path directory) {
    Checkpoints checkpoints = Checkpoints.in(directory).resuming();
    still(line())
        .withEvaluation("all", table(), new Errors("worst", "rows"))
        .withCheckpoints(checkpoints)
        .fit(table(), new NumPyRandom(1));
    String message =
        refused(
            UncheckedIOException.class,
            still(line()).withEvaluation("all", table()).withCheckpoints(checkpoints));
    assertTrue(
        message.endsWith(
            "metrics of evaluation all is 'Errors [worst, rows]' there and 'the training's own'"
                + " here"),
        message);
  }
}
