package lamella.optim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import lamella.core.Batch;
import lamella.core.DType;
import lamella.core.Dataset;
import lamella.core.Elementwise;
import lamella.core.FloatTensor;
import lamella.core.Initializer;
import lamella.core.Network;
import lamella.core.Shape;
import lamella.core.Tensor;
import lamella.core.random.NumPyRandom;
import lamella.layers.Linear;
import lamella.losses.SoftmaxCrossEntropy;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class EvaluationTest {
  /** y = x, so that the dataset says what the network gives. */
  static final class Identity extends Elementwise {
    @Override
    protected double value(double x) {
      return x;
    }

    @Override
    protected double slope(double x, double y) {
      return 1;
    }
  }

  /** Outputs with many equal ones among them, and now and then a NaN. */
  private static Tensor outputs(int size, int classes, boolean nan, SplittableRandom random) {
    Tensor outputs = Tensor.zeros(DType.FLOAT32, Shape.of(size, classes));
    for (int i = 0; i < outputs.size(); i++) {
      outputs.set(i, nan && random.nextInt(9) == 0 ? Double.NaN : random.nextInt(-4, 5));
    }
    return outputs;
  }

  @Property(tries = 60)
  void isWhatSortingEachRowGives(
      @ForAll @IntRange(min = 1, max = 450) int size,
      @ForAll @IntRange(min = 2, max = 7) int classes,
      @ForAll boolean nan,
      @ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Tensor outputs = outputs(size, classes, nan, random);
    int[] labels = random.ints(size, 0, classes).toArray();
    Network network = Network.of(Shape.of(classes), new Identity());
    Evaluation evaluation = Evaluation.of(network, Dataset.of(outputs, labels));

    int[][] counts = new int[classes][classes];
    int[] all = new int[classes];
    int[] within = new int[classes + 1];
    int notFinite = 0;
    for (int row = 0; row < size; row++) {
      int from = row * classes;
      all[labels[row]]++;
      if (IntStream.range(0, classes).anyMatch(c -> Double.isNaN(outputs.get(from + c)))) {
        notFinite++;
        continue;
      }
      // The sort is stable, so that equals stay in order.
      List<Integer> order =
          IntStream.range(0, classes)
              .boxed()
              .sorted(
                  Comparator.comparingDouble((Integer c) -> outputs.get(from + c) + 0.0).reversed())
              .toList();
      counts[labels[row]][order.getFirst()]++;
      for (int k = order.indexOf(labels[row]) + 1; k <= classes; k++) {
        within[k]++;
      }
    }
    assertEquals(classes, evaluation.classes());
    assertEquals(size, evaluation.total());
    assertEquals(notFinite, evaluation.notFinite());
    assertEquals(within[1], evaluation.correct());
    assertEquals((double) within[1] / size, evaluation.accuracy());
    for (int k = 1; k <= classes; k++) {
      assertEquals((double) within[k] / size, evaluation.topK(k));
    }
    for (int a = 0; a < classes; a++) {
      int actual = all[a];
      int predicted = 0;
      for (int p = 0; p < classes; p++) {
        assertEquals(counts[a][p], evaluation.count(a, p));
        predicted += counts[p][a];
      }
      assertEquals(actual, evaluation.count(a));
      assertEquals(predicted, evaluation.predictions(a));
      assertEquals((double) counts[a][a] / actual, evaluation.recall(a));
      assertEquals((double) counts[a][a] / predicted, evaluation.precision(a));
    }
  }

  @Property(tries = 20)
  void theLossIsTheMeanOverAllExamples(@ForAll @IntRange(min = 1, max = 450) int size) {
    Tensor outputs = outputs(size, 4, false, new SplittableRandom(size));
    int[] labels = new SplittableRandom(1).ints(size, 0, 4).toArray();
    SoftmaxCrossEntropy loss = new SoftmaxCrossEntropy();
    Network network = Network.of(Shape.of(4), new Identity());
    Dataset<int[]> data = Dataset.of(outputs, labels);
    double expected = 0;
    for (int row = 0; row < size; row++) {
      double sum = 0;
      for (int c = 0; c < 4; c++) {
        sum += Math.exp(outputs.get(row, c));
      }
      expected += (Math.log(sum) - outputs.get(row, labels[row])) / size;
    }
    assertEquals(expected, Evaluation.of(network, loss, data).loss(), 1e-6);
    assertEquals(Evaluation.of(network, loss, data).loss(), Evaluation.loss(network, loss, data));
  }

  @Test
  void aLabelThatIsNoClassNamesTheExample() {
    Tensor outputs = outputs(300, 3, false, new SplittableRandom(1));
    int[] labels = new int[300];
    labels[250] = 3;
    assertEquals(
        "Evaluation: label 3 of example 250 is outside [0, 3)",
        assertThrows(
                IllegalArgumentException.class,
                () ->
                    Evaluation.of(
                        Network.of(Shape.of(3), new Identity()), Dataset.of(outputs, labels)))
            .getMessage());
  }

  @Test
  void aLossThatIsNoNumberIsToldAsSuch() {
    Tensor outputs = outputs(5, 3, false, new SplittableRandom(1));
    outputs.set(7, Double.NaN);
    Network network = Network.of(Shape.of(3), new Identity());
    Evaluation evaluation =
        Evaluation.of(network, new SoftmaxCrossEntropy(), Dataset.of(outputs, new int[5]));
    assertTrue(Double.isNaN(evaluation.loss()));
  }

  @Test
  void whatCannotBeAnsweredIsRefused() {
    Tensor outputs = outputs(5, 3, false, new SplittableRandom(1));
    Evaluation evaluation =
        Evaluation.of(Network.of(Shape.of(3), new Identity()), Dataset.of(outputs, new int[5]));
    assertEquals(
        "Evaluation: was made without a loss",
        assertThrows(IllegalStateException.class, evaluation::loss).getMessage());
    for (int k : new int[] {0, 4}) {
      assertEquals(
          "Evaluation: k must lie in [1, 3], got " + k,
          assertThrows(IllegalArgumentException.class, () -> evaluation.topK(k)).getMessage());
    }
    assertTrue(Double.isNaN(evaluation.recall(2)));
    for (int of : new int[] {-1, 3}) {
      for (Runnable wrong :
          List.<Runnable>of(
              () -> evaluation.precision(of),
              () -> evaluation.recall(of),
              () -> evaluation.count(of),
              () -> evaluation.count(of, 0),
              () -> evaluation.count(0, of),
              () -> evaluation.predictions(of))) {
        assertEquals(
            "Evaluation: class must lie in [0, 3), got " + of,
            assertThrows(IllegalArgumentException.class, wrong::run).getMessage());
      }
    }
  }

  private static Evaluation of(DType dtype, double[]... rows) {
    Tensor outputs = Tensor.zeros(dtype, Shape.of(rows.length, rows[0].length));
    for (int i = 0; i < outputs.size(); i++) {
      outputs.set(i, rows[i / rows[0].length][i % rows[0].length]);
    }
    return Evaluation.of(
        Network.of(Shape.of(rows[0].length), new Identity()),
        new SoftmaxCrossEntropy(),
        Dataset.of(outputs, new int[rows.length]));
  }

  @Test
  void whatIsNotFiniteIsWrongAndCounted() {
    double nan = Double.NaN;
    double infinity = Double.POSITIVE_INFINITY;
    // All labels are 0, the class that an unwary argMax gives.
    Evaluation evaluation =
        of(
            DType.FLOAT32,
            new double[] {nan, nan, nan},
            new double[] {5, 1, nan},
            new double[] {infinity, infinity, 0},
            new double[] {-infinity, -infinity, -infinity},
            new double[] {infinity, 0, -infinity},
            new double[] {2, 1, 0},
            new double[] {1, 2, 0});
    assertEquals(5, evaluation.notFinite());
    assertEquals(1, evaluation.correct());
    assertEquals(1 / 7.0, evaluation.accuracy());
    assertEquals(2 / 7.0, evaluation.topK(3));
    assertEquals(7, evaluation.count(0));
    assertEquals(1, evaluation.predictions(0));
    assertEquals(1, evaluation.predictions(1));
    assertEquals(1, evaluation.precision(0));
    assertEquals(1 / 7.0, evaluation.recall(0));
    assertEquals("Evaluation(accuracy 0.1429 of 7, loss NaN, 5 not finite)", evaluation.toString());
  }

  @Test
  void saysWhatItFound() {
    assertEquals(
        "Evaluation(accuracy 0.5000 of 2, loss 0.8133)",
        of(DType.FLOAT64, new double[] {1, 0}, new double[] {0, 1}).toString());
    Dataset<int[]> one = Dataset.of(FloatTensor.of(Shape.of(1, 2), 1, 0), new int[1]);
    assertEquals(
        "Evaluation(accuracy 1.0000 of 1)",
        Evaluation.of(Network.of(Shape.of(2), new Identity()), one).toString());
  }

  @Test
  void pairsAreCountedHoweverManyClassesThereAre() {
    int classes = 100_000;
    PairCounts counts = new PairCounts(classes);
    SplittableRandom random = new SplittableRandom(1);
    Map<List<Integer>, Integer> expected = new HashMap<>();
    for (int i = 0; i < 20_000; i++) {
      int actual = random.nextInt(i % 2 == 0 ? 50 : classes);
      int predicted = random.nextInt(i % 2 == 0 ? 50 : classes);
      counts.add(actual, predicted);
      expected.merge(List.of(actual, predicted), 1, Integer::sum);
    }
    expected.forEach(
        (pair, count) -> assertEquals(count, counts.get(pair.get(0), pair.get(1)), pair::toString));
    assertEquals(0, counts.get(classes - 1, 0));
  }

  /** So many examples of one number each; notes how many are read at once. */
  private record Counting(int size, Shape exampleShape, List<Integer> batches)
      implements Dataset<int[]> {
    @Override
    public Batch<int[]> newBatch(int n, DType dtype) {
      batches.add(n);
      return Batch.of(Tensor.zeros(dtype, exampleShape.batch(n)), new int[n]);
    }

    @Override
    public void read(int[] indices, Batch<int[]> batch) {}
  }

  private static int mostAtOnce(int inputs, int hidden) {
    Network network =
        Network.of(
            Shape.of(inputs),
            new Linear(inputs, hidden, Initializer.zeros(), new NumPyRandom(1)),
            new Linear(hidden, 2, Initializer.zeros(), new NumPyRandom(1)));
    List<Integer> batches = new ArrayList<>();
    assertEquals(
        1500, Evaluation.of(network, new Counting(1500, Shape.of(inputs), batches)).total());
    return batches.stream().mapToInt(Integer::intValue).max().orElseThrow();
  }

  @Test
  void wideExamplesAndWideLayersAreReadFewAtOnce() {
    assertEquals(1000, mostAtOnce(3072, 100));
    assertEquals((1 << 25) / (4 * (100_000 + 10 + 2)), mostAtOnce(100_000, 10));
    assertEquals((1 << 25) / (4 * (10 + 100_000 + 2)), mostAtOnce(10, 100_000));
  }
}
