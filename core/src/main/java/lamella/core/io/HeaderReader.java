package lamella.core.io;

import static lamella.core.io.FileFormatException.quote;

/**
 * Goes through the text of a header from its beginning; white space between its parts is passed
 * over. Every error says where it is, what was expected there and what was found.
 */
abstract class HeaderReader {
  final String file;
  final String text;
  int position;
  private final String part;

  /**
   * At the text's beginning.
   *
   * @param file for messages
   * @param part what the text is of the file, for messages
   */
  HeaderReader(String file, String part, String text) {
    this.file = file;
    this.part = part;
    this.text = text;
  }

  final void expect(char c) throws FileFormatException {
    if (!accept(c)) {
      throw error("'" + c + "'");
    }
  }

  /** Passes over this character; whether it was there. */
  final boolean accept(char c) {
    skipSpace();
    if (position == text.length() || text.charAt(position) != c) {
      return false;
    }
    position++;
    return true;
  }

  final void skipSpace() {
    while (position < text.length() && " \t\n\r".indexOf(text.charAt(position)) >= 0) {
      position++;
    }
  }

  /** Nothing may follow but white space. */
  final void end() throws FileFormatException {
    skipSpace();
    if (position < text.length()) {
      throw error("nothing more");
    }
  }

  /** To be thrown: something else was expected here. */
  final FileFormatException error(String expected) {
    String found =
        position == text.length()
            ? "its end"
            : quote(text.substring(position, Math.min(text.length(), position + 10)));
    return new FileFormatException(
        file, part + " at character " + position + ": expected " + expected + ", found " + found);
  }
}
