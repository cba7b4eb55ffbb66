package lamella.core;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TensorTest {

  @ParameterizedTest
  @EnumSource(DType.class)
  void beginsWithZerosAndHoldsWhatIsSet(DType dtype) {
    Tensor tensor = Tensor.zeros(dtype, Shape.of(2, 3));
    assertEquals(dtype, tensor.dtype());
    assertEquals(Shape.of(2, 3), tensor.shape());
    assertEquals(6, tensor.size());
    assertArrayEquals(new double[6], tensor.toDoubleArray());
    for (int i = 0; i < 6; i++) {
      tensor.set(i, i + 0.5);
    }
    assertArrayEquals(new double[] {0.5, 1.5, 2.5, 3.5, 4.5, 5.5}, tensor.toDoubleArray());
    assertEquals(3.5, tensor.get(3));
    assertEquals(3.5, tensor.get(1, 0)); // row-major
    assertEquals(2.5, tensor.get(0, 2));
    tensor.fill(-1);
    assertArrayEquals(new double[] {-1, -1, -1, -1, -1, -1}, tensor.toDoubleArray());
  }

  @Test
  void theFactoryMakesTheTypeAskedFor() {
    assertInstanceOf(FloatTensor.class, Tensor.zeros(DType.FLOAT32, Shape.of(1)));
    assertInstanceOf(DoubleTensor.class, Tensor.zeros(DType.FLOAT64, Shape.of(1)));
    assertEquals(4, DType.FLOAT32.bytes());
    assertEquals(8, DType.FLOAT64.bytes());
  }

  @Test
  void printsItsTypeAndShapeAsNumPyNamesThem() {
    assertEquals("float32[200, 3072]", FloatTensor.zeros(Shape.of(200, 3072)).toString());
    assertEquals("float64[]", DoubleTensor.zeros(Shape.of()).toString());
  }

  @Test
  void ofCopiesAndWrapDoesNot() {
    float[] floats = {1, 2};
    FloatTensor copy = FloatTensor.of(Shape.of(2), floats);
    FloatTensor live = FloatTensor.wrap(Shape.of(2), floats);
    double[] doubles = {1, 2};
    DoubleTensor copy64 = DoubleTensor.of(Shape.of(2), doubles);
    DoubleTensor live64 = DoubleTensor.wrap(Shape.of(2), doubles);
    floats[1] = 7;
    doubles[1] = 7;
    assertEquals(2, copy.get(1));
    assertEquals(7, live.get(1));
    assertEquals(2, copy64.get(1));
    assertEquals(7, live64.get(1));
    live.array()[0] = 9;
    assertEquals(9, floats[0]);
  }

  @Test
  void anArrayOfAnotherLengthIsRefused() {
    assertEquals(
        "FloatTensor: [2, 3] has 6 elements, got 5",
        assertThrows(
                IllegalArgumentException.class,
                () -> FloatTensor.wrap(Shape.of(2, 3), new float[5]))
            .getMessage());
    assertEquals(
        "DoubleTensor: [2, 3] has 6 elements, got 7",
        assertThrows(
                IllegalArgumentException.class,
                () -> DoubleTensor.of(Shape.of(2, 3), new double[7]))
            .getMessage());
  }

  @Property
  void float64ToFloat32RoundsToNearestAndBackIsExact(@ForAll double number) {
    DoubleTensor wide = DoubleTensor.of(Shape.of(1), number);
    Tensor narrow = wide.to(DType.FLOAT32);
    assertEquals((float) number, narrow.get(0));
    assertEquals((double) (float) number, narrow.to(DType.FLOAT64).get(0));
    FloatTensor set = FloatTensor.zeros(Shape.of(1));
    set.set(0, number);
    assertEquals((float) number, set.get(0));
    set.fill(-number);
    assertEquals((float) -number, set.get(0));
  }

  @ParameterizedTest
  @EnumSource(DType.class)
  void copiesAreOfTheSameBitsAndStandAlone(DType dtype) {
    Tensor tensor = Tensor.zeros(dtype, Shape.of(3));
    tensor.set(0, -0.0);
    tensor.set(1, Double.NaN);
    tensor.set(2, Double.NEGATIVE_INFINITY);
    for (DType to : DType.values()) {
      Tensor copy = tensor.to(to);
      assertEquals(to, copy.dtype());
      assertArrayEquals(tensor.toDoubleArray(), copy.toDoubleArray());
    }
    Tensor copy = tensor.copy();
    assertNotSame(tensor, copy);
    assertEquals(dtype, copy.dtype());
    copy.set(0, 5);
    assertEquals(-0.0, tensor.get(0));
    double[] array = tensor.toDoubleArray();
    array[0] = 5;
    assertEquals(-0.0, tensor.get(0));
  }

  @Test
  void aCopyFromAnotherShapeIsRefused() {
    for (DType from : DType.values()) {
      Tensor source = Tensor.zeros(from, Shape.of(3, 2));
      assertEquals(
          "FloatTensor.copyFrom: expects [2, 3], got [3, 2]",
          assertThrows(
                  ShapeException.class, () -> FloatTensor.zeros(Shape.of(2, 3)).copyFrom(source))
              .getMessage());
      assertEquals(
          "DoubleTensor.copyFrom: expects [2, 3], got [3, 2]",
          assertThrows(
                  ShapeException.class, () -> DoubleTensor.zeros(Shape.of(2, 3)).copyFrom(source))
              .getMessage());
    }
  }

  @ParameterizedTest
  @EnumSource(DType.class)
  void anotherIsAddedElementByElement(DType dtype) {
    Tensor tensor = Tensor.zeros(dtype, Shape.of(3));
    Tensor other = Tensor.zeros(dtype, Shape.of(3));
    for (int i = 0; i < 3; i++) {
      tensor.set(i, i);
      other.set(i, 0.25);
    }
    tensor.add(other);
    assertArrayEquals(new double[] {0.25, 1.25, 2.25}, tensor.toDoubleArray());
    assertArrayEquals(new double[] {0.25, 0.25, 0.25}, other.toDoubleArray());
    tensor.add(tensor);
    assertArrayEquals(new double[] {0.5, 2.5, 4.5}, tensor.toDoubleArray());
    assertThrows(
        IllegalArgumentException.class, () -> tensor.add(Tensor.zeros(dtype, Shape.of(2))));
  }

  @Test
  void anElementOutsideOfAMatrixIsNamed() {
    FloatTensor matrix = FloatTensor.zeros(Shape.of(2, 3));
    for (int[] at : new int[][] {{2, 0}, {0, 3}, {-1, 0}, {0, -1}}) {
      assertEquals(
          "Tensor: no element " + Arrays.toString(at) + " in a tensor of shape [2, 3]",
          assertThrows(IllegalArgumentException.class, () -> matrix.get(at[0], at[1]))
              .getMessage());
    }
    assertThrows(
        IllegalArgumentException.class, () -> FloatTensor.zeros(Shape.of(2, 3, 1)).get(0, 0));
  }

  @Test
  void argMaxIsTheFirstOfTheLargest() {
    FloatTensor matrix =
        FloatTensor.of(
            Shape.of(4, 3), 1, 3, 3, -2, -3, -1, 0, Float.NaN, 9, Float.NaN, 1, Float.NaN);
    assertEquals(1, matrix.argMax(0));
    assertEquals(2, matrix.argMax(1));
    assertEquals(1, matrix.argMax(2));
    assertEquals(0, matrix.argMax(3));
    assertEquals(0, DoubleTensor.of(Shape.of(1, 1), Double.NEGATIVE_INFINITY).argMax(0));
  }

  @Test
  void elementsOfAMatrixAreSetByRowAndColumn() {
    for (DType dtype : DType.values()) {
      Tensor matrix = Tensor.zeros(dtype, Shape.of(2, 3));
      matrix.set(1, 0, 0.5);
      matrix.set(0, 2, 2);
      assertArrayEquals(new double[] {0, 0, 2, 0.5, 0, 0}, matrix.toDoubleArray());
      assertEquals(2, matrix.get(0, 2));
      for (int[] place : new int[][] {{-1, 0}, {2, 0}, {0, -1}, {0, 3}}) {
        assertEquals(
            "Tensor: no element [" + place[0] + ", " + place[1] + "] in a tensor of shape [2, 3]",
            assertThrows(IllegalArgumentException.class, () -> matrix.set(place[0], place[1], 1))
                .getMessage());
      }
      Tensor vector = Tensor.zeros(dtype, Shape.of(6));
      assertThrows(IllegalArgumentException.class, () -> vector.set(0, 0, 1));
    }
  }

  @Test
  void rowsAndOtherShapesAreCopies() {
    for (DType dtype : DType.values()) {
      Tensor matrix = Numbers.eighths(dtype, Shape.of(4, 2, 3), 1);
      double[] all = matrix.toDoubleArray();
      Tensor rows = matrix.rows(1, 3);
      assertEquals(Shape.of(2, 2, 3), rows.shape());
      assertEquals(dtype, rows.dtype());
      assertArrayEquals(Arrays.copyOfRange(all, 6, 18), rows.toDoubleArray());
      Tensor flat = matrix.reshape(Shape.of(8, 3));
      assertEquals(Shape.of(8, 3), flat.shape());
      assertArrayEquals(all, flat.toDoubleArray());
      rows.fill(9);
      flat.fill(9);
      assertArrayEquals(all, matrix.toDoubleArray());
      for (int[] range : new int[][] {{-1, 2}, {2, 2}, {3, 1}, {0, 5}}) {
        assertEquals(
            "Tensor: no rows [" + range[0] + ", " + range[1] + ") in a tensor of shape [4, 2, 3]",
            assertThrows(IllegalArgumentException.class, () -> matrix.rows(range[0], range[1]))
                .getMessage());
      }
      assertEquals(
          "Tensor: [4, 2, 3] has 24 elements and cannot become [5, 5], which has 25",
          assertThrows(IllegalArgumentException.class, () -> matrix.reshape(Shape.of(5, 5)))
              .getMessage());
    }
    assertEquals(Shape.of(9), FloatTensor.zeros(Shape.of(1, 9)).reshape(Shape.of(9)).shape());
  }

  @Test
  void sumOfSquaresAndWhetherAllIsFinite() {
    Tensor floats = FloatTensor.of(Shape.of(2, 2), 3, -4, 0, 12);
    Tensor doubles = floats.to(DType.FLOAT64);
    assertEquals(169, floats.sumOfSquares());
    assertEquals(169, doubles.sumOfSquares());
    assertTrue(floats.isFinite());
    assertTrue(doubles.isFinite());
    floats.set(3, Double.NaN);
    doubles.set(0, Double.NEGATIVE_INFINITY);
    assertFalse(floats.isFinite());
    assertFalse(doubles.isFinite());
  }
}
