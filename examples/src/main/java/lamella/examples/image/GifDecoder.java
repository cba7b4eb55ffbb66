package lamella.examples.image;

import java.io.IOException;
import java.util.Arrays;
import lamella.data.cifar.ImageShape;

/**
 * Reads the first frame of GIF files, where it lies on the logical screen; what it leaves free is
 * white, as what is transparent.
 *
 * <p>Source: CompuServe, "Graphics Interchange Format, Version 89a", 1990.
 */
final class GifDecoder {
  private static final int EXTENSION = 0x21;
  private static final int IMAGE = 0x2c;
  private static final int GRAPHIC_CONTROL = 0xf9;
  private static final int MOST_CODES = 1 << 12;

  /** First row and distance of rows in each pass of an interlaced frame. */
  private static final int[][] PASSES = {{0, 8}, {4, 8}, {2, 4}, {1, 2}};

  private static final int[][] ONE_PASS = {{0, 1}};

  private final byte[] file;
  private int at;
  private int transparent = -1;

  // The block of data that is being read, and bits of it that have been taken out.
  private int blockEnd;
  private int bits;
  private int bitCount;

  // The table of the compression (LZW): a code stands for another one and a last byte.
  private final short[] prefix = new short[MOST_CODES];
  private final byte[] last = new byte[MOST_CODES];
  private final byte[] stack = new byte[MOST_CODES + 1];
  private int stacked;
  private int codeBits;
  private int codes;
  private int previous = -1;
  private byte first;

  GifDecoder(byte[] file) {
    this.file = file;
  }

  byte[] decode(ImageShape shape) throws IOException {
    at = 6;
    int screenWidth = readShort();
    int screenHeight = readShort();
    int flags = readByte();
    at += 2;
    int[] global = (flags & 0x80) == 0 ? new int[0] : readPalette(flags);
    int block = readByte();
    while (block == EXTENSION) {
      readExtension();
      block = readByte();
    }
    if (block != IMAGE) {
      throw new IOException("damaged GIF (no image)");
    }
    int left = readShort();
    int top = readShort();
    int width = readShort();
    int height = readShort();
    int imageFlags = readByte();
    int[] palette = (imageFlags & 0x80) == 0 ? global : readPalette(imageFlags);
    if (width == 0 || height == 0) {
      throw new IOException("a GIF frame of " + width + " x " + height + " pixels");
    }
    if (transparent >= 0 && transparent < palette.length) {
      palette[transparent] = Colours.WHITE;
    }
    // Programs write frames that are larger than the screen; it grows with them.
    Scaler scaler =
        new Scaler(
            Math.max(screenWidth, left + width),
            Math.max(screenHeight, top + height),
            1,
            Orientation.UPRIGHT,
            shape);
    addFree(scaler, 0, top);
    addFree(scaler, top + height, scaler.height());
    readImage(left, top, width, height, (imageFlags & 0x40) != 0, palette, scaler);
    return scaler.pixels();
  }

  private static void addFree(Scaler scaler, int from, int to) {
    int[] white = new int[scaler.width()];
    Arrays.fill(white, Colours.WHITE);
    for (int y = from; y < to; y++) {
      scaler.add(y, 0, 1, white, white.length);
    }
  }

  private void readImage(
      int left, int top, int width, int height, boolean interlaced, int[] palette, Scaler scaler)
      throws IOException {
    int literalBits = readByte();
    if (literalBits < 1 || literalBits > 8) {
      throw damaged();
    }
    int[] row = new int[scaler.width()];
    Arrays.fill(row, Colours.WHITE);
    blockEnd = at;
    clearCodes(literalBits);
    for (int[] pass : interlaced ? PASSES : ONE_PASS) {
      for (int y = pass[0]; y < height; y += pass[1]) {
        for (int x = 0; x < width; x++) {
          int colour = readPixel(literalBits);
          if (colour >= palette.length) {
            throw new IOException(
                "damaged GIF (colour " + colour + " of a palette of " + palette.length + ")");
          }
          row[left + x] = palette[colour];
        }
        scaler.add(top + y, 0, 1, row, row.length);
      }
    }
  }

  private void clearCodes(int literalBits) {
    codeBits = literalBits + 1;
    codes = (1 << literalBits) + 2;
    previous = -1;
  }

  private int readPixel(int literalBits) throws IOException {
    int clear = 1 << literalBits;
    while (stacked == 0) {
      int code = readCode();
      if (code == clear) {
        clearCodes(literalBits);
      } else if (code == clear + 1) {
        throw cutOff();
      } else {
        unpack(code, clear);
      }
    }
    return stack[--stacked] & 0xff;
  }

  /** Puts what a code stands for on the stack, its last byte first, and learns the next code. */
  private void unpack(int code, int clear) throws IOException {
    int known = code;
    if (code >= codes) {
      // The code that is learned with this one: what the previous one stands for and its first
      // byte again.
      if (code > codes || previous < 0) {
        throw damaged();
      }
      stack[stacked++] = first;
      known = previous;
    }
    while (known > clear) {
      stack[stacked++] = last[known];
      known = prefix[known];
    }
    first = (byte) known;
    stack[stacked++] = first;
    if (previous >= 0 && codes < MOST_CODES) {
      prefix[codes] = (short) previous;
      last[codes] = first;
      codes++;
      if (codes == 1 << codeBits && codeBits < 12) {
        codeBits++;
      }
    }
    previous = code;
  }

  private int readCode() throws IOException {
    while (bitCount < codeBits) {
      while (at == blockEnd) {
        int length = readByte();
        if (length == 0) {
          throw cutOff();
        }
        blockEnd = at + length;
      }
      bits |= readByte() << bitCount;
      bitCount += 8;
    }
    int code = bits & ((1 << codeBits) - 1);
    bits >>>= codeBits;
    bitCount -= codeBits;
    return code;
  }

  private void readExtension() throws IOException {
    int kind = readByte();
    int length = readByte();
    if (kind == GRAPHIC_CONTROL && length >= 4) {
      boolean hasTransparent = (byteAt(at) & 1) != 0;
      transparent = hasTransparent ? byteAt(at + 3) : -1;
    }
    while (length != 0) {
      at += length;
      length = readByte();
    }
  }

  private int[] readPalette(int flags) throws IOException {
    int[] palette = new int[2 << (flags & 7)];
    for (int i = 0; i < palette.length; i++) {
      palette[i] = Colours.rgb(readByte(), readByte(), readByte());
    }
    return palette;
  }

  private int readShort() throws IOException {
    return readByte() | readByte() << 8;
  }

  private int readByte() throws IOException {
    return byteAt(at++);
  }

  private int byteAt(int index) throws IOException {
    if (index >= file.length) {
      throw cutOff();
    }
    return file[index] & 0xff;
  }

  private static IOException cutOff() {
    return new IOException("cut off? The GIF file has fewer pixels than it says");
  }

  private static IOException damaged() {
    return new IOException("damaged GIF (pixels)");
  }
}
