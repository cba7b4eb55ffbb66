package lamella.table;

import java.util.Arrays;
import java.util.List;

/** The texts that stand for a missing value: blanks, and some words. */
final class MissingTexts {
  static final MissingTexts STANDARD =
      new MissingTexts(
          "NA", "N/A", "n/a", "#N/A", "<NA>", "NaN", "nan", "-nan", "null", "NULL", "?");

  /** In ARFF. */
  static final MissingTexts ARFF = new MissingTexts("?");

  private static final int ASCII = 128;

  private final char[][] words;

  /** Whether a word begins with a character; the last for all that is not ASCII. */
  private final boolean[] beginnings = new boolean[ASCII + 1];

  MissingTexts(String... words) {
    this.words =
        Arrays.stream(words).map(word -> word.strip().toCharArray()).toArray(char[][]::new);
    for (char[] word : this.words) {
      if (word.length > 0) {
        beginnings[Math.min(word[0], ASCII)] = true;
      }
    }
  }

  boolean has(char[] chars, int from, int to) {
    int start = from;
    int end = to;
    while (start < end && isBlank(chars[start])) {
      start++;
    }
    if (start == end) {
      return true;
    }
    if (!beginnings[Math.min(chars[start], ASCII)]) {
      return false;
    }
    while (isBlank(chars[end - 1])) {
      end--;
    }
    for (char[] word : words) {
      if (Arrays.equals(word, 0, word.length, chars, start, end)) {
        return true;
      }
    }
    return false;
  }

  /** As {@link String#isBlank}, and a blank that does not break. */
  static boolean isBlank(char c) {
    return c <= ' ' || (c > '~' && (Character.isWhitespace(c) || c == '\u00a0'));
  }

  static boolean isBlank(String text) {
    return text.chars().allMatch(c -> isBlank((char) c));
  }

  /** The words, for people. */
  List<String> words() {
    return Arrays.stream(words).map(String::new).toList();
  }
}
