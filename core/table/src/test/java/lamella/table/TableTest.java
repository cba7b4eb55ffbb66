package lamella.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class TableTest {
  private static final Table TABLE =
      Table.of(
          Column.numbers("n", 3, Double.NaN, -1.5),
          Column.categories("c", "b", "a", null),
          Column.categories("d", "x", "x", "y"));

  private static void assertRefused(String message, Executable executable) {
    assertEquals(
        message, assertThrows(IllegalArgumentException.class, executable).getMessage(), message);
  }

  /** A table of so many rows, whose first column has their numbers. */
  private static Table numbered(int rows, int classes) {
    return Table.of(
        Column.numbers("row", IntStream.range(0, rows).asDoubleStream().toArray()),
        Column.categories(
            "class",
            IntStream.range(0, rows)
                .mapToObj(row -> "c" + row * row % classes)
                .toArray(String[]::new)));
  }

  private static int[] numbers(Table table) {
    return Arrays.stream(table.column("row").numbers()).mapToInt(row -> (int) row).toArray();
  }

  @Test
  void columnsAreFoundByName() {
    assertEquals(3, TABLE.rows());
    assertEquals(List.of("n", "c", "d"), TABLE.names());
    assertTrue(TABLE.has("n"));
    assertEquals(false, TABLE.has("N"));
    assertEquals("c", TABLE.column("c").name());
    assertRefused("no column \"N\"; there is \"n\"", () -> TABLE.column("N"));
    assertRefused("no column \"z\"; there are \"n\", \"c\", \"d\"", () -> TABLE.column("z"));
    assertEquals(List.of("d", "n"), TABLE.select("d", "n").names());
    assertEquals(List.of("n", "d"), TABLE.without("c").names());
    assertRefused("no column \"z\"; there are \"n\", \"c\", \"d\"", () -> TABLE.without("z"));
    assertRefused("a table must have a column", () -> TABLE.without("n", "c", "d"));
    assertRefused("columns 1 and 2 have the same name \"n\"", () -> TABLE.select("n", "n"));
  }

  @Test
  void columnsAreAddedAndReplaced() {
    Table more = TABLE.with(Column.numbers("m", 1, 2, 3));
    assertEquals(List.of("n", "c", "d", "m"), more.names());
    Table other = TABLE.with(Column.numbers("c", 1, 2, 3));
    assertEquals(List.of("n", "c", "d"), other.names());
    assertEquals(ColumnKind.NUMBER, other.column("c").kind());
    assertEquals(ColumnKind.CATEGORY, TABLE.column("c").kind());
    assertRefused(
        "column \"m\" has 2 rows, expected 3 as in the others",
        () -> TABLE.with(Column.numbers("m", 1, 2)));
    assertEquals(List.of("n", "e", "d"), TABLE.withName("c", "e").names());
    assertEquals(ColumnKind.ID, TABLE.withKind("n", ColumnKind.ID).column("n").kind());
  }

  @Test
  void rowsAreChosen() {
    Table rows = TABLE.rows(2, 0, 0);
    assertEquals(3, rows.rows());
    assertEquals(-1.5, rows.column("n").number(0));
    assertEquals("b", rows.column("c").text(2));
    assertEquals(null, rows.column("c").text(0));
    // Only values that are left, in the order in which they come now.
    assertEquals(List.of("y", "x"), rows.column("d").categories());
    assertEquals(0, TABLE.rows(new int[0]).rows());
    assertThrows(IndexOutOfBoundsException.class, () -> TABLE.rows(3));
    Table filtered = TABLE.filter(row -> row.isMissing("c") || row.number("n") > 0);
    assertEquals(TABLE.rows(0, 2), filtered);
    assertEquals(TABLE.rows(1), TABLE.filter(row -> row.index() == 1));
    assertEquals(TABLE.rows(2), TABLE.filter(row -> "y".equals(row.text("d"))));
    assertThrows(IllegalStateException.class, () -> TABLE.filter(row -> row.number("c") > 0));
  }

  @Test
  void tablesAreEqualIfTheirValuesAre() {
    assertEquals(TABLE, TABLE.rows(0, 1, 2));
    assertEquals(TABLE.hashCode(), TABLE.rows(0, 1, 2).hashCode());
    assertEquals(TABLE.fingerprint(), TABLE.rows(0, 1, 2).fingerprint());
    List<Table> others =
        List.of(
            TABLE.rows(1, 0, 2),
            TABLE.rows(0, 1),
            TABLE.withName("n", "m"),
            TABLE.withKind("c", ColumnKind.TEXT),
            TABLE.select("c", "n", "d"),
            TABLE.with(Column.numbers("n", 3, 0, -1.5)),
            TABLE.with(Column.categories("c", "b", "b", null)));
    for (Table other : others) {
      assertNotEquals(TABLE, other);
      assertNotEquals(TABLE.fingerprint(), other.fingerprint());
    }
    // SHA-256, computed by Python's hashlib, of: the number of rows as 8 bytes, and for the column
    // the lengths and bytes of name and kind, and the bits of its number.
    assertEquals("d1322f083807cce0", Table.of(Column.numbers("a", 1.5)).fingerprint());
  }

  @Test
  void firstRowsAreShown() {
    assertEquals(
        "   n  c  d\\n   3  b  x\\n      a  x\\n-1.5     y\\n".replace("\\n", "\n"),
        TABLE.toString());
    Table long_ = numbered(12, 3);
    assertTrue(long_.toString().endsWith("  9  c0\n(12 rows, 2 columns)\n"), long_.toString());
  }

  @Property
  void partsHaveTheirShares(
      @ForAll @IntRange(min = 3, max = 300) int rows,
      @ForAll long seed,
      @ForAll boolean stratified) {
    double[] shares = {0.64, 0.16, 0.2};
    Table table = numbered(rows, 4);
    List<Table> parts =
        stratified
            ? table.splitStratified("class", new Random(seed), shares)
            : table.split(new Random(seed), shares);
    List<Integer> all = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      int n = parts.get(i).rows();
      assertTrue(
          n >= 1 && Math.abs(n - shares[i] * rows) < (rows < 10 ? 2 : 1 + 1e-9), n + " of " + rows);
      int[] numbers = numbers(parts.get(i));
      assertTrue(IntStream.range(1, n).allMatch(row -> numbers[row - 1] < numbers[row]));
      Arrays.stream(numbers).forEach(all::add);
    }
    assertEquals(IntStream.range(0, rows).boxed().toList(), all.stream().sorted().toList());
    List<Table> again =
        stratified
            ? table.splitStratified("class", new Random(seed), shares)
            : table.split(new Random(seed), shares);
    assertEquals(parts, again);
  }

  private static Map<String, Integer> counts(Table table, String name) {
    Map<String, Integer> counts = new HashMap<>();
    Column column = table.column(name);
    for (int row = 0; row < column.size(); row++) {
      counts.merge(String.valueOf(column.text(row)), 1, Integer::sum);
    }
    return counts;
  }

  @Property
  void stratifiedPartsHaveTheSharesOfEachValue(
      @ForAll @IntRange(min = 10, max = 300) int rows,
      @ForAll @IntRange(min = 2, max = 50) int classes,
      @ForAll long seed) {
    Table table = numbered(rows, classes);
    Map<String, Integer> whole = counts(table, "class");
    List<Table> parts = table.splitStratified("class", new Random(seed), 0.7, 0.3);
    Map<String, Integer> train = counts(parts.getFirst(), "class");
    for (Map.Entry<String, Integer> group : whole.entrySet()) {
      double exact = 0.7 * group.getValue();
      assertTrue(Math.abs(train.getOrDefault(group.getKey(), 0) - exact) <= 1 + 1e-6);
    }
    for (Fold fold : table.foldsStratified("class", 5, new Random(seed))) {
      Map<String, Integer> test = counts(fold.test(), "class");
      for (Map.Entry<String, Integer> group : whole.entrySet()) {
        int n = test.getOrDefault(group.getKey(), 0);
        assertTrue(Math.abs(n - group.getValue() / 5.0) < 1);
      }
    }
  }

  @Test
  void whatTheSharesLeaveIsInNoPart() {
    List<Table> parts = numbered(100, 2).split(new Random(1), 0.5, 0.1);
    assertEquals(50, parts.get(0).rows());
    assertEquals(10, parts.get(1).rows());
    assertNotEquals(
        numbered(100, 2).split(new Random(1), 0.5), numbered(100, 2).split(new Random(2), 0.5));
    assertRefused(
        "shares [0.8, 0.3] are 1.1 together, expected at least one share and at most 1",
        () -> TABLE.split(new Random(1), 0.8, 0.3));
    assertRefused(
        "shares [1.0, 0.0]: expected each to be more than 0",
        () -> TABLE.split(new Random(1), 1, 0));
    assertRefused(
        "3 rows are too few for 4 parts", () -> TABLE.split(new Random(1), 0.25, 0.25, 0.25, 0.25));
    // One row each at least, though the share of the second is none.
    assertEquals(1, TABLE.split(new Random(1), 0.98, 0.01).get(1).rows());
  }

  @Property
  void foldsTestEachRowOnce(
      @ForAll @IntRange(min = 2, max = 60) int rows,
      @ForAll @IntRange(min = 2, max = 10) int k,
      @ForAll long seed) {
    Table table = numbered(rows, 3);
    if (k > rows) {
      assertRefused(
          k + " folds of " + rows + " rows; expected from 2 folds to as many as there are rows",
          () -> table.folds(k, new Random(seed)));
      return;
    }
    List<Fold> folds = table.folds(k, new Random(seed));
    assertEquals(k, folds.size());
    List<Integer> tested = new ArrayList<>();
    for (Fold fold : folds) {
      assertTrue(fold.test().rows() == rows / k || fold.test().rows() == (rows + k - 1) / k);
      List<Integer> both = new ArrayList<>();
      Arrays.stream(numbers(fold.train())).forEach(both::add);
      Arrays.stream(numbers(fold.test())).forEach(both::add);
      Arrays.stream(numbers(fold.test())).forEach(tested::add);
      assertEquals(IntStream.range(0, rows).boxed().toList(), both.stream().sorted().toList());
    }
    assertEquals(IntStream.range(0, rows).boxed().toList(), tested.stream().sorted().toList());
  }

  @Test
  void rowsAreSplitByTheirValues() {
    Map<String, Table> parts = TABLE.splitBy("d");
    assertEquals(List.of("x", "y"), List.copyOf(parts.keySet()));
    assertEquals(TABLE.rows(0, 1).without("d"), parts.get("x"));
    assertEquals(TABLE.rows(2).without("d"), parts.get("y"));
    assertRefused("column \"c\", row 3: the value is missing", () -> TABLE.splitBy("c"));
    assertEquals(List.of("3", "-1.5"), List.copyOf(TABLE.rows(0, 2).splitBy("n").keySet()));
  }
}
