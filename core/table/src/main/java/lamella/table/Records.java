package lamella.table;

import java.io.Closeable;
import java.io.IOException;
import java.util.Arrays;

/** The records of a file, one after the other: a line's fields, unquoted, in one array. */
abstract class Records implements Closeable {
  /** Longer records are refused. */
  static final int LONGEST = 1 << 24;

  static final int LONGEST_FIELD = 1 << 20;
  static final int MOST_FIELDS = 1 << 20;

  private static final int FIRST = 256;

  private char[] chars = new char[FIRST];

  /** Where each field ends; the next one begins there. */
  private int[] ends = new int[FIRST / 8];

  private int count;
  private boolean tooLong;

  /** Goes to the next record that is no empty line; says whether there is one. */
  abstract boolean next() throws IOException;

  /** The line where this record begins, from 1. */
  abstract long line();

  /** The number of fields of this record. */
  int count() {
    return count;
  }

  char[] chars() {
    return chars;
  }

  int from(int field) {
    return field == 0 ? 0 : ends[field - 1];
  }

  int to(int field) {
    return ends[field];
  }

  String text(int field) {
    return new String(chars, from(field), to(field) - from(field));
  }

  /** Whether this record has more than is kept of it. */
  boolean isTooLong() {
    return tooLong;
  }

  void clear() {
    count = 0;
    tooLong = false;
  }

  void add(char[] from, int offset, int length) {
    int start = count == 0 ? 0 : ends[count - 1];
    if (tooLong || count == MOST_FIELDS || start + length > LONGEST) {
      tooLong = true;
      return;
    }
    if (start + length > chars.length) {
      chars = Arrays.copyOf(chars, Math.max(start + length, 2 * chars.length));
    }
    if (count == ends.length) {
      ends = Arrays.copyOf(ends, 2 * count);
    }
    System.arraycopy(from, offset, chars, start, length);
    ends[count++] = start + length;
  }
}
