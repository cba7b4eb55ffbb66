package lamella.optim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import lamella.core.DType;
import lamella.core.Dataset;
import lamella.core.Elementwise;
import lamella.core.Network;
import lamella.core.Shape;
import lamella.core.Tensor;
import lamella.losses.SoftmaxCrossEntropy;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class EvaluationTest {
  /** y = x, so that the dataset says what the network gives. */
  private static final class Identity extends Elementwise {
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
    int[] within = new int[classes + 1];
    for (int row = 0; row < size; row++) {
      int from = row * classes;
      // Double.compare puts NaN above all; the sort is stable, so that equals stay in order.
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
    assertEquals(within[1], evaluation.correct());
    assertEquals((double) within[1] / size, evaluation.accuracy());
    for (int k = 1; k <= classes; k++) {
      assertEquals((double) within[k] / size, evaluation.topK(k));
    }
    for (int a = 0; a < classes; a++) {
      int actual = IntStream.of(counts[a]).sum();
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
  }
}
