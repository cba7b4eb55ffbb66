package lamella.benchmarks.tables;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DenseTableTest {
  @TempDir Path folder;

  /**
   * What the numbers become is scikit-learn's: SimpleImputer with its mark, then StandardScaler.
   */
  @Test
  void numbersAreStandardisedGapsMarkedAndCategoriesOfTrainingRowsAreColumns() throws IOException {
    write("class,x,colour", "a,1,red", "b,,blue", "a,4,", "b,10,red", "b,,green", "a,6,blue");

    DenseTable table = DenseTable.read(folder, "t");

    assertEquals(2, table.classes());
    double low = -0.5773502691896258;
    double high = 1.7320508075688774;
    rows(
        table.train(),
        new double[] {-1.1470786693528088, low, 0, 1},
        new double[] {-0.22941573387056177, high, 1, 0},
        new double[] {-0.22941573387056177, low, 0, 0},
        new double[] {1.6059101370939324, low, 0, 1});
    rows(table.validation(), new double[] {-0.22941573387056177, high, 0, 0});
    rows(table.test(), new double[] {0.3823595564509363, low, 1, 0});
    assertArrayEquals(new int[] {0, 1, 0, 1}, table.train().labels());
    assertArrayEquals(new int[] {0}, table.test().labels());
  }

  private static void rows(DenseTable.Part part, double[]... expected) {
    assertEquals(expected.length, part.rows());
    for (int i = 0; i < expected.length; i++) {
      assertArrayEquals(expected[i], part.inputs()[i], 1e-12);
    }
  }

  private void write(String... lines) throws IOException {
    Files.write(folder.resolve("t.csv"), List.of(lines));
    Files.write(
        folder.resolve("t.split.csv"),
        List.of("split", "train", "train", "train", "train", "validation", "test"));
    Files.write(
        folder.resolve("columns.csv"),
        List.of(
            "table,column,kind,target,missing,levels",
            "other,y,numeric,yes,0,",
            "t,class,category,yes,0,a|b",
            "t,x,numeric,no,2,",
            "t,colour,category,no,1,blue|green|red"));
  }
}
