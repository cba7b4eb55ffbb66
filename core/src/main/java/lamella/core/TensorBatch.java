package lamella.core;

/** {@link Batch#of}. */
record TensorBatch<T>(Tensor inputs, T targets) implements Batch<T> {
  TensorBatch {
    int n = inputs.shape().dimension(0);
    int count =
        switch (targets) {
          case int[] labels -> labels.length;
          case Tensor numbers -> numbers.shape().dimension(0);
          default -> n;
        };
    if (count != n) {
      throw new IllegalArgumentException(
          "Batch: inputs " + inputs.shape() + " need " + n + " targets, got " + count);
    }
  }

  @Override
  public int size() {
    return inputs.shape().dimension(0);
  }
}
