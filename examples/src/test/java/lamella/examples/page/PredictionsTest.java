package lamella.examples.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import lamella.core.DType;
import lamella.core.Initializer;
import lamella.core.Network;
import lamella.core.Outputs;
import lamella.core.Shape;
import lamella.core.random.NumPyRandom;
import lamella.data.cifar.ImageDataset;
import lamella.layers.Linear;
import lamella.optim.Evaluation;
import org.junit.jupiter.api.Test;

class PredictionsTest {
  private final ImageDataset data = SmallRuns.data(700, 3);
  private final Network network =
      Network.of(
          Shape.of(3072),
          new Linear(DType.FLOAT64, 3072, 10, Initializer.normal(1e-3), new NumPyRandom(5)));
  private final Predictions predictions = Predictions.of(network, DType.FLOAT64, data);

  @Test
  void areProbabilitiesThatAgreeWithTheEvaluation() {
    Evaluation evaluation = Evaluation.of(network, data);
    int right = 0;
    for (int i = 0; i < 700; i++) {
      double sum = 0;
      for (int c = 0; c < 10; c++) {
        double p = predictions.probability(i, c);
        assertTrue(p >= 0 && p <= predictions.confidence(i));
        sum += p;
      }
      assertEquals(1, sum, 1e-12);
      assertEquals(data.images().label(i), predictions.label(i));
      right += predictions.isRight(i) ? 1 : 0;
    }
    assertEquals(evaluation.correct(), right);
  }

  @Test
  void theMostConfidentAreOfDifferentClassesAndTheFirstOfTheirs() {
    for (boolean right : new boolean[] {true, false}) {
      List<Integer> chosen = predictions.mostConfident(right, 6);
      assertEquals(6, chosen.stream().map(predictions::label).distinct().count());
      for (int example : chosen) {
        assertEquals(right, predictions.isRight(example));
        int first =
            IntStream.range(0, 700)
                .filter(i -> predictions.isRight(i) == right)
                .filter(i -> predictions.label(i) == predictions.label(example))
                .boxed()
                .min(Comparator.comparingDouble((Integer i) -> -predictions.confidence(i)))
                .orElseThrow();
        assertEquals(first, example);
      }
    }
  }

  @Test
  void whereClassesRunOutTheNextMostConfidentFollow() {
    List<Integer> chosen = predictions.mostConfident(false, 30);
    assertEquals(30, chosen.stream().distinct().count());
    int all = (int) IntStream.range(0, 700).filter(predictions::isRight).count();
    assertEquals(all, predictions.mostConfident(true, 700).size());
  }

  @Test
  void outputsThatAreNoNumbersOrNoClassesAreRefused() {
    assertThrows(
        IllegalStateException.class,
        () -> Predictions.of(network.withOutputs(Outputs.NUMBERS), DType.FLOAT64, data));
    network.parameters().getLast().value().set(3, Double.NaN);
    assertEquals(
        "example 0: output 3 is NaN",
        assertThrows(ArithmeticException.class, () -> Predictions.of(network, DType.FLOAT64, data))
            .getMessage());
  }
}
