package lamella.spark;

import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;
import lamella.core.Batch;
import lamella.core.DType;
import lamella.core.DoubleTensor;
import lamella.core.FloatTensor;
import lamella.core.Shape;
import lamella.core.Tensor;
import lamella.core.Weighted;

/**
 * How an example lies in bytes: its features as float32, its label as an integer of four bytes or
 * its targets as float64, its weight as float64 if it has one; little-endian, all rows of one
 * length.
 *
 * <p>Bytes, because they are digested, sent and written down as they are; and a row of features is
 * copied from them to a tensor in one go.
 */
final class RowLayout implements Serializable {
  private static final long serialVersionUID = 1;

  /** The dimensions of one input. */
  private final int[] example;

  /** How many features. */
  private final int width;

  /** How many numbers are the target; 0 for a label. */
  private final int targets;

  private final boolean weighted;

  RowLayout(int[] example, int targets, boolean weighted) {
    this.example = example.clone();
    this.width = Shape.of(example).size();
    this.targets = targets;
    this.weighted = weighted;
  }

  int width() {
    return width;
  }

  int targets() {
    return targets;
  }

  boolean hasLabels() {
    return targets == 0;
  }

  boolean isWeighted() {
    return weighted;
  }

  Shape exampleShape() {
    return Shape.of(example);
  }

  /** Where a row's target begins. */
  int targetOffset() {
    return width * Float.BYTES;
  }

  /** Where a row's weight lies. */
  int weightOffset() {
    return targetOffset() + (hasLabels() ? Integer.BYTES : targets * Double.BYTES);
  }

  /** The bytes of a row. */
  int stride() {
    return weightOffset() + (weighted ? Double.BYTES : 0);
  }

  /** Bytes to be written to and read from. */
  static ByteBuffer buffer(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Memory for n examples. */
  @SuppressWarnings("unchecked") // the layout belongs to examples with such targets
  <T> Batch<T> newBatch(int n, DType type) {
    Object plain = hasLabels() ? new int[n] : Tensor.zeros(type, Shape.of(n, targets));
    Object all = weighted ? new Weighted<>(plain, new double[n]) : plain;
    return (Batch<T>) Batch.of(Tensor.zeros(type, exampleShape().batch(n)), all);
  }

  /**
   * Copies a row to a batch.
   *
   * @param bytes a block
   * @param floats the same bytes
   * @param from the row's number in the block
   * @param batch made by {@link #newBatch}
   * @param to the row's number in the batch
   */
  void copy(ByteBuffer bytes, FloatBuffer floats, int from, Batch<?> batch, int to) {
    int offset = from * stride();
    switch (batch.inputs()) {
      case FloatTensor inputs ->
          floats.get(offset / Float.BYTES, inputs.array(), to * width, width);
      case DoubleTensor inputs -> {
        double[] numbers = inputs.array();
        for (int i = 0; i < width; i++) {
          numbers[to * width + i] = floats.get(offset / Float.BYTES + i);
        }
      }
    }
    copyTargets(bytes, offset, batch.targets(), to);
  }

  private void copyTargets(ByteBuffer bytes, int offset, Object batch, int to) {
    switch (batch) {
      case int[] labels -> labels[to] = bytes.getInt(offset + targetOffset());
      case Tensor numbers -> {
        for (int i = 0; i < targets; i++) {
          numbers.set(
              to * targets + i, bytes.getDouble(offset + targetOffset() + i * Double.BYTES));
        }
      }
      case Weighted<?> both -> {
        copyTargets(bytes, offset, both.targets(), to);
        both.weights()[to] = bytes.getDouble(offset + weightOffset());
      }
      default -> throw new AssertionError("batches are made here, got targets " + batch);
    }
  }

  /** For example {@code [20], labels with weights}. */
  @Override
  public String toString() {
    return Arrays.toString(example)
        + (hasLabels() ? ", labels" : ", " + targets + (targets == 1 ? " number" : " numbers"))
        + (weighted ? " with weights" : "");
  }
}
