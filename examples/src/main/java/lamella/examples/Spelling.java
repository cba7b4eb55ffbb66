package lamella.examples;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What somebody probably meant who mistyped a word. */
public final class Spelling {
  private Spelling() {}

  /**
   * The known word that is most like this one, or null if none is like it; capitals, hyphens and
   * underscores make no difference.
   *
   * @param word as it was typed
   * @param known those there are
   */
  public static @Nullable String nearest(String word, List<String> known) {
    String nearest = null;
    int best = Math.max(2, word.length() / 3) + 1;
    for (String candidate : known) {
      int distance = distance(plain(word), plain(candidate));
      if (distance < best && distance < plain(candidate).length() - 1) {
        best = distance;
        nearest = candidate;
      }
    }
    return nearest;
  }

  /** A word without what makes no difference. */
  static String plain(String word) {
    return lowerCase(word).replace("-", "").replace("_", "");
  }

  /** A word in small letters, the same in every country. */
  public static String lowerCase(String word) {
    return word.toLowerCase(Locale.ROOT);
  }

  /**
   * The fewest letters to insert, delete, replace, or swap with their neighbours that make one word
   * the other (optimal string alignment).
   */
  private static int distance(String a, String b) {
    int[][] d = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          d[i][j] = i + j;
          continue;
        }
        int replaced = d[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        d[i][j] = Math.min(replaced, Math.min(d[i - 1][j], d[i][j - 1]) + 1);
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
        }
      }
    }
    return d[a.length()][b.length()];
  }
}
