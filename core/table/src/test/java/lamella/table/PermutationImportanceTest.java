package lamella.table;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import lamella.core.FloatTensor;
import lamella.core.Shape;
import lamella.core.random.NumPyRandom;
import lamella.table.PermutationImportance.Importance;
import org.junit.jupiter.api.Test;

class PermutationImportanceTest {
  /** The columns c, b, a. */
  private static final FloatTensor ROWS =
      FloatTensor.of(Shape.of(6, 3), 5, 3, 1, 6, 3, 2, 7, 1, 4, 8, 1, 8, 9, 2, 16, 10, 2, 32);

  private static final double[] TARGETS = {5, 7, 9, 17, 34, 66};

  /** The mean square of the target around its mean, from NumPy. */
  private static final double SPREAD = 463.6666666666667;

  /** The model says 2 a + b, which is the target. */
  private static double squares(FloatTensor rows) {
    double squares = 0;
    for (int row = 0; row < TARGETS.length; row++) {
      double error = 2 * rows.get(row, 2) + rows.get(row, 1) - TARGETS[row];
      squares += error * error;
    }
    return squares / TARGETS.length;
  }

  private static PermutationImportance importance(String figure, int shuffles) {
    return PermutationImportance.of(
        List.of("c", "b", "a"),
        ROWS,
        figure,
        rows -> figure.equals("RMSE") ? Math.sqrt(squares(rows)) : 1 - squares(rows) / SPREAD,
        shuffles,
        7);
  }

  private static void assertImportance(
      String column, double mean, double deviation, Importance importance) {
    assertEquals(column, importance.column());
    assertEquals(mean, importance.mean(), 1e-12);
    assertEquals(deviation, importance.deviation(), 1e-12);
  }

  /** The shuffles are NumPy's {@code RandomState(7).permutation(6)}, three times. */
  @Test
  void itIsTheMeanOfWhatNumPyComputes() {
    PermutationImportance importance = importance("RMSE", 3);
    assertEquals("RMSE", importance.figure());
    assertEquals(0, importance.unshuffled());
    assertImportance("a", 34.11267677046616, 4.526358948486882, importance.columns().get(0));
    assertImportance("b", 1.0358303432211773, 0.2392695483343293, importance.columns().get(1));
    assertImportance("c", 0, 0, importance.columns().get(2));
  }

  @Test
  void ofFiguresOfWhichMoreIsBetterItIsTheDrop() {
    PermutationImportance importance = importance("R²", 3);
    assertEquals(1, importance.unshuffled());
    assertImportance("a", 2.539180445722502, 0.6889277441554844, importance.columns().get(0));
    assertImportance(
        "b", 0.0023963575365444525, 0.0010981489803392858, importance.columns().get(1));
  }

  @Test
  void oneShuffleHasNoDeviation() {
    for (Importance column : importance("RMSE", 1).columns()) {
      assertEquals(0, column.deviation());
    }
  }

  /** Rows come back in their order, whichever columns were shuffled before. */
  @Test
  void theRowsStayAsTheyWere() {
    float[] before = ROWS.array().clone();
    importance("RMSE", 2);
    assertArrayEquals(before, ROWS.array());
  }

  @Test
  void itsTextIsALineForEachColumn() {
    assertEquals(
        """
        column  RMSE worse by     ±
        a               34.11  4.53
        b                1.04  0.24
        c                0.00  0.00
        """,
        importance("RMSE", 3).toString());
  }

  @Test
  void withoutShufflesThereIsNothingToMeasure() {
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> importance("RMSE", 0));
    assertEquals("PermutationImportance: needs at least 1 shuffle, got 0", e.getMessage());
  }

  @Test
  void ofAModelItIsHowMuchWorseItsFigureIs() {
    int n = 60;
    double[] x = new double[n];
    double[] y = new double[n];
    double[] nothing = new double[n];
    NumPyRandom random = new NumPyRandom(1);
    for (int i = 0; i < n; i++) {
      x[i] = i;
      nothing[i] = random.nextGaussian();
      y[i] = 2 * i;
    }
    Table table =
        Table.of(
            Column.numbers("nothing", nothing), Column.numbers("x", x), Column.numbers("y", y));
    TableModel model = TableModel.regressor("y").withEpochs(20).withMembers(1).fit(table, table);
    PermutationImportance importance = PermutationImportance.of(model, table);
    assertEquals("RMSE", importance.figure());
    assertEquals(model.evaluate(table).figure("RMSE"), importance.unshuffled());
    assertEquals("x", importance.columns().getFirst().column());
    // A column shuffled by hand, in the first order that NumPy's RandomState(0) gives.
    NumPyRandom shuffles = new NumPyRandom(0);
    int[] order = new int[n];
    for (int i = 0; i < n; i++) {
      order[i] = i;
    }
    for (int i = n - 1; i > 0; i--) {
      int j = shuffles.nextInt(i + 1);
      int kept = order[i];
      order[i] = order[j];
      order[j] = kept;
    }
    Table mixed = table.with(table.select("x").rows(order).column("x"));
    PermutationImportance once = PermutationImportance.of(model, table, "R²", 1, 0);
    assertEquals(
        model.evaluate(table).figure("R²") - model.evaluate(mixed).figure("R²"),
        once.columns().getFirst().mean());
  }

  @Test
  void anotherFigureIsRefused() {
    Table table = Table.of(Column.numbers("x", 1, 2, 3, 4, 5), Column.numbers("y", 2, 3, 4, 5, 6));
    TableModel model = TableModel.regressor("y").withEpochs(1).withMembers(1).fit(table, table);
    assertThrows(
        IllegalArgumentException.class,
        () -> PermutationImportance.of(model, table, "accuracy", 1, 0));
  }
}
