package lamella.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import lamella.table.PermutationImportance.Importance;
import org.junit.jupiter.api.Test;

class PermutationImportanceTest {
  private static final Table ROWS =
      Table.of(
          Column.numbers("c", 5, 6, 7, 8, 9, 10),
          Column.numbers("b", 3, 3, 1, 1, 2, 2),
          Column.numbers("a", 1, 2, 4, 8, 16, 32),
          Column.numbers("target", 5, 7, 9, 17, 34, 66));

  /** The mean square of the target around its mean, from NumPy. */
  private static final double SPREAD = 463.6666666666667;

  /** The model says 2 a + b, which is the target. */
  private static double squares(Table table) {
    double squares = 0;
    for (int row = 0; row < table.rows(); row++) {
      double said = 2 * table.column("a").number(row) + table.column("b").number(row);
      double error = said - table.column("target").number(row);
      squares += error * error;
    }
    return squares / table.rows();
  }

  private static PermutationImportance importance(String figure, int shuffles) {
    return PermutationImportance.of(
        List.of("c", "b", "a"),
        ROWS,
        figure,
        table -> figure.equals("RMSE") ? Math.sqrt(squares(table)) : 1 - squares(table) / SPREAD,
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

  @Test
  void itsTextIsALineForEachColumn() {
    assertEquals(
        """
        a    34.1127 ± 4.5264
        b     1.0358 ± 0.2393
        c     0.0000 ± 0.0000
        """,
        importance("RMSE", 3).toString());
  }

  @Test
  void withoutShufflesThereIsNothingToMeasure() {
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> importance("RMSE", 0));
    assertEquals("PermutationImportance: needs at least 1 shuffle, got 0", e.getMessage());
  }
}
