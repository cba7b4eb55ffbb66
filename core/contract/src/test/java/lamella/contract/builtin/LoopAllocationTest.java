package lamella.contract.builtin;

import static org.junit.jupiter.api.Assertions.assertEquals;

import lamella.contract.Allocation;
import lamella.core.DType;
import lamella.core.Loop;
import lamella.core.Shape;
import lamella.core.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A loop over tensors allocates nothing, on this thread alone and on the team. */
class LoopAllocationTest {
  /** w = w - g. */
  private static final class Descent extends Loop {
    @Override
    protected void run(float[][] arrays, int from, int to) {
      for (int i = from; i < to; i++) {
        arrays[0][i] -= arrays[1][i];
      }
    }

    @Override
    protected void run(double[][] arrays, int from, int to) {
      for (int i = from; i < to; i++) {
        arrays[0][i] -= arrays[1][i];
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void nothingIsAllocated(DType dtype) {
    for (int size : new int[] {100, 40_000}) {
      Tensor w = Tensor.zeros(dtype, Shape.of(size));
      Tensor g = Tensor.zeros(dtype, Shape.of(size));
      Descent loop = new Descent();
      assertEquals(0, Allocation.perStep(() -> loop.over(w, g)));
    }
  }
}
