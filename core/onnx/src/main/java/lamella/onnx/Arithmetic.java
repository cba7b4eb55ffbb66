package lamella.onnx;

import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleBinaryOperator;
import java.util.function.IntPredicate;
import java.util.function.LongBinaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Operators that compute each element of the output from one element of each input, of which each
 * may be repeated along axes to fill the dimensions that all have together.
 */
final class Arithmetic {

  /**
   * What is computed of two numbers.
   *
   * @param floats of two floats, in float64; then rounded to their type
   * @param integers of two whole numbers; the upper bits that their type has not fall away
   * @param unsigned the same of two of uint64
   * @param row the same as of floats, of many of float32 that lie one after the other
   */
  record Function(
      DoubleBinaryOperator floats,
      LongBinaryOperator integers,
      LongBinaryOperator unsigned,
      @Nullable Row row) {
    Function(DoubleBinaryOperator floats, LongBinaryOperator integers) {
      this(floats, integers, integers, null);
    }
  }

  /**
   * One of the four operations, of which processors do many at once. In float32 they give the same
   * as in float64 and rounded.
   */
  private interface Row {
    /** z[k + l] = x[i + l] and y[j + l], for l below count. */
    void compute(float[] x, int i, float[] y, int j, float[] z, int k, int count);
  }

  static final Function ADD =
      new Function(
          (a, b) -> a + b,
          (a, b) -> a + b,
          (a, b) -> a + b,
          (x, i, y, j, z, k, count) -> {
            for (int l = 0; l < count; l++) {
              z[k + l] = x[i + l] + y[j + l];
            }
          });
  static final Function SUB =
      new Function(
          (a, b) -> a - b,
          (a, b) -> a - b,
          (a, b) -> a - b,
          (x, i, y, j, z, k, count) -> {
            for (int l = 0; l < count; l++) {
              z[k + l] = x[i + l] - y[j + l];
            }
          });
  static final Function MUL =
      new Function(
          (a, b) -> a * b,
          (a, b) -> a * b,
          (a, b) -> a * b,
          (x, i, y, j, z, k, count) -> {
            for (int l = 0; l < count; l++) {
              z[k + l] = x[i + l] * y[j + l];
            }
          });
  static final Function DIV =
      new Function(
          (a, b) -> a / b,
          (a, b) -> a / b,
          Long::divideUnsigned,
          (x, i, y, j, z, k, count) -> {
            for (int l = 0; l < count; l++) {
              z[k + l] = x[i + l] / y[j + l];
            }
          });
  static final Function MAX =
      new Function(Math::max, Math::max, (a, b) -> Long.compareUnsigned(a, b) >= 0 ? a : b, null);
  static final Function MIN =
      new Function(Math::min, Math::min, (a, b) -> Long.compareUnsigned(a, b) <= 0 ? a : b, null);

  /** The remainder that has the sign of the dividend. */
  private static final Function TRUNCATED =
      new Function((a, b) -> a % b, (a, b) -> a % b, Long::remainderUnsigned, null);

  /** The remainder that has the sign of the divisor. */
  private static final Function FLOORED =
      new Function(Arithmetic::floorMod, Math::floorMod, Long::remainderUnsigned, null);

  private static final Function POWER = new Function(Arithmetic::power, Arithmetic::power);

  private Arithmetic() {}

  /** Of two inputs; before opset 7 the second one is repeated only where attributes say so. */
  static Operator binary(Function function) {
    return (node, inputs) -> {
      OnnxArray a = Arguments.numbers(node, inputs, 0, "A");
      OnnxArray b = placed(node, a, Arguments.numbers(node, inputs, 1, "B"));
      return List.of(combine(node, a, b, function));
    };
  }

  /** Of one input or more. */
  static Operator nary(Function function) {
    return (node, inputs) -> List.of(fold(node, inputs, function));
  }

