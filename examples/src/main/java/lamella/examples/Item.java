package lamella.examples;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An item of a text such as {@code 256 gelu residual(256 gelu 256)}: a word, and where it has
 * parentheses, the items in them. What the words mean is left to whoever reads the items.
 *
 * @param word between spaces and parentheses
 * @param position of its first letter in the text, from 1
 * @param inner the items in its parentheses, or null if it has none
 */
record Item(String word, int position, @Nullable List<Item> inner) {
  private static final int DEEPEST = 100;
  private static final int LONGEST_SHOWN = 40;

  /**
   * The items of a text, which are separated by spaces; within parentheses also by commas.
   *
   * @throws IllegalArgumentException if its parentheses do not match; says where
   */
  static List<Item> of(String text) {
    return new Reader(text).all();
  }

  /**
   * What is wrong with this item.
   *
   * @param what the end of a sentence that begins with the item and its place
   */
  IllegalArgumentException wrong(String what) {
    return wrong(word, position, what);
  }

  private static IllegalArgumentException wrong(String word, int position, String what) {
    String shown =
        word.length() <= LONGEST_SHOWN ? word : word.substring(0, LONGEST_SHOWN - 3) + "...";
    return new IllegalArgumentException("'" + shown + "' at position " + position + " " + what);
  }

  /**
   * Checks that there are no parentheses.
   *
   * @throws IllegalArgumentException if there are
   */
  void requireAlone() {
    if (inner != null) {
      throw wrong("takes nothing in parentheses");
    }
  }

  /**
   * The one word in the parentheses.
   *
   * @param what it is, and an example, for the message: {@code a rate, as in dropout(0.1)}
   * @throws IllegalArgumentException if there is none, or more than that
   */
  Item argument(String what) {
    if (inner == null || inner.size() != 1 || inner.getFirst().inner() != null) {
      throw wrong("needs " + what);
    }
    return inner.getFirst();
  }

  /**
   * The number that this word is.
   *
   * @throws IllegalArgumentException if it is none, or not finite
   */
  double number() {
    double number = Double.NaN;
    try {
      number = Double.parseDouble(word);
    } catch (NumberFormatException e) {
      // As for NaN.
    }
    if (!Double.isFinite(number)) {
      throw wrong("is no number");
    }
    return number;
  }

  /** Reads a text from its beginning to its end. */
  private static final class Reader {
    private final String text;
    private int at;

    Reader(String text) {
      this.text = text;
    }

    List<Item> all() {
      List<Item> items = items(0);
      if (at < text.length()) {
        throw wrong(")", at + 1, "closes nothing");
      }
      return items;
    }

    /** Up to a parenthesis that closes, or the end. */
    private List<Item> items(int depth) {
      List<Item> items = new ArrayList<>();
      for (skipSeparators(depth);
          at < text.length() && text.charAt(at) != ')';
          skipSeparators(depth)) {
        int start = at;
        while (at < text.length() && !isBoundary(text.charAt(at), depth)) {
          at++;
        }
        String word = text.substring(start, at);
        if (word.isEmpty()) {
          throw wrong("(", start + 1, "opens after no name");
        }
        skipSpaces();
        List<Item> inner = null;
        if (at < text.length() && text.charAt(at) == '(') {
          inner = inner(word, start, depth + 1);
        }
        items.add(new Item(word, start + 1, inner));
      }
      return items;
    }

    private List<Item> inner(String word, int start, int depth) {
      if (depth > DEEPEST) {
        throw wrong(word, start + 1, "stands in more than " + DEEPEST + " parentheses");
      }
      int open = at++;
      List<Item> inner = items(depth);
      if (at == text.length()) {
        throw wrong("(", open + 1, "after '" + word + "' is never closed");
      }
      at++;
      return inner;
    }

    private void skipSeparators(int depth) {
      while (at < text.length() && isSeparator(text.charAt(at), depth)) {
        at++;
      }
    }

    private void skipSpaces() {
      while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
        at++;
      }
    }

    private static boolean isBoundary(char c, int depth) {
      return c == '(' || c == ')' || isSeparator(c, depth);
    }

    private static boolean isSeparator(char c, int depth) {
      return Character.isWhitespace(c) || (c == ',' && depth > 0);
    }
  }
}
