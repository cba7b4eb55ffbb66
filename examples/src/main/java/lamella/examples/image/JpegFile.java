package lamella.examples.image;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;

/**
 * The segments of a JPEG file: what they say about colours and orientation, and the file again with
 * only those that hold the pixels. So a profile or a thumbnail, damaged or not, changes nothing.
 *
 * <p>Sources: ITU-T T.81 (JPEG), T.871 (JFIF), T.872 section 6.5.3 (Adobe's marker).
 */
final class JpegFile {
  private static final int PROGRESSIVE = 0xc2;
  private static final int START = 0xd8;
  private static final int END = 0xd9;
  private static final int SCAN = 0xda;
  private static final int APP0 = 0xe0;
  private static final int APP1 = 0xe1;
  private static final int APP14 = 0xee;
  private static final int APP15 = 0xef;
  private static final int COMMENT = 0xfe;

  /**
   * Adobe's marker: no transformation of the samples, so that the JDK's decoder does none, whatever
   * they mean.
   */
  private static final byte[] AS_THEY_ARE = {
    (byte) 0xff, (byte) APP14, 0, 14, 'A', 'd', 'o', 'b', 'e', 0, 100, 0, 0, 0, 0, 0
  };

  private final byte[] file;
  private final ByteArrayOutputStream out;
  private int at = 2;
  private boolean jfif;
  private int adobe = -1;
  private boolean exif;
  private Orientation orientation = Orientation.UPRIGHT;
  private int width;
  private int height;
  private int scans;

  /** The names of the components as the frame has them; empty before it. */
  private int[] components = {};

  /** For each component and coefficient how many low bits are missing; all of it at first. */
  private int[][] missing = {};

  private JpegFile(byte[] file) {
    this.file = file;
    this.out = new ByteArrayOutputStream(file.length + AS_THEY_ARE.length);
  }

  /**
   * Looks through a file.
   *
   * @throws IOException if it is damaged, cut off or of a kind that is not read
   */
  static JpegFile of(byte[] file) throws IOException {
    JpegFile jpeg = new JpegFile(file);
    jpeg.parse();
    return jpeg;
  }

  private void parse() throws IOException {
    out.write(0xff);
    out.write(START);
    out.writeBytes(AS_THEY_ARE);
    int marker = nextMarker();
    while (marker != END) {
      readSegment(marker);
      marker = nextMarker();
    }
    out.write(0xff);
    out.write(END);
    requireAllPixels();
  }

  int width() {
    return width;
  }

  int height() {
    return height;
  }

  /** How many passes over the pixels it has. */
  int scans() {
    return scans;
  }

  Orientation orientation() {
    return orientation;
  }

  /** A file of the same pixels whose samples the JDK's decoder gives as they are. */
  byte[] samples() {
    return out.toByteArray();
  }

  /** Skips what is between segments, as all decoders do. */
  private int nextMarker() throws IOException {
    int marker = 0;
    while (marker == 0 || marker == 0xff || isRestart(marker)) {
      while (byteAt(at) != 0xff) {
        at++;
      }
      while (byteAt(at) == 0xff) {
        at++;
      }
      marker = byteAt(at++);
    }
    return marker;
  }

  private static boolean isRestart(int marker) {
    return (marker >= 0xd0 && marker <= 0xd7) || marker == 1;
  }

  private int byteAt(int index) throws IOException {
    if (index >= file.length) {
      throw new IOException("cut off? The end of the JPEG file is missing");
    }
    return file[index] & 0xff;
  }

  private int shortAt(int index) throws IOException {
    return byteAt(index) << 8 | byteAt(index + 1);
  }

  private void readSegment(int marker) throws IOException {
    int from = at + 2;
    int length = shortAt(at) - 2;
    require(length >= 0);
    at = from + length;
    if (at > file.length) {
      throw new IOException("cut off? The end of the JPEG file is missing");
    }
    if (isFrame(marker)) {
      if (marker > PROGRESSIVE) {
        throw new IOException(
            "a JPEG image of a rare kind (arithmetic coding, lossless?); convert it to PNG");
      }
      readFrame(from, length);
    } else if (marker == SCAN) {
      readScan(from, length);
    } else if (marker >= APP0 && marker <= APP15) {
      readApplication(marker, from, length);
      return;
    } else if (marker == COMMENT) {
      return;
    }
    copySegment(marker, from, length);
    if (marker == SCAN) {
      copyEntropyCoded();
    }
  }

  private static boolean isFrame(int marker) {
    return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
  }

