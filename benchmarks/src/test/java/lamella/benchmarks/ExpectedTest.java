package lamella.benchmarks;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ExpectedTest {
  private final Workload workload = Workload.parse("predict:20x2-1-2");

  /** What {@link Data} says, by hand. */
  @Test
  void theOutputsAreThoseOfLinearLayersWithReLUBetween() {
    float[] x = Data.inputs(20, 2);
    float[] w = Data.weights(2, 1);
    float[] v = Data.weights(1, 2);
    float[] b = Data.biases(1);
    float[] c = Data.biases(2);
    double[][] outputs = Expected.outputs(workload, 5);
    for (int i = 0; i < 4; i++) {
      double sum = (double) x[10 * i] * w[0] + (double) x[10 * i + 1] * w[1] + b[0];
      double hidden = Math.max(0, sum);
      assertArrayEquals(
          new double[] {hidden * v[0] + c[0], hidden * v[1] + c[1]}, outputs[i], 1e-15);
    }
  }

  @Test
  void aWrongOutputIsFoundAndNamed() {
    double[][] rows = Expected.outputs(workload, 1);
    float[] outputs = new float[40];
    for (int i = 0; i < 40; i++) {
      outputs[i] = (float) rows[i / 2][i % 2];
    }
    Expected.check(workload, outputs);
    outputs[15] += 1e-4f;
    IllegalStateException wrong =
        assertThrows(IllegalStateException.class, () -> Expected.check(workload, outputs));
    assertTrue(
        String.valueOf(wrong.getMessage())
            .startsWith("predict:20x2-1-2: output [7, 1] is to be " + rows[7][1] + ", and is "),
        wrong.getMessage());
    assertThrows(IllegalStateException.class, () -> Expected.check(workload, new float[39]));
  }
}
