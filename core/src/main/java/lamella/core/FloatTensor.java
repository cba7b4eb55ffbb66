package lamella.core;

import java.util.Arrays;
import lamella.core.kernel.Kernels;

/** A tensor of {@code float}s ({@link DType#FLOAT32}) over one Java array. */
public final class FloatTensor implements Tensor {
  private final Shape shape;
  private float[] array;

  /** How often something was written; threads that write at once may lose some. */
  private int changes;

  private FloatTensor(Shape shape, float[] array) {
    this.shape = shape;
    this.array = array;
  }

  /**
   * {@return a tensor of zeros}
   *
   * @param shape its dimensions, not open
   */
  public static FloatTensor zeros(Shape shape) {
    return new FloatTensor(shape, new float[shape.size()]);
  }

  /**
   * {@return a tensor with a copy of these elements, in row-major order}
   *
   * @param shape its dimensions, not open
   * @param elements in row-major order; copied
   */
  public static FloatTensor of(Shape shape, float... elements) {
    return wrap(shape, elements.clone());
  }

  /**
   * {@return a tensor over this very array: whoever writes to one writes to the other}
   *
   * @param shape its dimensions, not open
   * @param array its elements in row-major order; used, not copied
   * @throws IllegalArgumentException if the array has not as many elements as the shape
   */
  public static FloatTensor wrap(Shape shape, float[] array) {
    if (array.length != shape.size()) {
      throw new IllegalArgumentException(
          "FloatTensor: " + shape + " has " + shape.size() + " elements, got " + array.length);
    }
    return new FloatTensor(shape, array);
  }

  /** A tensor whose array comes later, by {@link #aim}. */
  static FloatTensor over(Shape shape, float[] array) {
    return new FloatTensor(shape, array);
  }

  /** Lets a tensor of core's own be one over another array, of as many elements. */
  void aim(float[] other) {
    array = other;
    changes++;
  }

  /**
   * {@return the live array, row-major: writes to it are writes to this tensor} For fast paths;
   * whoever writes says so with {@link #markChanged}.
   */
  public float[] array() {
    return array;
  }

  @Override
  public Shape shape() {
    return shape;
  }

  @Override
  public DType dtype() {
    return DType.FLOAT32;
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
    array[index] = (float) value;
    changes++;
  }

  @Override
  public void fill(double value) {
    Arrays.fill(array, (float) value);
    changes++;
  }

  @Override
  public void copyFrom(Tensor source) {
    if (!source.shape().equals(shape)) {
      throw new ShapeException("FloatTensor.copyFrom", shape, source.shape());
    }
    switch (source) {
      case FloatTensor same -> System.arraycopy(same.array, 0, array, 0, array.length);
      case DoubleTensor other -> {
        double[] from = other.array();
        for (int i = 0; i < array.length; i++) {
          array[i] = (float) from[i];
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
    double[] result = new double[array.length];
    for (int i = 0; i < result.length; i++) {
      result[i] = array[i];
    }
    return result;
  }

  /** The type and shape, not the elements: {@code float32[200, 3072]}. */
  @Override
  public String toString() {
    return dtype().toString() + shape;
  }
}
