package lamella.core;

import java.lang.invoke.VarHandle;
import java.util.Arrays;
import lamella.core.kernel.ByteMatrix;
import lamella.core.kernel.Kernels;
import org.jspecify.annotations.Nullable;

/**
 * A tensor of {@code float}s ({@link DType#FLOAT32}) over one Java array.
 *
 * <p>One made by {@link ByteRows#tensor} has its array only from the first {@link #array} on: until
 * then it is what its bytes say.
 */
public final class FloatTensor implements Tensor {
  private final Shape shape;

  /** What the elements are made of while there is no array; null if there always was one. */
  private final @Nullable ByteMatrix bytes;

  private float @Nullable [] array;

  /** How often something was written; threads that write at once may lose some. */
  private int changes;

  /** What the array is to be filled with when somebody asks for it; null almost always. */
  private @Nullable DeferredProduct deferred;

  private FloatTensor(Shape shape, float @Nullable [] array, @Nullable ByteMatrix bytes) {
    this.shape = shape;
    this.array = array;
    this.bytes = bytes;
  }

  /**
   * {@return a tensor of zeros}
   *
   * @param shape its dimensions, not open
   */
  public static FloatTensor zeros(Shape shape) {
    return new FloatTensor(shape, new float[shape.size()], null);
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
    return new FloatTensor(shape, array, null);
  }

  /** A tensor whose array comes later, by {@link #aim}. */
  static FloatTensor over(Shape shape, float[] array) {
    return new FloatTensor(shape, array, null);
  }

  /** A tensor without an array yet: zeros until the bytes are shown. */
  static FloatTensor ofBytes(Shape shape, ByteMatrix bytes) {
    return new FloatTensor(shape, null, bytes);
  }

  /** Lets a tensor of core's own be one over another array, of as many elements. */
  void aim(float[] other) {
    deferred = null;
    array = other;
    changes++;
  }

  /**
   * {@return the live array, row-major: writes to it are writes to this tensor} For fast paths;
   * whoever writes says so with {@link #markChanged}.
   */
  public float[] array() {
    if (deferred != null) {
      computeDeferred();
    }
    float[] own = array;
    return own == null ? filledArray() : own;
  }

  /** Once: from then on whoever has the array sees all that is written, and writes himself. */
  private synchronized float[] filledArray() {
    float[] own = array;
    if (own == null) {
      own = new float[shape.size()];
      ByteMatrix source = bytes;
      if (source != null && source.isShown()) {
        Kernels.instance().gather(source, own);
      }
      VarHandle.releaseFence(); // a thread that sees the array sees what is in it
      array = own;
    }
    return own;
  }

  /** Makes the elements of these, at once or when somebody asks for them. */
  void show(byte[] from, int origin, int[] rows, float[] subtrahend, float @Nullable [] divisor) {
    ByteMatrix matrix = bytes;
    if (matrix != null && matrix.hasShape(rows.length, subtrahend.length)) {
      matrix.show(from, origin, rows, subtrahend, divisor);
      if (array != null) {
        Kernels.instance().gather(matrix, array());
      }
    } else {
      matrix = new ByteMatrix(rows.length, subtrahend.length);
      matrix.show(from, origin, rows, subtrahend, divisor);
      Kernels.instance().gather(matrix, array());
    }
    changes++;
  }

  /** What the elements are made of, as long as nobody has asked for the array; null otherwise. */
  @Nullable ByteMatrix bytes() {
    return array == null ? bytes : null;
  }

  /** What two tensors share if a write to one is a write to the other. */
  Object memory() {
    float[] own = array;
    return own == null ? this : own;
  }

  /** Fills the tensor with this product when somebody asks for its elements, or never. */
  void defer(@Nullable DeferredProduct product) {
    deferred = product;
  }

  /** {@return what is not computed yet; null if there is nothing} */
  @Nullable DeferredProduct deferred() {
    return deferred;
  }

  private void computeDeferred() {
    DeferredProduct product = deferred;
    float[] own = array;
    if (product != null && own != null) {
      product.compute(own);
      deferred = null;
    }
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
  public double get(int index) {
    float[] own = array;
    if (own != null && deferred == null) {
      return own[index];
    }
    ByteMatrix source = bytes;
    return source != null && source.isShown() ? source.get(index) : array()[index];
  }

  @Override
  public void set(int index, double value) {
    array()[index] = (float) value;
    changes++;
  }

  @Override
  public void fill(double value) {
    deferred = null;
    Arrays.fill(array(), (float) value);
    changes++;
  }

  @Override
  public void copyFrom(Tensor source) {
    if (!source.shape().equals(shape)) {
      throw new ShapeException("FloatTensor.copyFrom", shape, source.shape());
    }
    deferred = null;
    float[] to = array();
    switch (source) {
      case FloatTensor same -> System.arraycopy(same.array(), 0, to, 0, to.length);
      case DoubleTensor other -> {
        double[] from = other.array();
        for (int i = 0; i < to.length; i++) {
          to[i] = (float) from[i];
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
    return Kernels.instance().sumOfSquares(array());
  }

  @Override
  public boolean isFinite() {
    return Kernels.instance().isFinite(array(), 1);
  }

  @Override
  public double[] toDoubleArray() {
    float[] from = array();
    double[] result = new double[from.length];
    for (int i = 0; i < result.length; i++) {
      result[i] = from[i];
    }
    return result;
  }

  /** The type and shape, not the elements: {@code float32[200, 3072]}. */
  @Override
  public String toString() {
    return dtype().toString() + shape;
  }
}
