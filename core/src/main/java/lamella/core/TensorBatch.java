package lamella.core;

/** {@link Batch#of}. */
record TensorBatch<T>(Tensor inputs, T targets) implements Batch<T> {
  TensorBatch {
    requireAsMany(inputs, targets);
  }

  private static void requireAsMany(Tensor inputs, Object targets) {
    switch (targets) {
      case int[] labels -> requireCount(inputs, "targets", labels.length);
      case Tensor numbers -> requireCount(inputs, "targets", numbers.shape().dimension(0));
      case Weighted<?> weighted -> {
        requireAsMany(inputs, weighted.targets());
        requireCount(inputs, "weights", weighted.weights().length);
      }
      default -> {} // nobody knows how many these are
    }
  }

  private static void requireCount(Tensor inputs, String what, int count) {
    int n = inputs.shape().dimension(0);
    if (count != n) {
      throw new IllegalArgumentException(
          "Batch: inputs " + inputs.shape() + " need " + n + " " + what + ", got " + count);
    }
  }

  @Override
  public int size() {
    return inputs.shape().dimension(0);
  }
}
