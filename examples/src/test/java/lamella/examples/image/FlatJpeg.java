package lamella.examples.image;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/**
 * Writes baseline JPEG files whose blocks of 8 x 8 pixels are flat, so that every decoder gives the
 * samples that were written, exactly.
 */
final class FlatJpeg {
  /** The samples of a block. */
  interface Blocks {
    int[] at(int x, int y);
  }

  private final int[] names;
  private final Blocks blocks;
  private final ByteArrayOutputStream applications = new ByteArrayOutputStream();
  private int across = 4;
  private int down = 4;

  /**
   * Components of these names, one byte each in the file.
   *
   * @param blocks as many samples each as there are names
   */
  FlatJpeg(int[] names, Blocks blocks) {
    this.names = names.clone();
    this.blocks = blocks;
  }

  FlatJpeg size(int newAcross, int newDown) {
    across = newAcross;
    down = newDown;
    return this;
  }

  /** A segment before those that the picture needs. */
  FlatJpeg with(int marker, byte[] content) {
    segment(applications, marker, content);
    return this;
  }

  FlatJpeg adobe(int transform) {
    return with(0xee, new byte[] {'A', 'd', 'o', 'b', 'e', 0, 100, 0, 0, 0, 0, (byte) transform});
  }

  FlatJpeg jfif() {
    return with(0xe0, new byte[] {'J', 'F', 'I', 'F', 0, 1, 1, 0, 0, 1, 0, 1, 0, 0});
  }

  FlatJpeg exif(byte[] tiff) {
    byte[] content = new byte[6 + tiff.length];
    System.arraycopy(new byte[] {'E', 'x', 'i', 'f', 0, 0}, 0, content, 0, 6);
    System.arraycopy(tiff, 0, content, 6, tiff.length);
    return with(0xe1, content);
  }

  private static void segment(ByteArrayOutputStream out, int marker, byte[] content) {
    out.write(0xff);
    out.write(marker);
    out.write((content.length + 2) >> 8);
    out.write(content.length + 2);
    out.writeBytes(content);
  }

  byte[] bytes() {
    int count = names.length;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(new byte[] {(byte) 0xff, (byte) 0xd8});
    out.writeBytes(applications.toByteArray());
    byte[] quantisation = new byte[65];
    Arrays.fill(quantisation, 1, 65, (byte) 1);
    segment(out, 0xdb, quantisation);
    byte[] frame = new byte[6 + 3 * count];
    byte[] scan = new byte[4 + 2 * count];
    frame[0] = 8;
    frame[1] = (byte) ((8 * down) >> 8);
    frame[2] = (byte) (8 * down);
    frame[3] = (byte) ((8 * across) >> 8);
    frame[4] = (byte) (8 * across);
    frame[5] = (byte) count;
    scan[0] = (byte) count;
    for (int c = 0; c < count; c++) {
      frame[6 + 3 * c] = (byte) names[c];
      frame[7 + 3 * c] = 0x11;
      scan[1 + 2 * c] = (byte) names[c];
    }
    scan[2 + 2 * count] = 63;
    segment(out, 0xc0, frame);
    // Lengths 0 to 11 of the differences have codes of 4 bits, the end of a block one of 1 bit.
    byte[] dc = new byte[29];
    dc[4] = 12;
    for (int i = 0; i < 12; i++) {
      dc[17 + i] = (byte) i;
    }
    segment(out, 0xc4, dc);
    byte[] ac = new byte[18];
    ac[0] = 0x10;
    ac[1] = 1;
    segment(out, 0xc4, ac);
    segment(out, 0xda, scan);
    out.writeBytes(entropyCoded());
    out.writeBytes(new byte[] {(byte) 0xff, (byte) 0xd9});
    return out.toByteArray();
  }

  private byte[] entropyCoded() {
    StringBuilder bits = new StringBuilder();
    int[] last = new int[names.length];
    for (int y = 0; y < down; y++) {
      for (int x = 0; x < across; x++) {
        int[] samples = blocks.at(x, y);
        for (int c = 0; c < names.length; c++) {
          int dc = 8 * (samples[c] - 128);
          int difference = dc - last[c];
          last[c] = dc;
          int length = 32 - Integer.numberOfLeadingZeros(Math.abs(difference));
          append(bits, length, 4);
          append(bits, difference > 0 ? difference : difference + (1 << length) - 1, length);
          append(bits, 0, 1);
        }
      }
    }
    bits.append("1".repeat(-bits.length() & 7));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int i = 0; i < bits.length(); i += 8) {
      int value = Integer.parseInt(bits, i, i + 8, 2);
      out.write(value);
      if (value == 0xff) {
        out.write(0);
      }
    }
    return out.toByteArray();
  }

  private static void append(StringBuilder bits, int value, int count) {
    for (int bit = count - 1; bit >= 0; bit--) {
      bits.append(value >> bit & 1);
    }
  }
}
