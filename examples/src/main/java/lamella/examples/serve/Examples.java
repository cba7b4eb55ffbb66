package lamella.examples.serve;

import java.util.Arrays;

/** The examples of a request. */
final class Examples {
  private final float[] numbers;
  private final int rows;
  private final boolean isList;

  /** Of these numbers, row by row. */
  Examples(float[] numbers, int rows, boolean isList) {
    this.numbers = numbers;
    this.rows = rows;
    this.isList = isList;
  }

  /** The numbers row by row; not copied. */
  float[] numbers() {
    return numbers;
  }

  /** The numbers of some examples row by row; not copied if they are all. */
  float[] numbers(int first, int end) {
    if (first == 0 && end == rows) {
      return numbers;
    }
    int width = numbers.length / rows;
    return Arrays.copyOfRange(numbers, first * width, end * width);
  }

  /** How many examples there are. */
  int rows() {
    return rows;
  }

  /** Whether they came as a list, and so are answered by one, even if there is only one. */
  boolean isList() {
    return isList;
  }
}
