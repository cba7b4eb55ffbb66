package lamella.benchmarks.peers.tablesaw;

import java.net.URISyntaxException;
import java.nio.file.Path;
import lamella.benchmarks.tables.Reading;
import tech.tablesaw.api.Table;

/** Tablesaw reads a CSV file: {@code FILE}. */
public final class TablesawReading {
  private TablesawReading() {}

  /** See above. */
  public static void main(String[] args) throws Exception {
    Reading.time(
        "Tablesaw",
        version(),
        Path.of(args[0]),
        file -> Table.read().csv(file.toFile()),
        table -> table.rowCount() + " x " + table.columnCount());
  }

  /** Its jar's name says it, and nothing within. */
  private static String version() throws URISyntaxException {
    return Path.of(Table.class.getProtectionDomain().getCodeSource().getLocation().toURI())
        .getFileName()
        .toString()
        .replaceAll("[^0-9]*([0-9.]+)\\.jar", "$1");
  }
}
