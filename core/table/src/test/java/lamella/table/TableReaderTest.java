package lamella.table;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import lamella.core.io.FileFormatException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TableReaderTest {
  private static final TableReader STANDARD = TableReader.standard();

  @TempDir Path folder;

  private static InputStream stream(String text) {
    return new ByteArrayInputStream(text.getBytes(UTF_8));
  }

  private static Table read(TableReader reader, String text) throws IOException {
    return reader.read("x.csv", stream(text));
  }

  private static Table read(String text) throws IOException {
    return read(STANDARD, text);
  }

  /** Names and rows, a missing value as null. */
  private static List<List<String>> cells(Table table) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(table.names());
    for (int row = 0; row < table.rows(); row++) {
      List<String> cells = new ArrayList<>();
      for (Column column : table.columns()) {
        cells.add(column.text(row));
      }
      rows.add(cells);
    }
    return rows;
  }

  private static List<String> row(String... cells) {
    return Arrays.asList(cells);
  }

  private static void assertCells(String text, List<?>... rows) throws IOException {
    assertEquals(List.of(rows), cells(read(text)), text);
    // The same by streaming.
    try (TableRows streamed = STANDARD.open("x.csv", stream(text))) {
      assertEquals(rows[0], streamed.names());
      for (int i = 1; i < rows.length; i++) {
        assertTrue(streamed.next());
        for (int column = 0; column < rows[i].size(); column++) {
          assertEquals(rows[i].get(column), streamed.field(column));
        }
      }
      assertEquals(false, streamed.next());
    }
  }

  private static void assertRefused(TableReader reader, byte[] file, String message) {
    FileFormatException e =
        assertThrows(
            FileFormatException.class,
            () -> reader.read("x.csv", new ByteArrayInputStream(file)),
            message);
    assertEquals("x.csv: " + message, e.getMessage());
  }

  private static void assertRefused(TableReader reader, String text, String message) {
    assertRefused(reader, text.getBytes(UTF_8), message);
  }

  private static void assertRefused(String text, String message) {
    assertRefused(STANDARD, text, message);
  }

  // Fields and lines: what Python's csv module (strict) gives for the same text.

  @Test
  void fieldsAndLines() throws IOException {
    assertCells("a,b\n1,x\n", row("a", "b"), row("1", "x"));
    assertCells("a,b\n1,x", row("a", "b"), row("1", "x"));
    assertCells("a,b\r\n1,x\r\n2,y\r\n", row("a", "b"), row("1", "x"), row("2", "y"));
    assertCells("a,b\r1,x\r2,y", row("a", "b"), row("1", "x"), row("2", "y"));
    assertCells("a,b\n\n1,x\n\r\n\n2,y\n\n", row("a", "b"), row("1", "x"), row("2", "y"));
    assertCells("a,b\n,\n1,x\n", row("a", "b"), row(null, null), row("1", "x"));
    assertCells("a\n1\n", row("a"), row("1"));
    assertCells("a\nx\n\"\"\ny\n", row("a"), row("x"), row((String) null), row("y"));
  }

  @Test
  void quotes() throws IOException {
    assertCells("a,b\n\"x,y\",\"z\"\n", row("a", "b"), row("x,y", "z"));
    assertCells("\"a\",\"b\"\n\"x\"\"y\",\"\"\"\"\n", row("a", "b"), row("x\"y", "\""));
    assertCells(
        "a,b\n\"x\ny\",\"z\r\nw\"\n1,2\n", row("a", "b"), row("x\ny", "z\r\nw"), row("1", "2"));
    assertCells("a,b\nx\"y,5\" pipe\n", row("a", "b"), row("x\"y", "5\" pipe"));
    assertCells("\"a\nb\",c\nx,y\n", row("a\nb", "c"), row("x", "y"));
  }

  @Test
  void blanksOfTextsStayAndThoseOfNamesAndNumbersDoNot() throws IOException {
    assertCells("a , b\n x,WD \n 1.50 ,y\n", row("a", "b"), row(" x", "WD "), row(" 1.50 ", "y"));
    Table table = read("a,b\n 1.50 ,x\n2,y\n");
    assertEquals(ColumnKind.NUMBER, table.column("a").kind());
    assertEquals(1.5, table.column("a").number(0));
  }

  @Test
  void separatorsAreFoundOut() throws IOException {
    for (char separator : new char[] {',', ';', '\t', '|'}) {
      String text = "a,b,c\n1,x,\"p,q;r\"\n2,y,\"s|t\tu\"\n".replace(',', separator);
      List<List<String>> expected =
          List.of(
              row("a", "b", "c"),
              row("1", "x", "p,q;r".replace(',', separator)),
              row("2", "y", "s|t\tu"));
      assertEquals(expected, cells(read(text)), text);
    }
    assertEquals(
        List.of(row("a", "b"), row("1.5", "x"), row("2.5", "y")),
        cells(read("a;b\n1,5;x\n2,5;y\n")));
    assertCells("a,b\n1;2,x|y\n", row("a", "b"), row("1;2", "x|y"));
    assertCells("size|cm,b\n1,x\n2,y\n", row("size|cm", "b"), row("1", "x"), row("2", "y"));
    assertCells("\"a;b\",c\nx,y\n", row("a;b", "c"), row("x", "y"));
    assertCells(
        "a,b\n5\" pipe,1\n6\" pipe,2\n", row("a", "b"), row("5\" pipe", "1"), row("6\" pipe", "2"));
    assertCells("sep=|\na|b\n1|x,y\n", row("a", "b"), row("1", "x,y"));
    assertEquals(List.of("a b", "c"), read(STANDARD.withSeparator(':'), "a b:c\n1:2\n").names());
    assertThrows(IllegalArgumentException.class, () -> STANDARD.withSeparator('"'));
    assertThrows(IllegalArgumentException.class, () -> STANDARD.withSeparator('a'));
  }

  // Character sets and packing.

  @Test
  void byteOrderMarksSayTheCharacterSet() throws IOException {
    String text = "a,b\n1,\u00e9\u20ac\n";
    for (byte[] file :
        List.of(
            text.getBytes(UTF_8),
            ("\ufeff" + text).getBytes(UTF_8),
            ("\ufeff" + text).getBytes(UTF_16LE),
            ("\ufeff" + text).getBytes(UTF_16BE))) {
      Table table = STANDARD.read("x", new ByteArrayInputStream(file));
      assertEquals(List.of(row("a", "b"), row("1", "\u00e9\u20ac")), cells(table));
    }
    Table western =
        STANDARD
            .withCharset(ISO_8859_1)
            .read("x", new ByteArrayInputStream("a\n\u00e9\n".getBytes(ISO_8859_1)));
    assertEquals("\u00e9", western.column("a").text(0));
  }

  @Test
  void otherCharacterSetsAreRefusedByTheirLine() {
    assertRefused(
        STANDARD,
        "a,b\n1,x\n2,\u00e9t\n".getBytes(ISO_8859_1),
        "line 3 is not UTF-8: 0xe9 (\"\u00e9\" in windows-1252); say which character set it is, for"
            + " example windows-1252 (withCharset)");
    ByteArrayOutputStream mixed = new ByteArrayOutputStream();
    mixed.writeBytes("a,b\r\n1,\u00e9\r\n".getBytes(UTF_8));
    mixed.writeBytes("2,\u00fc\r\n".getBytes(ISO_8859_1));
    assertRefused(
        STANDARD,
        mixed.toByteArray(),
        "line 3 is not UTF-8: 0xfc (\"\u00fc\" in windows-1252); but line 2 has letters in UTF-8: the"
            + " file mixes character sets and must be mended");
    assertRefused(
        STANDARD.withCharset(Charset.forName("US-ASCII")),
        "a\n\u00e9\n",
        "line 2 is not US-ASCII: 0xc3; say another character set: withCharset");
    assertRefused(
        STANDARD,
        "a,b\n1,2\n".getBytes(UTF_16LE),
        "line 1 has a character 0, which no text has; is the file binary, or is it UTF-16 without a"
            + " byte order mark (withCharset)?");
  }

  private static byte[] zipped(byte[] bytes) throws IOException {
    ByteArrayOutputStream zipped = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(zipped)) {
      out.write(bytes);
    }
    return zipped.toByteArray();
  }

  @Test
  void gzipIsUnpackedWhateverItsName() throws IOException {
    byte[] file = zipped("\ufeffa,b\n1,x\n".getBytes(UTF_8));
    Path path = Files.write(folder.resolve("x.csv"), file);
    assertEquals(List.of(row("a", "b"), row("1", "x")), cells(Table.read(path)));
    assertRefused(
        STANDARD,
        Arrays.copyOf(file, file.length - 9),
        "the gzip file is damaged or cut off: Unexpected end of ZLIB input stream");
    assertRefused(STANDARD, Arrays.copyOf(file, 5), "the gzip file is damaged or cut off");
  }

  // Missing values and numbers.

  @Test
  void someWordsAreMissingAndOthersAreCategories() throws IOException {
    Table table =
        read(
            "a,b\n1,None\n,none\nNA,unknown\nN/A,n/a\nnull,-\nNaN,NULL\n?,Na\n\"\",\"  \"\n2,\"NA\"\n");
    Column a = table.column("a");
    assertEquals(ColumnKind.NUMBER, a.kind());
    assertEquals(7, a.missing());
    assertEquals(List.of("None", "none", "unknown", "-", "Na"), table.column("b").categories());
    Table other = read(STANDARD.withMissing("-", "unknown"), "a,b\n-,NA\nunknown,\n3,?\n");
    assertEquals(2, other.column("a").missing());
    assertEquals(List.of("NA", "?"), other.column("b").categories());
    assertEquals(
        List.of("NA"), read(STANDARD.withMissing(), "a\nNA\n\"\"\n").column("a").categories());
  }

  @Test
  void infinityIsRefusedInColumnsOfNumbersOnly() throws IOException {
    String message =
        ": expected a finite number, got %s; if it stands for a missing value say so (withMissing)";
    assertRefused(
        "a,b\n1,x\n\"inf\",y\n", "line 3 (row 2), column \"a\"" + message.formatted("\"inf\""));
    assertRefused(
        "a,b\n-Infinity,x\n2.5,y\n",
        "line 2 (row 1), column \"a\"" + message.formatted("\"-Infinity\""));
    assertRefused("a\n1\n1e999\n", "line 3 (row 2), column \"a\"" + message.formatted("\"1e999\""));
    String late = "a\n" + "1\n".repeat(5000) + "Inf\n";
    assertRefused(late, "line 5002 (row 5001), column \"a\"" + message.formatted("\"Inf\""));
    assertEquals(1, read(STANDARD.withMissing("inf"), "a\n1\ninf\n").column("a").missing());
    assertEquals(List.of("Inf", "Sup"), read("a\nInf\nSup\n").column("a").categories());
    // Also if the text comes after many numbers.
    Column text = read(late + "Sup\n").column("a");
    assertEquals(List.of("1", "Inf", "Sup"), text.categories());
  }

  @Test
  void decimalCommasAreFoundOutWhereTheyAreSure() throws IOException {
    Table table = read("a;b;c;d\n1,5;1.234;1,234;12\n2,25;5.678;5,678;1.000\n1.234,5;9.123;7;3\n");
    assertEquals(
        List.of(
            row("a", "b", "c", "d"),
            row("1.5", "1234", "1.234", "12"),
            row("2.25", "5678", "5.678", "1000"),
            row("1234.5", "9123", "7", "3")),
        cells(table));
    table.columns().forEach(column -> assertEquals(ColumnKind.NUMBER, column.kind()));
    table = read("a,b,c\n\"1,234\",1.25,\"1,234.5\"\n\"5,678\",3,2\n");
    assertEquals(
        List.of(row("a", "b", "c"), row("1234", "1.25", "1234.5"), row("5678", "3", "2")),
        cells(table));
    assertEquals(1.234, read("a;b\n1.234;1,5\n1.5;2,5\n").column("a").number(0));
  }

  @Test
  void commasThatMayBeEitherLeaveTextsAndAHint() throws IOException {
    String text = "a;b\n1,234;x\n5,678;y\n";
    Table table = read(text);
    assertEquals(ColumnKind.CATEGORY, table.column("a").kind());
    assertEquals(
        "numbers? say whether the comma in \"1,234\" is decimal (withDecimalComma) or between"
            + " thousands (withDecimalPoint)",
        table.summary().lines().getFirst().hint());
    assertEquals(1.234, read(STANDARD.withDecimalComma(), text).column("a").number(0));
    assertEquals(1234, read(STANDARD.withDecimalPoint(), text).column("a").number(0));
    assertRefused(
        STANDARD.withKind("a", ColumnKind.NUMBER),
        text,
        "line 2 (row 1), column \"a\": expected a finite number such as 12.5, got \"1,234\"; is the"
            + " comma decimal (withDecimalComma) or between thousands (withDecimalPoint)?");
  }

  /** What the first rows say of a column may be wrong: texts after thousands of numbers. */
  @Test
  void allRowsDecideWhatAColumnIs() throws IOException {
    String many = "007\n1.50\n".repeat(3000);
    Column text = read("a\n" + many + "x\n").column("a");
    assertEquals(List.of("007", "1.50", "x"), text.categories());
    assertEquals(ColumnKind.CATEGORY, text.kind());
    Column comma = read("a;b\n" + "1;2\n".repeat(3000) + "1,5;2\n").column("a");
    assertEquals(1.5, comma.number(3000));
    assertEquals(ColumnKind.NUMBER, comma.kind());
    Column thousands = read("a;b\n" + "1.234;2\n".repeat(3000) + "1.234;2,5\n").column("a");
    assertEquals(1234, thousands.number(0));
    Column late = read("a,b\n" + ",1\n".repeat(3000) + "x,1\n").column("a");
    assertEquals(List.of("x"), late.categories());
    assertEquals(3000, late.missing());
    Column other = read("a,b\n" + "x,1\n".repeat(3000) + "1.5,1\n").column("a");
    assertEquals(List.of("x", "1.5"), other.categories());
  }

  // Kinds.

  private static ColumnKind kind(String name, List<String> values) throws IOException {
    return read(name + ",other\n" + String.join(",x\n", values) + ",y\n")
        .columns()
        .getFirst()
        .kind();
  }

  private static List<String> values(int n, java.util.function.IntFunction<String> value) {
    return java.util.stream.IntStream.range(0, n).mapToObj(value).toList();
  }

  @Test
  void kindsOfNumbers() throws IOException {
    assertEquals(ColumnKind.NUMBER, kind("a", List.of("0", "1", "1", "0")));
    assertEquals(ColumnKind.NUMBER, kind("a", List.of("1")));
    assertEquals(ColumnKind.CONSTANT, kind("a", List.of("1", "1")));
    assertEquals(ColumnKind.NUMBER, kind("a", List.of("1", "")));
    assertEquals(ColumnKind.CONSTANT, kind("a", List.of("", "NA")));
    // Measurements are no ids though all differ.
    assertEquals(ColumnKind.NUMBER, kind("id", values(200, i -> i + ".5")));
    assertEquals(ColumnKind.NUMBER, kind("x", values(200, i -> "" + i * i)));
    assertEquals(ColumnKind.NUMBER, kind("x", values(99, i -> "" + i)));
    assertEquals(ColumnKind.NUMBER, kind("year", values(200, i -> "" + (1800 + i))));
    assertEquals(ColumnKind.ID, kind("x", values(100, i -> "" + i)));
    assertEquals(ColumnKind.ID, kind("x", values(100, i -> "" + (i + 1))));
    assertEquals(ColumnKind.NUMBER, kind("x", values(100, i -> i == 50 ? "" : "" + i)));
    for (String name :
        List.of("id", "ID", "customer_id", "PassengerId", "", "user id", "Row Number")) {
      assertEquals(ColumnKind.ID, kind(name, values(20, i -> "" + (i * 7919 % 1000))), name);
      assertEquals(ColumnKind.NUMBER, kind(name, values(19, i -> "" + (i * 7919 % 1000))), name);
      assertEquals(ColumnKind.NUMBER, kind(name, values(40, i -> "" + i % 20)), name);
    }
    for (String name : List.of("humid", "paid", "grid", "HUMID", "identity")) {
      assertEquals(ColumnKind.NUMBER, kind(name, values(20, i -> "" + (i * 7919 % 1000))), name);
    }
  }

  @Test
  void kindsOfTexts() throws IOException {
    assertEquals(ColumnKind.CATEGORY, kind("a", List.of("yes", "no")));
    assertEquals(ColumnKind.CONSTANT, kind("a", List.of("yes", "yes")));
    assertEquals(ColumnKind.CATEGORY, kind("a", List.of("yes", "")));
    assertEquals(ColumnKind.CATEGORY, kind("a", values(19, i -> "v" + i)));
    assertEquals(ColumnKind.ID, kind("a", values(20, i -> "v" + i)));
    assertEquals(ColumnKind.TEXT, kind("a", values(20, i -> "value " + i)));
    assertEquals(ColumnKind.TEXT, kind("a", values(20, i -> "v".repeat(40) + i)));
    assertEquals(ColumnKind.TEXT, kind("a", values(30, i -> i == 0 ? "" : "v" + i)));
    assertEquals(ColumnKind.CATEGORY, kind("a", values(100, i -> "v" + i % 90)));
    assertEquals(ColumnKind.TEXT, kind("a", values(100, i -> "v" + i % 91)));
    assertEquals(ColumnKind.DATE, kind("a", List.of("2024-01-02", "2024-01-03", "")));
    assertEquals(ColumnKind.DATE, kind("a", values(100, i -> "0" + i % 9 + ":30")));
    assertEquals(ColumnKind.CATEGORY, kind("a", List.of("2024-01-02", "soon")));
  }

  @Test
  void tenThousandCategoriesAreCategories() throws IOException {
    Column column =
        read("a,b\n" + String.join(",1\n", values(20_000, i -> "c" + i % 10_000)) + ",2\n")
            .column("a");
    assertEquals(ColumnKind.CATEGORY, column.kind());
    assertEquals(10_000, column.categories().size());
    assertEquals(9_999, column.category(19_999));
  }

  @Test
  void kindsCanBeSaid() throws IOException {
    TableReader reader = STANDARD.withKind("zip", ColumnKind.CATEGORY).withKind("n", ColumnKind.ID);
    Table table = read(reader, "zip,n\n01234,1\n1234,2\n");
    assertEquals(List.of("01234", "1234"), table.column("zip").categories());
    assertEquals(ColumnKind.ID, table.column("n").kind());
    assertEquals(2, table.column("n").number(1));
    assertRefused(
        STANDARD.withKind("a", ColumnKind.NUMBER),
        "a,b\n1,x\n\n12 kg,y\n",
        "line 4 (row 2), column \"a\": expected a finite number such as 12.5, got \"12 kg\"");
    String late = "a\n" + "1\n".repeat(3000) + "x\n";
    assertRefused(
        STANDARD.withKind("a", ColumnKind.NUMBER),
        late,
        "line 3002 (row 3001), column \"a\": expected a finite number such as 12.5, got \"x\"");
    assertRefused(
        STANDARD.withKind("A", ColumnKind.NUMBER), "a,b\n1,2\n", "no column \"A\"; there is \"a\"");
    assertRefused(
        STANDARD.withKind("z", ColumnKind.NUMBER),
        "a,b\n1,2\n",
        "no column \"z\"; there are \"a\", \"b\"");
  }

  // Faults.

  @Test
  void raggedRowsAreRefused() {
    assertRefused(
        "a,b,c\n1,2,3\n\n4,5\n",
        "line 4 (row 2) has 2 fields, expected 3 as the line of names; the last is \"5\"; empty fields"
            + " need their separators, too");
    assertRefused(
        "a,b\n1,\"x\ny\"\n1,2,3\n",
        "line 4 (row 2) has 3 fields, expected 2 as the line of names; the first too many is \"3\";"
            + " fields with separators in them must be quoted");
    assertRefused(
        STANDARD.withoutHeader(),
        "1,2\n3\n",
        "line 2 (row 2) has 1 field, expected 2 as the first row; the last is \"3\"; empty fields need"
            + " their separators, too");
  }

  @Test
  void namesMustDiffer() throws IOException {
    assertRefused(
        "a,b,a \n1,2,3\n",
        "columns 1 and 3 have the same name \"a\"; rename one, or say that the file has no line of"
            + " names (withoutHeader)");
    assertRefused(
        "c2,\n1,2\n",
        "columns 1 and 2 have the same name \"c2\"; rename one, or say that the file has no line of"
            + " names (withoutHeader)");
    assertEquals(List.of("c1", "b"), read(",b\n1,2\n").names());
    assertEquals(List.of("c1", "c2"), read(STANDARD.withoutHeader(), "1,2\n3,4\n").names());
    assertEquals(2, read(STANDARD.withoutHeader(), "1,2\n3,4\n").rows());
  }

  @Test
  void filesWithoutRowsAreRefused() throws IOException {
    assertRefused("", "the file is empty; expected a table's rows");
    assertRefused("\n\r\n\n", "the file has no lines but empty ones; expected rows");
    assertRefused(
        "a,b\n\n", "there is no row after the names; if the first line is a row: withoutHeader");
    assertEquals(1, read(STANDARD.withoutHeader(), "1,2\n").rows());
    // But there may be no row to predict.
    try (TableRows rows = STANDARD.open("x.csv", stream("a,b\n"))) {
      assertEquals(List.of("a", "b"), rows.names());
      assertEquals(false, rows.next());
    }
    assertThrows(NoSuchFileException.class, () -> Table.read(folder.resolve("none.csv")));
    assertThrows(IOException.class, () -> Table.read(folder));
  }

  @Test
  void quotesMustBeClosed() {
    assertRefused(
        "a,b\n1,2\n3,\"x\n4,5\n6,7\n",
        "in the row that begins in line 3 the quotation mark of field 2 is not closed");
    assertRefused(
        "a,b\n1,2\n\"x\"y,5\n",
        "in the row that begins in line 3 field 1: Unexpected character after closing quote: 'y'"
            + " (0x79); quotation marks within quotes are written twice");
  }

  @Test
  void longFieldsAndRowsAreRefusedInLittleMemory() {
    String problem =
        "in the row that begins in line 2 field 2 is longer than 1048576 characters; is a quotation"
            + " mark not closed, or is it no table?";
    for (String start : List.of("a,b\n1,", "a,b\n1,\"")) {
      FileFormatException e =
          assertThrows(
              FileFormatException.class,
              () -> STANDARD.open("x.csv", new Endless(start, "x")).next());
      assertEquals("x.csv: " + problem, e.getMessage());
    }
    FileFormatException e =
        assertThrows(
            FileFormatException.class, () -> STANDARD.open("x.csv", new Endless("a", ",1")));
    assertEquals(
        "x.csv: line 1 is longer than 16777216 characters or 1048576 fields; is it no table?",
        e.getMessage());
    FileFormatException late =
        assertThrows(
            FileFormatException.class,
            () -> STANDARD.open("x.csv", new Endless("a,b\n", "1,")).next());
    assertEquals(
        "x.csv: line 2 (row 1) is longer than 16777216 characters or 1048576 fields; is it no table?",
        late.getMessage());
  }

  /** A line of 200 MB that is nowhere in memory. */
  private static final class Endless extends InputStream {
    private static final int SIZE = 200_000_000;
    private final byte[] start;
    private final byte[] more;
    private int at;

    Endless(String start, String more) {
      this.start = start.getBytes(UTF_8);
      this.more = more.getBytes(UTF_8);
    }

    @Override
    public int read() {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0];
    }

    @Override
    public int read(byte[] to, int offset, int length) {
      int n = Math.min(length, SIZE - at);
      for (int i = 0; i < n; i++, at++) {
        to[offset + i] = at < start.length ? start[at] : more[(at - start.length) % more.length];
      }
      return n == 0 ? -1 : n;
    }
  }

  @Test
  void otherFilesAreNamed() {
    String expected = "expected a table's rows as text, found ";
    assertRefused("PAR1...", expected + "a Parquet file; write its rows as CSV");
    assertRefused(
        "PK\3\4" + "\0".repeat(26) + "[Content_Types].xml",
        expected + "an Excel workbook (.xlsx)?; save the sheet as CSV");
    assertRefused("PK\3\4" + "\0".repeat(26) + "x.csv", expected + "a zip file; unpack it first");
    assertRefused(
        STANDARD, new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n'}, expected + "a PNG image");
    assertRefused("[{\"a\": 1}]", expected + "JSON text; write its rows as CSV");
    assertRefused(
        "<!DOCTYPE html>",
        expected + "a web page (HTML); the address it came from is not the file's");
    assertRefused(
        "a,b\n1,\0\n",
        "line 2 has a character 0, which no text has; is the file binary, or is it UTF-16 without a"
            + " byte order mark (withCharset)?");
  }

  @Test
  void aHundredThousandColumnsAreRead() throws IOException {
    String text =
        String.join(",", values(100_000, i -> "n" + i))
            + "\n"
            + ("1" + ",x".repeat(99_999) + "\n").repeat(3);
    Table table = read(text);
    assertEquals(100_000, table.columns().size());
    assertEquals("x", table.column("n99999").text(2));
  }

  // ARFF.

  private static final String ARFF =
      """
      % A comment.
      @RELATION 'some cars'

      @attribute length numeric
      @attribute 'the colour' {red, 'light blue', "?"}
      @ATTRIBUTE same {x, y}
      @attribute day date "yyyy-MM-dd"
      @attribute note string
      @data
      1.5, red, x, 2024-02-29, 'it\\'s'
      % Another.
      ?,'light blue',x,?,"a, b"
      -2e3 , ?,x ,2024-03-01, ?
      """;

  @Test
  void arffIsReadWithItsKinds() throws IOException {
    Table table = read(ARFF);
    assertEquals(
        List.of(
            row("length", "the colour", "same", "day", "note"),
            row("1.5", "red", "x", "2024-02-29", "it's"),
            row(null, "light blue", "x", null, "a, b"),
            row("-2000", null, "x", "2024-03-01", null)),
        cells(table));
    assertEquals(
        List.of(
            ColumnKind.NUMBER,
            ColumnKind.CATEGORY,
            ColumnKind.CONSTANT,
            ColumnKind.DATE,
            ColumnKind.CATEGORY),
        table.columns().stream().map(Column::kind).toList());
    // Numbers that are declared as categories, and words that are missing in CSV.
    Table coded = read("@relation r\n@attribute a {1,2,NA}\n@data\n1\n2\nNA\n");
    assertEquals(List.of("1", "2", "NA"), coded.column("a").categories());
  }

  @Test
  void faultsInArffAreRefusedByTheirLine() {
    String head = "@relation r\n@attribute a numeric\n@attribute b string\n";
    assertRefused(
        head + "@data\n1,x\nz,y\n",
        "line 6 (row 2), column \"a\": expected a finite number such as 12.5, got \"z\"");
    assertRefused(
        head + "@data\n{0 1, 1 x}\n",
        "line 5: a sparse row, in {}; write the rows with all their values");
    assertRefused(head + "1,x\n", "line 4: expected @relation, @attribute or @data, found \"1,x\"");
    assertRefused(head, "the file ends before @data");
    assertRefused("@relation r\n@data\n1\n", "line 2: @data comes before the first @attribute");
    assertRefused(head + "@data\n1,'x\n", "line 5: the quotation mark ' is not closed");
    assertRefused(
        head + "@data\n1,'x' y\n", "line 5: value 2: expected a comma after it, found \"y\"");
    assertRefused(
        head + "@data\n1\n",
        "line 5 (row 1) has 1 field, expected 2 as the line of names; the last is \"1\"; empty fields"
            + " need their separators, too");
    assertRefused(
        "@relation r\n@attribute a relational\n",
        "line 2: attribute \"a\" is of type \"relational\"; expected numeric, real, integer, string,"
            + " date or {values}");
    assertRefused(
        "@relation r\n@attribute a real\n@attribute a real\n@data\n1,2\n",
        "columns 1 and 2 have the same name \"a\"; rename one, or say that the file has no line of"
            + " names (withoutHeader)");
  }
}
