package lamella.core.io;

import static lamella.core.io.FileFormatException.quote;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the Python dictionary of an {@code .npy} header, strictly; nothing is evaluated.
 *
 * <p>Only what NumPy writes there: {@code descr}, a string or a list; {@code fortran_order}, True
 * or False; {@code shape}, a tuple of integers. In any order, and each once.
 */
final class PythonReader extends HeaderReader {
  /** NumPy's limit. */
  private static final int MOST_DIMENSIONS = 64;

  PythonReader(String file, String text) {
    super(file, "header", text);
  }

  /** Reads all of the text. */
  NpyHeader header(int bytes) throws FileFormatException {
    String descr = null;
    Boolean fortranOrder = null;
    List<Long> shape = null;
    expect('{');
    while (!accept('}')) {
      int start = position;
      String key = string();
      expect(':');
      switch (key) {
        case "descr" -> descr = first(key, descr, type());
        case "fortran_order" -> fortranOrder = first(key, fortranOrder, bool());
        case "shape" -> shape = first(key, shape, shape());
        default -> {
          position = start;
          throw error("'descr', 'fortran_order' or 'shape'");
        }
      }
      if (!accept(',')) {
        expect('}');
        break;
      }
    }
    end();
    if (descr == null || fortranOrder == null || shape == null) {
      throw new FileFormatException(
          file, "header expected to have descr, fortran_order and shape, has less");
    }
    return new NpyHeader(descr, fortranOrder, shape, bytes);
  }

  private <T> T first(String key, @Nullable T before, T value) throws FileFormatException {
    if (before != null) {
      throw new FileFormatException(file, "header has " + quote(key) + " twice");
    }
    return value;
  }

  private String type() throws FileFormatException {
    skipSpace();
    if (position < text.length() && text.charAt(position) == '[') {
      return structuredType();
    }
    String type = string();
    if (type.isEmpty()) {
      throw error("a type in the string before");
    }
    return type;
  }

  /** A list that names fields, as it stands there: nobody reads it. */
  private String structuredType() throws FileFormatException {
    int start = position;
    int depth = 0;
    char mark = 0;
    for (; position < text.length(); position++) {
      char c = text.charAt(position);
      if (mark != 0) {
        mark = c == mark ? 0 : mark;
      } else if (c == '\'' || c == '"') {
        mark = c;
      } else if (c == '[' || c == '(') {
        depth++;
      } else if ((c == ']' || c == ')') && --depth == 0) {
        return text.substring(start, ++position);
      }
    }
    position = start;
    throw error("balanced brackets");
  }

  private boolean bool() throws FileFormatException {
    skipSpace();
    for (boolean value : new boolean[] {false, true}) {
      String word = value ? "True" : "False";
      if (text.startsWith(word, position)) {
        position += word.length();
        return value;
      }
    }
    throw error("True or False");
  }

  private List<Long> shape() throws FileFormatException {
    List<Long> list = new ArrayList<>();
    expect('(');
    while (!accept(')')) {
      if (list.size() == MOST_DIMENSIONS) {
        throw error("at most " + MOST_DIMENSIONS + " numbers");
      }
      list.add(integer());
      // One number in brackets is no tuple, but two are without a comma at their end.
      if (!accept(',')) {
        if (list.size() == 1) {
          throw error("','");
        }
        expect(')');
        break;
      }
    }
    return List.copyOf(list);
  }

  private long integer() throws FileFormatException {
    skipSpace();
    int start = position;
    while (position < text.length()
        && text.charAt(position) >= '0'
        && text.charAt(position) <= '9') {
      position++;
    }
    int digits = position - start;
    if (digits == 0 || digits > 18 || (digits > 1 && text.charAt(start) == '0')) {
      position = start;
      throw error("an integer in [0, 10^18)");
    }
    long value = Long.parseLong(text, start, position, 10);
    if (position < text.length() && text.charAt(position) == 'L') {
      position++; // as Python 2 wrote long integers
    }
    return value;
  }

  /** A string in either quotation marks, without escapes. */
  private String string() throws FileFormatException {
    skipSpace();
    char mark = position < text.length() ? text.charAt(position) : 0;
    if (mark != '\'' && mark != '"') {
      throw error("a string");
    }
    int end = text.indexOf(mark, position + 1);
    String value = end < 0 ? "\\" : text.substring(position + 1, end);
    if (value.indexOf('\\') >= 0 || value.indexOf('\n') >= 0) {
      throw error("a string without escapes");
    }
    position = end + 1;
    return value;
  }
}
