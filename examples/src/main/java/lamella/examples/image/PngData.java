package lamella.examples.image;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** What the IDAT chunks of a PNG file hold, one zlib stream in all, unpacked as it is asked for. */
final class PngData implements AutoCloseable {
  private static final int BUFFER = 1 << 16;

  private record Part(int from, int length) {}

  private final byte[] file;
  private final List<Part> parts = new ArrayList<>();
  private int given;
  private final Inflater inflater = new Inflater();
  private final byte[] buffer = new byte[BUFFER];
  private int at;
  private int end;

  PngData(byte[] file) {
    this.file = file;
  }

  void add(int from, int length) {
    parts.add(new Part(from, length));
  }

  boolean isEmpty() {
    return parts.isEmpty();
  }

  int read() throws IOException {
    if (at == end) {
      fill();
    }
    return buffer[at++] & 0xff;
  }

  void read(byte[] to) throws IOException {
    int done = 0;
    while (done < to.length) {
      if (at == end) {
        fill();
      }
      int count = Math.min(end - at, to.length - done);
      System.arraycopy(buffer, at, to, done, count);
      at += count;
      done += count;
    }
  }

  private void fill() throws IOException {
    if (!inflate()) {
      throw new IOException("cut off? The PNG file has fewer pixels than it says");
    }
  }

  /** Whether there was more. */
  private boolean inflate() throws IOException {
    at = 0;
    end = 0;
    try {
      while (end == 0 && !inflater.finished()) {
        if (inflater.needsDictionary()) {
          throw new IOException("damaged PNG (pixels)");
        }
        if (inflater.needsInput()) {
          if (given == parts.size()) {
            return false;
          }
          Part part = parts.get(given++);
          inflater.setInput(file, part.from, part.length);
        }
        end = inflater.inflate(buffer);
      }
    } catch (DataFormatException e) {
      throw new IOException("damaged PNG (pixels)", e);
    }
    return end > 0;
  }

  /** After the last pixel: the stream's checksum must be right; what follows does not count. */
  void finish() throws IOException {
    if (at == end) {
      inflate();
    }
  }

  @Override
  public void close() {
    inflater.end();
  }
}
