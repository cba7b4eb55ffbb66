package lamella.onnx;

import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleBinaryOperator;
import lamella.core.DoubleTensor;
import lamella.core.FloatTensor;
import lamella.core.Products;
import lamella.core.Shape;
import lamella.core.Tensor;
import org.jspecify.annotations.Nullable;

/** Matrix products. */
final class Matrices {
  private Matrices() {}

  /** Y = alpha A B + beta C, with A and B transposed where attributes say so. */
  static Operator gemm() {
    return (node, inputs) -> {
      OnnxArray a = matrix(node, inputs, 0, "A");
      OnnxArray b = matrix(node, inputs, 1, "B");
      Arguments.requireSameType(node, a, b);
      boolean transA = node.integer("transA", 0) != 0;
      boolean transB = node.integer("transB", 0) != 0;
      int rows = a.dimension(transA ? 1 : 0);
      int inner = a.dimension(transA ? 0 : 1);
      int columns = b.dimension(transB ? 0 : 1);
      if (b.dimension(transB ? 1 : 0) != inner) {
        throw node.wrong(
            "as many "
                + (transB ? "columns" : "rows")
                + " of B expected as A has "
                + (transA ? "rows" : "columns")
                + ", found "
                + a
                + " and "
                + b);
      }
      int[] dimensions = Arguments.dimensions(node, rows, columns);
      // Of 16 bits only the sum of the product and C is rounded.
      OnnxType type = a.type().storage() == OnnxType.Storage.FLOATS ? OnnxType.FLOAT : a.type();
      OnnxArray y =
          OnnxArray.of(
              type,
              product(type, rows, inner, columns, a.elements(), transA, b.elements(), transB),
              dimensions);
      OnnxArray c = Arguments.optional(inputs, 2);
      if (c != null) {
        c = Arguments.numbers(node, inputs, 2, "C");
        Arguments.requireSameType(node, a, c);
        if (!Arrays.equals(Walk.common(node, y, c), dimensions)) {
          throw node.wrong("C expected that fits " + y + ", found " + c);
        }
        c = Casts.cast(node, c, type);
      }
      return List.of(Casts.cast(node, scaled(node, y, c), a.type()));
    };
  }

  private static OnnxArray scaled(Node node, OnnxArray product, @Nullable OnnxArray c) {
    double alpha = node.number("alpha", 1);
    double beta = node.number("beta", 1);
    if (c == null || beta == 0) {
      OnnxArray zero = OnnxArray.of(product.type(), Numbers.make(product.type(), 1));
      return alpha == 1
          ? product
          : Arithmetic.combine(node, product, zero, function((y, none) -> alpha * y));
    }
    return Arithmetic.combine(
        node,
        product,
        c,
        alpha == 1 && beta == 1 ? Arithmetic.ADD : function((y, x) -> alpha * y + beta * x));
  }

  /** Of whole numbers too, the fraction left off. */
  private static Arithmetic.Function function(DoubleBinaryOperator floats) {
    return new Arithmetic.Function(
        floats, (y, x) -> (long) floats.applyAsDouble((double) y, (double) x));
  }

  private static OnnxArray matrix(
      Node node, List<? extends @Nullable OnnxArray> inputs, int index, String name) {
    OnnxArray matrix = Arguments.numbers(node, inputs, index, name);
    if (matrix.rank() != 2) {
      throw node.wrong("a matrix expected as " + name + ", found " + matrix);
    }
    return matrix;
  }

