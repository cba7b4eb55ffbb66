package lamella.examples.serve;

import java.util.Arrays;

/**
 * Examples in JSON: an array of numbers is one, an array of such arrays is a list of them. At the
 * first other value reading ends.
 */
final class JsonExamples {
  private final JsonReader json;
  private final int count;
  private final int most;
  private float[] numbers = {};

  private JsonExamples(JsonReader json, int count, int most) {
    this.json = json;
    this.count = count;
    this.most = most;
  }

  /**
   * The numbers, rounded to float32.
   *
   * @param count how many an example has
   * @param most how many examples there may be
   * @throws IllegalArgumentException if these are not such arrays, or float32 cannot hold a number;
   *     says what was expected and found, and in which row of a list
   */
  static Examples read(byte[] text, int count, int most) {
    return new JsonExamples(new JsonReader(text), count, most).read();
  }

  private Examples read() {
    if (!json.accept('[')) {
      throw wrong(-1, json.excerpt());
    }
    boolean isList = json.isAt('[');
    int rows = isList ? rows() : 1;
    if (!isList) {
      numbers = new float[count];
      row(-1, 0);
    }
    if (!json.isAtEnd()) {
      throw isList
          ? new IllegalArgumentException(
              "expected the end behind the list of examples, got " + json.excerpt())
          : wrong(-1, json.excerpt() + " behind the array");
    }
    return new Examples(numbers, rows, isList);
  }

  private int rows() {
    // As many as there may be at most: with fewer commas there are fewer examples.
    numbers = new float[Math.toIntExact(Math.min(json.mostNumbers(), (long) most * count))];
    int rows = 0;
    do {
      Refusal.requireAtMost(most, rows + 1);
      if (!json.accept('[')) {
        throw wrong(rows, json.excerpt());
      }
      row(rows, rows * count);
      rows++;
    } while (json.accept(','));
    if (!json.accept(']')) {
      throw json.isAtEnd()
          ? new IllegalArgumentException("expected ']' behind the last example, got nothing")
          : new IllegalArgumentException(
              "expected ',' or ']' behind row " + (rows - 1) + ", got " + json.excerpt());
    }
    if (numbers.length > rows * count) {
      numbers = Arrays.copyOf(numbers, rows * count);
    }
    return rows;
  }

  /** The numbers of a row and its end; its beginning has been read. */
  private void row(int row, int from) {
    int found = 0;
    if (!json.accept(']')) {
      do {
        float number = number(row, found);
        if (found < count) {
          numbers[from + found] = number;
        }
        found++;
      } while (json.accept(','));
      if (!json.accept(']')) {
        throw json.isAtEnd()
            ? wrong(row, "no ']' at the end")
            : wrong(row, json.excerpt() + " behind index " + (found - 1));
      }
    }
    if (found != count) {
      throw wrong(row, Integer.toString(found));
    }
  }

  private float number(int row, int index) {
    float number = json.number();
    if (!Float.isFinite(number)) {
      String why = Float.isNaN(number) ? "" : ", too large for float32";
      throw wrong(row, json.word() + " at index " + index + why);
    }
    return number;
  }

  private IllegalArgumentException wrong(int row, String found) {
    return new IllegalArgumentException(
        (row < 0 ? "" : "row " + row + ": ")
            + "expected a JSON array of "
            + count
            + " numbers, got "
            + found);
  }
}
