package lamella.core;

import java.util.List;

/** Some of the examples of a dataset: {@link Dataset#rows} and {@link Dataset#split}. */
final class Subset<T> implements Dataset<T> {
  private final Dataset<T> whole;
  private final int[] indices;

  /** The indices are in range, and not changed any more. */
  Subset(Dataset<T> whole, int[] indices) {
    this.whole = whole;
    this.indices = indices;
  }

  /** A batch of the whole dataset, and the memory for the indices that are read from it. */
  private static final class Part<T> implements Batch<T> {
    private final Batch<T> batch;
    private final int[] rows;

    private Part(Batch<T> batch) {
      this.batch = batch;
      this.rows = new int[batch.size()];
    }

    @Override
    public int size() {
      return batch.size();
    }

    @Override
    public Tensor inputs() {
      return batch.inputs();
    }

    @Override
    public T targets() {
      return batch.targets();
    }

    @Override
    public TargetKind<T> targetKind() {
      return batch.targetKind();
    }
  }

  @Override
  public int size() {
    return indices.length;
  }

  @Override
  public Shape exampleShape() {
    return whole.exampleShape();
  }

  @Override
  public Batch<T> newBatch(int n, DType dtype) {
    return new Part<>(whole.newBatch(n, dtype));
  }

  @Override
  public void read(int[] rows, Batch<T> batch) {
    requireIndices(rows, batch);
    if (batch instanceof Part<T> part) {
      whole.read(translated(rows, part.rows), part.batch);
    } else {
      // One of the whole dataset's batches.
      whole.read(translated(rows, new int[rows.length]), batch);
    }
  }

  private int[] translated(int[] rows, int[] result) {
    for (int i = 0; i < rows.length; i++) {
      result[i] = indices[rows[i]];
    }
    return result;
  }

  @Override
  public Dataset<T> forEpoch(long epoch) {
    Dataset<T> ofEpoch = whole.forEpoch(epoch);
    return ofEpoch.equals(whole) ? this : new Subset<>(ofEpoch, indices);
  }

  @Override
  public int period() {
    return whole.period();
  }

  /** That of the whole dataset, and which of its examples these are. */
  @Override
  public String fingerprint() {
    return indices.length + " rows " + new Checksum().add(indices) + " of " + whole.fingerprint();
  }

  @Override
  public List<Dataset<?>> datasets() {
    return List.of(whole);
  }

  /** For example {@code 80 rows of Dataset(float32[100, 2], labels)}. */
  @Override
  public String toString() {
    return indices.length + " rows of " + whole;
  }
}
