package lamella.optim;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Numbers in the order they came in, 16,384 to a block, so that growing copies nothing; a block of
 * equal numbers, as rates and penalties often are, is kept as one.
 */
final class Column {
  private static final int SHIFT = 14;
  private static final int BLOCK = 1 << SHIFT;

  private final List<double[]> full = new ArrayList<>();
  private double[] open;
  private int size;

  /** An empty column with room for so many numbers, if they are few. */
  Column(long expected) {
    open = new double[(int) Math.min(Math.max(1, expected), BLOCK)];
  }

  /** The numbers there are now of a column that may grow. */
  private Column(Column other) {
    full.addAll(other.full);
    open = other.open;
    size = other.size;
  }

  static Column of(double[] numbers) {
    Column column = new Column(numbers.length);
    for (double number : numbers) {
      column.add(number);
    }
    return column;
  }

  void add(double number) {
    int at = size & (BLOCK - 1);
    if (at == 0 && size > 0) {
      full.add(isConstant(open) ? new double[] {open[0]} : open);
      open = new double[BLOCK];
    } else if (at == open.length) {
      open = Arrays.copyOf(open, Math.min(BLOCK, 2 * open.length));
    }
    open[at] = number;
    size++;
  }

  private static boolean isConstant(double[] block) {
    long first = Double.doubleToRawLongBits(block[0]);
    for (double number : block) {
      if (Double.doubleToRawLongBits(number) != first) {
        return false;
      }
    }
    return true;
  }

  int size() {
    return size;
  }

  double get(int index) {
    int block = index >> SHIFT;
    if (block == full.size()) {
      return open[index & (BLOCK - 1)];
    }
    double[] numbers = full.get(block);
    return numbers.length == 1 ? numbers[0] : numbers[index & (BLOCK - 1)];
  }

  /** The numbers there are now; shares their memory. */
  Column view() {
    return new Column(this);
  }

  double[] toArray() {
    double[] numbers = new double[size];
    for (int i = 0; i < size; i++) {
      numbers[i] = get(i);
    }
    return numbers;
  }
}
