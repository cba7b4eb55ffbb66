package lamella.table;

import java.util.Collection;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Names of columns in messages. */
final class Names {
  private Names() {}

  /** {@return {@code ; did you mean "x"?} for the name most like one, or nothing if none is} */
  static String hint(String name, Collection<String> known) {
    String nearest = nearest(name, known);
    return nearest == null ? "" : "; did you mean \"" + nearest + "\"?";
  }

  /** The known name that is most like one; capitals, spaces, hyphens and dashes do not count. */
  private static @Nullable String nearest(String name, Collection<String> known) {
    String word = plain(name);
    String nearest = null;
    int best = Math.max(2, word.length() / 3) + 1;
    for (String candidate : known) {
      String other = plain(candidate);
      // Names of a line's length are no slips of a pen, and take long to compare.
      if (Math.abs(other.length() - word.length()) < best && word.length() < 200) {
        int distance = distance(word, other);
        if (distance < best && (distance < other.length() - 1 || distance == 0)) {
          best = distance;
          nearest = candidate;
        }
      }
    }
    return nearest;
  }

  private static String plain(String name) {
    StringBuilder plain = new StringBuilder();
    for (char c : name.toLowerCase(Locale.ROOT).toCharArray()) {
      if (c != '-' && c != '_' && c != ' ' && c != '.') {
        plain.append(c);
      }
    }
    return plain.toString();
  }

  /** The fewest letters to insert, delete or replace that make one word the other. */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[b.length()];
  }

  /** {@return a number of things in words: {@code 1 row}, {@code 2 rows}} */
  static String count(long number, String one, String several) {
    return number + " " + (number == 1 ? one : several);
  }
}
