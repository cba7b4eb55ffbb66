package lamella.onnx;

import java.util.Arrays;
import java.util.List;

/** Operators that choose elements by their order, or make arrays of few numbers. */
final class Choices {
  private Choices() {}

  /** The order of two numbers of an array; NaN is greater than all others. */
  static int compare(OnnxArray array, int a, int b) {
    if (array.type().isFloat()) {
      double x = Numbers.at(array, a);
      double y = Numbers.at(array, b);
      return x < y ? -1 : x > y ? 1 : x == y ? 0 : Double.compare(x, y);
    }
    return Numbers.compare(array.type(), array.longs()[a], array.longs()[b]);
  }

  /** The greatest or least elements along an axis and where they are; of equal ones the first. */
  static Operator topK() {
    return (node, inputs) -> {
      OnnxArray x = Arguments.numbers(node, inputs, 0, "X");
      long k =
          node.opset() < 10
              ? node.integer("k", -1)
              : Arguments.integer(node, Arguments.input(node, inputs, 1, "K"), "K");
      int axis = Arguments.axis(node, node.integer("axis", -1), x.rank());
      boolean largest = node.integer("largest", 1) != 0;
      int[] dimensions = x.dimensions();
      int size = dimensions[axis];
      int after = Arguments.size(dimensions, axis + 1, dimensions.length);
      if (k < 0 || k > size) {
        throw node.wrong(
            "k from 0 to the size of axis " + axis + " expected, found " + k + " for " + x);
      }
      int count = (int) k;
      dimensions[axis] = count;
      int rows = size == 0 ? 0 : x.size() / size;
      Object values = Numbers.make(x.type(), rows * count);
      long[] places = new long[rows * count];
      Integer[] order = new Integer[size];
      for (int row = 0; row < rows; row++) {
        int start = row / after * size * after + row % after;
        for (int i = 0; i < size; i++) {
          order[i] = i;
        }
        Arrays.sort(
            order,
            (a, b) -> {
              int sign = compare(x, start + a * after, start + b * after);
              return largest ? -sign : sign;
            });
        int to = row / after * count * after + row % after;
        for (int i = 0; i < count; i++) {
          places[to + i * after] = order[i];
          Numbers.copy(x.elements(), start + order[i] * after, 1, values, to + i * after, 1, 1);
        }
      }
      return List.of(
          OnnxArray.of(x.type(), values, dimensions),
          OnnxArray.of(OnnxType.INT64, places, dimensions));
    };
  }

  /** One number everywhere, that of an attribute; by default 0 of float32. */
  static Operator constantOfShape() {
    return (node, inputs) -> {
      int[] dimensions = Arguments.dimensions(node, Arguments.integers(node, inputs, 0, "input"));
      OnnxArray value = node.array("value");
      if (value == null) {
        value = OnnxArray.of(new float[1], 1);
      }
      if (value.size() != 1) {
        throw node.wrong("one number expected as attribute \"value\", found " + value);
      }
      int size = Arguments.size(dimensions);
      Object values = Numbers.make(value.type(), size);
      Numbers.copy(value.elements(), 0, 0, values, 0, 1, size);
      return List.of(OnnxArray.of(value.type(), values, dimensions));
    };
  }

  /** Numbers from a start on, by a step, that are before a limit. */
  static Operator range() {
    return (node, inputs) -> {
      OnnxArray start = Arguments.numbers(node, inputs, 0, "start");
      OnnxArray limit = Arguments.numbers(node, inputs, 1, "limit");
      OnnxArray delta = Arguments.numbers(node, inputs, 2, "delta");
      Arguments.requireSameType(node, start, limit);
      Arguments.requireSameType(node, start, delta);
      double from = Arguments.number(node, start, "start");
      double by = Arguments.number(node, delta, "delta");
      double count = Math.ceil((Arguments.number(node, limit, "limit") - from) / by);
      if (by == 0 || Double.isNaN(count) || Double.isInfinite(count)) {
        throw node.wrong(
            "a step other than 0 and finite numbers expected, found from " + from + " by " + by);
      }
      int size = Arguments.dimensions(node, (long) Math.max(count, 0))[0];
      if (start.type().isFloat()) {
        double[] values = new double[size];
        for (int i = 0; i < size; i++) {
          values[i] = from + i * by;
        }
        return List.of(Numbers.rounded(start.type(), values, size));
      }
      long[] values = new long[size];
      for (int i = 0; i < size; i++) {
        values[i] = Numbers.wrap(start.type(), start.longs()[0] + i * delta.longs()[0]);
      }
      return List.of(OnnxArray.of(start.type(), values, size));
    };
  }

