package lamella.core;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/**
 * Against the definition, bit for bit: every element is one chain of fused multiply-adds in
 * ascending index of summation.
 */
class ProductsTest {

  private static Tensor uniform(DType dtype, int rows, int columns, long seed) {
    return Numbers.uniform(dtype, Shape.of(rows, columns), seed);
  }

  private static Tensor uniform(DType dtype, int length, long seed) {
    return Numbers.uniform(dtype, Shape.of(length), seed);
  }

  /** One link of a chain, rounded to the type. */
  private static double fma(DType dtype, double a, double b, double sum) {
    return dtype == DType.FLOAT32
        ? Math.fma((float) a, (float) b, (float) sum)
        : Math.fma(a, b, sum);
  }

  private static double add(DType dtype, double a, double b) {
    return dtype == DType.FLOAT32 ? (float) a + (float) b : a + b;
  }

  private static void assertSameBits(double[] expected, Tensor actual) {
    assertArrayEquals(expected, actual.toDoubleArray());
  }

  @Property(tries = 300)
  void multiplyIsTheDefinition(
      @ForAll DType dtype,
      @ForAll @IntRange(min = 1, max = 20) int n,
      @ForAll @IntRange(min = 1, max = 20) int inputs,
      @ForAll @IntRange(min = 1, max = 20) int outputs,
      @ForAll boolean withBias,
      @ForAll long seed) {
    Tensor x = uniform(dtype, n, inputs, seed);
    Tensor w = uniform(dtype, inputs, outputs, seed + 1);
    Tensor b = uniform(dtype, outputs, seed + 2);
    Tensor y = uniform(dtype, n, outputs, seed + 3); // is overwritten
    double[] expected = new double[n * outputs];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < outputs; j++) {
        double sum = 0;
        for (int p = 0; p < inputs; p++) {
          sum = fma(dtype, x.get(i, p), w.get(p, j), sum);
        }
        expected[i * outputs + j] = withBias ? add(dtype, sum, b.get(j)) : sum;
      }
    }
    Products.multiply(x, w, withBias ? b : null, y);
    assertSameBits(expected, y);
  }

  @Property(tries = 300)
  void multiplyTransposedLeftIsTheDefinition(
      @ForAll DType dtype,
      @ForAll @IntRange(min = 1, max = 20) int n,
      @ForAll @IntRange(min = 1, max = 20) int inputs,
      @ForAll @IntRange(min = 1, max = 20) int outputs,
      @ForAll boolean add,
      @ForAll long seed) {
    Tensor x = uniform(dtype, n, inputs, seed);
    Tensor dy = uniform(dtype, n, outputs, seed + 1);
    Tensor dw = uniform(dtype, inputs, outputs, seed + 2);
    double[] expected = new double[inputs * outputs];
    for (int p = 0; p < inputs; p++) {
      for (int j = 0; j < outputs; j++) {
        double sum = add ? dw.get(p, j) : 0;
        for (int i = 0; i < n; i++) {
          sum = fma(dtype, x.get(i, p), dy.get(i, j), sum);
        }
        expected[p * outputs + j] = sum;
      }
    }
    Products.multiplyTransposedLeft(x, dy, dw, add);
    assertSameBits(expected, dw);
  }

  @Property(tries = 300)
  void multiplyTransposedRightIsTheDefinition(
      @ForAll DType dtype,
      @ForAll @IntRange(min = 1, max = 20) int n,
      @ForAll @IntRange(min = 1, max = 20) int inputs,
      @ForAll @IntRange(min = 1, max = 20) int outputs,
      @ForAll long seed) {
    Tensor dy = uniform(dtype, n, outputs, seed);
    Tensor w = uniform(dtype, inputs, outputs, seed + 1);
    Tensor dx = uniform(dtype, n, inputs, seed + 2); // is overwritten
    double[] expected = new double[n * inputs];
    for (int i = 0; i < n; i++) {
      for (int p = 0; p < inputs; p++) {
        double sum = 0;
        for (int j = 0; j < outputs; j++) {
          sum = fma(dtype, dy.get(i, j), w.get(p, j), sum);
        }
        expected[i * inputs + p] = sum;
      }
    }
    Products.multiplyTransposedRight(dy, w, dx);
    assertSameBits(expected, dx);
  }

  @Property(tries = 300)
  void sumRowsAddsFromTheFirstRowToTheLast(
      @ForAll DType dtype,
      @ForAll @IntRange(min = 1, max = 20) int n,
      @ForAll @IntRange(min = 1, max = 20) int outputs,
      @ForAll boolean add,
      @ForAll long seed) {
    Tensor dy = uniform(dtype, n, outputs, seed);
    Tensor db = uniform(dtype, outputs, seed + 1);
    double[] expected = new double[outputs];
    for (int j = 0; j < outputs; j++) {
      double sum = add ? db.get(j) : 0;
      for (int i = 0; i < n; i++) {
        sum = add(dtype, sum, dy.get(i, j));
      }
      expected[j] = sum;
    }
    Products.sumRows(dy, db, add);
    assertSameBits(expected, db);
  }

  @Property(tries = 300)
  void sumRowsOfProductsAddsFromTheFirstRowToTheLast(
      @ForAll DType dtype,
      @ForAll @IntRange(min = 1, max = 20) int n,
      @ForAll @IntRange(min = 1, max = 20) int features,
      @ForAll boolean add,
      @ForAll long seed) {
    Tensor dy = uniform(dtype, n, features, seed);
    Tensor x = uniform(dtype, n, features, seed + 1);
    Tensor dg = uniform(dtype, features, seed + 2);
    double[] expected = new double[features];
    for (int j = 0; j < features; j++) {
      double sum = add ? dg.get(j) : 0;
      for (int i = 0; i < n; i++) {
        sum = fma(dtype, dy.get(i, j), x.get(i, j), sum);
      }
      expected[j] = sum;
    }
    Products.sumRows(dy, x, dg, add);
    assertSameBits(expected, dg);
  }

  @Test
  void notANumberReachesEveryElementItBelongsToAndNoOther() {
    for (DType dtype : DType.values()) {
      Tensor x = uniform(dtype, 2, 3, 1);
      x.set(4, Double.NaN); // row 1, column 1
      Tensor w = Tensor.zeros(dtype, Shape.of(3, 2));
      Tensor y = Tensor.zeros(dtype, Shape.of(2, 2));
      Products.multiply(x, w, null, y);
      assertArrayEquals(new double[] {0, 0, Double.NaN, Double.NaN}, y.toDoubleArray());
    }
  }

  // Shapes.

  private static Tensor zeros(int... dimensions) {
    return FloatTensor.zeros(Shape.of(dimensions));
  }

  private static void throwsShape(String message, Executable call) {
    assertEquals(message, assertThrows(ShapeException.class, call).getMessage());
  }

  @Test
  void shapesThatDoNotFitAreNamed() {
    throwsShape(
        "Products.multiply: W: expects [3, 4], got [2, 4]",
        () -> Products.multiply(zeros(5, 3), zeros(2, 4), null, zeros(5, 4)));
    throwsShape(
        "Products.multiply: y: expects [5, 4], got [4, 5]",
        () -> Products.multiply(zeros(5, 3), zeros(3, 4), null, zeros(4, 5)));
    throwsShape(
        "Products.multiply: b: expects [4], got [3]",
        () -> Products.multiply(zeros(5, 3), zeros(3, 4), zeros(3), zeros(5, 4)));
    throwsShape(
        "Products.multiply: b: expects [4], got [1, 4]",
        () -> Products.multiply(zeros(5, 3), zeros(3, 4), zeros(1, 4), zeros(5, 4)));
    throwsShape(
        "Products.multiplyTransposedLeft: dy: expects [5, 4], got [6, 4]",
        () -> Products.multiplyTransposedLeft(zeros(5, 3), zeros(6, 4), zeros(3, 4), true));
    throwsShape(
        "Products.multiplyTransposedLeft: dW: expects [3, 4], got [4, 3]",
        () -> Products.multiplyTransposedLeft(zeros(5, 3), zeros(5, 4), zeros(4, 3), true));
    throwsShape(
        "Products.multiplyTransposedRight: W: expects [3, 4], got [4, 3]",
        () -> Products.multiplyTransposedRight(zeros(5, 4), zeros(4, 3), zeros(5, 3)));
    throwsShape(
        "Products.multiplyTransposedRight: dx: expects [5, 3], got [6, 3]",
        () -> Products.multiplyTransposedRight(zeros(5, 4), zeros(3, 4), zeros(6, 3)));
    throwsShape(
        "Products.sumRows: db: expects [4], got [5]",
        () -> Products.sumRows(zeros(5, 4), zeros(5), false));
    throwsShape(
        "Products.sumRows: db: expects [4], got [1, 4]",
        () -> Products.sumRows(zeros(5, 4), zeros(1, 4), false));
    throwsShape(
        "Products.sumRows: x: expects [5, 4], got [4, 5]",
        () -> Products.sumRows(zeros(5, 4), zeros(4, 5), zeros(4), false));
  }

  @Test
  void whatIsNoMatrixIsRefused() {
    assertEquals(
        "Products: expects a matrix, got shape [2, 5, 3]",
        assertThrows(
                IllegalArgumentException.class,
                () -> Products.multiply(zeros(2, 5, 3), zeros(3, 4), null, zeros(5, 4)))
            .getMessage());
    assertThrows(IllegalArgumentException.class, () -> Products.sumRows(zeros(4), zeros(4), false));
  }

  @Test
  void operandsOfDifferentTypesAreRefused() {
    Tensor x = zeros(5, 3);
    Tensor w = DoubleTensor.zeros(Shape.of(3, 4));
    Tensor y = zeros(5, 4);
    assertEquals(
        "Products: operands of different types, one is float64[3, 4]",
        assertThrows(IllegalArgumentException.class, () -> Products.multiply(x, w, null, y))
            .getMessage());
    assertEquals(
        "Products: operands of different types, one is float32[3, 4]",
        assertThrows(
                IllegalArgumentException.class,
                () -> Products.multiply(DoubleTensor.zeros(Shape.of(5, 3)), zeros(3, 4), null, y))
            .getMessage());
  }
}
