package lamella.data.cifar;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.zip.GZIPInputStream;
import lamella.core.io.FileFormatException;

/** One IDX file of unsigned bytes, read and checked to its end. */
final class IdxFile {
  private static final ImageShape ONE_NUMBER = new ImageShape(1, 1, 1);

  /** The code of the type in IDX files. */
  private static final int UNSIGNED_BYTES = 8;

  /** The largest array of bytes. */
  private static final long MOST_BYTES = Integer.MAX_VALUE - 8;

  /** What gzip makes of a byte at most. */
  private static final long MOST_PER_BYTE = 1032;

  /** What is read at once. */
  private static final int PIECE = 1 << 20;

  private final Path path;
  private final String name;
  private final MessageDigest digest = Sha256.newDigest();

  private int[] dimensions = {};
  private ImageShape shape = ONE_NUMBER;
  private byte[] bytes = {};
  private String sha256 = "";

  private IdxFile(Path file) {
    this.path = file;
    this.name = file.toString();
  }

  /** Reads a file of labels. */
  static IdxFile ofLabels(Path file) throws IOException {
    IdxFile labels = new IdxFile(file);
    labels.read(file, "labels, which have 1 dimension", 1, 1);
    return labels;
  }

  /** Reads a file of images. */
  static IdxFile ofImages(Path file, Layout layout) throws IOException {
    IdxFile images = new IdxFile(file);
    images.read(file, "images, which have 3 dimensions, or 4 with channels", 3, 4);
    images.arrange(layout);
    return images;
  }

  /** Where it is. */
  Path path() {
    return path;
  }

  /** The path, for people. */
  String name() {
    return name;
  }

  /** Of each image. */
  ImageShape shape() {
    return shape;
  }

  /** All images, or all labels. */
  byte[] bytes() {
    return bytes;
  }

  /** How many images or labels there are. */
  int count() {
    return dimensions[0];
  }

  /** Of the file as it is when it is unpacked. */
  String sha256() {
    return sha256;
  }

  private void read(Path file, String what, int fewest, int most) throws IOException {
    try (InputStream stored = new BufferedInputStream(Files.newInputStream(file), PIECE)) {
      stored.mark(2);
      boolean zipped = stored.read() == 0x1f && stored.read() == 0x8b;
      stored.reset();
      InputStream in = zipped ? new GZIPInputStream(stored, 1 << 16) : stored;
      readHeader(in, what, fewest, most);
      allocate(Files.size(file), zipped);
      readBytes(in);
    } catch (FileFormatException e) {
      throw e;
    } catch (AccessDeniedException e) {
      throw because("may not be read (permission denied)", e);
    } catch (EOFException e) {
      throw because("ends too early (truncated download?)", e);
    } catch (IOException e) {
      throw because("cannot be read: " + Reason.of(e), e);
    }
    sha256 = Sha256.finish(digest);
  }

  private void readHeader(InputStream in, String what, int fewest, int most) throws IOException {
    byte[] magic = readExactly(in, 4);
    int rank = magic[3] & 0xff;
    if (magic[0] != 0 || magic[1] != 0) {
      throw wrong(
          "no IDX file: it begins with "
              + HexFormat.ofDelimiter(" ").formatHex(magic)
              + ", not with 00 00 08");
    }
    if (magic[2] != UNSIGNED_BYTES) {
      throw wrong(
          "numbers of type 08 expected, unsigned bytes, found type "
              + HexFormat.of().toHexDigits(magic[2]));
    }
    if (rank < fewest || rank > most) {
      throw wrong(what + ", expected, found " + rank + (rank == 1 ? " dimension" : " dimensions"));
    }
    dimensions = new int[rank];
    ByteBuffer.wrap(readExactly(in, rank * Integer.BYTES)).asIntBuffer().get(dimensions);
    for (int dimension : dimensions) {
      if (dimension < 1) {
        throw wrong(
            "dimensions of at least 1 expected, found "
                + String.join(
                    " x ", Arrays.stream(dimensions).mapToObj(Integer::toUnsignedString).toList()));
      }
    }
    try {
      shape = shapeOf(dimensions);
    } catch (IllegalArgumentException e) {
      throw FileFormatException.because(name, "", e);
    }
  }

