package lamella.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Real tables, whose columns are described beside them: in {@code shared/tables} beside the
 * checkout, or where {@code -Dlamella.tables=FOLDER} says.
 */
class SharedTablesTest {
  private Path folder = Path.of("");

  @BeforeEach
  void findTables() {
    folder = Path.of(System.getProperty("lamella.tables", "../../../shared/tables"));
    assumeTrue(Files.exists(folder.resolve("columns.csv")), "no tables in " + folder);
  }

  @Test
  void columnsAreOfTheKindsThatTheirDescriptionSays() throws IOException {
    Table described = Table.read(folder.resolve("columns.csv"));
    Map<String, List<String>> problems = new LinkedHashMap<>();
    Map<String, Table> parts = described.splitBy("table");
    assertEquals(9, parts.size());
    for (Map.Entry<String, Table> part : parts.entrySet()) {
      Table columns = part.getValue();
      Table table = Table.read(folder.resolve(part.getKey() + ".csv"));
      assertEquals(columns.rows(), table.columns().size(), part.getKey());
      List<String> wrong = new ArrayList<>();
      for (int i = 0; i < columns.rows(); i++) {
        Column column = table.column(columns.column("column").text(i));
        boolean isNumber = "numeric".equals(columns.column("kind").text(i));
        ColumnKind kind = isNumber ? ColumnKind.NUMBER : ColumnKind.CATEGORY;
        if (column.kind() != kind
            || column.missing() != columns.column("missing").number(i)
            || (!isNumber
                && !List.of(columns.column("levels").text(i).split("\\|"))
                    .containsAll(column.categories()))) {
          wrong.add(column.toString());
        }
      }
      if (!wrong.isEmpty()) {
        problems.put(part.getKey(), wrong);
      }
    }
    assertTrue(problems.isEmpty(), problems.toString());
  }

  @Test
  void splitsHaveARowForEachRow() throws IOException {
    Table table = Table.read(folder.resolve("penguins.csv"));
    Column split = Table.read(folder.resolve("penguins.split.csv")).column("split");
    Map<String, Table> parts = table.with(split).splitBy("split");
    assertEquals(218, parts.get("train").rows());
    assertEquals(56, parts.get("validation").rows());
    assertEquals(70, parts.get("test").rows());
    assertEquals(table.names(), parts.get("test").names());
  }
}
