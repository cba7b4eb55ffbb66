package lamella.onnx;

import java.util.Arrays;
import java.util.stream.Collectors;
import lamella.core.DoubleTensor;
import lamella.core.FloatTensor;
import lamella.core.Shape;
import lamella.core.Tensor;

/**
 * An array of one of ONNX's types: what a model is given and what it gives. Elements are in
 * row-major order; an array without dimensions has one element, one with a dimension of 0 has none.
 *
 * <p>The arrays of elements that {@code of} is given and that {@link #floats} and the like return
 * are used and not copied. Nobody may change them while a model runs.
 */
public final class OnnxArray {
  private final OnnxType type;
  private final int[] dimensions;
  private final int size;

  /** A float[], double[], long[] or String[]. */
  private final Object elements;

  private OnnxArray(OnnxType type, int[] dimensions, Object elements, int length) {
    this.type = type;
    this.dimensions = dimensions;
    this.elements = elements;
    this.size = length;
    long product = 1;
    long withoutEmpty = 1;
    for (int dimension : dimensions) {
      if (dimension < 0) {
        product = -1;
        break;
      }
      product = Math.min(product * dimension, Integer.MAX_VALUE);
      withoutEmpty = Math.min(withoutEmpty * Math.max(dimension, 1), 1L << 31);
    }
    if (product == 0 && withoutEmpty > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "OnnxArray: expects dimensions whose product fits an int even without those of 0, got "
              + Arrays.toString(dimensions));
    }
    if (product != length) {
      throw new IllegalArgumentException(
          "OnnxArray: expects as many elements as dimensions "
              + Arrays.toString(dimensions)
              + " have, got "
              + length);
    }
  }

  /**
   * {@return an array of floats of 32 or 16 bits}
   *
   * @param type which of these; elements of fewer bits must have been rounded to them
   * @param elements as many as the dimensions have
   * @param dimensions the sizes, none negative
   * @throws IllegalArgumentException if these do not fit
   */
  public static OnnxArray of(OnnxType type, float[] elements, int... dimensions) {
    require(type, OnnxType.Storage.FLOATS);
    return new OnnxArray(type, dimensions.clone(), elements, elements.length);
  }

  /**
   * {@return an array of float32}
   *
   * @param elements as many as the dimensions have
   * @param dimensions the sizes, none negative
   * @throws IllegalArgumentException if these do not fit
   */
  public static OnnxArray of(float[] elements, int... dimensions) {
    return of(OnnxType.FLOAT, elements, dimensions);
  }

  /**
   * {@return an array of float64}
   *
   * @param elements as many as the dimensions have
   * @param dimensions the sizes, none negative
   * @throws IllegalArgumentException if these do not fit
   */
  public static OnnxArray of(double[] elements, int... dimensions) {
    return new OnnxArray(OnnxType.DOUBLE, dimensions.clone(), elements, elements.length);
  }

  /**
   * {@return an array of whole numbers, or of false and true as 0 and 1}
   *
   * @param type which of these; every element must be one of its numbers
   * @param elements as many as the dimensions have
   * @param dimensions the sizes, none negative
   * @throws IllegalArgumentException if these do not fit
   */
  public static OnnxArray of(OnnxType type, long[] elements, int... dimensions) {
    require(type, OnnxType.Storage.LONGS);
    return new OnnxArray(type, dimensions.clone(), elements, elements.length);
  }

  /**
   * {@return an array of texts}
   *
   * @param elements as many as the dimensions have
   * @param dimensions the sizes, none negative
   * @throws IllegalArgumentException if these do not fit
   */
  public static OnnxArray of(String[] elements, int... dimensions) {
    return new OnnxArray(OnnxType.STRING, dimensions.clone(), elements, elements.length);
  }

  /**
   * {@return an array of float32 or float64 with a tensor's own elements}
   *
   * @param tensor of either type
   */
  public static OnnxArray of(Tensor tensor) {
    int[] dimensions = new int[tensor.shape().rank()];
    for (int axis = 0; axis < dimensions.length; axis++) {
      dimensions[axis] = tensor.shape().dimension(axis);
    }
    return switch (tensor) {
      case FloatTensor floats -> of(floats.array(), dimensions);
      case DoubleTensor doubles -> of(doubles.array(), dimensions);
    };
  }

  /** An array of any type, of elements that are stored as this type has them. */
  static OnnxArray of(OnnxType type, Object elements, int... dimensions) {
    return switch (type.storage()) {
      case FLOATS -> of(type, (float[]) elements, dimensions);
      case DOUBLES -> of((double[]) elements, dimensions);
      case LONGS -> of(type, (long[]) elements, dimensions);
      case STRINGS -> of((String[]) elements, dimensions);
    };
  }

  private static void require(OnnxType type, OnnxType.Storage storage) {
    if (type.storage() != storage) {
      throw new IllegalArgumentException(
          "OnnxArray: elements of another kind than " + type + " has");
    }
  }

  /** {@return the type of the elements} */
  public OnnxType type() {
    return type;
  }

  /** {@return the sizes, a copy} */
  public int[] dimensions() {
    return dimensions.clone();
  }

  /** {@return how many dimensions there are} */
  public int rank() {
    return dimensions.length;
  }

  /**
   * {@return the size of a dimension}
   *
   * @param axis from 0, or -1 for the last
   */
  public int dimension(int axis) {
    return dimensions[axis < 0 ? axis + dimensions.length : axis];
  }

  /** {@return how many elements there are} */
  public int size() {
    return size;
  }

  /** {@return the elements of an array of float32, float16 or bfloat16} */
  public float[] floats() {
    return (float[]) elements(OnnxType.Storage.FLOATS);
  }

  /** {@return the elements of an array of float64} */
  public double[] doubles() {
    return (double[]) elements(OnnxType.Storage.DOUBLES);
  }

  /** {@return the elements of an array of whole numbers or of false and true} */
  public long[] longs() {
    return (long[]) elements(OnnxType.Storage.LONGS);
  }

  /** {@return the elements of an array of texts} */
  public String[] strings() {
    return (String[]) elements(OnnxType.Storage.STRINGS);
  }

  /** The elements: a float[], double[], long[] or String[]. */
  Object elements() {
    return elements;
  }

  private Object elements(OnnxType.Storage storage) {
    if (type.storage() != storage) {
      throw new IllegalStateException("OnnxArray: is " + this + ", has no such elements");
    }
    return elements;
  }

  /**
   * {@return a tensor with this array's own elements}
   *
   * @throws IllegalStateException if they are neither float32 nor float64
   * @throws IllegalArgumentException if a dimension is 0
   */
  public Tensor tensor() {
    return type == OnnxType.DOUBLE
        ? DoubleTensor.wrap(Shape.of(dimensions), doubles())
        : FloatTensor.wrap(Shape.of(dimensions), floats());
  }

  /** The same elements in other dimensions. */
  OnnxArray reshaped(int... other) {
    return new OnnxArray(type, other.clone(), elements, size);
  }

  /** For example {@code float[2, 3]}. */
  @Override
  public String toString() {
    return type
        + Arrays.stream(dimensions)
            .mapToObj(Integer::toString)
            .collect(Collectors.joining(", ", "[", "]"));
  }
}
