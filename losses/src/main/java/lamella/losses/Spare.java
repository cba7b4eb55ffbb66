package lamella.losses;

import java.util.concurrent.atomic.AtomicReference;
import lamella.core.DType;
import lamella.core.Shape;
import lamella.core.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Memory for numbers on the way to a loss, kept for the next call; threads that call at once have
 * one each.
 */
final class Spare {
  private final AtomicReference<@Nullable Tensor> kept = new AtomicReference<>();

  /** A tensor with any content; to be given back. */
  Tensor borrow(DType dtype, Shape shape) {
    Tensor memory = kept.getAndSet(null);
    return memory == null || memory.dtype() != dtype || !memory.shape().equals(shape)
        ? Tensor.zeros(dtype, shape)
        : memory;
  }

  void giveBack(Tensor memory) {
    kept.set(memory);
  }
}
