package lamella.table;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Guesses what the values of a column are. {@link TableReader} says the rules. */
final class Kinds {
  /** Fewer rows do not show whether all rows differ. */
  private static final int FEW_ROWS = 20;

  /** So many rows of 1, 2, 3, ... are no measurement. */
  private static final int MANY_ROWS = 100;

  /** Different texts per row, from which on texts are no categories. */
  private static final double NEARLY_ALL = 0.9;

  private static final int LONGEST_ID = 40;

  private static final Set<String> ID_NAMES =
      Set.of("id", "index", "idx", "key", "rownames", "rownumber", "rowname", "unnamed0", "uuid");

  private Kinds() {}

  static ColumnKind ofNumbers(Packed values, boolean isNamedAsId) {
    int rows = values.size();
    int missing = 0;
    boolean isSame = true;
    boolean isWhole = true;
    boolean counts = true;
    double first = rows == 0 ? Double.NaN : values.get(0);
    for (int row = 0; row < rows; row++) {
      double value = values.get(row);
      missing += Double.isNaN(value) ? 1 : 0;
      isSame = isSame && value == first;
      isWhole = isWhole && value == Math.rint(value);
      counts = counts && value == first + row;
    }
    if ((rows > 1 && isSame) || missing == rows) {
      return ColumnKind.CONSTANT;
    }
    boolean isCounter = counts && rows >= MANY_ROWS && (first == 0 || first == 1);
    boolean isId =
        missing == 0
            && isWhole
            && (isCounter || (rows >= FEW_ROWS && isNamedAsId && isDifferent(values)));
    return isId ? ColumnKind.ID : ColumnKind.NUMBER;
  }

  private static boolean isDifferent(Packed values) {
    double[] sorted = new double[values.size()];
    Arrays.setAll(sorted, values::get);
    Arrays.sort(sorted);
    for (int i = 1; i < sorted.length; i++) {
      if (sorted[i] == sorted[i - 1]) {
        return false;
      }
    }
    return true;
  }

  static ColumnKind ofTexts(List<String> texts, Packed places) {
    int rows = places.size();
    int missing = 0;
    for (int row = 0; row < rows; row++) {
      missing += places.code(row) < 0 ? 1 : 0;
    }
    int present = rows - missing;
    if (texts.size() == 1 && missing == 0 && rows > 1) {
      return ColumnKind.CONSTANT;
    }
    if (texts.stream().allMatch(Dates::isDate)) {
      return ColumnKind.DATE;
    }
    if (present < FEW_ROWS || texts.size() <= NEARLY_ALL * present) {
      return ColumnKind.CATEGORY;
    }
    boolean isId =
        missing == 0
            && texts.size() == rows
            && texts.stream().allMatch(text -> text.length() <= LONGEST_ID && !hasBlank(text));
    return isId ? ColumnKind.ID : ColumnKind.TEXT;
  }

  private static boolean hasBlank(String text) {
    return text.chars().anyMatch(Character::isWhitespace);
  }

  /** Whether a name is that of a column of names of rows: id, index, customer_id, PassengerId. */
  static boolean isNamedAsId(String name) {
    StringBuilder letters = new StringBuilder();
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      letters.append(Character.isLetterOrDigit(c) ? String.valueOf(c) : "");
    }
    String plain = letters.toString().toLowerCase(Locale.ROOT);
    if (ID_NAMES.contains(plain)) {
      return true;
    }
    // PassengerId, customer_id, CUSTOMER ID; but not humid.
    int n = name.length() - 2;
    if (n < 1 || !name.substring(n).equalsIgnoreCase("id")) {
      return false;
    }
    char before = name.charAt(n - 1);
    return !Character.isLetter(before)
        || (Character.isUpperCase(name.charAt(n)) && Character.isLowerCase(before));
  }
}
