package lamella.table;

/** Finds out what separates the fields of a text. */
final class Separator {
  /** If several fit, the first: a comma may also be decimal, or between words. */
  private static final String CANDIDATES = "\t;|,";

  private static final int MOST_LINES = 100;

  private Separator() {}

  /**
   * The separator that most lines have as often as the first one, outside quotes; a comma if the
   * first line has none.
   *
   * @param text the beginning of a file
   * @param isWhole whether that is all of it
   */
  static char find(String text, boolean isWhole) {
    char best = ',';
    int most = 0;
    for (int i = 0; i < CANDIDATES.length(); i++) {
      int agreeing = agreeing(text, CANDIDATES.charAt(i), isWhole);
      if (agreeing > most) {
        best = CANDIDATES.charAt(i);
        most = agreeing;
      }
    }
    return best;
  }

  /** How many lines have a separator as often as the first one, which has it at least once. */
  private static int agreeing(String text, char separator, boolean isWhole) {
    int lines = 0;
    int expected = -1;
    int agreeing = 0;
    int count = 0;
    boolean quoted = false;
    boolean isEmpty = true;
    for (int i = 0; i <= text.length() && lines < MOST_LINES; i++) {
      boolean isEnd = i == text.length();
      char c = isEnd ? '\n' : text.charAt(i);
      if (c == '"' && quoted) {
        quoted = false;
      } else if (c == '"' && (isEmpty || isAfter(text, i, separator))) {
        // Also the second of two marks within quotes, which opens what the first has closed.
        quoted = true;
      } else if (quoted && !isEnd) {
        continue;
      } else if (c == '\n' || c == '\r') {
        // The last line may be cut off.
        if (!isEmpty && (!isEnd || isWhole || lines == 0)) {
          lines++;
          expected = expected < 0 ? count : expected;
          agreeing += count == expected ? 1 : 0;
        }
        count = 0;
        isEmpty = true;
        continue;
      } else if (c == separator) {
        count++;
      }
      isEmpty = false;
    }
    return expected > 0 ? agreeing : 0;
  }

  private static boolean isAfter(String text, int at, char separator) {
    char before = text.charAt(at - 1);
    return before == separator || before == '"';
  }
}