  private static ImageShape shapeOf(int[] dimensions) {
    return switch (dimensions.length) {
      case 1 -> ONE_NUMBER;
      case 3 -> new ImageShape(dimensions[1], dimensions[2], 1);
      default ->
          isChannelFirst(dimensions)
              ? new ImageShape(dimensions[2], dimensions[3], dimensions[1])
              : new ImageShape(dimensions[1], dimensions[2], dimensions[3]);
    };
  }

  private static boolean isChannelFirst(int[] dimensions) {
    return dimensions.length == 4 && !isChannels(dimensions[3]) && isChannels(dimensions[1]);
  }

  private static boolean isChannels(int dimension) {
    return dimension == 1 || dimension == 3;
  }

  /** Takes the memory, once it is known that the file can hold as much. */
  private void allocate(long stored, boolean zipped) throws FileFormatException {
    long size = (long) count() * shape.size();
    long header = 4L + (long) dimensions.length * Integer.BYTES;
    if (!zipped && stored != header + size) {
      throw wrong(
          (header + size)
              + " bytes expected for "
              + contents()
              + ", "
              + stored
              + " found"
              + (stored < header + size ? " (truncated download?)" : ""));
    }
    if (zipped && size / MOST_PER_BYTE > stored) {
      throw wrong(
          size
              + " bytes expected for "
              + contents()
              + ", more than "
              + stored
              + " compressed bytes can hold (truncated download?)");
    }
    if (size > MOST_BYTES) {
      throw wrong(contents() + " take " + size + " bytes, at most " + MOST_BYTES + " are read");
    }
    try {
      bytes = new byte[(int) size];
    } catch (OutOfMemoryError e) {
      throw because(
          contents()
              + " take "
              + size
              + " bytes, which the Java machine has not left of its "
              + Runtime.getRuntime().maxMemory(),
          e);
    }
  }

  private String contents() {
    return dimensions.length == 1 ? count() + " labels" : count() + " images " + shape;
  }

  private void readBytes(InputStream in) throws IOException {
    for (int done = 0; done < bytes.length; ) {
      int n = in.readNBytes(bytes, done, Math.min(PIECE, bytes.length - done));
      digest.update(bytes, done, n);
      done += n;
      if (n == 0) {
        throw new EOFException();
      }
    }
    // To the end, where gzip's checksum of the whole stands.
    if (in.read() >= 0) {
      throw wrong("goes on behind its " + contents());
    }
  }

  private byte[] readExactly(InputStream in, int n) throws IOException {
    byte[] read = in.readNBytes(n);
    if (read.length < n) {
      throw new EOFException();
    }
    digest.update(read);
    return read;
  }

  /** Puts the numbers of each image into the order of a layout. */
  private void arrange(Layout layout) {
    Layout own = isChannelFirst(dimensions) ? Layout.CHW : Layout.HWC;
    if (own == layout || shape.channels() == 1) {
      return;
    }
    byte[] image = new byte[shape.size()];
    for (int start = 0; start < bytes.length; start += image.length) {
      System.arraycopy(bytes, start, image, 0, image.length);
      for (int pixel = 0; pixel < shape.pixels(); pixel++) {
        for (int channel = 0; channel < shape.channels(); channel++) {
          bytes[start + shape.offset(layout, pixel, channel)] =
              image[shape.offset(own, pixel, channel)];
        }
      }
    }
  }

  private FileFormatException wrong(String problem) {
    return new FileFormatException(name, problem);
  }

  private FileFormatException because(String problem, Throwable cause) {
    FileFormatException e = wrong(problem);
    e.initCause(cause);
    return e;
  }
}
