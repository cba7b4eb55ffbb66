package lamella.contract.builtin;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * NumPy's files once more, from the formats' descriptions and as simply as can be: the judge of the
 * readers that are tested. Right files only.
 */
final class PlainNumPy {
  /** Each letter that alone is a type, and that type. */
  private static final String LETTERS =
      "e f2,f f4,d f8,b i1,h i2,i i4,q i8,B u1,H u2,I u4,Q u8,? b1,";

  private PlainNumPy() {}

  /**
   * An array.
   *
   * @param type without byte order: {@code f4}
   * @param elements little-endian, the last index running fastest
   */
  record Plain(String type, List<Integer> shape, ByteBuffer elements) {}

  static Plain npy(byte[] file) {
    ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    int from = file[6] == 1 ? 10 : 12;
    int length = file[6] == 1 ? bytes.getShort(8) & 0xffff : bytes.getInt(8);
    String header = new String(file, from, length, ISO_8859_1);
    String type = type(find(header, "descr.\\s*:\\s*.([^'\"]+)"));
    boolean fortran = find(header, "fortran_order.\\s*:\\s*(True|False)").equals("True");
    List<Integer> shape =
        Stream.of(find(header, "shape.\\s*:\\s*\\(([^)]*)\\)").split(","))
            .map(number -> number.replace("L", "").strip())
            .filter(number -> !number.isEmpty())
            .map(Integer::valueOf)
            .toList();
    int width = type.charAt(2) - '0';
    int size = shape.stream().reduce(1, (a, b) -> a * b);
    ByteBuffer elements = ByteBuffer.allocate(size * width);
    for (int i = 0; i < size; i++) {
      int at = from + length + width * (fortran ? fortranIndex(i, shape) : i);
      for (int k = 0; k < width; k++) {
        elements.put(file[type.charAt(0) == '>' ? at + width - 1 - k : at + k]);
      }
    }
    return new Plain(type.substring(1), shape, elements.flip());
  }

  /** With byte order, letter and width, as NumPy writes types: it reads others too. */
  private static String type(String descr) {
    boolean ordered = "<>=|".indexOf(descr.charAt(0)) >= 0;
    String name = ordered ? descr.substring(1) : descr;
    int at = LETTERS.indexOf(name.charAt(0));
    String code = name.length() == 1 && at >= 0 ? LETTERS.substring(at + 2, at + 4) : name;
    return (ordered ? descr.substring(0, 1) : "<") + code;
  }

  private static String find(String header, String pattern) {
    Matcher matcher = Pattern.compile(pattern).matcher(header);
    if (!matcher.find()) {
      throw new AssertionError(header + " has no " + pattern);
    }
    return matcher.group(1);
  }

  /** Where the element stands that is the i-th when the last index runs fastest. */
  private static int fortranIndex(int i, List<Integer> shape) {
    int[] index = new int[shape.size()];
    int left = i;
    for (int axis = shape.size() - 1; axis >= 0; axis--) {
      index[axis] = left % shape.get(axis);
      left /= shape.get(axis);
    }
    int result = 0;
    for (int axis = shape.size() - 1; axis >= 0; axis--) {
      result = result * shape.get(axis) + index[axis];
    }
    return result;
  }

  /** The unpacked bytes of one entry, which the zip file's directory at its end lists. */
  static byte[] entry(byte[] file, String name) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    int end = file.length - 22;
    while (bytes.getInt(end) != 0x06054b50) {
      end--;
    }
    // Bytes before the archive count in no offset.
    int before = end - bytes.getInt(end + 12) - bytes.getInt(end + 16);
    int at = before + bytes.getInt(end + 16);
    while (!name.equals(new String(file, at + 46, bytes.getShort(at + 28) & 0xffff, UTF_8))) {
      at += 46 + lengths(bytes, at + 28) + (bytes.getShort(at + 32) & 0xffff);
    }
    int local = before + bytes.getInt(at + 42);
    int data = local + 30 + lengths(bytes, local + 26);
    byte[] content = Arrays.copyOfRange(file, data, data + bytes.getInt(at + 20));
    if (bytes.getShort(at + 10) == 8) {
      content = inflate(content);
    }
    CRC32 crc = new CRC32();
    crc.update(content);
    if ((int) crc.getValue() != bytes.getInt(at + 16)) {
      throw new AssertionError("checksum of " + name);
    }
    return content;
  }

  /** Of a name and of what is called extra. */
  private static int lengths(ByteBuffer bytes, int at) {
    return (bytes.getShort(at) & 0xffff) + (bytes.getShort(at + 2) & 0xffff);
  }

  private static byte[] inflate(byte[] packed) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (Inflater inflater = new Inflater(true)) {
      inflater.setInput(packed);
      byte[] chunk = new byte[1000];
      int count;
      while ((count = inflater.inflate(chunk)) > 0) {
        out.write(chunk, 0, count);
      }
    } catch (DataFormatException e) {
      throw new IOException(e);
    }
    return out.toByteArray();
  }
}
