package lamella.core;

import java.util.Arrays;
import java.util.List;

/**
 * The elements of many tensors, one after another in an array of {@code float} or {@code double}.
 */
final class Flat {
  private Flat() {}

  /** The number of elements of all. */
  static int size(List<Parameter> parameters) {
    int size = 0;
    for (Parameter parameter : parameters) {
      size = Math.addExact(size, parameter.value().size());
    }
    return size;
  }

  /**
   * Refuses an array of another type, or one that ends too early.
   *
   * @param who begins the error
   * @param parameters whose elements, or gradients, lie in the array
   * @param type of the array
   * @param length of the array
   * @param from where the first element lies
   */
  static void require(String who, List<Parameter> parameters, DType type, int length, int from) {
    if (from < 0) {
      throw new IllegalArgumentException(
          who + ": the position in the flat array must be at least 0, got " + from);
    }
    int size = size(parameters);
    long at = from;
    for (Parameter parameter : parameters) {
      if (parameter.value().dtype() != type) {
        throw new IllegalArgumentException(
            who
                + ": "
                + parameter
                + " does not go with a flat array of "
                + type
                + "; use a "
                + (type == DType.FLOAT32 ? "double[]" : "float[]"));
      }
      long end = at + parameter.value().size();
      if (end > length) {
        throw new IllegalArgumentException(
            who
                + ": "
                + parameter
                + " takes the positions ["
                + at
                + ", "
                + end
                + ") of the flat array, which ends at "
                + length
                + "; expects "
                + size
                + " numbers from position "
                + from
                + " on");
      }
      at = end;
    }
  }

  /** Copies a tensor to an array of its type. */
  static void copyFrom(Tensor tensor, Object flat, int at) {
    System.arraycopy(Elements.array(tensor), 0, flat, at, tensor.size());
  }

  /** Copies from an array to a tensor of its type. */
  static void copyTo(Object flat, int at, Tensor tensor) {
    System.arraycopy(flat, at, Elements.array(tensor), 0, tensor.size());
    tensor.markChanged();
  }

  /** Sets so many numbers to zero. */
  static void fillZeros(Object flat, int at, int size) {
    if (flat instanceof float[] floats) {
      Arrays.fill(floats, at, at + size, 0f);
    } else {
      Arrays.fill((double[]) flat, at, at + size, 0);
    }
  }
}
