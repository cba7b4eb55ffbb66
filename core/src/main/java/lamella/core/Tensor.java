package lamella.core;

/**
 * A dense, row-major array of numbers on the Java heap: a shape and one element type.
 *
 * <p>There are no views and no broadcasting, and nothing to close. Two tensors never share
 * elements, unless {@code wrap} was asked to use a caller's array. Reading from many threads is
 * safe while nobody writes.
 */
public sealed interface Tensor permits FloatTensor, DoubleTensor {

  /**
   * {@return a tensor of zeros}
   *
   * @param dtype the type of its elements
   * @param shape its dimensions, not open
   */
  static Tensor zeros(DType dtype, Shape shape) {
    return switch (dtype) {
      case FLOAT32 -> FloatTensor.zeros(shape);
      case FLOAT64 -> DoubleTensor.zeros(shape);
    };
  }

  /** {@return the dimensions; never open} */
  Shape shape();

  /** {@return the element type} */
  DType dtype();

  /** {@return the number of elements} */
  default int size() {
    return shape().size();
  }

  /**
   * {@return the element at a position in row-major order}
   *
   * @param index from 0 on
   */
  double get(int index);

  /**
   * Sets the element at a position in row-major order, rounded to this tensor's type.
   *
   * @param index from 0 on
   * @param value the new element
   */
  void set(int index, double value);

  /**
   * {@return the element of a matrix}
   *
   * @param row from 0 on
   * @param column from 0 on
   * @throws IllegalArgumentException if this is no matrix or the position lies outside
   */
  default double get(int row, int column) {
    Shape shape = shape();
    if (shape.rank() != 2
        || row < 0
        || row >= shape.dimension(0)
        || column < 0
        || column >= shape.last()) {
      throw new IllegalArgumentException(
          "Tensor: no element [" + row + ", " + column + "] in a tensor of shape " + shape);
    }
    return get(row * shape.last() + column);
  }

  /**
   * Sets every element.
   *
   * @param value rounded to this tensor's type
   */
  void fill(double value);

  /**
   * Copies the elements of another tensor of the same shape, rounding where its type is wider.
   *
   * @param source not changed
   * @throws ShapeException if the shapes differ
   */
  void copyFrom(Tensor source);

  /** {@return a copy in this tensor's type} */
  default Tensor copy() {
    return to(dtype());
  }

  /**
   * {@return a copy in the given type: float64 to float32 rounds to nearest even, float32 to
   * float64 is exact}
   *
   * @param dtype the copy's type
   */
  default Tensor to(DType dtype) {
    Tensor result = zeros(dtype, shape());
    result.copyFrom(this);
    return result;
  }

  /** {@return the elements in row-major order, as a new array} */
  double[] toDoubleArray();

  /**
   * {@return the column of the largest element of a row of a matrix, the first of equals; a NaN
   * counts as largest}
   *
   * @param row from 0 on
   */
  default int argMax(int row) {
    int best = 0;
    double largest = get(row, 0);
    for (int column = 1; column < shape().last() && !Double.isNaN(largest); column++) {
      double candidate = get(row, column);
      if (candidate > largest || Double.isNaN(candidate)) {
        largest = candidate;
        best = column;
      }
    }
    return best;
  }
}
