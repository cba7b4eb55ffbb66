package lamella.benchmarks.tables;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import lamella.table.Column;
import lamella.table.ColumnKind;
import lamella.table.Table;
import lamella.table.TableReader;
import org.junit.jupiter.api.Test;

class GeneratedRowsTest {
  @Test
  void twelveNumbersAndEightCategoriesWithGaps() throws IOException {
    byte[] csv = csv(2000, 1);
    Table table = TableReader.standard().read("rows", new ByteArrayInputStream(csv));

    assertEquals(2000, table.rows());
    List<Column> columns = table.without(GeneratedRows.TARGET).columns();
    assertEquals(12, columns.stream().filter(c -> c.kind() == ColumnKind.NUMBER).count());
    assertEquals(8, columns.stream().filter(c -> c.kind() == ColumnKind.CATEGORY).count());
    assertEquals(3, columns.stream().filter(GeneratedRowsTest::hasGaps).count());
    assertEquals(3, table.column(GeneratedRows.TARGET).categories().size());
    assertEquals(50, table.column("category_50").categories().size());
  }

  @Test
  void theSameForTheSameSeed() throws IOException {
    assertArrayEquals(csv(50, 7), csv(50, 7));
    assertEquals(-1, new String(csv(50, 7), UTF_8).indexOf('\r'));
  }

  private static boolean hasGaps(Column column) {
    for (int row = 0; row < column.size(); row++) {
      if (column.isMissing(row)) {
        return true;
      }
    }
    return false;
  }

  private static byte[] csv(int rows, long seed) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    GeneratedRows.write(out, rows, seed);
    return out.toByteArray();
  }
}
