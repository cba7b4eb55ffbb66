package lamella.onnx;

import java.util.Arrays;

/** The elements of arrays, whichever Java array they are in, and how results become such. */
final class Numbers {
  private Numbers() {}

  /** An array for elements of a type, all 0 or, of texts, empty. */
  static Object make(OnnxType type, int size) {
    return switch (type.storage()) {
      case FLOATS -> new float[size];
      case DOUBLES -> new double[size];
      case LONGS -> new long[size];
      case STRINGS -> {
        String[] strings = new String[size];
        Arrays.fill(strings, "");
        yield strings;
      }
    };
  }

  /** Copies elements from every {@code step}-th place to every {@code targetStep}-th. */
  static void copy(
      Object source, int from, int step, Object target, int to, int targetStep, int count) {
    if (step == 1 && targetStep == 1) {
      System.arraycopy(source, from, target, to, count);
    } else if (source instanceof float[] a) {
      float[] b = (float[]) target;
      for (int i = 0; i < count; i++) {
        b[to + i * targetStep] = a[from + i * step];
      }
    } else if (source instanceof double[] a) {
      double[] b = (double[]) target;
      for (int i = 0; i < count; i++) {
        b[to + i * targetStep] = a[from + i * step];
      }
    } else if (source instanceof long[] a) {
      long[] b = (long[]) target;
      for (int i = 0; i < count; i++) {
        b[to + i * targetStep] = a[from + i * step];
      }
    } else {
      String[] a = (String[]) source;
      String[] b = (String[]) target;
      for (int i = 0; i < count; i++) {
        b[to + i * targetStep] = a[from + i * step];
      }
    }
  }

  /** An element as a float64: of a number, or 0 for false and 1 for true. */
  static double at(OnnxArray array, int index) {
    return switch (array.type().storage()) {
      case FLOATS -> array.floats()[index];
      case DOUBLES -> array.doubles()[index];
      case LONGS -> real(array.type(), array.longs()[index]);
      case STRINGS -> throw new IllegalStateException("OnnxArray: " + array + " has no numbers");
    };
  }

  /** All elements as float64; of an array of float64 its own. */
  static double[] doubles(OnnxArray array) {
    if (array.type() == OnnxType.DOUBLE) {
      return array.doubles();
    }
    double[] doubles = new double[array.size()];
    for (int i = 0; i < doubles.length; i++) {
      doubles[i] = at(array, i);
    }
    return doubles;
  }

  /** An array of a type of floats, of numbers that are rounded to it. */
  static OnnxArray rounded(OnnxType type, double[] numbers, int... dimensions) {
    if (type == OnnxType.DOUBLE) {
      return OnnxArray.of(numbers, dimensions);
    }
    float[] floats = new float[numbers.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) numbers[i];
    }
    return rounded(type, floats, dimensions);
  }

  /** An array of float32, float16 or bfloat16; the numbers are rounded in place. */
  static OnnxArray rounded(OnnxType type, float[] numbers, int... dimensions) {
    if (type != OnnxType.FLOAT) {
      for (int i = 0; i < numbers.length; i++) {
        numbers[i] = round(type, numbers[i]);
      }
    }
    return OnnxArray.of(type, numbers, dimensions);
  }

  /** The nearest number of a type of floats that are stored in float32; of two the even one. */
  static float round(OnnxType type, float number) {
    if (type == OnnxType.FLOAT16) {
      return Float.float16ToFloat(Float.floatToFloat16(number));
    }
    if (type == OnnxType.BFLOAT16 && !Float.isNaN(number)) {
      int bits = Float.floatToRawIntBits(number);
      return Float.intBitsToFloat((bits + 0x7fff + ((bits >>> 16) & 1)) & 0xffff0000);
    }
    return number;
  }

  /** The number of a type of whole numbers that has the same lower bits. */
  static long wrap(OnnxType type, long number) {
    return switch (type) {
      case UINT8 -> number & 0xff;
      case INT8 -> (byte) number;
      case UINT16 -> number & 0xffff;
      case INT16 -> (short) number;
      case UINT32 -> number & 0xffffffffL;
      case INT32 -> (int) number;
      case BOOL -> number == 0 ? 0 : 1;
      default -> number;
    };
  }

  /** A number without its fraction; the nearest one of the type if it has none such, 0 for NaN. */
  static long whole(OnnxType type, double number) {
    if (type == OnnxType.BOOL) {
      return number == 0 ? 0 : 1;
    }
    if (type == OnnxType.UINT64) {
      if (!(number > 0)) {
        return 0;
      }
      if (number >= 0x1p64) {
        return -1;
      }
      return number < 0x1p63 ? (long) number : (long) (number - 0x1p63) ^ Long.MIN_VALUE;
    }
    return Math.clamp((long) number, type.least(), type.most());
  }

  /** The same number in float64, rounded if it has too many bits. */
  static double real(OnnxType type, long number) {
    if (type == OnnxType.UINT64 && number < 0) {
      // Half of it, its last bit kept for the rounding.
      return 2.0 * ((number >>> 1) | (number & 1));
    }
    return number;
  }

  /** The order of two numbers of a type of whole numbers. */
  static int compare(OnnxType type, long a, long b) {
    return type == OnnxType.UINT64 ? Long.compareUnsigned(a, b) : Long.compare(a, b);
  }
}
