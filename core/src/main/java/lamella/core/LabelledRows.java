package lamella.core;

/** {@link Dataset#of(Tensor, int[])}. */
final class LabelledRows implements Dataset<int[]> {
  private final Rows inputs;
  private final int[] labels;

  LabelledRows(Tensor inputs, int[] labels) {
    this.inputs = new Rows(inputs);
    this.labels = labels;
    this.inputs.requireSize("labels", labels.length);
  }

  @Override
  public int size() {
    return labels.length;
  }

  @Override
  public Shape exampleShape() {
    return inputs.example();
  }

  @Override
  public Batch<int[]> newBatch(int n, DType dtype) {
    return Batch.of(inputs.newBatch(n, dtype), new int[n]);
  }

  @Override
  public void read(int[] indices, Batch<int[]> batch) {
    requireIndices(indices, batch);
    inputs.read(indices, batch.inputs());
    int[] targets = batch.targets();
    for (int i = 0; i < indices.length; i++) {
      targets[i] = labels[indices[i]];
    }
  }

  /** For example {@code float32[300, 2] crc32c 1a2b3c4d, labels crc32c 5e6f7a8b}. */
  @Override
  public String fingerprint() {
    return inputs.fingerprint() + ", labels " + new Checksum().add(labels);
  }

  /** For example {@code Dataset(float32[300, 2], labels)}. */
  @Override
  public String toString() {
    return "Dataset(" + inputs + ", labels)";
  }
}
