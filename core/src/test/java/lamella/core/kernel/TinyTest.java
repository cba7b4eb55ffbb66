package lamella.core.kernel;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What is too small becomes 0, by every kernel that stores it, and the rest is what it was. */
class TinyTest {
  private static final List<Kernels> KERNELS =
      List.of(
          new ScalarKernels(new Team(1)),
          new VectorKernels(new Team(1)),
          new VectorKernels(new Team(3)));

  @Test
  void aConfidentNetworksGradientHasNoNumberBelowTheSmallestNormalOne() {
    for (Kernels kernels : KERNELS) {
      for (int n : new int[] {3, 900}) {
        for (float gap = 60; gap < 110; gap += 0.5f) {
          float[] logits = new float[n * 10];
          int[] labels = new int[n];
          for (int i = 0; i < n; i++) {
            logits[10 * i] = gap;
            labels[i] = i % 10;
          }
          float[] gradient = new float[n * 10];
          kernels.softmaxCrossEntropy(n, 10, logits, labels, gradient, 1f / n);
          for (float element : gradient) {
            assertTrue(
                element == 0 || Math.abs(element) >= 0x1p-102f / n, "gap " + gap + ": " + element);
          }
        }
      }
    }
  }
}
