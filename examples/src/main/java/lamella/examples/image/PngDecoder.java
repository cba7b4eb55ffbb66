package lamella.examples.image;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32;
import lamella.data.cifar.ImageShape;

/**
 * Reads PNG files of every colour type and depth, row by row, so that only two rows are held.
 *
 * <p>Every critical chunk's checksum must be right, and the file must have its end. Of the others
 * only tRNS (transparency) and eXIf (orientation) count. An animation is its default image.
 *
 * <p>Source: W3C, "Portable Network Graphics (PNG) Specification (Third Edition)", 2025.
 */
final class PngDecoder {
  private static final int GREY = 0;
  private static final int RGB = 2;
  private static final int PALETTE = 3;
  private static final int GREY_ALPHA = 4;
  private static final int RGB_ALPHA = 6;

  private static final int SIGNATURE_BYTES = 8;
  private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};

  /** Length, type and checksum of a chunk. */
  private static final int CHUNK_OVERHEAD = 12;

  /** First column, first row, distance of columns, distance of rows in each pass of Adam7. */
  private static final int[][] PASSES = {
    {0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4}, {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}
  };

  private static final int[][] ONE_PASS = {{0, 0, 1, 1}};

  private final byte[] file;
  private final ByteBuffer data;
  private long width;
  private long height;
  private int depth;
  private int type = -1;
  private boolean interlaced;

  /** The palette laid on white. */
  private int[] palette = {};

  /** The grey level or colour that is transparent; -1 if none is. */
  private long transparent = -1;

  private boolean hasTransparency;
  private Orientation orientation = Orientation.UPRIGHT;
  private final PngData pixels;

  PngDecoder(byte[] file) {
    this.file = file;
    this.data = ByteBuffer.wrap(file);
    this.pixels = new PngData(file);
  }

  byte[] decode(ImageShape shape) throws IOException {
    if (file.length < SIGNATURE_BYTES) {
      throw cutOff();
    }
    if (!Arrays.equals(SIGNATURE, Arrays.copyOf(file, SIGNATURE_BYTES))) {
      throw new IOException("damaged PNG signature (copied as text?)");
    }
    int at = SIGNATURE_BYTES;
    String name = "";
    while (!name.equals("IEND")) {
      if (file.length - at < CHUNK_OVERHEAD) {
        throw cutOff();
      }
      int length = data.getInt(at);
      if (length < 0) {
        throw new IOException("damaged PNG (a chunk of 2 GiB or more)");
      }
      name = new String(file, at + 4, 4, ISO_8859_1);
      if (type < 0 && !name.equals("IHDR")) {
        throw new IOException("damaged PNG (chunk " + printable(name) + " before IHDR)");
      }
      if (length > file.length - at - CHUNK_OVERHEAD) {
        // What is not there need not be read: the size may be refused at once.
        throw cutOff();
      }
      readChunk(name, at + 8, length);
      at += CHUNK_OVERHEAD + length;
    }
    if (pixels.isEmpty()) {
      throw new IOException("damaged PNG (no pixels)");
    }
    return readPixels(shape);
  }

  private static IOException cutOff() {
    return new IOException("cut off? The end of the PNG file is missing");
  }

  private void readChunk(String name, int from, int length) throws IOException {
    boolean critical = Character.isUpperCase(name.charAt(0));
    boolean intact = isIntact(from, length);
    if (!intact && (critical || name.equals("tRNS"))) {
      throw new IOException("damaged PNG (checksum of chunk " + printable(name) + ")");
    }
    switch (name) {
      case "IHDR" -> readHeader(from, length);
      case "PLTE" -> readPalette(from, length);
      case "tRNS" -> readTransparency(from, length);
      case "IDAT" -> pixels.add(from, length);
      case "eXIf" ->
          orientation = intact ? Orientation.ofExif(file, from, length) : Orientation.UPRIGHT;
      case "IEND" -> {}
      default -> {
        if (critical) {
          throw new IOException("no ordinary PNG (chunk " + printable(name) + ")");
        }
      }
    }
  }

  private boolean isIntact(int from, int length) {
    CRC32 crc = new CRC32();
    crc.update(file, from - 4, length + 4);
    return (int) crc.getValue() == data.getInt(from + length);
  }

  private static String printable(String name) {
    return name.chars().allMatch(c -> c > ' ' && c < 127) ? name : "without a name";
  }

  private void readHeader(int from, int length) throws IOException {
    require(type < 0 && length == 13, "IHDR");
    width = Integer.toUnsignedLong(data.getInt(from));
    height = Integer.toUnsignedLong(data.getInt(from + 4));
    depth = data.get(from + 8);
    type = data.get(from + 9);
    boolean known =
        switch (type) {
          case GREY -> depth == 1 || depth == 2 || depth == 4 || depth == 8 || depth == 16;
          case PALETTE -> depth == 1 || depth == 2 || depth == 4 || depth == 8;
          case RGB, GREY_ALPHA, RGB_ALPHA -> depth == 8 || depth == 16;
          default -> false;
        };
    int compression = data.get(from + 10);
    int filter = data.get(from + 11);
    int interlace = data.get(from + 12);
    require(known && compression == 0 && filter == 0 && (interlace == 0 || interlace == 1), "IHDR");
    interlaced = interlace == 1;
    // Too large is said before anything else is.
    Scaler.requireSize(width, height, bytesPerPixel());
  }

  private int bytesPerPixel() {
    return Math.max(1, channels() * depth / 8);
  }

  private int channels() {
    return switch (type) {
      case RGB -> 3;
      case GREY_ALPHA -> 2;
      case RGB_ALPHA -> 4;
      default -> 1;
    };
  }

  private void readPalette(int from, int length) throws IOException {
    require(
        palette.length == 0
            && length % 3 == 0
            && length >= 3
            && length <= 3 * 256
            && pixels.isEmpty()
            && !(hasTransparency && type == PALETTE),
        "PLTE");
    palette = new int[length / 3];
    for (int i = 0; i < palette.length; i++) {
      int at = from + 3 * i;
      palette[i] = Colours.rgb(file[at] & 0xff, file[at + 1] & 0xff, file[at + 2] & 0xff);
    }
  }

  private void readTransparency(int from, int length) throws IOException {
    require(!hasTransparency && pixels.isEmpty(), "tRNS");
    hasTransparency = true;
    int mask = (1 << depth) - 1;
    switch (type) {
      case GREY -> {
        require(length == 2, "tRNS");
        transparent = data.getShort(from) & mask;
      }
      case RGB -> {
        require(length == 6, "tRNS");
        transparent =
            key(
                data.getShort(from) & mask,
                data.getShort(from + 2) & mask,
                data.getShort(from + 4) & mask);
      }
      case PALETTE -> {
        require(length <= palette.length, "tRNS");
        for (int i = 0; i < length; i++) {
          palette[i] = Colours.onWhite(palette[i], file[from + i] & 0xff);
        }
      }
      default -> require(false, "tRNS");
    }
  }

  private static long key(int red, int green, int blue) {
    return (long) red << 32 | (long) green << 16 | blue;
  }

  private static void require(boolean condition, String chunk) throws IOException {
    if (!condition) {
      throw new IOException("damaged PNG (chunk " + chunk + ")");
    }
  }

  private byte[] readPixels(ImageShape shape) throws IOException {
    if (type == PALETTE) {
      require(palette.length > 0, "PLTE");
    }
    Scaler scaler = new Scaler(width, height, bytesPerPixel(), orientation, shape);
    try (pixels) {
      int[] row = new int[scaler.width()];
      for (int[] pass : interlaced ? PASSES : ONE_PASS) {
        readPass(pass[0], pass[1], pass[2], pass[3], row, scaler);
      }
      pixels.finish();
    }
    return scaler.pixels();
  }

  private void readPass(int left, int top, int stepX, int stepY, int[] row, Scaler scaler)
      throws IOException {
    int count = (scaler.width() - left + stepX - 1) / stepX;
    if (count <= 0) {
      return;
    }
    int bytes = (int) (((long) count * channels() * depth + 7) / 8);
    int distance = bytesPerPixel();
    byte[] above = new byte[bytes];
    byte[] line = new byte[bytes];
    for (int y = top; y < scaler.height(); y += stepY) {
      int filter = pixels.read();
      pixels.read(line);
      unfilter(filter, line, above, distance);
      toColours(line, row, count);
      scaler.add(y, left, stepX, row, count);
      byte[] done = line;
      line = above;
      above = done;
    }
  }

  private static void unfilter(int filter, byte[] line, byte[] above, int distance)
      throws IOException {
    switch (filter) {
      case 0 -> {}
      case 1 -> {
        for (int i = distance; i < line.length; i++) {
          line[i] += line[i - distance];
        }
      }
      case 2 -> {
        for (int i = 0; i < line.length; i++) {
          line[i] += above[i];
        }
      }
      case 3 -> {
        for (int i = 0; i < line.length; i++) {
          int left = i < distance ? 0 : line[i - distance] & 0xff;
          line[i] += (byte) ((left + (above[i] & 0xff)) >> 1);
        }
      }
      case 4 -> {
        for (int i = 0; i < line.length; i++) {
          int left = i < distance ? 0 : line[i - distance] & 0xff;
          int aboveLeft = i < distance ? 0 : above[i - distance] & 0xff;
          line[i] += (byte) nearest(left, above[i] & 0xff, aboveLeft);
        }
      }
      default -> throw new IOException("damaged PNG (filter " + filter + ")");
    }
  }

  /** Paeth's predictor. */
  private static int nearest(int left, int above, int aboveLeft) {
    int estimate = left + above - aboveLeft;
    int toLeft = Math.abs(estimate - left);
    int toAbove = Math.abs(estimate - above);
    int toAboveLeft = Math.abs(estimate - aboveLeft);
    if (toLeft <= toAbove && toLeft <= toAboveLeft) {
      return left;
    }
    return toAbove <= toAboveLeft ? above : aboveLeft;
  }

  private void toColours(byte[] line, int[] row, int count) throws IOException {
    int largest = (1 << depth) - 1;
    int channels = channels();
    for (int i = 0; i < count; i++) {
      int first = i * channels;
      row[i] =
          switch (type) {
            case GREY -> {
              int level = sample(line, first);
              yield level == transparent
                  ? Colours.WHITE
                  : Colours.grey(Colours.toByte(level, largest));
            }
            case PALETTE -> {
              int index = sample(line, first);
              if (index >= palette.length) {
                throw new IOException(
                    "damaged PNG (colour " + index + " of a palette of " + palette.length + ")");
              }
              yield palette[index];
            }
            case GREY_ALPHA ->
                Colours.onWhite(
                    Colours.grey(Colours.toByte(sample(line, first), largest)),
                    Colours.toByte(sample(line, first + 1), largest));
            default -> {
              int red = sample(line, first);
              int green = sample(line, first + 1);
              int blue = sample(line, first + 2);
              int rgb =
                  Colours.rgb(
                      Colours.toByte(red, largest),
                      Colours.toByte(green, largest),
                      Colours.toByte(blue, largest));
              if (type == RGB_ALPHA) {
                yield Colours.onWhite(rgb, Colours.toByte(sample(line, first + 3), largest));
              }
              yield transparent >= 0 && transparent == key(red, green, blue) ? Colours.WHITE : rgb;
            }
          };
    }
  }

  /** The sample of this number in a row. */
  private int sample(byte[] line, int index) {
    return switch (depth) {
      case 8 -> line[index] & 0xff;
      case 16 -> (line[2 * index] & 0xff) << 8 | (line[2 * index + 1] & 0xff);
      default -> {
        int bit = index * depth;
        yield line[bit >> 3] >> (8 - depth - (bit & 7)) & ((1 << depth) - 1);
      }
    };
  }
}
