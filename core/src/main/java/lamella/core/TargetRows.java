package lamella.core;

/** {@link Dataset#of(Tensor, Tensor)}. */
record TargetRows(Rows rows, Rows targets) implements Dataset<Tensor> {
  TargetRows(Tensor inputs, Tensor targets) {
    this(new Rows(inputs), new Rows(targets));
    rows.requireSize("targets", this.targets.size());
  }

  @Override
  public int size() {
    return rows.size();
  }

  @Override
  public Shape exampleShape() {
    return rows.example();
  }

  @Override
  public Batch<Tensor> newBatch(int n, DType dtype) {
    return Batch.of(rows.newBatch(n, dtype), targets.newBatch(n, dtype));
  }

  @Override
  public void read(int[] indices, Batch<Tensor> batch) {
    requireIndices(indices, batch);
    rows.read(indices, batch.inputs());
    targets.read(indices, batch.targets());
  }

  /** For example {@code float32[300, 2] crc32c 1a2b3c4d, targets float32[300, 1] crc32c ...}. */
  @Override
  public String fingerprint() {
    return rows.fingerprint() + ", targets " + targets.fingerprint();
  }

  @Override
  public String toString() {
    return "Dataset(" + rows + ", targets " + targets + ")";
  }
}
