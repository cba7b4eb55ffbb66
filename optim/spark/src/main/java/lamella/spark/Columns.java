package lamella.spark;

import java.util.Locale;
import org.apache.spark.sql.types.StructType;

/** Finds columns of a frame by name, and says what is wrong where it does not. */
final class Columns {
  private Columns() {}

  /**
   * The place of a column.
   *
   * @throws IllegalArgumentException if there is none of this name, or several; names one that is
   *     similar, or all there are
   */
  static int require(StructType frame, String column) {
    String[] names = frame.fieldNames();
    int found = -1;
    for (int i = 0; i < names.length; i++) {
      if (names[i].equals(column)) {
        if (found >= 0) {
          throw new IllegalArgumentException(
              "column \"" + column + "\" expected once, the frame has two of this name");
        }
        found = i;
      }
    }
    if (found >= 0) {
      return found;
    }
    for (String name : names) {
      if (name.toLowerCase(Locale.ROOT).equals(column.toLowerCase(Locale.ROOT))) {
        throw new IllegalArgumentException(
            "column \"" + column + "\" expected, the frame has \"" + name + '"');
      }
    }
    throw new IllegalArgumentException(
        "column \"" + column + "\" expected, the frame has " + listed(names));
  }

  /** Refuses a column that is to be added and is there already. */
  static void requireNew(StructType frame, String column) {
    if (frame.getFieldIndex(column).isDefined()) {
      throw new IllegalArgumentException(
          "column \""
              + column
              + "\" is to be added, and the frame has one of this name; drop it, or name another");
    }
  }

  private static String listed(String[] names) {
    int most = 20;
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < Math.min(names.length, most); i++) {
      text.append(i == 0 ? "" : ", ").append('"').append(names[i]).append('"');
    }
    return names.length == 0 ? "no columns" : text + (names.length > most ? ", ..." : "");
  }
}
