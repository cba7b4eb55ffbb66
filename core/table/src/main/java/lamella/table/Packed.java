package lamella.table;

import java.util.Arrays;

/**
 * Numbers, each as it was given, in the smallest array that holds all of them exactly: whole
 * numbers in one, two or four bytes, others as floats or doubles. NaN is a missing value.
 */
final class Packed {
  private static final int FIRST = 16;

  /** One of {@code byte[]}, {@code short[]}, {@code int[]}, {@code float[]}, {@code double[]}. */
  private final Object array;

  private final int size;

  private Packed(Object array, int size) {
    this.array = array;
    this.size = size;
  }

  static Packed of(double... values) {
    Builder builder = new Builder();
    for (double value : values) {
      builder.add(value);
    }
    return builder.build();
  }

  int size() {
    return size;
  }

  double get(int index) {
    return get(array, index);
  }

  private static double get(Object array, int index) {
    return switch (array) {
      case byte[] a -> a[index] == Byte.MIN_VALUE ? Double.NaN : a[index];
      case short[] a -> a[index] == Short.MIN_VALUE ? Double.NaN : a[index];
      case int[] a -> a[index] == Integer.MIN_VALUE ? Double.NaN : a[index];
      case float[] a -> a[index];
      default -> ((double[]) array)[index];
    };
  }

  /** A whole number; -1 where the value is missing. For codes, which are not negative. */
  int code(int index) {
    return switch (array) {
      case byte[] a -> Math.max(-1, a[index]);
      case short[] a -> Math.max(-1, a[index]);
      default -> Math.max(-1, ((int[]) array)[index]);
    };
  }

  /** Those at these places. */
  Packed at(int[] indexes) {
    int n = indexes.length;
    // Fewer numbers may fit into a smaller array, but copies of whole tables are to be fast.
    Object copy =
        switch (array) {
          case byte[] a -> {
            byte[] to = new byte[n];
            for (int i = 0; i < n; i++) {
              to[i] = a[indexes[i]];
            }
            yield to;
          }
          case short[] a -> {
            short[] to = new short[n];
            for (int i = 0; i < n; i++) {
              to[i] = a[indexes[i]];
            }
            yield to;
          }
          case int[] a -> {
            int[] to = new int[n];
            for (int i = 0; i < n; i++) {
              to[i] = a[indexes[i]];
            }
            yield to;
          }
          case float[] a -> {
            float[] to = new float[n];
            for (int i = 0; i < n; i++) {
              to[i] = a[indexes[i]];
            }
            yield to;
          }
          default -> {
            double[] a = (double[]) array;
            double[] to = new double[n];
            for (int i = 0; i < n; i++) {
              to[i] = a[indexes[i]];
            }
            yield to;
          }
        };
    return new Packed(copy, n);
  }

  /** Bytes of an element. */
  int width() {
    return width(array);
  }

  private static int width(Object array) {
    return switch (array) {
      case byte[] a -> Byte.BYTES;
      case short[] a -> Short.BYTES;
      case double[] a -> Double.BYTES;
      default -> Integer.BYTES;
    };
  }

  /** Takes one number after the other. */
  static final class Builder {
    private Object array = new byte[FIRST];
    private int size;

    int size() {
      return size;
    }

    double get(int index) {
      return Packed.get(array, index);
    }

    /** Adds a number; NaN where it is missing. */
    void add(double value) {
      if (size == length()) {
        grow();
      }
      if (!put(array, size, value)) {
        widen(value);
        put(array, size, value);
      }
      size++;
    }

    Packed build() {
      Object trimmed = copy(size);
      return new Packed(trimmed, size);
    }

    private int length() {
      return java.lang.reflect.Array.getLength(array);
    }

    private void grow() {
      int length = length();
      if (length == Integer.MAX_VALUE - 8) {
        throw new OutOfMemoryError("more than " + length + " rows");
      }
      array = copy((int) Math.min(Integer.MAX_VALUE - 8, length + (length >> 1) + (long) FIRST));
    }

    private Object copy(int length) {
      return switch (array) {
        case byte[] a -> Arrays.copyOf(a, length);
        case short[] a -> Arrays.copyOf(a, length);
        case int[] a -> Arrays.copyOf(a, length);
        case float[] a -> Arrays.copyOf(a, length);
        default -> Arrays.copyOf((double[]) array, length);
      };
    }

    /** Puts a number if it fits. */
    private static boolean put(Object array, int index, double value) {
      if (Double.isNaN(value)) {
        putMissing(array, index);
        return true;
      }
      return switch (array) {
        case byte[] a -> {
          a[index] = (byte) value;
          yield a[index] != Byte.MIN_VALUE && isSame(value, a[index]);
        }
        case short[] a -> {
          a[index] = (short) value;
          yield a[index] != Short.MIN_VALUE && isSame(value, a[index]);
        }
        case int[] a -> {
          a[index] = (int) value;
          yield a[index] != Integer.MIN_VALUE && isSame(value, a[index]);
        }
        case float[] a -> {
          a[index] = (float) value;
          yield isSame(value, a[index]);
        }
        default -> {
          ((double[]) array)[index] = value;
          yield true;
        }
      };
    }

    private static void putMissing(Object array, int index) {
      switch (array) {
        case byte[] a -> a[index] = Byte.MIN_VALUE;
        case short[] a -> a[index] = Short.MIN_VALUE;
        case int[] a -> a[index] = Integer.MIN_VALUE;
        case float[] a -> a[index] = Float.NaN;
        default -> ((double[]) array)[index] = Double.NaN;
      }
    }

    /** Minus zero is another number than zero. */
    private static boolean isSame(double a, double b) {
      return Double.doubleToRawLongBits(a) == Double.doubleToRawLongBits(b);
    }

    /** Takes the smallest array that holds all numbers so far and this one. */
    private void widen(double value) {
      int length = length();
      if (array instanceof byte[] && isTaken(new short[length], value)) {
        return;
      }
      boolean isShort = array instanceof byte[] || array instanceof short[];
      if (isShort && isTaken(new int[length], value)) {
        return;
      }
      if (!(array instanceof float[]) && isTaken(new float[length], value)) {
        return;
      }
      isTaken(new double[length], value);
    }

    private boolean isTaken(Object wider, double value) {
      if (!put(wider, 0, value)) {
        return false;
      }
      for (int i = 0; i < size; i++) {
        if (!put(wider, i, get(i))) {
          return false;
        }
      }
      array = wider;
      return true;
    }
  }
}
