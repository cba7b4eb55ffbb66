package lamella.onnx;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Operators that make one number of all elements along some axes. */
final class Reductions {
  private Reductions() {}

  /** What is made of the elements. */
  enum Kind {
    SUM,
    MEAN,
    MAX,
    MIN,
    PROD,
    L1,
    L2,
    LOG_SUM,
    LOG_SUM_EXP,
    SUM_SQUARE;

    /** Floats are added up in float64. */
    double begin() {
      return switch (this) {
        case MAX -> Double.NEGATIVE_INFINITY;
        case MIN -> Double.POSITIVE_INFINITY;
        case PROD -> 1;
        default -> 0;
      };
    }

    double add(double sum, double x) {
      return switch (this) {
        case SUM, MEAN, LOG_SUM -> sum + x;
        case MAX -> Math.max(sum, x);
        case MIN -> Math.min(sum, x);
        case PROD -> sum * x;
        case L1 -> sum + Math.abs(x);
        case L2, SUM_SQUARE -> sum + x * x;
        case LOG_SUM_EXP -> sum + StrictMath.exp(x);
      };
    }

    double end(double sum, int count) {
      return switch (this) {
        case MEAN -> sum / count;
        case L2 -> Math.sqrt(sum);
        case LOG_SUM, LOG_SUM_EXP -> StrictMath.log(sum);
        default -> sum;
      };
    }

    long begin(OnnxType type) {
      return switch (this) {
        case MAX -> type.least();
        case MIN -> type == OnnxType.UINT64 ? -1 : type.most();
        case PROD -> 1;
        default -> 0;
      };
    }

    long add(OnnxType type, long sum, long x) {
      return switch (this) {
        case SUM, MEAN, LOG_SUM, LOG_SUM_EXP -> sum + x;
        case MAX -> Numbers.compare(type, sum, x) < 0 ? x : sum;
        case MIN -> Numbers.compare(type, sum, x) > 0 ? x : sum;
        case PROD -> sum * x;
        case L1 -> sum + (type == OnnxType.UINT64 ? x : Math.abs(x));
        case L2, SUM_SQUARE -> sum + x * x;
      };
    }

    long end(OnnxType type, long sum, int count) {
      return switch (this) {
        case MEAN -> type == OnnxType.UINT64 ? Long.divideUnsigned(sum, count) : sum / count;
        case L2 -> Numbers.whole(type, Math.sqrt(Numbers.real(type, sum)));
        default -> Numbers.wrap(type, sum);
      };
    }
  }

  /**
   * Along axes that are an attribute and, from opset 18 on, of sums from 13 on, an input. Without
   * any, along all of them, or along none if an attribute says so.
   */
  static Operator reduce(Kind kind) {
    return (node, inputs) -> {
      OnnxArray data = Arguments.input(node, inputs, 0, "data");
      boolean bools = kind == Kind.MAX || kind == Kind.MIN;
      if (data.type() == OnnxType.STRING || (data.type() == OnnxType.BOOL && !bools)) {
        throw node.wrong("numbers expected as data, found " + data);
      }
      long[] axes = Arguments.integers(node, inputs, "axes", kind == Kind.SUM ? 13 : 18, 1);
      boolean[] reduced = new boolean[data.rank()];
      if (axes != null && axes.length > 0) {
        reduced = Arguments.axes(node, axes, data.rank());
      } else {
        Arrays.fill(reduced, node.integer("noop_with_empty_axes", 0) == 0);
      }
      boolean keeps = node.integer("keepdims", 1) != 0;
      return List.of(reduce(node, kind, data, reduced, keeps));
    };
  }

  static OnnxArray reduce(Node node, Kind kind, OnnxArray data, boolean[] reduced, boolean keeps) {
    int rank = data.rank();
    int[] kept = data.dimensions();
    int[] dimensions = new int[rank];
    int left = 0;
    int count = 1;
    for (int axis = 0; axis < rank; axis++) {
      if (reduced[axis]) {
        count *= kept[axis];
        kept[axis] = 1;
      }
      if (keeps || !reduced[axis]) {
        dimensions[left++] = kept[axis];
      }
    }
    dimensions = Arrays.copyOf(dimensions, left);
    int[] steps = Walk.steps(kept, data.dimensions());
    int size = Arguments.size(Arguments.dimensions(node, longs(dimensions)));
    boolean exponential = kind == Kind.LOG_SUM_EXP;
    if (data.type().isFloat() || exponential || kind == Kind.LOG_SUM) {
      double[] x = Numbers.doubles(data);
      double[] shifts = exponential ? shifts(x, data.dimensions(), steps, size) : null;
      double[] values = floats(kind, x, shifts, data.dimensions(), steps, size);
      for (int i = 0; i < size; i++) {
        values[i] = kind.end(values[i], count) + (shifts == null ? 0 : shifts[i]);
      }
      OnnxType type = data.type().isFloat() ? data.type() : OnnxType.DOUBLE;
      return Casts.cast(node, Numbers.rounded(type, values, dimensions), data.type());
    }
    if (kind == Kind.MEAN && count == 0) {
      throw node.wrong("whole numbers to take the mean of expected, found " + data);
    }
    long[] x = data.longs();
    long[] values = new long[size];
    Arrays.fill(values, kind.begin(data.type()));
    Walk walk = new Walk(data.dimensions(), steps);
    int at = 0;
    while (walk.next()) {
      for (int i = 0; i < walk.length(); i++) {
        int to = walk.start(0) + i * walk.step(0);
        values[to] = kind.add(data.type(), values[to], x[at++]);
      }
    }
    for (int i = 0; i < size; i++) {
      values[i] = kind.end(data.type(), values[i], count);
    }
    return OnnxArray.of(data.type(), values, dimensions);
  }

