package lamella.core;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LoopTest {
  /** The first array becomes 3 a + the sum of all, each with a weight of its own. */
  private static final class Mix extends Loop {
    @Override
    protected void run(float[][] arrays, int from, int to) {
      for (int i = from; i < to; i++) {
        float sum = 3 * arrays[0][i];
        for (int k = 0; k < arrays.length && arrays[k].length > 0; k++) {
          sum += (k + 1) * arrays[k][i];
        }
        arrays[0][i] = sum;
      }
    }

    @Override
    protected void run(double[][] arrays, int from, int to) {
      for (int i = from; i < to; i++) {
        double sum = 3 * arrays[0][i];
        for (int k = 0; k < arrays.length && arrays[k].length > 0; k++) {
          sum += (k + 1) * arrays[k][i];
        }
        arrays[0][i] = sum;
      }
    }
  }

  /** w = w - rate g. */
  private static final class Descent extends Loop {
    private double rate = 1;

    @Override
    protected void run(float[][] arrays, int from, int to) {
      float[] w = arrays[0];
      float[] g = arrays[1];
      float r = (float) rate;
      for (int i = from; i < to; i++) {
        w[i] -= r * g[i];
      }
    }

    @Override
    protected void run(double[][] arrays, int from, int to) {
      double[] w = arrays[0];
      double[] g = arrays[1];
      for (int i = from; i < to; i++) {
        w[i] -= rate * g[i];
      }
    }
  }

  private static final class Failing extends Loop {
    @Override
    protected void run(float[][] arrays, int from, int to) {
      if (to == arrays[0].length) {
        throw new IllegalStateException("the last range");
      }
    }

    @Override
    protected void run(double[][] arrays, int from, int to) {}
  }

  /** Small whole numbers: exact in both types. */
  private static Tensor numbers(DType dtype, int size, int seed) {
    Tensor tensor = Tensor.zeros(dtype, Shape.of(size));
    for (int i = 0; i < size; i++) {
      tensor.set(i, (i * 37 + seed * 11) % 101 - 50);
    }
    return tensor;
  }

  private static void over(Loop loop, List<Tensor> tensors) {
    Tensor first = tensors.get(0);
    switch (tensors.size()) {
      case 1 -> loop.over(first);
      case 2 -> loop.over(first, tensors.get(1));
      case 3 -> loop.over(first, tensors.get(1), tensors.get(2));
      case 4 -> loop.over(first, tensors.get(1), tensors.get(2), tensors.get(3));
      default -> loop.over(first, tensors.get(1), tensors.get(2), tensors.get(3), tensors.get(4));
    }
  }

  @Property(tries = 150)
  void everyElementIsDoneOnceWhateverTheSizeAndTheNumberOfTensors(
      @ForAll DType dtype,
      @ForAll @IntRange(min = 1, max = 5) int count,
      @ForAll @IntRange(min = 1, max = 70_000) int size,
      @ForAll boolean small) {
    int length = small ? size % 1200 + 1 : size;
    List<Tensor> tensors = new ArrayList<>();
    for (int k = 0; k < count; k++) {
      tensors.add(numbers(dtype, length, k));
    }
    double[] expected = new double[length];
    for (int i = 0; i < length; i++) {
      expected[i] = 3 * tensors.get(0).get(i);
      for (int k = 0; k < count; k++) {
        expected[i] += (k + 1) * tensors.get(k).get(i);
      }
    }
    over(new Mix(), tensors);
    assertArrayEquals(expected, tensors.get(0).toDoubleArray());
    for (int k = 1; k < count; k++) {
      assertArrayEquals(numbers(dtype, length, k).toDoubleArray(), tensors.get(k).toDoubleArray());
    }
  }

  @ParameterizedTest
  @EnumSource
  void theFirstTensorIsMarkedAsChangedAndNoOther(DType dtype) {
    Tensor w = numbers(dtype, 10, 1);
    Tensor g = numbers(dtype, 10, 2);
    int changesOfFirst = Elements.changes(w);
    int changesOfSecond = Elements.changes(g);
    new Descent().over(w, g);
    assertNotEquals(changesOfFirst, Elements.changes(w));
    assertEquals(changesOfSecond, Elements.changes(g));
  }

  @Test
  void oneTensorMayStandAtTwoPlaces() {
    Tensor w = numbers(DType.FLOAT32, 1000, 1);
    new Descent().over(w, w);
    assertArrayEquals(new double[1000], w.toDoubleArray());
  }

  @Test
  void tensorsOfOtherSizesOrTypesAreRefused() {
    Tensor six = Tensor.zeros(DType.FLOAT32, Shape.of(2, 3));
    Tensor alsoSix = Tensor.zeros(DType.FLOAT32, Shape.of(6));
    Tensor five = Tensor.zeros(DType.FLOAT32, Shape.of(5));
    Tensor doubles = Tensor.zeros(DType.FLOAT64, Shape.of(2, 3));
    Loop loop = new Descent();
    loop.over(six, alsoSix);
    assertEquals(
        "lamella.core.LoopTest$Descent.over: expects tensors of as many elements and of the same type"
            + " as the first, float32[2, 3], got float32[5]",
        assertThrows(IllegalArgumentException.class, () -> loop.over(six, five)).getMessage());
    assertEquals(
        "lamella.core.LoopTest$Descent.over: expects tensors of as many elements and of the same type"
            + " as the first, float32[2, 3], got float64[2, 3]",
        assertThrows(IllegalArgumentException.class, () -> loop.over(six, six, doubles))
            .getMessage());
    assertThrows(IllegalArgumentException.class, () -> loop.over(six, six, six, five));
    assertThrows(IllegalArgumentException.class, () -> loop.over(six, six, six, six, five));
  }

  @Test
  void whatALoopThrowsIsThrown() {
    for (int size : new int[] {100, 40_000}) {
      Tensor tensor = numbers(DType.FLOAT32, size, 1);
      assertEquals(
          "the last range",
          assertThrows(IllegalStateException.class, () -> new Failing().over(tensor)).getMessage());
      new Descent().over(tensor, tensor);
      assertArrayEquals(new double[size], tensor.toDoubleArray());
    }
  }

  @Test
  void severalThreadsMayRunOneLoop() throws Exception {
    Descent loop = new Descent();
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      List<Future<double[]>> results = new ArrayList<>();
      for (int t = 0; t < 4; t++) {
        results.add(
            threads.submit(() -> {
              Tensor w = Tensor.zeros(DType.FLOAT32, Shape.of(40_000));
              Tensor g = Tensor.zeros(DType.FLOAT32, Shape.of(40_000));
              g.fill(1);
              for (int call = 0; call < 200; call++) {
                loop.over(w, g);
              }
              return w.toDoubleArray();
            }));
      }
      double[] expected = new double[40_000];
      Arrays.fill(expected, -200);
      for (Future<double[]> result : results) {
        assertArrayEquals(expected, result.get());
      }
    }
  }
}
