package lamella.examples.cli;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Bytes that are counted as they are read; another thread may ask how many. */
final class CountedInput extends FilterInputStream {
  private final long size;
  private volatile long count;

  /**
   * Counts the bytes of another stream.
   *
   * @param size of all there is to read; -1 if nobody knows
   */
  CountedInput(InputStream in, long size) {
    super(in);
    this.size = size;
  }

  /** All bytes there are to read; -1 if nobody knows. */
  long size() {
    return size;
  }

  /** The bytes that were read. */
  long count() {
    return count;
  }

  @Override
  public int read() throws IOException {
    int next = in.read();
    add(next < 0 ? 0 : 1);
    return next;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    int read = in.read(bytes, offset, length);
    add(Math.max(0, read));
    return read;
  }

  @Override
  public long skip(long bytes) throws IOException {
    long skipped = in.skip(bytes);
    add(skipped);
    return skipped;
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // one thread reads
  private void add(long bytes) {
    count += bytes;
  }
}
