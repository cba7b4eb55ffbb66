package lamella.table;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import lamella.contract.Allocation;
import lamella.core.io.FileFormatException;
import org.junit.jupiter.api.Test;

class TableRowsTest {
  private static TableRows open(TableReader reader, String text) throws IOException {
    return reader.open("x.csv", new ByteArrayInputStream(text.getBytes(UTF_8)));
  }

  private static TableRows open(String text) throws IOException {
    return open(TableReader.standard(), text);
  }

  @Test
  void rowsComeOneAfterTheOther() throws IOException {
    try (TableRows rows = open("name,age\nAnn,35\n\n\"B\nob\",NA\n,4.5\n")) {
      assertEquals(List.of("name", "age"), rows.names());
      assertEquals(1, rows.column("age"));
      assertThrows(IllegalStateException.class, () -> rows.field(0));
      assertTrue(rows.next());
      assertEquals("Ann", rows.field(0));
      assertEquals("35", rows.field(1));
      assertEquals(35, rows.number(1));
      assertEquals(1, rows.row());
      assertEquals(2, rows.line());
      assertThrows(IndexOutOfBoundsException.class, () -> rows.field(2));
      assertTrue(rows.next());
      assertEquals("B\nob", rows.field(0));
      assertEquals(null, rows.field(1));
      assertEquals(Double.NaN, rows.number(1));
      assertTrue(rows.isMissing(1));
      assertEquals(2, rows.row());
      assertEquals(4, rows.line());
      assertEquals("x.csv: line 4 (row 2), column \"age\"", rows.where(1));
      assertTrue(rows.next());
      assertEquals(4.5, rows.number(1));
      assertEquals(6, rows.line());
      assertEquals(false, rows.next());
      assertThrows(IllegalStateException.class, () -> rows.number(1));
      assertEquals(
          "x.csv: no column \"Age\"; there is \"age\"",
          assertThrows(IllegalArgumentException.class, () -> rows.column("Age")).getMessage());
    }
  }

  @Test
  void rowsWithoutNamesBeginWithTheFirst() throws IOException {
    try (TableRows rows = open(TableReader.standard().withoutHeader(), "1,2\n3,4\n")) {
      assertEquals(List.of("c1", "c2"), rows.names());
      assertTrue(rows.next());
      assertEquals(1, rows.number(0));
      assertEquals(1, rows.row());
      assertEquals(1, rows.line());
      assertTrue(rows.next());
      assertEquals(4, rows.number(1));
      assertEquals(false, rows.next());
    }
  }

  @Test
  void textsAreFoundAmongOthersWithoutStrings() throws IOException {
    Dictionary texts = Dictionary.of(List.of("red", "blue", ""));
    try (TableRows rows = open("a,b\nblue,1\nred,1\ngreen,1\n,1\n")) {
      int[] expected = {1, 0, -2, -1};
      for (int code : expected) {
        rows.next();
        assertEquals(code, rows.category(0, texts));
      }
    }
  }

  @Test
  void whatIsNoNumberIsRefusedWhereItIs() throws IOException {
    try (TableRows rows = open("a,b\n1.5,x\n,y\ninf,y\n\"1,5\",z\n")) {
      rows.next();
      assertEquals(
          "x.csv: line 2 (row 1), column \"b\": expected a finite number such as 12.5, got \"x\"",
          assertThrows(FileFormatException.class, () -> rows.number(1)).getMessage());
      rows.next();
      rows.next();
      assertEquals(
          "x.csv: line 4 (row 3), column \"a\": expected a finite number such as 12.5, got \"inf\"",
          assertThrows(FileFormatException.class, () -> rows.number(0)).getMessage());
      rows.next();
      assertEquals(
          "x.csv: line 5 (row 4), column \"a\": expected a finite number such as 12.5, got \"1,5\";"
              + " is the comma decimal (withDecimalComma)?",
          assertThrows(FileFormatException.class, () -> rows.number(0)).getMessage());
    }
  }

  @Test
  void theFirstRowsSayHowNumbersAreWritten() throws IOException {
    try (TableRows rows = open("a;b;c\n1,5;1.234;7\n2,5;5.678;8\n" + "3;1;1,5\n".repeat(20_000))) {
      rows.next();
      assertEquals(1.5, rows.number(0));
      assertEquals(1234, rows.number(1));
      assertEquals(7, rows.number(2));
      while (rows.next()) {
        assertTrue(Double.isFinite(rows.number(0) + rows.number(2)));
      }
    }
    try (TableRows rows = open(TableReader.standard().withDecimalComma(), "a\n1\n1.234\n")) {
      rows.next();
      rows.next();
      assertEquals(1234, rows.number(0));
    }
    // Nothing is taken from the texts of a column that the caller says has categories.
    TableReader kinds = TableReader.standard().withKind("a", ColumnKind.CATEGORY);
    try (TableRows rows = open(kinds, "a;b\n1,5;1.234\n2,5;5.678\n")) {
      rows.next();
      assertEquals(1.234, rows.number(1));
    }
    // A row that is cut off in the sample, and a fault behind it, do no harm.
    try (TableRows rows = open("a;b\n1,5;x\n2;\"" + "y\n".repeat(30_000) + "\"\n3\n")) {
      rows.next();
      assertEquals(1.5, rows.number(0));
      rows.next();
      assertThrows(FileFormatException.class, rows::next);
    }
  }

  @Test
  void readingNumbersAllocatesNothing() throws IOException {
    byte[] names = "a,b,c,d,e\n".getBytes(UTF_8);
    byte[] line = "1.5,-0.12345678901234567,17,,some text\n".getBytes(UTF_8);
    InputStream endless =
        new InputStream() {
          private long at;

          @Override
          public int read() {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0];
          }

          @Override
          public int read(byte[] to, int offset, int length) {
            for (int i = 0; i < length; i++, at++) {
              to[offset + i] =
                  at < names.length
                      ? names[(int) at]
                      : line[(int) ((at - names.length) % line.length)];
            }
            return length;
          }
        };
    try (TableRows rows = TableReader.standard().open("x.csv", endless)) {
      Dictionary texts = Dictionary.of(List.of("some text"));
      double[] sum = new double[1];
      long bytes =
          Allocation.perStep(() -> {
            try {
              for (int i = 0; i < 100; i++) {
                assertTrue(rows.next());
                for (int column = 0; column < 4; column++) {
                  sum[0] += rows.number(column);
                }
                sum[0] += rows.category(4, texts);
              }
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
      assertEquals(0, bytes);
    }
  }
}