  static Operator mean() {
    return (node, inputs) -> {
      OnnxArray sum = Arguments.floats(node, fold(node, inputs, ADD), "data");
      OnnxArray count = Numbers.rounded(sum.type(), new double[] {inputs.size()});
      return List.of(combine(node, sum, count, DIV));
    };
  }

  private static OnnxArray fold(
      Node node, List<? extends @Nullable OnnxArray> inputs, Function function) {
    OnnxArray result = Arguments.numbers(node, inputs, 0, "data_0");
    for (int i = 1; i < inputs.size(); i++) {
      result = combine(node, result, Arguments.numbers(node, inputs, i, "data_" + i), function);
    }
    return result;
  }

  /** A function of two arrays of one type of numbers. */
  static OnnxArray combine(Node node, OnnxArray a, OnnxArray b, Function function) {
    Arguments.requireSameType(node, a, b);
    OnnxType type = a.type();
    int[] dimensions = Walk.common(node, a, b);
    Walk walk =
        new Walk(
            dimensions,
            Walk.steps(a.dimensions(), dimensions),
            Walk.steps(b.dimensions(), dimensions));
    int size = Arguments.size(dimensions);
    if (type.storage() == OnnxType.Storage.FLOATS) {
      float[] values = new float[size];
      floats(walk, a.floats(), b.floats(), function, values);
      return Numbers.rounded(type, values, dimensions);
    }
    if (type == OnnxType.DOUBLE) {
      double[] values = new double[size];
      doubles(walk, a.doubles(), b.doubles(), function.floats, values);
      return OnnxArray.of(values, dimensions);
    }
    LongBinaryOperator integers = type == OnnxType.UINT64 ? function.unsigned : function.integers;
    return OnnxArray.of(
        type, integers(node, walk, a.longs(), b.longs(), type, integers, size), dimensions);
  }

  private static void floats(Walk walk, float[] x, float[] y, Function function, float[] values) {
    int at = 0;
    while (walk.next()) {
      int i = walk.start(0);
      int j = walk.start(1);
      int end = at + walk.length();
      if (function.row != null && walk.step(0) == 1 && walk.step(1) == 1) {
        function.row.compute(x, i, y, j, values, at, walk.length());
        at = end;
      }
      for (; at < end; at++) {
        values[at] = (float) function.floats.applyAsDouble(x[i], y[j]);
        i += walk.step(0);
        j += walk.step(1);
      }
    }
  }

  private static void doubles(
      Walk walk, double[] x, double[] y, DoubleBinaryOperator function, double[] values) {
    int at = 0;
    while (walk.next()) {
      int i = walk.start(0);
      int j = walk.start(1);
      for (int end = at + walk.length(); at < end; at++) {
        values[at] = function.applyAsDouble(x[i], y[j]);
        i += walk.step(0);
        j += walk.step(1);
      }
    }
  }

  private static long[] integers(
      Node node,
      Walk walk,
      long[] x,
      long[] y,
      OnnxType type,
      LongBinaryOperator function,
      int size) {
    long[] values = new long[size];
    int at = 0;
    try {
      while (walk.next()) {
        int i = walk.start(0);
        int j = walk.start(1);
        for (int end = at + walk.length(); at < end; at++) {
          values[at] = Numbers.wrap(type, function.applyAsLong(x[i], y[j]));
          i += walk.step(0);
          j += walk.step(1);
        }
      }
    } catch (ArithmeticException e) {
      IllegalArgumentException wrong =
          node.wrong("divisors other than 0 expected of whole numbers, found 0");
      wrong.initCause(e);
      throw wrong;
    }
    return values;
  }

  /**
   * The second input with further dimensions of 1, so that NumPy's rule does what the attributes of
   * old versions say: from which axis of the first input on it is repeated; if none is given, its
   * axes are the last ones.
   */
  private static OnnxArray placed(Node node, OnnxArray a, OnnxArray b) {
    if (node.opset() >= 7 || node.integer("broadcast", 0) == 0) {
      return b;
    }
    if (b.size() == 1) {
      return b.reshaped();
    }
    if (!node.has("axis")) {
      return b;
    }
    int axis = Arguments.axis(node, node.integer("axis", 0), a.rank());
    if (axis + b.rank() > a.rank()) {
      throw node.wrong(
          "B expected that fits A from axis " + axis + " on, found " + a + " and " + b);
    }
    int[] dimensions = Arrays.copyOf(b.dimensions(), a.rank() - axis);
    Arrays.fill(dimensions, b.rank(), dimensions.length, 1);
    return b.reshaped(dimensions);
  }

