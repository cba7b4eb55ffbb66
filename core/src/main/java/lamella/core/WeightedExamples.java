package lamella.core;

import java.util.List;

/** {@link Dataset#withWeights}. */
final class WeightedExamples<T> implements Dataset<Weighted<T>> {
  private final Dataset<T> examples;
  private final double[] weights;

  WeightedExamples(Dataset<T> examples, double[] weights) {
    this.examples = examples;
    this.weights = weights;
    if (weights.length != examples.size()) {
      throw new IllegalArgumentException(
          "Dataset: " + examples.size() + " examples need as many weights, got " + weights.length);
    }
    for (int i = 0; i < weights.length; i++) {
      if (!(weights[i] >= 0 && weights[i] < Double.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException(
            "Dataset: weight "
                + weights[i]
                + " of example "
                + i
                + " must be finite and not negative");
      }
    }
  }

  private record WeightedBatch<T>(Batch<T> batch, Weighted<T> targets)
      implements Batch<Weighted<T>> {
    @Override
    public int size() {
      return batch.size();
    }

    @Override
    public Tensor inputs() {
      return batch.inputs();
    }

    @Override
    public TargetKind<Weighted<T>> targetKind() {
      return new WeightedKind<>(batch.targetKind());
    }
  }

  @Override
  public int size() {
    return examples.size();
  }

  @Override
  public Shape exampleShape() {
    return examples.exampleShape();
  }

  @Override
  public Batch<Weighted<T>> newBatch(int n, DType dtype) {
    Batch<T> batch = examples.newBatch(n, dtype);
    return new WeightedBatch<>(batch, new Weighted<>(batch.targets(), new double[n]));
  }

  @Override
  public void read(int[] indices, Batch<Weighted<T>> batch) {
    examples.read(indices, ((WeightedBatch<T>) batch).batch);
    double[] ofBatch = batch.targets().weights();
    for (int i = 0; i < indices.length; i++) {
      ofBatch[i] = weights[indices[i]];
    }
  }

  @Override
  public Dataset<Weighted<T>> forEpoch(long epoch) {
    Dataset<T> ofEpoch = examples.forEpoch(epoch);
    return ofEpoch.equals(examples) ? this : new WeightedExamples<>(ofEpoch, weights);
  }

  @Override
  public int period() {
    return examples.period();
  }

  /** That of the examples, and the weights' checksum. */
  @Override
  public String fingerprint() {
    DoubleTensor all = DoubleTensor.wrap(Shape.of(weights.length), weights);
    return examples.fingerprint() + ", weights " + new Checksum().add(all);
  }

  @Override
  public List<Dataset<?>> datasets() {
    return List.of(examples);
  }

  /** For example {@code Dataset(float32[300, 2], labels) with weights}. */
  @Override
  public String toString() {
    return examples + " with weights";
  }
}
