package lamella.data.cifar;

import lamella.core.Batch;
import lamella.core.Tensor;
import lamella.core.random.SplitMix64;
import org.jspecify.annotations.Nullable;

/** Some images and their classes, and room to change them in. */
final class ImageBatch implements Batch<int[]> {
  private final Tensor inputs;
  private final int[] labels;
  private final ImageShape shape;
  private @Nullable Room room;

  ImageBatch(Tensor inputs, int[] labels, ImageShape shape) {
    this.inputs = inputs;
    this.labels = labels;
    this.shape = shape;
  }

  /** What augmenting n images needs beside the batch. */
  static final class Room {
    final byte[] bytes;
    final int[] rows;
    final Pixels pixels;
    final SplitMix64 random = new SplitMix64(0);

    Room(int n, ImageShape shape) {
      bytes = new byte[n * shape.size()];
      pixels = new Pixels(shape);
      rows = new int[n];
      for (int i = 0; i < n; i++) {
        rows[i] = i;
      }
    }
  }

  @Override
  public int size() {
    return labels.length;
  }

  @Override
  public Tensor inputs() {
    return inputs;
  }

  @Override
  public int[] targets() {
    return labels;
  }

  /** Made when it is first needed. */
  Room room() {
    Room own = room;
    if (own == null) {
      own = new Room(labels.length, shape);
      room = own;
    }
    return own;
  }
}
