package lamella.spark;

import java.util.Locale;

/** What becomes of rows whose features are missing, of a wrong length, or not finite. */
enum HandleInvalid {
  /** The job ends with an error that names column and row. */
  ERROR,
  /** They are left out. */
  SKIP,
  /** They stay, with nulls in the columns that are added. */
  KEEP;

  /** The words that users write. */
  static final String[] WORDS = {"error", "skip", "keep"};

  static HandleInvalid of(String word) {
    return valueOf(word.toUpperCase(Locale.ROOT));
  }
}