  /** Remainders, of floats only those of truncated division before opset 28. */
  static Operator mod(Node node) {
    boolean truncated = node.integer("fmod", 0) != 0;
    return binary(truncated ? TRUNCATED : FLOORED);
  }

  private static double floorMod(double a, double b) {
    double remainder = a % b;
    if (remainder == 0) {
      return Math.copySign(0, b);
    }
    return remainder < 0 == b < 0 ? remainder : remainder + b;
  }

  /** Of the type of the first input, whatever the second one's is. */
  static Operator pow() {
    return (node, inputs) -> {
      OnnxArray a = Arguments.numbers(node, inputs, 0, "X");
      OnnxArray b = placed(node, a, Arguments.numbers(node, inputs, 1, "Y"));
      if (a.type() == b.type() && a.type().isFloat()) {
        return List.of(combine(node, a, b, POWER));
      }
      OnnxType common = a.type().isFloat() || b.type().isFloat() ? OnnxType.DOUBLE : OnnxType.INT64;
      OnnxArray power =
          combine(node, Casts.cast(node, a, common), Casts.cast(node, b, common), POWER);
      return List.of(Casts.cast(node, power, a.type()));
    };
  }

  private static double power(double a, double b) {
    // Java has NaN here, ONNX what C has.
    if (a == 1 || (a == -1 && Double.isInfinite(b))) {
      return 1;
    }
    return StrictMath.pow(a, b);
  }

  private static long power(long a, long b) {
    if (b < 0) {
      return a == 1 || a == -1 ? (b & 1) == 0 ? 1 : a : 0;
    }
    long power = 1;
    for (long factor = a, rest = b; rest > 0; rest >>= 1, factor *= factor) {
      if ((rest & 1) == 1) {
        power *= factor;
      }
    }
    return power;
  }

  /** What is true of the order of two elements: -1, 0 or 1. Nothing is in order with NaN. */
  static Operator compare(IntPredicate order) {
    return (node, inputs) -> {
      OnnxArray a = Arguments.input(node, inputs, 0, "A");
      OnnxArray b = placed(node, a, Arguments.input(node, inputs, 1, "B"));
      Arguments.requireSameType(node, a, b);
      return List.of(compare(node, a, b, order));
    };
  }

  private static OnnxArray compare(Node node, OnnxArray a, OnnxArray b, IntPredicate order) {
    int[] dimensions = Walk.common(node, a, b);
    long[] answers = new long[Arguments.size(dimensions)];
    Walk walk =
        new Walk(
            dimensions,
            Walk.steps(a.dimensions(), dimensions),
            Walk.steps(b.dimensions(), dimensions));
    int at = 0;
    while (walk.next()) {
      for (int k = 0; k < walk.length(); k++) {
        int i = walk.start(0) + k * walk.step(0);
        int j = walk.start(1) + k * walk.step(1);
        boolean answer;
        if (a.type() == OnnxType.STRING) {
          answer = order.test(Integer.signum(a.strings()[i].compareTo(b.strings()[j])));
        } else if (a.type().isFloat()) {
          double x = Numbers.at(a, i);
          double y = Numbers.at(b, j);
          answer = (x < y || x > y || x == y) && order.test(x < y ? -1 : x > y ? 1 : 0);
        } else {
          answer = order.test(Numbers.compare(a.type(), a.longs()[i], b.longs()[j]));
        }
        answers[at++] = answer ? 1 : 0;
      }
    }
    return OnnxArray.of(OnnxType.BOOL, answers, dimensions);
  }

