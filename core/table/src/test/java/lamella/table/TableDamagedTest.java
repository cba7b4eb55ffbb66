package lamella.table;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import lamella.contract.FileChecks;
import lamella.core.io.FileFormatException;
import org.junit.jupiter.api.Test;

/**
 * Damaged files: each is refused by a clear error, or it is read; in bounded time and memory.
 * {@code -Dlamella.contract.files=1000000} tries that many.
 */
class TableDamagedTest {
  private static final String NAME = "x.csv";

  /** Buffers that every reading takes, whatever the size of the file. */
  private static final long BUFFERS = 2_000_000;

  private static List<byte[]> files() throws IOException {
    StringBuilder plain = new StringBuilder("id,size,colour,note,day\n");
    StringBuilder quoted = new StringBuilder("\ufeff\"id\";\"gr\u00f6\u00dfe\";\"text\"\r\n");
    StringBuilder arff =
        new StringBuilder("@relation r\n@attribute a numeric\n@attribute 'b c' {x,'y z'}\n@data\n");
    for (int i = 0; i < 30; i++) {
      plain.append(i + "," + i / 7.0 + "," + (i % 3 == 0 ? "red" : "blue"));
      plain.append(",\"a, \"\"quoted\"\"\nnote " + i + "\",2024-01-" + (10 + i % 20) + "\n");
      quoted.append(i + ";\"1." + (100 + i) + "," + i + "\";\"\u20ac;\r\n" + i + "\"\r\n");
      arff.append(i % 5 == 0 ? "?" : i + "e-3").append(i % 2 == 0 ? ",x\n" : ", 'y z'\n");
    }
    byte[] first = plain.toString().getBytes(UTF_8);
    ByteArrayOutputStream zipped = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(zipped)) {
      out.write(first);
    }
    return List.of(
        first,
        quoted.toString().getBytes(UTF_8),
        ("\ufeff" + plain).getBytes(UTF_16LE),
        arff.toString().getBytes(UTF_8),
        "a\tb\r1\tNA\r\r2\tIn\rx\t1e5\r".getBytes(ISO_8859_1),
        zipped.toByteArray());
  }

  /** All cells of a table, or those of streamed rows. */
  private static List<List<String>> cells(Table table) {
    List<List<String>> rows = new ArrayList<>();
    for (int row = 0; row < table.rows(); row++) {
      List<String> cells = new ArrayList<>();
      for (Column column : table.columns()) {
        cells.add(column.text(row));
      }
      rows.add(cells);
    }
    return rows;
  }

  @Test
  void damagedFilesAreReadOrRefused() throws IOException {
    FileChecks<Table> checks =
        new FileChecks<>(FileFormatException.class, NAME + ": ") {
          @Override
          protected Table read(byte[] file) throws IOException {
            return TableReader.standard().read(NAME, new ByteArrayInputStream(file));
          }

          @Override
          protected long allowance(byte[] file) {
            // Some readings are two or three, and a packed file is larger inside.
            return 3 * BUFFERS + 2000L * file.length;
          }

          @Override
          protected void requireRight(byte[] file, Table table) {
            assertTrue(table.rows() > 0);
            assertEquals(table.columns().size(), table.summary().lines().size());
            assertTrue(table.toString().length() > 0);
            assertEquals(16, table.fingerprint().length());
            // Streaming gives the same rows, but for numbers, which are normalised.
            List<List<String>> cells = cells(table);
            try (TableRows rows =
                TableReader.standard().open(NAME, new ByteArrayInputStream(file))) {
              assertEquals(table.names(), rows.names());
              while (rows.next()) {
                List<String> row = cells.get((int) rows.row() - 1);
                for (int i = 0; i < row.size(); i++) {
                  String field = rows.field(i);
                  assertEquals(row.get(i) == null, field == null);
                  if (!table.columns().get(i).isNumeric()) {
                    assertEquals(row.get(i), field);
                  }
                }
              }
              assertEquals(table.rows(), rows.row());
            } catch (IOException e) {
              throw new AssertionError(e);
            }
          }
        };
    FileChecks.Tally tally = checks.run(files(), 3_000);
    assertTrue(tally.read() > 300 && tally.refused() > 500, tally.toString());
  }

  @Test
  void damagedFilesAreStreamedOrRefused() throws IOException {
    FileChecks<Double> checks =
        new FileChecks<>(FileFormatException.class, NAME + ": ") {
          @Override
          protected Double read(byte[] file) throws IOException {
            double sum = 0;
            try (TableRows rows =
                TableReader.standard().open(NAME, new ByteArrayInputStream(file))) {
              while (rows.next()) {
                for (int i = 0; i < rows.names().size(); i++) {
                  try {
                    sum += rows.number(i);
                  } catch (FileFormatException e) {
                    assertTrue(e.getMessage().startsWith(rows.where(i) + ": expected a finite "));
                  }
                }
              }
            }
            return sum;
          }

          @Override
          protected long allowance(byte[] file) {
            return BUFFERS + 2000L * file.length;
          }

          @Override
          protected void requireRight(byte[] file, Double sum) {}
        };
    FileChecks.Tally tally = checks.run(files(), 3_000);
    assertTrue(tally.read() > 300 && tally.refused() > 500, tally.toString());
  }
}
