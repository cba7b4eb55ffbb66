package lamella.examples.image;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * How a stored picture is to be turned to stand upright, as cameras note it.
 *
 * <p>Source: CIPA DC-008, "Exchangeable image file format for digital still cameras" (EXIF),
 * section 4.6, tag 274, Orientation.
 *
 * @param mirrored whether columns count from the right, after turning
 * @param upsideDown whether rows count from below, after turning
 * @param transposed whether the stored rows are the picture's columns
 */
record Orientation(boolean mirrored, boolean upsideDown, boolean transposed) {
  /** As stored. */
  static final Orientation UPRIGHT = new Orientation(false, false, false);

  private static final int TAG = 274;
  private static final int SHORT = 3;
  private static final int LONG = 4;
  private static final int TIFF_MAGIC = 42;

  /** What the value of the tag says; upright if it is not 1 to 8. */
  static Orientation of(long value) {
    return switch (Math.clamp(value, 0, 9)) {
      case 2 -> new Orientation(true, false, false);
      case 3 -> new Orientation(true, true, false);
      case 4 -> new Orientation(false, true, false);
      case 5 -> new Orientation(false, false, true);
      case 6 -> new Orientation(true, false, true);
      case 7 -> new Orientation(true, true, true);
      case 8 -> new Orientation(false, true, true);
      default -> UPRIGHT;
    };
  }

  /**
   * Where in the stored picture the pixel at column x and row y of the upright one lies.
   *
   * @param columns of the stored picture
   * @param rows of it
   */
  int source(int x, int y, int columns, int rows) {
    int width = transposed ? rows : columns;
    int height = transposed ? columns : rows;
    int column = mirrored ? width - 1 - x : x;
    int row = upsideDown ? height - 1 - y : y;
    return transposed ? column * columns + row : row * columns + column;
  }

  /** What EXIF data (a TIFF file's header and directory) say; upright if they are damaged. */
  static Orientation ofExif(byte[] file, int from, int length) {
    ByteBuffer exif = ByteBuffer.wrap(file, from, length).slice();
    try {
      switch (text(exif)) {
        case "II" -> exif.order(ByteOrder.LITTLE_ENDIAN);
        case "MM" -> exif.order(ByteOrder.BIG_ENDIAN);
        default -> {
          return UPRIGHT;
        }
      }
      return exif.getShort() == TIFF_MAGIC ? ofDirectory(exif) : UPRIGHT;
    } catch (BufferUnderflowException | IllegalArgumentException e) {
      return UPRIGHT;
    }
  }

  private static String text(ByteBuffer exif) {
    byte[] two = new byte[2];
    exif.get(two);
    return new String(two, ISO_8859_1);
  }

  private static Orientation ofDirectory(ByteBuffer exif) {
    exif.position(exif.getInt());
    int entries = Short.toUnsignedInt(exif.getShort());
    for (int i = 0; i < entries; i++) {
      int tag = Short.toUnsignedInt(exif.getShort());
      int type = exif.getShort();
      int count = exif.getInt();
      int at = exif.position();
      long value = type == SHORT ? Short.toUnsignedLong(exif.getShort()) : exif.getInt();
      if (tag == TAG) {
        return count == 1 && (type == SHORT || type == LONG) ? of(value) : UPRIGHT;
      }
      exif.position(at + Integer.BYTES);
    }
    return UPRIGHT;
  }
}
