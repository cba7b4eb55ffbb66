package lamella.benchmarks.tables;

import java.nio.file.Path;
import lamella.table.Table;

/** Lamella reads a CSV file: {@code FILE}. */
public final class OurReading {
  private OurReading() {}

  /** See above. */
  public static void main(String[] args) throws Exception {
    Reading.time(
        "Lamella",
        "",
        Path.of(args[0]),
        Table::read,
        table -> table.rows() + " x " + table.columns().size());
  }
}