  /** Of false and true, 0 and 1. */
  static Operator logical(LongBinaryOperator function) {
    return (node, inputs) -> {
      OnnxArray a = Arguments.bools(node, inputs, 0, "A");
      OnnxArray b = placed(node, a, Arguments.bools(node, inputs, 1, "B"));
      return List.of(combine(node, a, b, new Function((x, y) -> 0, function)));
    };
  }

  /**
   * x, but slope times x where it is negative. Before opset 7 the slope is that of each channel.
   */
  static Operator prelu() {
    return (node, inputs) -> {
      OnnxArray x = Arguments.numbers(node, inputs, 0, "X");
      OnnxArray slope = Arguments.numbers(node, inputs, 1, "slope");
      if (slope.size() == 1) {
        slope = slope.reshaped();
      } else if (node.opset() < 7 && slope.rank() == 1 && x.rank() > 1) {
        int[] dimensions = new int[x.rank() - 1];
        Arrays.fill(dimensions, 1);
        dimensions[0] = slope.size();
        slope = slope.reshaped(dimensions);
      }
      OnnxArray y =
          combine(
              node,
              x,
              slope,
              new Function(
                  (a, b) -> a < 0 ? a * b : a, (a, b) -> a < 0 ? a * b : a, (a, b) -> a, null));
      if (!Arrays.equals(y.dimensions(), x.dimensions())) {
        throw node.wrong("a slope that fits X expected, found " + slope + " for " + x);
      }
      return List.of(y);
    };
  }

  /** Between two bounds, attributes before opset 11; where they cross, the upper one. */
  static Operator clip() {
    return (node, inputs) -> {
      OnnxArray x = Arguments.numbers(node, inputs, 0, "input");
      if (node.opset() < 11) {
        OnnxArray min = bound(x.type(), node.number("min", -Float.MAX_VALUE));
        OnnxArray max = bound(x.type(), node.number("max", Float.MAX_VALUE));
        OnnxArray y = node.has("min") ? combine(node, x, min, MAX) : x;
        return List.of(node.has("max") ? combine(node, y, max, MIN) : y);
      }
      OnnxArray y = x;
      for (int i = 1; i <= 2; i++) {
        OnnxArray bound = Arguments.optional(inputs, i);
        if (bound != null) {
          if (bound.size() != 1) {
            throw node.wrong("bounds of one number expected, found " + bound);
          }
          y = combine(node, y, bound.reshaped(), i == 1 ? MAX : MIN);
        }
      }
      return List.of(y);
    };
  }

  private static OnnxArray bound(OnnxType type, float number) {
    return type.isFloat()
        ? Numbers.rounded(type, new double[] {number})
        : OnnxArray.of(type, new long[] {Numbers.whole(type, number)});
  }

  /** X where a condition is true, else Y. */
  static Operator where() {
    return (node, inputs) -> {
      OnnxArray condition = Arguments.bools(node, inputs, 0, "condition");
      OnnxArray x = Arguments.input(node, inputs, 1, "X");
      OnnxArray y = Arguments.input(node, inputs, 2, "Y");
      Arguments.requireSameType(node, x, y);
      int[] dimensions = Walk.common(node, condition, x, y);
      Object values = Numbers.make(x.type(), Arguments.size(dimensions));
      Walk walk =
          new Walk(
              dimensions,
              Walk.steps(condition.dimensions(), dimensions),
              Walk.steps(x.dimensions(), dimensions),
              Walk.steps(y.dimensions(), dimensions));
      int at = 0;
      while (walk.next()) {
        for (int i = 0; i < walk.length(); i++) {
          boolean chosen = condition.longs()[walk.start(0) + i * walk.step(0)] != 0;
          int which = chosen ? 1 : 2;
          Numbers.copy(
              (chosen ? x : y).elements(),
              walk.start(which) + i * walk.step(which),
              1,
              values,
              at++,
              1,
              1);
        }
      }
      return List.of(OnnxArray.of(x.type(), values, dimensions));
    };
  }
}
