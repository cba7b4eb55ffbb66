package lamella.examples.table;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import lamella.table.TableReader;

/**
 * How numbers and missing values were written in the file that a model was trained on, as the
 * model's metadata say it, so that other files are read like that one.
 */
public final class TrainingFile {
  private static final String DECIMAL_COMMA = "table.decimal-comma";
  private static final String DECIMAL_POINT = "table.decimal-point";

  /** The texts that mean a missing value, each on a line. */
  private static final String MISSING = "table.missing";

  private TrainingFile() {}

  /** A reader of files like that one; what the metadata do not say is found out from the file. */
  public static TableReader reader(Map<String, String> metadata) {
    TableReader reader = TableReader.standard();
    if (metadata.containsKey(DECIMAL_COMMA)) {
      reader = reader.withDecimalComma();
    } else if (metadata.containsKey(DECIMAL_POINT)) {
      reader = reader.withDecimalPoint();
    }
    String missing = metadata.get(MISSING);
    return missing == null ? reader : reader.withMissing(missing.lines().toArray(String[]::new));
  }

  /**
   * What a model's metadata are to say.
   *
   * @param decimalComma whether numbers are written like 1.234,5
   * @param decimalPoint whether they are written like 1,234.5; neither if the file shows it
   * @param missing texts that mean a missing value; none if they are the usual ones
   */
  public static Map<String, String> metadata(
      boolean decimalComma, boolean decimalPoint, List<String> missing) {
    Map<String, String> metadata = new LinkedHashMap<>();
    if (decimalComma) {
      metadata.put(DECIMAL_COMMA, "true");
    }
    if (decimalPoint) {
      metadata.put(DECIMAL_POINT, "true");
    }
    if (!missing.isEmpty()) {
      metadata.put(MISSING, String.join("\n", missing));
    }
    return metadata;
  }
}
