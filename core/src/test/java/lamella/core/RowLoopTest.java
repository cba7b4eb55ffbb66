package lamella.core;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import lamella.core.RowRun.Sums;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RowLoopTest {
  /** The number of each row, by its place, and of how many columns it was told. */
  private static final class Count extends RowLoop {
    private Count(int cost) {
      super(cost);
    }

    @Override
    protected void run(float[][] arrays, int from, int to, double[] lanes) {
      for (int i = from; i < to; i++) {
        arrays[0][i] += 1000 * (from / (to - from)) + to - from;
      }
      arrays[1][from / (to - from)] += 1;
    }

    @Override
    protected void run(double[][] arrays, int from, int to, double[] lanes) {
      for (int i = from; i < to; i++) {
        arrays[0][i] += 1000 * (from / (to - from)) + to - from;
      }
      arrays[1][from / (to - from)] += 1;
    }
  }

  @Property(tries = 100)
  void everyRowIsDoneOnceWhateverTheirNumberAndWidth(
      @ForAll DType dtype,
      @ForAll @IntRange(min = 1, max = 300) int rows,
      @ForAll @IntRange(min = 1, max = 400) int width,
      @ForAll @IntRange(min = 1, max = 200) int cost) {
    Tensor y = Tensor.zeros(dtype, Shape.of(rows, width));
    Tensor times = Tensor.zeros(dtype, Shape.of(rows));
    new Count(cost).over(y, times);
    for (int row = 0; row < rows; row++) {
      assertEquals(1, times.get(row));
      for (int j = 0; j < width; j++) {
        assertEquals(1000 * row + width, y.get(row, j));
      }
    }
  }

  /** By its definition: lane l sums every 64th number from the l-th on; then halves are added. */
  private static double inLanes(double[] numbers) {
    double[] lanes = new double[64];
    for (int i = 0; i < numbers.length; i++) {
      lanes[i % 64] += numbers[i];
    }
    for (int half = 32; half > 0; half /= 2) {
      for (int l = 0; l < half; l++) {
        lanes[l] += lanes[l + half];
      }
    }
    return lanes[0];
  }

  @Property(tries = 100)
  void sumsHaveTheBitsOfTheirDefinition(
      @ForAll DType dtype, @ForAll @IntRange(min = 3, max = 300) int width, @ForAll long seed) {
    Tensor x = RowRun.numbers(dtype, 3, width, seed);
    Tensor y = Tensor.zeros(dtype, x.shape());
    new Sums().over(y, x, x);
    for (int row = 0; row < 3; row++) {
      double expected = inLanes(x.rows(row, row + 1).toDoubleArray());
      assertEquals(dtype == DType.FLOAT32 ? (float) expected : expected, y.get(row, 0));
    }
  }

  @Property(tries = 50)
  void sumsAreAsExactAsFloat64(@ForAll @IntRange(min = 3, max = 300) int width, @ForAll long seed) {
    Tensor x = RowRun.numbers(DType.FLOAT64, 1, width, seed);
    Tensor z = RowRun.numbers(DType.FLOAT64, 1, width, seed + 1);
    Tensor y = Tensor.zeros(DType.FLOAT64, x.shape());
    new Sums().over(y, x, z);
    BigDecimal[] exact = {BigDecimal.ZERO, BigDecimal.ZERO, BigDecimal.ZERO};
    double[] sizes = new double[3];
    for (int j = 0; j < width; j++) {
      BigDecimal a = new BigDecimal(x.get(j));
      BigDecimal difference = a.subtract(new BigDecimal("0.25"));
      BigDecimal[] terms = {
        a, difference.multiply(difference), a.multiply(new BigDecimal(z.get(j)))
      };
      for (int k = 0; k < 3; k++) {
        exact[k] = exact[k].add(terms[k]);
        sizes[k] += Math.abs(terms[k].doubleValue());
      }
    }
    for (int k = 0; k < 3; k++) {
      assertEquals(exact[k].doubleValue(), y.get(k), 16 * 0x1p-53 * sizes[k]);
    }
  }

  @ParameterizedTest
  @EnumSource
  void theFirstTensorIsMarkedAsChangedAndNoOther(DType dtype) {
    Tensor y = RowRun.numbers(dtype, 2, 5, 1);
    Tensor x = RowRun.numbers(dtype, 2, 5, 2);
    int changesOfFirst = Elements.changes(y);
    int changesOfSecond = Elements.changes(x);
    new Sums().over(y, x, x);
    assertNotEquals(changesOfFirst, Elements.changes(y));
    assertEquals(changesOfSecond, Elements.changes(x));
  }

  @Test
  void aCostIsAtLeastOne() {
    assertEquals(
        "RowLoop: expects a cost of at least 1, got 0",
        assertThrows(IllegalArgumentException.class, () -> new Count(0)).getMessage());
  }

  @Test
  void tensorsOfOtherTypesAreRefused() {
    Tensor floats = Tensor.zeros(DType.FLOAT32, Shape.of(2, 3));
    Tensor doubles = Tensor.zeros(DType.FLOAT64, Shape.of(2, 3));
    RowLoop loop = new Sums();
    assertEquals(
        "lamella.core.RowRun$Sums.over: expects tensors of the same type as the first, float32[2, 3],"
            + " got float64[2, 3]",
        assertThrows(IllegalArgumentException.class, () -> loop.over(floats, doubles))
            .getMessage());
    for (int place = 1; place < 6; place++) {
      Tensor[] t = {floats, floats, floats, floats, floats, floats};
      t[place] = doubles;
      assertThrows(
          IllegalArgumentException.class, () -> loop.over(t[0], t[1], t[2], t[3], t[4], t[5]));
    }
  }

  @Test
  void severalThreadsMayRunOneLoop() throws Exception {
    RowLoop loop = new Sums();
    Tensor x = RowRun.numbers(DType.FLOAT32, 300, 200, 1);
    Tensor expected = Tensor.zeros(DType.FLOAT32, x.shape());
    loop.over(expected, x, x);
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      List<Future<double[]>> results = new ArrayList<>();
      for (int t = 0; t < 4; t++) {
        results.add(
            threads.submit(() -> {
              Tensor y = Tensor.zeros(DType.FLOAT32, x.shape());
              for (int call = 0; call < 50; call++) {
                loop.over(y, x, x);
              }
              return y.toDoubleArray();
            }));
      }
      for (Future<double[]> result : results) {
        assertArrayEquals(expected.toDoubleArray(), result.get());
      }
    }
  }
}
