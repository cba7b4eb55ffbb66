package lamella.core;

import lamella.core.kernel.ByteMatrix;
import lamella.core.kernel.Kernels;
import lamella.core.kernel.PackedProduct;
import lamella.core.kernel.PackedWeights;
import org.jspecify.annotations.Nullable;

/**
 * The three matrix products of a dense layer, and the sums that its bias and factors of single
 * features need; for layer authors.
 *
 * <p>Every element of a product is one chain of fused multiply-adds in ascending index of
 * summation, starting from zero or from what is added to: the same bits for any number of threads
 * and any processor. Results are written to the tensor given last, which must share no array with
 * an operand; one tensor may be both operands. All tensors have one type.
 */
public final class Products {
  private Products() {}

  /**
   * y = x W, or y = x W + b.
   *
   * <p><b>Shapes:</b> x {@code [n, inputs]}, W {@code [inputs, outputs]}, b {@code [outputs]}, y
   * {@code [n, outputs]}.
   *
   * @param x the inputs; not changed
   * @param w the weights; not changed
   * @param b the biases, or null for none; not changed
   * @param y filled
   * @throws ShapeException if they do not fit
   * @throws IllegalArgumentException if the types differ, or the result is an operand
   */
  public static void multiply(Tensor x, Tensor w, @Nullable Tensor b, Tensor y) {
    int n = rows(x);
    int inputs = x.shape().last();
    int outputs = w.shape().last();
    require("Products.multiply: W", w, inputs, outputs);
    require("Products.multiply: y", y, n, outputs);
    if (b != null && (b.shape().rank() != 1 || b.shape().last() != outputs)) {
      throw new ShapeException("Products.multiply: b", Shape.of(outputs), b.shape());
    }
    requireSeparate("multiply: y", y, x);
    requireSeparate("multiply: y", y, w);
    if (b != null) {
      requireSeparate("multiply: y", y, b);
    }
    y.markChanged();
    Kernels kernels = Kernels.instance();
    ByteMatrix bytes = bytes(x, kernels);
    // No switch over types before a process's first prediction: the first one takes 3 ms.
    if (bytes != null) {
      kernels.multiply(
          n, inputs, outputs, bytes, floats(w), b == null ? null : floats(b), floats(y));
    } else if (x instanceof FloatTensor) {
      kernels.multiply(
          n, inputs, outputs, floats(x), floats(w), b == null ? null : floats(b), floats(y));
    } else {
      kernels.multiply(
          n, inputs, outputs, doubles(x), doubles(w), b == null ? null : doubles(b), doubles(y));
    }
  }

  /** The same with the packed copy of W and b, which know their sizes. */
  static void multiply(Tensor x, Tensor w, PackedWeights packed, PackedProduct product, Tensor y) {
    int n = rows(x);
    require("Products.multiply: W", w, x.shape().last(), w.shape().last());
    require("Products.multiply: y", y, n, w.shape().last());
    requireSeparate("multiply: y", y, x);
    y.markChanged();
    product.multiply(packed, n, floats(x), floats(y));
  }

  /**
   * dW = xᵀ dy, or dW += xᵀ dy.
   *
   * <p><b>Shapes:</b> x {@code [n, inputs]}, dy {@code [n, outputs]}, dW {@code [inputs, outputs]}.
   *
   * @param x the inputs; not changed
   * @param dy the outputs' gradient; not changed
   * @param dw the weights' gradient
   * @param add whether to add to what dW holds, or to overwrite it
   * @throws ShapeException if they do not fit
   * @throws IllegalArgumentException if the types differ, or the result is an operand
   */
  public static void multiplyTransposedLeft(Tensor x, Tensor dy, Tensor dw, boolean add) {
    int n = rows(x);
    int inputs = x.shape().last();
    int outputs = dy.shape().last();
    requireTransposedLeft(x, dy, dw);
    requireSeparate("multiplyTransposedLeft: dW", dw, x);
    requireSeparate("multiplyTransposedLeft: dW", dw, dy);
    dw.markChanged();
    Kernels kernels = Kernels.instance();
    ByteMatrix bytes = bytes(x, kernels);
    switch (x) {
      case FloatTensor floats when bytes != null ->
          kernels.multiplyTransposedLeft(n, inputs, outputs, bytes, floats(dy), floats(dw), add);
      case FloatTensor floats ->
          kernels.multiplyTransposedLeft(
              n, inputs, outputs, floats.array(), floats(dy), floats(dw), add);
      case DoubleTensor doubles ->
          kernels.multiplyTransposedLeft(
              n, inputs, outputs, doubles.array(), doubles(dy), doubles(dw), add);
    }
  }

  static void requireTransposedLeft(Tensor x, Tensor dy, Tensor dw) {
    int outputs = dy.shape().last();
    require("Products.multiplyTransposedLeft: dy", dy, rows(x), outputs);
    require("Products.multiplyTransposedLeft: dW", dw, x.shape().last(), outputs);
  }

