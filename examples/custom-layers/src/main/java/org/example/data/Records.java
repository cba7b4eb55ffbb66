package org.example.data;

import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static java.nio.channels.FileChannel.MapMode.READ_ONLY;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import lamella.core.Batch;
import lamella.core.DType;
import lamella.core.Dataset;
import lamella.core.Shape;
import lamella.core.Tensor;

/** Examples in a file that may be larger than memory: of each a class, an int, and its inputs, floats; all little-endian. */
public final class Records implements Dataset<int[]> {
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(LITTLE_ENDIAN);
  private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(LITTLE_ENDIAN);

  private final Path file;
  private final int inputs;
  private final MemorySegment bytes;

  public Records(Path file, int inputs) throws IOException {
    this.file = file;
    this.inputs = inputs;
    try (FileChannel channel = FileChannel.open(file)) {
      bytes = channel.map(READ_ONLY, 0, channel.size(), Arena.ofAuto());
    }
    if (bytes.byteSize() == 0 || bytes.byteSize() % recordBytes() != 0) {
      throw new IOException(
          file + ": expects records of " + recordBytes() + " bytes, got " + bytes.byteSize() + " bytes in all");
    }
  }

  private long recordBytes() {
    return Integer.BYTES + (long) Float.BYTES * inputs;
  }

  @Override
  public int size() {
    return Math.toIntExact(bytes.byteSize() / recordBytes());
  }

  @Override
  public Shape exampleShape() {
    return Shape.of(inputs);
  }

  @Override
  public Batch<int[]> newBatch(int n, DType dtype) {
    return Batch.of(Tensor.zeros(dtype, Shape.of(n, inputs)), new int[n]);
  }

  @Override
  public void read(int[] indices, Batch<int[]> batch) {
    requireIndices(indices, batch); // as many as the batch has rows, each in [0, size)
    for (int row = 0; row < indices.length; row++) {
      long record = indices[row] * recordBytes();
      batch.targets()[row] = bytes.get(INT, record);
      for (int i = 0; i < inputs; i++) {
        batch.inputs().set(row * inputs + i, bytes.get(FLOAT, record + Integer.BYTES + (long) Float.BYTES * i));
      }
    }
  }

  @Override
  public String toString() {
    return "Records(" + size() + " examples of " + file.getFileName() + ")";
  }
}
