package lamella.core;

import java.util.Arrays;
import lamella.core.kernel.Kernels;

/** A tensor of {@code double}s ({@link DType#FLOAT64}) over one Java array. */
public final class DoubleTensor implements Tensor {
  private final Shape shape;
  private final double[] array;

  /** How often something was written; threads that write at once may lose some. */
  private int changes;

  private DoubleTensor(Shape shape, double[] array) {
    this.shape = shape;
    this.array = array;
  }

  /**
   * {@return a tensor of zeros}
   *
   * @param shape its dimensions, not open
   */
  public static DoubleTensor zeros(Shape shape) {
    return new DoubleTensor(shape, new double[shape.size()]);
  }

  /**
   * {@return a tensor with a copy of these elements, in row-major order}
   *
   * @param shape its dimensions, not open
   * @param elements in row-major order; copied
   */
  public static DoubleTensor of(Shape shape, double... elements) {
    return wrap(shape, elements.clone());
  }

  /**
   * {@return a tensor over this very array: whoever writes to one writes to the other}
   *
   * @param shape its dimensions, not open
   * @param array its elements in row-major order; used, not copied
   * @throws IllegalArgumentException if the array has not as many elements as the shape
   */
  public static DoubleTensor wrap(Shape shape, double[] array) {
    if (array.length != shape.size()) {
      throw new IllegalArgumentException(
          "DoubleTensor: " + shape + " has " + shape.size() + " elements, got " + array.length);
    }
    return new DoubleTensor(shape, array);
  }

  /**
   * {@return the live array, row-major: writes to it are writes to this tensor} For fast paths;
   * whoever writes says so with {@link #markChanged}.
   */
  public double[] array() {
    return array;
  }

  @Override
  public Shape shape() {
    return shape;
  }

  @Override
  public DType dtype() {
    return DType.FLOAT64;
  }

  @Override
  public int size() {
    return array.length;
  }

  @Override
  public double get(int index) {
    return array[index];
  }

  @Override
  public void set(int index, double value) {
    array[index] = value;
    changes++;
  }

  @Override
  public void fill(double value) {
    Arrays.fill(array, value);
    changes++;
  }

  @Override
  public void copyFrom(Tensor source) {
    if (!source.shape().equals(shape)) {
      throw new ShapeException("DoubleTensor.copyFrom", shape, source.shape());
    }
    switch (source) {
      case DoubleTensor same -> System.arraycopy(same.array, 0, array, 0, array.length);
      case FloatTensor other -> {
        float[] from = other.array();
        for (int i = 0; i < array.length; i++) {
          array[i] = from[i];
        }
      }
    }
    changes++;
  }

  @Override
  public void markChanged() {
    changes++;
  }

  int changes() {
    return changes;
  }

  @Override
  public double sumOfSquares() {
    return Kernels.instance().sumOfSquares(array);
  }

  @Override
  public boolean isFinite() {
    return Kernels.instance().isFinite(array);
  }

  @Override
  public double[] toDoubleArray() {
    return array.clone();
  }

  /** The type and shape, not the elements: {@code float64[200, 3072]}. */
  @Override
  public String toString() {
    return dtype().toString() + shape;
  }
}
