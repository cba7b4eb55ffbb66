package lamella.examples.page;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Writes HTML that is well-formed XML too: every element is closed in order, and text and attribute
 * values are escaped, whatever they hold.
 */
final class Markup {
  private final StringBuilder out = new StringBuilder();
  private final Deque<String> open = new ArrayDeque<>();

  /** Begins a document. */
  Markup doctype() {
    out.append("<!DOCTYPE html>\n");
    return this;
  }

  /**
   * Opens an element.
   *
   * @param attributes names and values in turn
   */
  Markup open(String element, String... attributes) {
    tag(element, attributes).append('>');
    open.push(element);
    return this;
  }

  /**
   * Closes the element opened last.
   *
   * @throws IllegalStateException if that is another one
   */
  Markup close(String element) {
    if (!element.equals(open.peek())) {
      throw new IllegalStateException("Markup: cannot close " + element + ", open are " + open);
    }
    open.pop();
    out.append("</").append(element).append('>');
    if (open.size() < 5) {
      out.append('\n');
    }
    return this;
  }

  /** An element with text only. */
  Markup element(String element, String text, String... attributes) {
    return open(element, attributes).text(text).close(element);
  }

  /** An element that HTML lets have no content, such as {@code img}. */
  Markup empty(String element, String... attributes) {
    tag(element, attributes).append("/>");
    return this;
  }

  /** Text. */
  Markup text(String text) {
    text.codePoints().forEach(this::escaped);
    return this;
  }

  /**
   * A style sheet, as it is: HTML knows no escapes there.
   *
   * @throws IllegalArgumentException if it holds what XML would have escaped
   */
  Markup style(String css) {
    if (css.contains("<") || css.contains("&") || css.contains("]]>")) {
      throw new IllegalArgumentException("Markup: a style sheet must not contain <, & or ]]>");
    }
    open("style");
    out.append(css);
    return close("style");
  }

  private StringBuilder tag(String element, String... attributes) {
    if (attributes.length % 2 != 0) {
      throw new IllegalArgumentException("Markup: " + element + " has an attribute without value");
    }
    out.append('<').append(element);
    for (int i = 0; i < attributes.length; i += 2) {
      out.append(' ').append(attributes[i]).append("=\"");
      attributes[i + 1]
          .codePoints()
          .forEach(c -> {
            if (c == '"') {
              out.append("&quot;");
            } else {
              escaped(c);
            }
          });
      out.append('"');
    }
    return out;
  }

  private void escaped(int codePoint) {
    switch (codePoint) {
      case '&' -> out.append("&amp;");
      case '<' -> out.append("&lt;");
      case '>' -> out.append("&gt;");
      default -> out.appendCodePoint(isLegal(codePoint) ? codePoint : 0xFFFD);
    }
  }

  /** XML has no other control characters, and no half of a surrogate pair. */
  private static boolean isLegal(int codePoint) {
    return codePoint >= ' '
        ? (codePoint < 0xD800 || codePoint > 0xDFFF) && codePoint != 0xFFFE && codePoint != 0xFFFF
        : codePoint == '\t' || codePoint == '\n' || codePoint == '\r';
  }

  /**
   * The document.
   *
   * @throws IllegalStateException if an element is still open
   */
  @Override
  public String toString() {
    if (!open.isEmpty()) {
      throw new IllegalStateException("Markup: still open are " + open);
    }
    return out.toString();
  }

  /** The document in UTF-8. */
  byte[] bytes() {
    return toString().getBytes(StandardCharsets.UTF_8);
  }
}
