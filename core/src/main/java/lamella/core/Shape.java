package lamella.core;

import java.util.Arrays;

/**
 * The dimensions of a tensor, outermost first; immutable.
 *
 * <p>Layers are described with an <em>open batch</em>: {@code Shape.batchOf(3072)} is {@code [n,
 * 3072]}, "any number of rows of 3072". A tensor's own shape is never open.
 */
public final class Shape {
  private static final int OPEN = -1;

  private final int[] dimensions;

  private Shape(int[] dimensions) {
    this.dimensions = dimensions;
  }

  /**
   * {@return the shape with these dimensions, each at least 1; no dimension at all is the shape of
   * one number}
   *
   * @param dimensions outermost first
   * @throws IllegalArgumentException if a dimension is below 1 or the number of elements exceeds an
   *     array
   */
  public static Shape of(int... dimensions) {
    return new Shape(requireSizes(dimensions.clone(), 0));
  }

  /** Checks the dimensions from an axis on. */
  private static int[] requireSizes(int[] dimensions, int from) {
    long size = 1;
    for (int axis = from; axis < dimensions.length; axis++) {
      if (dimensions[axis] < 1) {
        throw new IllegalArgumentException(
            "Shape: every dimension must be at least 1, got " + text(dimensions, from));
      }
      size = Math.min(size * dimensions[axis], Long.MAX_VALUE >> 32);
    }
    if (size > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException(
          "Shape: " + text(dimensions, from) + " has more elements than a Java array can hold");
    }
    return dimensions;
  }

  private static String text(int[] dimensions, int from) {
    return Arrays.toString(Arrays.copyOfRange(dimensions, from, dimensions.length));
  }

  /**
   * {@return the shape {@code [n, example...]}, a batch of any size of examples with these
   * dimensions}
   *
   * @param example the dimensions of one example
   */
  public static Shape batchOf(int... example) {
    return of(example).openBatch();
  }

  /**
   * {@return this shape as that of one example in a batch of any size: {@code [3072]} becomes
   * {@code [n, 3072]}}
   *
   * @throws IllegalArgumentException if it is open already
   */
  public Shape openBatch() {
    return new Shape(prepend(OPEN));
  }

  /**
   * {@return the shape of {@code n} examples of this shape: {@code [3072]} becomes {@code [n,
   * 3072]}}
   *
   * @param n how many
   * @throws IllegalArgumentException if n is below 1, this shape is open, or the number of elements
   *     exceeds an array
   */
  public Shape batch(int n) {
    return new Shape(requireSizes(prepend(n), 0));
  }

  private int[] prepend(int first) {
    if (isOpen()) {
      throw new IllegalArgumentException("Shape: " + this + " is a batch already");
    }
    int[] result = new int[dimensions.length + 1];
    result[0] = first;
    System.arraycopy(dimensions, 0, result, 1, dimensions.length);
    return result;
  }

  /** {@return this shape without its first dimension: {@code [n, 3072]} becomes {@code [3072]}} */
  public Shape example() {
    requireRank(1);
    return new Shape(Arrays.copyOfRange(dimensions, 1, dimensions.length));
  }

  /**
   * {@return this shape with another last dimension: what a layer does that maps {@code [n,
   * inputs]} to {@code [n, outputs]}}
   *
   * @param dimension the new last one, at least 1
   * @throws IllegalArgumentException if the dimension is below 1, there is none to replace, or the
   *     number of elements exceeds an array
   */
  public Shape withLast(int dimension) {
    requireRank(isOpen() ? 2 : 1);
    int[] result = dimensions.clone();
    result[result.length - 1] = dimension;
    return new Shape(requireSizes(result, isOpen() ? 1 : 0));
  }

  private void requireRank(int atLeast) {
    if (dimensions.length < atLeast) {
      throw new IllegalArgumentException("Shape: " + this + " has no dimension to change");
    }
  }

  /** {@return the number of dimensions} */
  public int rank() {
    return dimensions.length;
  }

  /** {@return whether the first dimension stands for any number of rows} */
  public boolean isOpen() {
    return dimensions.length > 0 && dimensions[0] == OPEN;
  }

  /**
   * {@return the size along one axis, 0 the outermost}
   *
   * @param axis 0 for the first dimension
   * @throws IllegalArgumentException if there is no such axis or it is the open one
   */
  public int dimension(int axis) {
    if (axis < 0 || axis >= dimensions.length || dimensions[axis] == OPEN) {
      throw new IllegalArgumentException("Shape: " + this + " has no size along axis " + axis);
    }
    return dimensions[axis];
  }

  /** {@return the innermost size: the number of columns, of features, of classes} */
  public int last() {
    return dimension(dimensions.length - 1);
  }

  /** {@return the number of elements} */
  public int size() {
    int size = 1;
    for (int axis = 0; axis < dimensions.length; axis++) {
      size *= dimension(axis);
    }
    return size;
  }

  /**
   * {@return whether {@code other} equals this shape, an open first dimension here standing for any
   * size there}
   *
   * @param other the shape to be judged
   */
  public boolean accepts(Shape other) {
    if (!isOpen() || other.dimensions.length != dimensions.length) {
      return equals(other);
    }
    return Arrays.equals(
        dimensions, 1, dimensions.length, other.dimensions, 1, other.dimensions.length);
  }

  @Override
  public boolean equals(Object other) {
    return other == this
        || (other instanceof Shape shape && Arrays.equals(dimensions, shape.dimensions));
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(dimensions);
  }

  /** For example {@code [128, 512]}, or {@code [n, 512]} for an open batch. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("[");
    for (int axis = 0; axis < dimensions.length; axis++) {
      text.append(axis == 0 ? "" : ", ");
      text.append(dimensions[axis] == OPEN ? "n" : Integer.toString(dimensions[axis]));
    }
    return text.append(']').toString();
  }
}
