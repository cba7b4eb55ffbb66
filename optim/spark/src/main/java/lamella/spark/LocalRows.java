package lamella.spark;

import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.Objects;
import lamella.core.Batch;
import lamella.core.DType;
import lamella.core.Dataset;
import lamella.core.Shape;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a frame in this JVM's memory, in the order that they have on a cluster: the local
 * twin of a {@link ShardedFrame}, for whoever goes on without Spark. Made by {@link
 * FrameExamples#local} and {@link ShardedFrame#local}.
 *
 * <p>A training with it has the bits of one on the cluster, and its {@link #fingerprint} is that of
 * the sharded frame: checkpoints of either go on with the other.
 *
 * <p>It is serialisable, a few arrays of bytes, and can be broadcast.
 *
 * @param <T> the targets of a batch
 */
public final class LocalRows<T> implements Dataset<T>, Serializable {
  private static final long serialVersionUID = 1;

  private final RowLayout layout;
  private final int size;

  /** Row i is row i / blocks of block i mod blocks. Those that are not here are null. */
  private final byte[] @Nullable [] blocks;

  private final String fingerprint;

  /** The blocks again, to be read from; null in what was just received. */
  private transient volatile ByteBuffer @Nullable [] bytes;

  private transient volatile FloatBuffer @Nullable [] floats;

  /**
   * Rows that are there already.
   *
   * @param blocks used, not copied
   * @param fingerprint of all rows
   */
  LocalRows(RowLayout layout, int size, byte[] @Nullable [] blocks, String fingerprint) {
    this.layout = layout;
    this.size = size;
    this.blocks = blocks;
    this.fingerprint = fingerprint;
  }

  /** What the rows of a frame are known by: their number, their kind, and a sum over all. */
  static String fingerprint(int size, RowLayout layout, RowsSum ordered) {
    return size + " examples of " + layout + ", rows " + ordered;
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public Shape exampleShape() {
    return layout.exampleShape();
  }

  @Override
  public Batch<T> newBatch(int n, DType dtype) {
    return layout.newBatch(n, dtype);
  }

  @Override
  public void read(int[] indices, Batch<T> batch) {
    requireIndices(indices, batch);
    FloatBuffer[] numbers = floats();
    ByteBuffer[] all = Objects.requireNonNull(bytes);
    for (int i = 0; i < indices.length; i++) {
      int block = indices[i] % blocks.length;
      if (blocks[block] == null) {
        throw new IndexOutOfBoundsException(
            "LocalRows: example "
                + indices[i]
                + " at position "
                + i
                + " belongs to shard "
                + block
                + ", which is not here");
      }
      layout.copy(all[block], numbers[block], indices[i] / blocks.length, batch, i);
    }
  }

  private FloatBuffer[] floats() {
    FloatBuffer[] there = floats;
    if (there != null) {
      return there;
    }
    ByteBuffer[] all = new ByteBuffer[blocks.length];
    FloatBuffer[] numbers = new FloatBuffer[blocks.length];
    for (int i = 0; i < all.length; i++) {
      byte[] block = blocks[i];
      all[i] = RowLayout.buffer(block == null ? new byte[0] : block);
      numbers[i] = all[i].asFloatBuffer();
    }
    bytes = all;
    floats = numbers;
    return numbers;
  }

  /** The same for the same rows in the same order, whether on a cluster or here. */
  @Override
  public String fingerprint() {
    return fingerprint;
  }

  /** For example {@code LocalRows(1000 examples of [20], labels)}. */
  @Override
  public String toString() {
    return "LocalRows(" + size + " examples of " + layout + ")";
  }
}
