package lamella.onnx;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What an operator asks of its inputs and attributes, and of the sizes of what it gives. */
final class Arguments {

  /** An output of more elements is refused: it may be a small file that asks for all memory. */
  private static final long MOST_ELEMENTS =
      Math.min(Integer.MAX_VALUE - 8, Runtime.getRuntime().maxMemory() / 32);

  private static final int MOST_DIMENSIONS = 64;

  private Arguments() {}

  /** An input that must be there. */
  static OnnxArray input(
      Node node, List<? extends @Nullable OnnxArray> inputs, int index, String name) {
    OnnxArray input = optional(inputs, index);
    if (input == null) {
      throw node.wrong("an input " + name + " expected, found none");
    }
    return input;
  }

  /** An input; null where it is left out. */
  static @Nullable OnnxArray optional(List<? extends @Nullable OnnxArray> inputs, int index) {
    return index < inputs.size() ? inputs.get(index) : null;
  }

  /** An input of floats. */
  static OnnxArray floats(
      Node node, List<? extends @Nullable OnnxArray> inputs, int index, String name) {
    return floats(node, input(node, inputs, index, name), name);
  }

  /** The same array, if it is of floats. */
  static OnnxArray floats(Node node, OnnxArray array, String name) {
    if (!array.type().isFloat()) {
      throw node.wrong("floats expected as " + name + ", found " + array);
    }
    return array;
  }

  /** An input of floats or whole numbers. */
  static OnnxArray numbers(
      Node node, List<? extends @Nullable OnnxArray> inputs, int index, String name) {
    OnnxArray input = input(node, inputs, index, name);
    if (!input.type().isFloat() && !input.type().isInteger()) {
      throw node.wrong("numbers expected as " + name + ", found " + input);
    }
    return input;
  }

  /** An input of false and true. */
  static OnnxArray bools(
      Node node, List<? extends @Nullable OnnxArray> inputs, int index, String name) {
    OnnxArray input = input(node, inputs, index, name);
    if (input.type() != OnnxType.BOOL) {
      throw node.wrong("bool expected as " + name + ", found " + input);
    }
    return input;
  }

  /** That two arrays have one type. */
  static void requireSameType(Node node, OnnxArray first, OnnxArray second) {
    if (first.type() != second.type()) {
      throw node.wrong("inputs of one type expected, found " + first + " and " + second);
    }
  }

  /** The elements of an input of whole numbers. */
  static long[] integers(
      Node node, List<? extends @Nullable OnnxArray> inputs, int index, String name) {
    return integers(node, input(node, inputs, index, name), name);
  }

  /** The elements of an array of whole numbers. */
  static long[] integers(Node node, OnnxArray array, String name) {
    if (!array.type().isInteger()) {
      throw node.wrong("integers expected as " + name + ", found " + array);
    }
    return array.longs();
  }

  /** Some integers that are an attribute in old versions and an input in new ones. */
  static long @Nullable [] integers(
      Node node,
      List<? extends @Nullable OnnxArray> inputs,
      String name,
      int inputSince,
      int index) {
    if (node.opset() < inputSince) {
      return node.integers(name);
    }
    OnnxArray input = optional(inputs, index);
    return input == null ? null : integers(node, input, name);
  }

  /** The one element of an array. */
  static double number(Node node, OnnxArray array, String name) {
    if (array.size() != 1 || array.type() == OnnxType.STRING) {
      throw node.wrong("one number expected as " + name + ", found " + array);
    }
    return Numbers.at(array, 0);
  }

  /** The one element of an array of whole numbers. */
  static long integer(Node node, OnnxArray array, String name) {
    if (array.size() != 1 || !array.type().isInteger()) {
      throw node.wrong("one integer expected as " + name + ", found " + array);
    }
    return array.longs()[0];
  }

  /** The same axis, counted from 0. */
  static int axis(Node node, long axis, int rank) {
    if (axis < -rank || axis >= rank) {
      throw node.wrong("an axis from " + -rank + " to " + (rank - 1) + " expected, found " + axis);
    }
    return (int) (axis < 0 ? axis + rank : axis);
  }

  /** Which axes are among some that are different from each other. */
  static boolean[] axes(Node node, long[] axes, int rank) {
    boolean[] chosen = new boolean[rank];
    for (long given : axes) {
      int axis = axis(node, given, rank);
      if (chosen[axis]) {
        throw node.wrong("different axes expected, found " + Arrays.toString(axes));
      }
      chosen[axis] = true;
    }
    return chosen;
  }

  /** The dimensions of an output, if they are none too large. */
  static int[] dimensions(Node node, long... dimensions) {
    if (dimensions.length > MOST_DIMENSIONS) {
      throw node.wrong(
          "at most " + MOST_DIMENSIONS + " dimensions expected, found " + dimensions.length);
    }
    int[] sizes = new int[dimensions.length];
    long product = 1;
    for (int i = 0; i < sizes.length; i++) {
      if (dimensions[i] < 0 || dimensions[i] > MOST_ELEMENTS) {
        throw tooLarge(node, dimensions);
      }
      sizes[i] = (int) dimensions[i];
      product = Math.min(product * Math.max(sizes[i], 1), Integer.MAX_VALUE);
    }
    if (product > MOST_ELEMENTS) {
      throw tooLarge(node, dimensions);
    }
    Room.require(node, product);
    return sizes;
  }

  private static IllegalArgumentException tooLarge(Node node, long[] dimensions) {
    return node.wrong(
        "an output of at most "
            + MOST_ELEMENTS
            + " elements expected, with this much memory, found dimensions "
            + Arrays.toString(dimensions));
  }

  /** How many elements some dimensions have; none is too large. */
  static int size(int... dimensions) {
    return size(dimensions, 0, dimensions.length);
  }

  /** How many elements the dimensions from one, to another and without it, have. */
  static int size(int[] dimensions, int from, int to) {
    int size = 1;
    for (int axis = from; axis < to; axis++) {
      size = Math.multiplyExact(size, dimensions[axis]);
    }
    return size;
  }
}
