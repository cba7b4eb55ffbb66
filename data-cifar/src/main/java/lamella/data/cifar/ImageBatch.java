package lamella.data.cifar;

import lamella.core.Batch;
import lamella.core.PartLoop;
import lamella.core.Tensor;
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
    /** What a number of an image takes to be copied and changed by some quick steps, about. */
    private static final double NANOSECONDS = 0.25;

    final byte[] bytes;
    final int[] rows;
    final AugmentedDataset.Changes changes;

    Room(int n, ImageShape shape) {
      bytes = new byte[n * shape.size()];
      rows = new int[n];
      for (int i = 0; i < n; i++) {
        rows[i] = i;
      }
      changes = new AugmentedDataset.Changes(bytes, shape, parts(n, shape));
    }

    private static int parts(int n, ImageShape shape) {
      return PartLoop.parts(n, NANOSECONDS * shape.size());
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
