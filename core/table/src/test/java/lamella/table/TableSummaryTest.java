package lamella.table;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class TableSummaryTest {
  @Test
  void aLineForEachColumn() throws IOException {
    StringBuilder text = new StringBuilder("id,size,colour,same,gone,day,price,4.5\n");
    String[] colours = {"red", "blue", "red", "", "green", "brown"};
    for (int i = 0; i < 24; i++) {
      text.append(i * 3)
          .append(',')
          .append(i % 5 == 0 ? "NA" : i / 4.0)
          .append(',')
          .append(colours[i % 6])
          .append(",1,,2024-01-0")
          .append(1 + i % 9)
          .append(',')
          .append(i == 7 ? "unknown" : i % 3)
          .append(',')
          .append(i % 2)
          .append('\n');
    }
    Table table =
        TableReader.standard().read("x", new ByteArrayInputStream(text.toString().getBytes(UTF_8)));
    assertEquals(
        """
        24 rows, 8 columns
        column  kind      missing  distinct  values                                               hint
        id      ID              0        24  0 to 69                                              not taken: names the row
        size    NUMBER          5        19  0.25 to 5.75
        colour  CATEGORY        4         4  red (8), blue (4), green (4), ...
        same    CONSTANT        0         1  1                                                    not taken: the same in every row
        gone    CONSTANT       24         0                                                       not taken: no values
        day     DATE            0         9  2024-01-01 (3), 2024-01-02 (3), 2024-01-03 (3), ...  not taken: dates
        price   CATEGORY        0         4  0 (8), 2 (8), 1 (7), ...                             numbers, but not "unknown"; a text for missing values (withMissing)?
        4.5     NUMBER          0         2  0 to 1                                               named like a number; is the first line a row (withoutHeader)?
        """,
        table.summary().toString());
  }
}
