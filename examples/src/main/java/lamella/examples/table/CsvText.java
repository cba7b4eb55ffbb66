package lamella.examples.table;

import org.jspecify.annotations.Nullable;

/** Fields of CSV as RFC 4180 has them, and numbers in them. */
public final class CsvText {
  private CsvText() {}

  /** Appends a text, in quotation marks if it needs them; nothing where it is missing. */
  public static void append(StringBuilder csv, @Nullable String text) {
    if (text == null) {
      return;
    }
    boolean plain = true;
    for (int i = 0; plain && i < text.length(); i++) {
      char c = text.charAt(i);
      plain = c != ',' && c != '"' && c != '\n' && c != '\r';
    }
    if (plain) {
      csv.append(text);
    } else {
      csv.append('"').append(text.replace("\"", "\"\"")).append('"');
    }
  }

  /**
   * Appends the shortest decimal that reads back as the same float32, in which networks compute;
   * all digits of a number that is too large for one.
   */
  public static void append(StringBuilder csv, double number) {
    float single = (float) number;
    if (Float.isInfinite(single)) {
      csv.append(number);
    } else {
      csv.append(single);
    }
  }
}