  /**
   * dx = dy Wᵀ.
   *
   * <p><b>Shapes:</b> dy {@code [n, outputs]}, W {@code [inputs, outputs]}, dx {@code [n, inputs]}.
   *
   * @param dy the outputs' gradient; not changed
   * @param w the weights; not changed
   * @param dx filled
   * @throws ShapeException if they do not fit
   * @throws IllegalArgumentException if the types differ, or the result is an operand
   */
  public static void multiplyTransposedRight(Tensor dy, Tensor w, Tensor dx) {
    int n = rows(dy);
    int outputs = dy.shape().last();
    int inputs = dx.shape().last();
    require("Products.multiplyTransposedRight: W", w, inputs, outputs);
    require("Products.multiplyTransposedRight: dx", dx, n, inputs);
    requireSeparate("multiplyTransposedRight: dx", dx, dy);
    requireSeparate("multiplyTransposedRight: dx", dx, w);
    dx.markChanged();
    Kernels kernels = Kernels.instance();
    switch (dy) {
      case FloatTensor floats ->
          kernels.multiplyTransposedRight(
              n, inputs, outputs, floats.array(), floats(w), floats(dx));
      case DoubleTensor doubles ->
          kernels.multiplyTransposedRight(
              n, inputs, outputs, doubles.array(), doubles(w), doubles(dx));
    }
  }

  /**
   * db = sum of dy's rows, or db += that; each column from the first row to the last.
   *
   * <p><b>Shapes:</b> dy {@code [n, outputs]}, db {@code [outputs]}.
   *
   * @param dy the outputs' gradient; not changed
   * @param db the biases' gradient
   * @param add whether to add to what db holds, or to overwrite it
   * @throws ShapeException if they do not fit
   * @throws IllegalArgumentException if the types differ, or the result is an operand
   */
  public static void sumRows(Tensor dy, Tensor db, boolean add) {
    sumRows(dy, null, db, add);
  }

  /**
   * dg = sum of the rows of dy x, the products element by element, or dg += that: the gradient of a
   * factor of each feature. Each column is one chain of fused multiply-adds from the first row to
   * the last.
   *
   * <p><b>Shapes:</b> dy and x {@code [n, features]}, dg {@code [features]}.
   *
   * @param dy the outputs' gradient; not changed
   * @param x what the factors were multiplied by, or null for the sum of dy's rows; not changed
   * @param dg the factors' gradient
   * @param add whether to add to what dg holds, or to overwrite it
   * @throws ShapeException if they do not fit
   * @throws IllegalArgumentException if the types differ, or the result is an operand
   */
  public static void sumRows(Tensor dy, @Nullable Tensor x, Tensor dg, boolean add) {
    int n = rows(dy);
    int outputs = dy.shape().last();
    if (dg.shape().rank() != 1 || dg.shape().last() != outputs) {
      throw new ShapeException("Products.sumRows: db", Shape.of(outputs), dg.shape());
    }
    requireSeparate("sumRows: db", dg, dy);
    if (x != null) {
      require("Products.sumRows: x", x, n, outputs);
      requireSeparate("sumRows: db", dg, x);
    }
    dg.markChanged();
    Kernels kernels = Kernels.instance();
    if (dy instanceof FloatTensor) {
      kernels.sumRows(n, outputs, floats(dy), x == null ? null : floats(x), floats(dg), add);
    } else {
      kernels.sumRows(n, outputs, doubles(dy), x == null ? null : doubles(x), doubles(dg), add);
    }
  }

  private static int rows(Tensor matrix) {
    if (matrix.shape().rank() != 2) {
      throw new IllegalArgumentException("Products: expects a matrix, got shape " + matrix.shape());
    }
    return matrix.shape().dimension(0);
  }

  private static void require(String who, Tensor tensor, int rows, int columns) {
    Shape shape = tensor.shape();
    if (shape.rank() != 2 || shape.dimension(0) != rows || shape.last() != columns) {
      throw new ShapeException(who, Shape.of(rows, columns), shape);
    }
  }

  private static void requireSeparate(String result, Tensor tensor, Tensor operand) {
    if (Elements.shared(tensor, operand)) {
      throw new IllegalArgumentException(
          "Products."
              + result
              + " must share no array with an operand, which would be overwritten while it is read;"
              + " got one "
              + tensor
              + " as both");
    }
  }

  /** What x is made of, if it has no array and these kernels do without. */
  private static @Nullable ByteMatrix bytes(Tensor x, Kernels kernels) {
    if (x instanceof FloatTensor floats) {
      ByteMatrix bytes = floats.bytes();
      return bytes != null && bytes.isShown() && kernels.multipliesBytes() ? bytes : null;
    }
    return null;
  }

  static float[] floats(Tensor tensor) {
    if (tensor instanceof FloatTensor floats) {
      return floats.array();
    }
    throw mixed(tensor);
  }

  private static double[] doubles(Tensor tensor) {
    if (tensor instanceof DoubleTensor doubles) {
      return doubles.array();
    }
    throw mixed(tensor);
  }

  private static IllegalArgumentException mixed(Tensor tensor) {
    return new IllegalArgumentException("Products: operands of different types, one is " + tensor);
  }
}
