package lamella.table;

import de.siegmar.fastcsv.reader.AbstractBaseCsvCallbackHandler;
import de.siegmar.fastcsv.reader.CloseableIterator;
import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import lamella.core.io.FileFormatException;

/** The records of CSV text as RFC 4180 has it, with any separator and any line ends. */
final class CsvRecords extends Records {
  /**
   * What FastCSV says of a field that is too long, of a quote that is not closed, and of others.
   */
  private static final String TOO_LONG = "maximum buffer size";

  private static final String NOT_CLOSED = "Unclosed";
  private static final String STARTING = " (record starting at line ";

  private final String name;
  private final long linesBefore;
  private final CsvReader<CsvRecords> reader;
  private final CloseableIterator<CsvRecords> records;
  private long line;

  /**
   * The records of a text.
   *
   * @param name for messages
   * @param linesBefore lines of the file before the text
   */
  CsvRecords(String name, Reader text, char separator, long linesBefore) {
    this.name = name;
    this.linesBefore = linesBefore;
    reader =
        CsvReader.builder()
            .fieldSeparator(separator)
            .skipEmptyLines(true)
            .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
            .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
            .allowUnclosedQuote(false)
            .maxBufferSize(LONGEST_FIELD)
            .build(new Handler(), text);
    records = reader.iterator();
  }

  @Override
  boolean next() throws IOException {
    try {
      if (!records.hasNext()) {
        return false;
      }
      records.next();
      return true;
    } catch (UncheckedIOException e) {
      throw e.getCause();
    } catch (CsvParseException e) {
      throw refused(e);
    }
  }

  private FileFormatException refused(CsvParseException e) {
    String message = String.valueOf(e.getMessage());
    String problem;
    if (message.contains(TOO_LONG)) {
      problem =
          "field "
              + (count() + 1)
              + " is longer than "
              + LONGEST_FIELD
              + " characters; is a quotation mark not closed, or is it no table?";
    } else if (message.contains(NOT_CLOSED)) {
      problem = "the quotation mark of field " + (count() + 1) + " is not closed";
    } else {
      int end = message.indexOf(STARTING);
      String what = end < 0 ? message : message.substring(0, end);
      problem =
          "field "
              + (count() + 1)
              + ": "
              + FileFormatException.plain(what)
              + "; quotation marks within quotes are written twice";
    }
    FileFormatException refused =
        new FileFormatException(name, "in the row that begins in line " + line() + " " + problem);
    refused.initCause(e);
    return refused;
  }

  @Override
  long line() {
    return linesBefore + line;
  }

  @Override
  public void close() throws IOException {
    reader.close();
  }

  /** Is given the fields where they lie, so that no strings are made of them. */
  private final class Handler extends AbstractBaseCsvCallbackHandler<CsvRecords> {
    @Override
    protected void handleBegin(long startingLineNumber) {
      line = startingLineNumber;
      clear();
    }

    @Override
    protected void handleField(int index, char[] buffer, int offset, int length, boolean quoted) {
      add(buffer, offset, length);
    }

    @Override
    protected CsvRecords buildRecord() {
      return CsvRecords.this;
    }
  }
}