  /** The product of matrices, and of stacks of them as NumPy has it; of vectors too. */
  static Operator matmul() {
    return (node, inputs) -> {
      OnnxArray a = Arguments.numbers(node, inputs, 0, "A");
      OnnxArray b = Arguments.numbers(node, inputs, 1, "B");
      Arguments.requireSameType(node, a, b);
      if (a.rank() == 0 || b.rank() == 0) {
        throw node.wrong("matrices or vectors expected, found " + a + " and " + b);
      }
      int[] left = a.rank() == 1 ? new int[] {1, a.size()} : a.dimensions();
      int[] right = b.rank() == 1 ? new int[] {b.size(), 1} : b.dimensions();
      int rows = left[left.length - 2];
      int inner = left[left.length - 1];
      int columns = right[right.length - 1];
      if (right[right.length - 2] != inner) {
        throw node.wrong("as many rows of B expected as A has columns, found " + a + " and " + b);
      }
      int[] leftStack = Arrays.copyOf(left, left.length - 2);
      int[] rightStack = Arrays.copyOf(right, right.length - 2);
      int[] stack = stack(node, a, leftStack, b, rightStack);
      long[] result = new long[stack.length + (a.rank() == 1 ? 0 : 1) + (b.rank() == 1 ? 0 : 1)];
      for (int axis = 0; axis < stack.length; axis++) {
        result[axis] = stack[axis];
      }
      if (b.rank() > 1) {
        result[result.length - 1] = columns;
      }
      if (a.rank() > 1) {
        result[stack.length] = rows;
      }
      int[] dimensions = Arguments.dimensions(node, result);
      OnnxType type = a.type();
      if (rightStack.length == 0) {
        // One right-hand side: all rows of the stack are rows of one matrix.
        int all = Math.multiplyExact(Arguments.size(stack), rows);
        return List.of(
            OnnxArray.of(
                type,
                product(type, all, inner, columns, a.elements(), false, b.elements(), false),
                dimensions));
      }
      Object values = Numbers.make(type, Arguments.size(dimensions));
      Walk walk = new Walk(stack, Walk.steps(leftStack, stack), Walk.steps(rightStack, stack));
      int at = 0;
      while (walk.next()) {
        for (int i = 0; i < walk.length(); i++) {
          Object one =
              product(
                  type,
                  rows,
                  inner,
                  columns,
                  part(type, a, walk.start(0) + i * walk.step(0), rows * inner),
                  false,
                  part(type, b, walk.start(1) + i * walk.step(1), inner * columns),
                  false);
          Numbers.copy(one, 0, 1, values, at, 1, rows * columns);
          at += rows * columns;
        }
      }
      return List.of(OnnxArray.of(type, values, dimensions));
    };
  }

  /** The dimensions before those of the matrices. */
  private static int[] stack(Node node, OnnxArray a, int[] left, OnnxArray b, int[] right) {
    int[] stack = new int[Math.max(left.length, right.length)];
    for (int i = 1; i <= stack.length; i++) {
      int x = i <= left.length ? left[left.length - i] : 1;
      int y = i <= right.length ? right[right.length - i] : 1;
      if (x != y && x != 1 && y != 1) {
        throw node.wrong(
            "stacks of as many matrices expected, or of one, found " + a + " and " + b);
      }
      stack[stack.length - i] = x == 1 ? y : x;
    }
    return stack;
  }

  /** One matrix of a stack. */
  private static Object part(OnnxType type, OnnxArray array, int number, int size) {
    if (array.size() == size) {
      return array.elements();
    }
    Object part = Numbers.make(type, size);
    Numbers.copy(array.elements(), number * size, 1, part, 0, 1, size);
    return part;
  }

  /** The elements of a product of two matrices. */
  private static Object product(
      OnnxType type,
      int rows,
      int inner,
      int columns,
      Object a,
      boolean transA,
      Object b,
      boolean transB) {
    Object y = Numbers.make(type, Math.multiplyExact(rows, columns));
    if (rows == 0 || inner == 0 || columns == 0) {
      return y;
    }
    if (!type.isFloat()) {
      integers(type, rows, inner, columns, (long[]) a, transA, (long[]) b, transB, (long[]) y);
      return y;
    }
    Tensor left = tensor(a, transA ? inner : rows, transA ? rows : inner);
    Tensor right = tensor(b, transB ? columns : inner, transB ? inner : columns);
    Tensor result = tensor(y, rows, columns);
    if (transA && transB) {
      right = tensor(transposed(type, b, columns, inner), inner, columns);
    }
    if (transA) {
      Products.multiplyTransposedLeft(left, right, result, false);
    } else if (transB) {
      Products.multiplyTransposedRight(left, right, result);
    } else {
      Products.multiply(left, right, null, result);
    }
    if (y instanceof float[] floats) {
      Numbers.rounded(type, floats, floats.length);
    }
    return y;
  }

  private static Tensor tensor(Object elements, int rows, int columns) {
    Shape shape = Shape.of(rows, columns);
    return elements instanceof float[] floats
        ? FloatTensor.wrap(shape, floats)
        : DoubleTensor.wrap(shape, (double[]) elements);
  }

  private static Object transposed(OnnxType type, Object matrix, int rows, int columns) {
    Object transposed = Numbers.make(type, rows * columns);
    for (int row = 0; row < rows; row++) {
      Numbers.copy(matrix, row * columns, 1, transposed, row, rows, columns);
    }
    return transposed;
  }

  private static void integers(
      OnnxType type,
      int rows,
      int inner,
      int columns,
      long[] a,
      boolean transA,
      long[] b,
      boolean transB,
      long[] y) {
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        long sum = 0;
        for (int k = 0; k < inner; k++) {
          sum +=
              a[transA ? k * rows + row : row * inner + k]
                  * b[transB ? column * inner + k : k * columns + column];
        }
        y[row * columns + column] = Numbers.wrap(type, sum);
      }
    }
  }
}
