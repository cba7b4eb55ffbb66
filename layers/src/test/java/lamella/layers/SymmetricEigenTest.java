package lamella.layers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class SymmetricEigenTest {
  private static double[][] copy(double[][] matrix) {
    return Arrays.stream(matrix).map(double[]::clone).toArray(double[][]::new);
  }

  /** A v = λ v and Vᵀ V = 1, to rounding. */
  private static void check(double[][] matrix) {
    SymmetricEigen eigen = SymmetricEigen.of(copy(matrix));
    int n = matrix.length;
    double[] values = eigen.values();
    double[][] vectors = eigen.vectors();
    double largest = Math.max(Math.abs(values[0]), Math.abs(values[n - 1]));
    for (int k = 0; k < n; k++) {
      assertTrue(k == 0 || values[k] <= values[k - 1], "not in order");
      for (int i = 0; i < n; i++) {
        double product = 0;
        double other = 0;
        for (int j = 0; j < n; j++) {
          product += matrix[i][j] * vectors[k][j];
          other += vectors[i][j] * vectors[k][j];
        }
        assertEquals(values[k] * vectors[k][i], product, 1e-13 * n * largest);
        assertEquals(i == k ? 1 : 0, other, 1e-13 * n);
      }
    }
  }

  @Property(tries = 60)
  void solvesWhatItIsGiven(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 40) int n,
      @ForAll @IntRange(max = 40) int rank,
      @ForAll @IntRange(min = -120, max = 120) int size) {
    SplittableRandom random = new SplittableRandom(seed);
    double[][] matrix = new double[n][n];
    for (int r = 0; r < rank; r++) {
      double[] u = random.doubles(n, -1, 1).toArray();
      double sign = r % 3 == 0 ? -1 : 1;
      for (int i = 0; i < n; i++) {
        for (int j = 0; j < n; j++) {
          matrix[i][j] += sign * Math.scalb(u[i] * u[j], size);
        }
      }
    }
    check(matrix);
  }

  @Test
  void eigenvaluesThatAreEqualOrZero() {
    double[][] one = new double[5][5];
    check(one);
    for (int i = 0; i < 5; i++) {
      one[i][i] = 3;
    }
    check(one);
    // 1 and 1 + 5 * 2, four times 1.
    double[][] matrix = new double[5][5];
    for (int i = 0; i < 5; i++) {
      Arrays.fill(matrix[i], 2);
      matrix[i][i] = 3;
    }
    check(matrix);
    assertArrayEquals(
        new double[] {11, 1, 1, 1, 1}, SymmetricEigen.of(copy(matrix)).values(), 1e-13);
  }

  /** Of 2 on the diagonal and -1 beside it: 2 - 2 cos(k π / (n + 1)). */
  @Test
  void aMatrixWhoseEigenvaluesAreKnown() {
    int n = 50;
    double[][] matrix = new double[n][n];
    for (int i = 0; i < n; i++) {
      matrix[i][i] = 2;
      if (i > 0) {
        matrix[i][i - 1] = -1;
        matrix[i - 1][i] = -1;
      }
    }
    check(matrix);
    double[] values = SymmetricEigen.of(matrix).values();
    for (int k = 1; k <= n; k++) {
      assertEquals(2 - 2 * Math.cos(k * Math.PI / (n + 1)), values[n - k], 1e-13);
    }
  }
}
