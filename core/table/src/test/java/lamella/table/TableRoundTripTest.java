package lamella.table;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is written is read again: the same values, by reading as by streaming. */
class TableRoundTripTest {
  private static Path file = Path.of("");

  @TempDir Path folder;

  @BeforeContainer
  static void makeFile() throws IOException {
    file = Files.createTempFile("table", ".csv");
  }

  @AfterContainer
  static void deleteFile() throws IOException {
    Files.deleteIfExists(file);
  }

  private static Arbitrary<String> nastyTexts() {
    return Arbitraries.strings()
        .withChars("ab,;|\t\"'\n\r #%=\\\u00e9\u20ac\u00a0\ufeff?-0123456789.e")
        .ofMaxLength(6)
        .injectNull(0.1);
  }

  private static Arbitrary<Double> numbers() {
    return Arbitraries.oneOf(
        Arbitraries.integers().map(i -> (double) i),
        Arbitraries.integers().between(-99, 99).map(i -> i / 10.0),
        Arbitraries.longs().map(Double::longBitsToDouble).filter(Double::isFinite),
        Arbitraries.just(Double.NaN));
  }

  @Provide
  Arbitrary<Table> tables() {
    return Combinators.combine(
            Arbitraries.integers().between(1, 12),
            nastyTexts().array(String[].class).ofSize(48),
            numbers().array(double[].class).ofSize(24),
            Arbitraries.integers().between(1, 6))
        .as(TableRoundTripTest::table);
  }

  /** Columns in turn of texts and of numbers. */
  private static Table table(int rows, String[] texts, double[] numbers, int columns) {
    List<Column> made = new ArrayList<>();
    for (int i = 0; i < columns; i++) {
      String name = "a," + i;
      if (i % 3 == 2) {
        double[] values = new double[rows];
        for (int row = 0; row < rows; row++) {
          values[row] = numbers[(i * rows + row) % numbers.length];
        }
        made.add(Column.numbers(name, values));
      } else {
        String[] values = new String[rows];
        for (int row = 0; row < rows; row++) {
          values[row] = texts[(i * rows + row) % texts.length];
        }
        made.add(Column.categories(name, values));
      }
    }
    return Table.of(made);
  }

  private static TableReader reader(Table table) {
    TableReader reader = TableReader.standard().withMissing().withSeparator(',');
    for (Column column : table.columns()) {
      reader = reader.withKind(column.name(), column.kind());
    }
    return reader;
  }

  @Property(tries = 500)
  void whatIsWrittenIsRead(@ForAll("tables") Table table) throws IOException {
    table.write(file);
    assertEquals(table, reader(table).read(file));
    try (TableRows rows = reader(table).open(file)) {
      assertEquals(table.names(), rows.names());
      for (int row = 0; row < table.rows(); row++) {
        rows.next();
        for (int i = 0; i < table.columns().size(); i++) {
          Column column = table.columns().get(i);
          assertEquals(column.text(row), rows.field(i));
          if (column.isNumeric()) {
            assertEquals(
                Double.doubleToLongBits(column.number(row)),
                Double.doubleToLongBits(rows.number(i)));
          }
        }
      }
      assertEquals(false, rows.next());
    }
  }

  /** By all line ends, separators, quotes and character sets that are understood. */
  @Property(tries = 500)
  void otherFormsAreReadAsWell(
      @ForAll("tables") Table table,
      @ForAll("separators") char separator,
      @ForAll("ends") String end,
      @ForAll boolean allQuoted,
      @ForAll boolean mark)
      throws IOException {
    StringBuilder text = new StringBuilder(mark ? "\ufeff" : "");
    for (int row = -1; row < table.rows(); row++) {
      for (int i = 0; i < table.columns().size(); i++) {
        Column column = table.columns().get(i);
        String field = row < 0 ? column.name() : column.text(row);
        String plain = field == null ? "" : field;
        boolean needed =
            plain.indexOf(separator) >= 0
                || plain.contains("\"")
                || plain.contains("\n")
                || plain.contains("\r")
                || table.columns().size() == 1
                // A mark would be taken as that of the file.
                || plain.startsWith("\ufeff");
        text.append(i == 0 ? "" : separator);
        text.append(needed || allQuoted ? '"' + plain.replace("\"", "\"\"") + '"' : plain);
      }
      text.append(end);
    }
    byte[] bytes = text.toString().getBytes(UTF_8);
    Table read = reader(table).withSeparator(separator).read("x", new ByteArrayInputStream(bytes));
    assertEquals(table, read);
  }

  @Provide
  Arbitrary<Character> separators() {
    return Arbitraries.of(',', ';', '\t', '|');
  }

  @Provide
  Arbitrary<String> ends() {
    return Arbitraries.of("\n", "\r\n", "\r", "\n\n");
  }

  @Test
  void kindsAreGuessedAgain() throws IOException {
    Table table =
        Table.of(
            Column.numbers("n", 1.5, Double.NaN, 3),
            Column.categories("c", "x", "NA", null),
            Column.categories("d", "x", "y", "x"));
    Path path = folder.resolve("x.csv");
    table.write(path);
    assertEquals("n,c,d\n1.5,x,x\n,NA,y\n3,,x\n", Files.readString(path));
    assertEquals(table, TableReader.standard().withMissing().read(path));
    assertEquals(2, Table.read(path).column("c").missing());
    Table one = Table.of(Column.categories("c", "x", null, "y"));
    one.write(path);
    assertEquals("c\nx\n\"\"\ny\n", Files.readString(path));
    assertEquals(one, Table.read(path));
  }

  @Test
  void whatIsNoTextIsNotWritten() {
    Table table = Table.of(Column.categories("c", "\ud800"));
    assertThrows(CharacterCodingException.class, () -> table.write(folder.resolve("x.csv")));
  }
}
