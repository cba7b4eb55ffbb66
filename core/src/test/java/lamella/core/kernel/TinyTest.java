package lamella.core.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.function.BiConsumer;
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

  @Test
  void norHaveGradientsOfExponentials() {
    for (Kernels kernels : KERNELS) {
      float[] x = new float[999];
      float[] dy = new float[x.length];
      for (int i = 0; i < x.length; i++) {
        x[i] = -0.12f * i;
        dy[i] = (float) Math.pow(10, -(i % 37));
      }
      float[] y = new float[x.length];
      float[] dx = new float[x.length];
      kernels.swish(x, y);
      for (float value : y) {
        assertTrue(value == 0 || Math.abs(value) >= Float.MIN_NORMAL);
      }
      kernels.swishGradient(x, y, dy, dx);
      for (float value : dx) {
        assertTrue(value == 0 || Math.abs(value) > Float.MIN_NORMAL);
      }
      kernels.seluGradient(1.05f, 1.75f, x, dy, dx);
      for (float value : dx) {
        assertTrue(value == 0 || Math.abs(value) > Float.MIN_NORMAL);
      }
    }
  }

  @Test
  void anElementwiseFunctionInPlaceIsRefusedAtEverySize() {
    List<BiConsumer<Kernels, float[]>> inPlace =
        List.of(
            (kernels, x) -> kernels.relu(x, x),
            (kernels, x) -> kernels.reluGradient(x, x.clone(), x),
            (kernels, x) -> kernels.reluGradient(x.clone(), x, x),
            (kernels, x) -> kernels.leakyRelu(0.1f, x, x),
            (kernels, x) -> kernels.leakyReluGradient(0.1f, x.clone(), x, x),
            (kernels, x) -> kernels.swish(x, x),
            (kernels, x) -> kernels.swishGradient(x, x.clone(), x.clone(), x),
            (kernels, x) -> kernels.swishGradient(x.clone(), x, x.clone(), x),
            (kernels, x) -> kernels.swishGradient(x.clone(), x.clone(), x, x),
            (kernels, x) -> kernels.selu(1, 1, x, x),
            (kernels, x) -> kernels.seluGradient(1, 1, x, x.clone(), x),
            (kernels, x) -> kernels.seluGradient(1, 1, x.clone(), x, x));
    for (Kernels kernels : KERNELS) {
      for (int n : new int[] {1, 5, 64, 70, 40_000}) {
        float[] x = KernelRun.floats(n, 1);
        float[] before = x.clone();
        for (BiConsumer<Kernels, float[]> call : inPlace) {
          assertThrows(IllegalArgumentException.class, () -> call.accept(kernels, x));
          assertArrayEquals(before, x);
        }
      }
    }
  }
}
