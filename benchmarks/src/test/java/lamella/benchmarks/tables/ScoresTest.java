package lamella.benchmarks.tables;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** The expected figures are scikit-learn's. */
class ScoresTest {
  @Test
  void twoClassesWithTies() {
    double[] ofOne = {0.1, 0.4, 0.4, 0.35, 0.8, 0.8, 0.9, 0.2, 0.4};
    int[] labels = {0, 0, 1, 1, 1, 0, 1, 0, 1};
    Scores scores =
        Scores.ofClasses(
            Arrays.stream(ofOne).mapToObj(p -> new double[] {1 - p, p}).toArray(double[][]::new),
            labels);

    assertEquals(0.5555555555555556, scores.figures().get("accuracy"), 1e-15);
    assertEquals(0.6288528064879056, scores.figures().get("logloss"), 1e-15);
    assertEquals(0.725, scores.figures().get("auc"), 1e-15);
    assertEquals(0.575, scores.figures().get("balanced"), 1e-15);
    assertEquals(scores.figures().get("logloss"), scores.toChooseBy());
  }

  @Test
  void aClassWithoutRowsDoesNotCountInTheBalance() {
    Scores scores =
        Scores.ofClasses(
            new double[][] {{0.6, 0.3, 0.1}, {0.2, 0.7, 0.1}, {0.5, 0.4, 0.1}},
            new int[] {0, 1, 1});

    assertEquals(0.75, scores.figures().get("balanced"), 1e-15);
    assertFalse(scores.figures().containsKey("auc"));
  }

  @Test
  void aProbabilityOfNothingCostsNoMoreThanAFloorSays() {
    Scores scores = Scores.ofClasses(new double[][] {{1, 0}, {1, 0}}, new int[] {1, 0});

    assertEquals(-Math.log(1e-15) / 2, scores.figures().get("logloss"), 1e-12);
  }

  @Test
  void numbers() {
    Scores scores = Scores.ofNumbers(new double[] {1.1, 1.9, 3.5, 4}, new double[] {1, 2, 3, 5});

    assertEquals(0.5634713834792322, scores.figures().get("rmse"), 1e-15);
    assertEquals(0.8548571428571429, scores.figures().get("r2"), 1e-15);
    assertEquals(scores.figures().get("rmse"), scores.toChooseBy());
  }

  @Test
  void aResultIsALineAndTheLineIsTheResult() {
    String line = "ames,smile,1,,,,,0.130301,0.898342,3.7,100 epochs";
    Result result = Result.parse(line);

    assertEquals(line, result.toString());
    assertEquals(0.898342, result.scores().figures().get("r2"));
    assertEquals(Result.HEADER.split(",", -1).length, line.split(",", -1).length);
  }
}
