package lamella.benchmarks.peers.smile;

import java.nio.file.Path;
import lamella.benchmarks.tables.Reading;
import org.apache.commons.csv.CSVFormat;
import smile.classification.MLP;
import smile.io.Read;

/** Smile reads a CSV file: {@code FILE}. */
public final class SmileReading {
  private SmileReading() {}

  /** See above. */
  public static void main(String[] args) throws Exception {
    CSVFormat format = CSVFormat.DEFAULT.builder().setHeader().setSkipHeaderRecord(true).get();
    Reading.time(
        "Smile",
        MLP.class.getPackage().getImplementationVersion(),
        Path.of(args[0]),
        file -> Read.csv(file, format),
        table -> table.nrow() + " x " + table.ncol());
  }
}
