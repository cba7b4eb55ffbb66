package lamella.losses;

import lamella.core.DType;
import lamella.core.Shape;
import lamella.core.Tensor;

/** Memory for numbers on the way to a loss, kept for the next call. */
final class Spare {
  private final Kept<Tensor> kept = new Kept<>();

  /** A tensor with any content; to be given back. */
  Tensor borrow(DType dtype, Shape shape) {
    Tensor memory = kept.take();
    return memory == null || memory.dtype() != dtype || !memory.shape().equals(shape)
        ? Tensor.zeros(dtype, shape)
        : memory;
  }

  /** A matrix with any content; to be given back. */
  Tensor borrow(DType dtype, int rows, int columns) {
    Tensor memory = kept.take();
    boolean fits =
        memory != null
            && memory.dtype() == dtype
            && memory.shape().rank() == 2
            && memory.shape().dimension(0) == rows
            && memory.shape().last() == columns;
    return memory != null && fits ? memory : Tensor.zeros(dtype, Shape.of(rows, columns));
  }

  void giveBack(Tensor memory) {
    kept.giveBack(memory);
  }
}