  /** Along a new axis one number at an index and another at all other places. */
  static Operator oneHot() {
    return (node, inputs) -> {
      OnnxArray indices = Arguments.numbers(node, inputs, 0, "indices");
      OnnxArray given = Arguments.numbers(node, inputs, 1, "depth");
      OnnxArray offOn = Arguments.input(node, inputs, 2, "values");
      long depth = (long) Arguments.number(node, given, "depth");
      if (offOn.size() != 2) {
        throw node.wrong("two values expected, off and on, found " + offOn);
      }
      int rank = indices.rank();
      int axis = Arguments.axis(node, node.integer("axis", -1), rank + 1);
      long[] result = new long[rank + 1];
      for (int k = 0; k <= rank; k++) {
        result[k] = k == axis ? depth : indices.dimension(k < axis ? k : k - 1);
      }
      int[] dimensions = Arguments.dimensions(node, result);
      Object values = Numbers.make(offOn.type(), Arguments.size(dimensions));
      Numbers.copy(offOn.elements(), 0, 0, values, 0, 1, Arguments.size(dimensions));
      int after = Arguments.size(dimensions, axis + 1, rank + 1);
      for (int i = 0; i < indices.size(); i++) {
        double index = Numbers.at(indices, i);
        index = index < 0 ? index + depth : index;
        if (index >= 0 && index < depth && index == Math.rint(index)) {
          int at = (i / after * dimensions[axis] + (int) index) * after + i % after;
          Numbers.copy(offOn.elements(), 1, 0, values, at, 1, 1);
        }
      }
      return List.of(OnnxArray.of(offOn.type(), values, dimensions));
    };
  }

  /** Where the elements other than 0 are: a row for each axis, a column for each element. */
  static Operator nonZero() {
    return (node, inputs) -> {
      OnnxArray x = Arguments.input(node, inputs, 0, "X");
      if (x.type() == OnnxType.STRING) {
        throw node.wrong("numbers expected as X, found " + x);
      }
      int[] found = new int[x.size()];
      int count = 0;
      for (int i = 0; i < found.length; i++) {
        if (Numbers.at(x, i) != 0) {
          found[count++] = i;
        }
      }
      int[] dimensions = Arguments.dimensions(node, x.rank(), count);
      long[] places = new long[Arguments.size(dimensions)];
      int[] steps = Walk.steps(x.dimensions());
      for (int axis = 0; axis < x.rank(); axis++) {
        for (int i = 0; i < count; i++) {
          places[axis * count + i] = found[i] / steps[axis] % x.dimension(axis);
        }
      }
      return List.of(OnnxArray.of(OnnxType.INT64, places, dimensions));
    };
  }

  /** Ones on a diagonal of a matrix of the input's dimensions. */
  static Operator eyeLike() {
    return (node, inputs) -> {
      OnnxArray input = Arguments.input(node, inputs, 0, "input");
      if (input.rank() != 2) {
        throw node.wrong("a matrix expected, found " + input);
      }
      OnnxType type = node.has("dtype") ? OnnxType.of(node.integer("dtype", 0)) : input.type();
      if (type == null || type == OnnxType.STRING) {
        throw node.wrong("a type of numbers expected as attribute \"dtype\"");
      }
      long k = node.integer("k", 0);
      long[] ones = new long[input.size()];
      for (int at = 0; at < ones.length; at++) {
        ones[at] = at % input.dimension(1) - at / input.dimension(1) == k ? 1 : 0;
      }
      OnnxArray matrix = OnnxArray.of(OnnxType.INT64, ones, input.dimensions());
      return List.of(Casts.cast(node, matrix, type));
    };
  }
}
