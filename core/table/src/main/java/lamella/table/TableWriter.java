package lamella.table;

import de.siegmar.fastcsv.writer.CsvWriter;
import de.siegmar.fastcsv.writer.LineDelimiter;
import de.siegmar.fastcsv.writer.QuoteStrategies;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes tables as CSV. */
final class TableWriter {
  private TableWriter() {}

  static void write(Table table, Path file) throws IOException {
    // A writer that refuses what is no Unicode text, where others would write question marks.
    try (Writer out = Files.newBufferedWriter(file);
        CsvWriter csv = writer(table, out)) {
      csv.writeRecord(table.names());
      for (int row = 0; row < table.rows(); row++) {
        CsvWriter.CsvWriterRecord fields = csv.writeRecord();
        for (Column column : table.columns()) {
          String text = column.text(row);
          fields.writeField(text == null ? "" : text);
        }
        fields.endRecord();
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static CsvWriter writer(Table table, Writer out) {
    CsvWriter.CsvWriterBuilder builder = CsvWriter.builder().lineDelimiter(LineDelimiter.LF);
    if (table.columns().size() == 1) {
      // An empty line would be no row.
      builder.quoteStrategy(QuoteStrategies.EMPTY);
    }
    return builder.build(out);
  }
}
