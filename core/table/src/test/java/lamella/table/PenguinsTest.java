package lamella.table;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** A real table: numbers, categories, gaps, and a file that says which rows are for what. */
class PenguinsTest {
  private static Table read(String name) throws IOException {
    try (InputStream in = PenguinsTest.class.getResourceAsStream(name)) {
      return TableReader.standard().read(name, Objects.requireNonNull(in));
    }
  }

  /** Least and greatest numbers, and counts: as awk, sort and uniq find them in the file. */
  @Test
  void columnsAreWhatTheyShouldBe() throws IOException {
    assertEquals(
        """
        344 rows, 7 columns
        column             kind      missing  distinct  values
        species            CATEGORY        0         3  Adelie (152), Gentoo (124), Chinstrap (68)
        island             CATEGORY        0         3  Biscoe (168), Dream (124), Torgersen (52)
        bill_length_mm     NUMBER          2       164  32.1 to 59.6
        bill_depth_mm      NUMBER          2        80  13.1 to 21.5
        flipper_length_mm  NUMBER          2        55  172 to 231
        body_mass_g        NUMBER          2        94  2700 to 6300
        sex                CATEGORY       11         2  male (168), female (165)
        """,
        read("penguins.csv").summary().toString());
  }

  @Test
  void aSplitFileDividesTheRows() throws IOException {
    Table table = read("penguins.csv").with(read("penguins.split.csv").column("split"));
    Map<String, Table> parts = table.splitBy("split");
    assertEquals(218, parts.get("train").rows());
    assertEquals(56, parts.get("validation").rows());
    assertEquals(70, parts.get("test").rows());
    assertEquals(table.without("split").names(), parts.get("test").names());
  }
}