  private static double[] floats(
      Kind kind, double[] x, double @Nullable [] shifts, int[] dimensions, int[] steps, int size) {
    double[] sums = new double[size];
    Arrays.fill(sums, kind.begin());
    Walk walk = new Walk(dimensions, steps);
    int at = 0;
    while (walk.next()) {
      for (int i = 0; i < walk.length(); i++) {
        int to = walk.start(0) + i * walk.step(0);
        sums[to] = kind.add(sums[to], shifts == null ? x[at] : x[at] - shifts[to]);
        at++;
      }
    }
    return sums;
  }

  /** The greatest elements, so that no exponential of a difference from them is too large. */
  private static double[] shifts(double[] x, int[] dimensions, int[] steps, int size) {
    double[] shifts = floats(Kind.MAX, x, null, dimensions, steps, size);
    for (int i = 0; i < size; i++) {
      if (Double.isInfinite(shifts[i]) || Double.isNaN(shifts[i])) {
        shifts[i] = 0;
      }
    }
    return shifts;
  }

  private static long[] longs(int[] dimensions) {
    long[] longs = new long[dimensions.length];
    for (int i = 0; i < longs.length; i++) {
      longs[i] = dimensions[i];
    }
    return longs;
  }

  /** Where along an axis the greatest or least element is, the first one of several or the last. */
  static Operator arg(boolean greatest) {
    return (node, inputs) -> {
      OnnxArray data = Arguments.numbers(node, inputs, 0, "data");
      int axis = Arguments.axis(node, node.integer("axis", 0), data.rank());
      boolean last = node.integer("select_last_index", 0) != 0;
      int[] dimensions = data.dimensions();
      int size = dimensions[axis];
      int after = Arguments.size(dimensions, axis + 1, dimensions.length);
      if (size == 0) {
        throw node.wrong("elements along axis " + axis + " expected, found " + data);
      }
      long[] places = new long[data.size() / size];
      for (int i = 0; i < places.length; i++) {
        int start = i / after * size * after + i % after;
        int best = 0;
        for (int k = 1; k < size; k++) {
          int order = Choices.compare(data, start + k * after, start + best * after);
          if (order == 0 ? last : order > 0 == greatest) {
            best = k;
          }
        }
        places[i] = best;
      }
      dimensions[axis] = 1;
      OnnxArray result = OnnxArray.of(OnnxType.INT64, places, dimensions);
      if (node.integer("keepdims", 1) != 0) {
        return List.of(result);
      }
      int[] without = new int[dimensions.length - 1];
      System.arraycopy(dimensions, 0, without, 0, axis);
      System.arraycopy(dimensions, axis + 1, without, axis, without.length - axis);
      return List.of(result.reshaped(without));
    };
  }

  /** Sums of all elements up to each one along an axis, perhaps without it or from the end. */
  static Operator cumulativeSum() {
    return (node, inputs) -> {
      OnnxArray x = Arguments.numbers(node, inputs, 0, "x");
      OnnxArray given = Arguments.input(node, inputs, 1, "axis");
      int axis = Arguments.axis(node, Arguments.integer(node, given, "axis"), x.rank());
      boolean exclusive = node.integer("exclusive", 0) != 0;
      boolean reverse = node.integer("reverse", 0) != 0;
      int[] dimensions = x.dimensions();
      int size = dimensions[axis];
      int after = Arguments.size(dimensions, axis + 1, dimensions.length);
      boolean floats = x.type().isFloat();
      double[] numbers = floats ? Numbers.doubles(x) : new double[0];
      double[] sums = new double[numbers.length];
      long[] integers = floats ? new long[0] : x.longs();
      long[] integerSums = new long[integers.length];
      for (int i = 0; i < (size == 0 ? 0 : x.size() / size); i++) {
        int start = i / after * size * after + i % after;
        double sum = 0;
        long integerSum = 0;
        for (int k = 0; k < size; k++) {
          int at = start + (reverse ? size - 1 - k : k) * after;
          if (floats) {
            sums[at] = exclusive ? sum : sum + numbers[at];
            sum += numbers[at];
          } else {
            integerSums[at] =
                Numbers.wrap(x.type(), exclusive ? integerSum : integerSum + integers[at]);
            integerSum += integers[at];
          }
        }
      }
      return List.of(
          floats
              ? Numbers.rounded(x.type(), sums, dimensions)
              : OnnxArray.of(x.type(), integerSums, dimensions));
    };
  }
}
