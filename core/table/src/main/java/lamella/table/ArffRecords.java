package lamella.table;

import static lamella.core.io.FileFormatException.quote;

import java.io.IOException;
import java.io.Reader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import lamella.core.io.FileFormatException;

/**
 * The records of a file in Weka's Attribute-Relation File Format: lines that declare attributes,
 * then {@code @data} and a line of values for each row. Source: the format's description in the
 * documentation of Weka. Of its parts, sparse rows and relational attributes are refused.
 */
final class ArffRecords extends Records {
  private static final int FIRST = 256;
  private static final int LONGEST_WORD = 40;

  private final String name;
  private final Reader text;
  private final List<String> names = new ArrayList<>();
  private final List<ColumnKind> kinds = new ArrayList<>();
  private final char[] buffer = new char[1 << 13];
  private int bufferFrom;
  private int bufferTo;

  /** A line and its number. */
  private char[] line = new char[FIRST];

  private int length;
  private int at;
  private long number;

  /** A value of the line, unquoted. */
  private char[] value = new char[FIRST];

  private int valueLength;
  private boolean isQuoted;

  ArffRecords(String name, Reader text) throws IOException {
    this.name = name;
    this.text = text;
    readHeader();
  }

  /** Whether a text begins as such a file. */
  static boolean isArff(String start) {
    return start
        .lines()
        .map(String::strip)
        .filter(line -> !line.isEmpty() && !line.startsWith("%"))
        .findFirst()
        .map(line -> line.toLowerCase(Locale.ROOT).startsWith("@relation"))
        .orElse(false);
  }

  /** The attributes' names. */
  List<String> names() {
    return names;
  }

  /** What each attribute is declared to be. */
  List<ColumnKind> kinds() {
    return kinds;
  }

  private void readHeader() throws IOException {
    while (readLine()) {
      switch (word()) {
        case "@relation" -> at = length;
        case "@attribute" -> readAttribute();
        case "@data" -> {
          if (names.isEmpty()) {
            throw refused("@data comes before the first @attribute");
          }
          return;
        }
        default ->
            throw refused(
                "expected @relation, @attribute or @data, found "
                    + quote(new String(line, 0, length)));
      }
    }
    throw new FileFormatException(name, "the file ends before @data");
  }

  private void readAttribute() throws FileFormatException {
    skipBlanks();
    readValue(" \t{");
    String attribute = new String(value, 0, valueLength);
    if (MissingTexts.isBlank(attribute)) {
      throw refused("an attribute has no name");
    }
    skipBlanks();
    if (at < length && line[at] == '{') {
      names.add(attribute);
      kinds.add(ColumnKind.CATEGORY);
      return;
    }
    String type = word();
    names.add(attribute);
    kinds.add(
        switch (type) {
          case "numeric", "real", "integer" -> ColumnKind.NUMBER;
          case "string" -> ColumnKind.TEXT;
          case "date" -> ColumnKind.DATE;
          default ->
              throw refused(
                  "attribute "
                      + quote(attribute)
                      + " is of type "
                      + quote(type)
                      + "; expected numeric, real, integer, string, date or {values}");
        });
  }

  @Override
  boolean next() throws IOException {
    if (!readLine()) {
      return false;
    }
    clear();
    if (line[at] == '{') {
      throw refused("a sparse row, in {}; write the rows with all their values");
    }
    while (true) {
      skipBlanks();
      readValue(",\t");
      boolean isMissing = !isQuoted && valueLength == 1 && value[0] == '?';
      add(value, 0, isMissing ? 0 : valueLength);
      skipBlanks();
      if (at == length) {
        return true;
      }
      if (line[at] != ',') {
        // A tab was skipped as a blank.
        if (line[at - 1] != '\t') {
          throw refused(
              "value " + count() + ": expected a comma after it, found " + quote("" + line[at]));
        }
      } else {
        at++;
      }
    }
  }

  /** A word in lower case. */
  private String word() {
    skipBlanks();
    int from = at;
    while (at < length && line[at] > ' ') {
      at++;
    }
    return new String(line, from, Math.min(at - from, LONGEST_WORD)).toLowerCase(Locale.ROOT);
  }

  private void skipBlanks() {
    while (at < length && line[at] <= ' ') {
      at++;
    }
  }

  /** A value up to one of these characters or the end; in quotes, or without blanks behind it. */
  private void readValue(String ends) throws FileFormatException {
    valueLength = 0;
    isQuoted = at < length && (line[at] == '\'' || line[at] == '"');
    if (value.length < length) {
      value = new char[line.length];
    }
    if (!isQuoted) {
      while (at < length && ends.indexOf(line[at]) < 0) {
        value[valueLength++] = line[at++];
      }
      while (valueLength > 0 && value[valueLength - 1] <= ' ') {
        valueLength--;
      }
      return;
    }
    char mark = line[at++];
    while (at < length && line[at] != mark) {
      if (line[at] == '\\' && at + 1 < length) {
        at++;
        value[valueLength++] =
            switch (line[at]) {
              case 'n' -> '\n';
              case 'r' -> '\r';
              case 't' -> '\t';
              default -> line[at];
            };
      } else {
        value[valueLength++] = line[at];
      }
      at++;
    }
    if (at == length) {
      throw refused("the quotation mark " + mark + " is not closed");
    }
    at++;
  }

  /** Goes to the next line that is neither empty nor a comment; says whether there is one. */
  private boolean readLine() throws IOException {
    while (readAnyLine()) {
      at = 0;
      skipBlanks();
      if (at < length && line[at] != '%') {
        return true;
      }
    }
    return false;
  }

  private boolean readAnyLine() throws IOException {
    length = 0;
    number++;
    boolean isAny = false;
    while (true) {
      if (bufferFrom == bufferTo) {
        bufferFrom = 0;
        bufferTo = Math.max(0, text.read(buffer, 0, buffer.length));
        if (bufferTo == 0) {
          return isAny;
        }
      }
      isAny = true;
      char c = buffer[bufferFrom++];
      if (c == '\n') {
        return true;
      }
      if (c == '\r') {
        skipLineFeed();
        return true;
      }
      if (length == line.length) {
        if (length >= LONGEST) {
          throw refused("the line is longer than " + LONGEST + " characters; is it no table?");
        }
        line = Arrays.copyOf(line, 2 * length);
      }
      line[length++] = c;
    }
  }

  private void skipLineFeed() throws IOException {
    if (bufferFrom == bufferTo) {
      bufferFrom = 0;
      bufferTo = Math.max(0, text.read(buffer, 0, buffer.length));
    }
    if (bufferFrom < bufferTo && buffer[bufferFrom] == '\n') {
      bufferFrom++;
    }
  }

  private FileFormatException refused(String problem) {
    return new FileFormatException(name, "line " + number + ": " + problem);
  }

  @Override
  long line() {
    return number;
  }

  @Override
  public void close() throws IOException {
    text.close();
  }
}