  private void readApplication(int marker, int from, int length) {
    if (marker == APP0 && begins("JFIF\0", from, length)) {
      jfif = true;
    } else if (marker == APP1 && begins("Exif\0", from, length) && length > 6 && !exif) {
      exif = true;
      orientation = Orientation.ofExif(file, from + 6, length - 6);
    } else if (marker == APP14 && begins("Adobe", from, length) && length >= 12) {
      adobe = file[from + 11] & 0xff;
    }
  }

  private boolean begins(String text, int from, int length) {
    return length >= text.length()
        && text.equals(new String(file, from, text.length(), ISO_8859_1));
  }

  private void readFrame(int from, int length) throws IOException {
    require(components.length == 0 && length >= 6);
    height = shortAt(from + 1);
    width = shortAt(from + 3);
    int count = byteAt(from + 5);
    require(count > 0 && count <= 4 && length == 6 + 3 * count);
    if (height == 0) {
      throw new IOException("a JPEG image without a height");
    }
    components = new int[count];
    missing = new int[count][64];
    for (int c = 0; c < count; c++) {
      components[c] = byteAt(from + 6 + 3 * c);
      Arrays.fill(missing[c], Integer.MAX_VALUE);
    }
  }

  private void readScan(int from, int length) throws IOException {
    require(components.length > 0 && length >= 4);
    int count = byteAt(from);
    require(count > 0 && count <= 4 && length == 4 + 2 * count);
    scans++;
    int first = byteAt(from + 1 + 2 * count);
    int last = Math.min(63, byteAt(from + 2 + 2 * count));
    int low = byteAt(from + 3 + 2 * count) & 15;
    boolean[] used = new boolean[components.length];
    for (int i = 0; i < count; i++) {
      int component = component(byteAt(from + 1 + 2 * i), used);
      used[component] = true;
      for (int k = first; k <= last; k++) {
        missing[component][k] = low;
      }
    }
  }

  /** The number of the component of this name; the next one where several have the same. */
  private int component(int name, boolean[] used) throws IOException {
    for (int c = 0; c < components.length; c++) {
      if (components[c] == name && !used[c]) {
        return c;
      }
    }
    throw new IOException("damaged JPEG (component " + name + ")");
  }

  /** The segment, with the components called 1, 2, 3, 4. */
  private void copySegment(int marker, int from, int length) throws IOException {
    byte[] segment = Arrays.copyOfRange(file, from, from + length);
    if (isFrame(marker)) {
      for (int c = 0; c < components.length; c++) {
        segment[6 + 3 * c] = (byte) (c + 1);
      }
    } else if (marker == SCAN) {
      boolean[] used = new boolean[components.length];
      for (int i = 0; i < segment[0]; i++) {
        int component = component(segment[1 + 2 * i] & 0xff, used);
        used[component] = true;
        segment[1 + 2 * i] = (byte) (component + 1);
      }
    }
    out.write(0xff);
    out.write(marker);
    out.write((length + 2) >> 8);
    out.write(length + 2);
    out.writeBytes(segment);
  }

  /** Up to the next marker that is neither a restart nor a byte 255 of the data. */
  private void copyEntropyCoded() throws IOException {
    int from = at;
    while (true) {
      while (byteAt(at) != 0xff) {
        at++;
      }
      int next = byteAt(at + 1);
      if (next == 0 || (next >= 0xd0 && next <= 0xd7)) {
        at += 2;
      } else if (next == 0xff) {
        at++;
      } else {
        break;
      }
    }
    out.write(file, from, at - from);
  }

  private void requireAllPixels() throws IOException {
    require(components.length > 0);
    for (int[] coefficients : missing) {
      boolean begun = coefficients[0] != Integer.MAX_VALUE;
      boolean exact = Arrays.stream(coefficients).allMatch(m -> m == 0 || m == Integer.MAX_VALUE);
      if (!begun || !exact) {
        throw new IOException("cut off? The JPEG file ends before its last pass");
      }
    }
  }

  /** What the samples mean, as the Independent JPEG Group's library decides it. */
  JpegColours colours() throws IOException {
    return switch (components.length) {
      case 1 -> JpegColours.GREY;
      case 3 -> isRgb() ? JpegColours.RGB : JpegColours.YCC;
      case 4 -> adobe <= 0 ? JpegColours.CMYK : JpegColours.YCCK;
      default ->
          throw new IOException(
              "a JPEG image of " + components.length + " components; convert it to RGB");
    };
  }

  private boolean isRgb() {
    if (jfif) {
      return false;
    }
    return adobe >= 0 ? adobe == 0 : Arrays.equals(components, new int[] {'R', 'G', 'B'});
  }

  private static void require(boolean condition) throws IOException {
    if (!condition) {
      throw new IOException("damaged JPEG (headers)");
    }
  }
}
