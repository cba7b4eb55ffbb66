package lamella.examples.image;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;

/** Writes PNG files of any colour type, depth and interlacing, chunk by chunk. */
final class PngFile {
  static final int GREY = 0;
  static final int RGB = 2;
  static final int PALETTE = 3;
  static final int GREY_ALPHA = 4;
  static final int RGB_ALPHA = 6;

  private static final int[][] ADAM7 = {
    {0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4}, {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}
  };

  /** The samples of a pixel. */
  interface Samples {
    int[] at(int x, int y);
  }

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final DataOutputStream out = new DataOutputStream(bytes);

  PngFile() {
    write(() -> out.write(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'}));
  }

  private interface Writing {
    void run() throws IOException;
  }

  private static void write(Writing writing) {
    try {
      writing.run();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  PngFile chunk(String name, byte[] content) {
    write(() -> {
      out.writeInt(content.length);
      ByteArrayOutputStream checked = new ByteArrayOutputStream();
      new DataOutputStream(checked).writeBytes(name);
      checked.writeBytes(content);
      out.write(checked.toByteArray());
      CRC32 crc = new CRC32();
      crc.update(checked.toByteArray());
      out.writeInt((int) crc.getValue());
    });
    return this;
  }

  PngFile header(int width, int height, int depth, int type, boolean interlaced) {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    DataOutputStream data = new DataOutputStream(content);
    write(() -> {
      data.writeInt(width);
      data.writeInt(height);
      data.write(new byte[] {(byte) depth, (byte) type, 0, 0, (byte) (interlaced ? 1 : 0)});
    });
    return chunk("IHDR", content.toByteArray());
  }

  /** The pixels, in two chunks, each row with another filter. */
  PngFile pixels(int width, int height, int depth, boolean interlaced, Samples samples) {
    ByteArrayOutputStream zipped = new ByteArrayOutputStream();
    write(() -> {
      try (DeflaterOutputStream zip = new DeflaterOutputStream(zipped)) {
        for (int[] pass : interlaced ? ADAM7 : new int[][] {{0, 0, 1, 1}}) {
          writePass(zip, width, height, depth, pass, samples);
        }
      }
    });
    byte[] all = zipped.toByteArray();
    byte[] begin = Arrays.copyOf(all, all.length / 3);
    byte[] rest = Arrays.copyOfRange(all, begin.length, all.length);
    return chunk("IDAT", begin).chunk("IDAT", rest);
  }

  private static void writePass(
      DeflaterOutputStream zip, int width, int height, int depth, int[] pass, Samples samples)
      throws IOException {
    if (pass[0] >= width) {
      return;
    }
    byte[] above = null;
    for (int y = pass[1]; y < height; y += pass[3]) {
      ByteArrayOutputStream row = new ByteArrayOutputStream();
      int bits = 0;
      int count = 0;
      int distance = Math.max(1, samples.at(0, 0).length * depth / 8);
      for (int x = pass[0]; x < width; x += pass[2]) {
        for (int sample : samples.at(x, y)) {
          if (depth == 16) {
            row.write(sample >> 8);
            row.write(sample);
            continue;
          }
          bits = (bits << depth) | sample;
          count += depth;
          if (count == 8) {
            row.write(bits);
            bits = 0;
            count = 0;
          }
        }
      }
      if (count > 0) {
        row.write(bits << (8 - count));
      }
      byte[] line = row.toByteArray();
      zip.write(y % 5);
      zip.write(filtered(line, above == null ? new byte[line.length] : above, y % 5, distance));
      above = line;
    }
  }

  private static byte[] filtered(byte[] line, byte[] above, int filter, int distance) {
    byte[] result = new byte[line.length];
    for (int i = 0; i < line.length; i++) {
      int a = i < distance ? 0 : line[i - distance] & 0xff;
      int b = above[i] & 0xff;
      int c = i < distance ? 0 : above[i - distance] & 0xff;
      int p = a + b - c;
      boolean left = Math.abs(p - a) <= Math.abs(p - b) && Math.abs(p - a) <= Math.abs(p - c);
      int paeth = left ? a : Math.abs(p - b) <= Math.abs(p - c) ? b : c;
      int[] predictions = {0, a, b, (a + b) / 2, paeth};
      result[i] = (byte) (line[i] - predictions[filter]);
    }
    return result;
  }

  byte[] end() {
    chunk("IEND", new byte[0]);
    return bytes.toByteArray();
  }

  /** So far. */
  byte[] bytes() {
    return bytes.toByteArray();
  }
}
