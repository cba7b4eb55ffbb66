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
    return dtype == DType.FLOAT32 ? FloatTensor.zeros(shape) : DoubleTensor.zeros(shape);
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
    return get(matrixIndex(this, row, column));
  }

  /**
   * Sets the element of a matrix, rounded to this tensor's type.
   *
   * @param row from 0 on
   * @param column from 0 on
   * @param value the new element
   * @throws IllegalArgumentException if this is no matrix or the position lies outside
   */
  default void set(int row, int column, double value) {
    set(matrixIndex(this, row, column), value);
  }

  private static int matrixIndex(Tensor tensor, int row, int column) {
    Shape shape = tensor.shape();
    if (shape.rank() != 2
        || row < 0
        || row >= shape.dimension(0)
        || column < 0
        || column >= shape.last()) {
      throw new IllegalArgumentException(
          "Tensor: no element [" + row + ", " + column + "] in a tensor of shape " + shape);
    }
    return row * shape.last() + column;
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

  /**
   * Adds the elements of another tensor, t = t + other, each sum rounded once.
   *
   * @param other of the same size and type; not changed
   * @throws IllegalArgumentException if sizes or types differ
   */
  default void add(Tensor other) {
    Sum.INSTANCE.over(this, other);
  }

  /**
   * Says that elements were written through the live array, as {@link #set}, {@link #fill} and
   * {@link #copyFrom} say by themselves: a {@link Pass} finds out by it that what backward needs
   * has changed since forward.
   */
  void markChanged();

  /** {@return the sum of the elements' squares, added up in float64 in a fixed order} */
  double sumOfSquares();

  /** {@return whether no element is NaN or infinite} */
  boolean isFinite();

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

  /**
   * {@return a copy with the same elements in row-major order and another shape, for example a bias
   * {@code [n]} from a file's {@code [1, n]}}
   *
   * @param shape of as many elements
   * @throws IllegalArgumentException if it has another number of elements
   */
  default Tensor reshape(Shape shape) {
    if (shape.size() != size()) {
      throw new IllegalArgumentException(
          "Tensor: "
              + shape()
              + " has "
              + size()
              + " elements and cannot become "
              + shape
              + ", which has "
              + shape.size());
    }
    return Elements.copy(this, 0, shape);
  }

  /**
   * {@return a copy of the rows [from, to): of as many entries of the first dimension}
   *
   * @param from the first, from 0 on
   * @param to the one after the last
   * @throws IllegalArgumentException if this tensor has no rows from, ..., to - 1, or there would
   *     be none
   */
  default Tensor rows(int from, int to) {
    Shape shape = shape();
    if (shape.rank() == 0 || from < 0 || to <= from || to > shape.dimension(0)) {
      throw new IllegalArgumentException(
          "Tensor: no rows [" + from + ", " + to + ") in a tensor of shape " + shape);
    }
    int width = shape.size() / shape.dimension(0);
    return Elements.copy(this, from * width, shape.example().batch(to - from));
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
