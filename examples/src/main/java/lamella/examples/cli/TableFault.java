package lamella.examples.cli;

import java.io.IOException;
import lamella.core.io.FileFormatException;
import lamella.examples.table.OptionWords;
import lamella.optim.NonFiniteException;

/** What the library says is wrong with somebody's data, as an error of their file. */
final class TableFault {
  private TableFault() {}

  /** Something done with a file's rows. */
  @FunctionalInterface
  interface Work<T> {
    T done() throws IOException;
  }

  /**
   * Does it.
   *
   * @param source the file, with which the error begins
   * @throws IOException if it fails, or the library refuses the data
   */
  static <T> T of(String source, Work<T> work) throws IOException {
    try {
      return work.done();
    } catch (FileFormatException e) {
      throw new IOException(OptionWords.of(String.valueOf(e.getMessage())), e);
    } catch (IllegalArgumentException e) {
      String message = OptionWords.of(String.valueOf(e.getMessage()));
      throw new IOException(message.startsWith(source) ? message : source + ": " + message, e);
    } catch (NonFiniteException e) {
      throw new IOException(
          source + ": training met a number that is not finite: " + e.getMessage(), e);
    }
  }
}
