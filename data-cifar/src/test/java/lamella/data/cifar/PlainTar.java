package lamella.data.cifar;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Tar archives taken apart in the plainest way, to judge what the reader with a library behind it
 * makes of them: POSIX.1-2001's ustar and pax headers, and GNU's long names.
 */
final class PlainTar {
  private static final int BLOCK = 512;

  private PlainTar() {}

  /** The regular files by their last name. */
  static Map<String, byte[]> files(byte[] tar) {
    Map<String, byte[]> files = new LinkedHashMap<>();
    Map<String, String> global = new HashMap<>();
    Map<String, String> extended = new HashMap<>();
    int at = 0;
    while (at + BLOCK <= tar.length && !isZero(tar, at)) {
      Map<String, String> fields = new HashMap<>(global);
      fields.putAll(extended);
      char type = (char) tar[at + 156];
      boolean describesTheNext = "LKxg".indexOf(type) >= 0;
      String size = describesTheNext ? null : fields.get("size");
      int length = size == null ? number(tar, at + 124) : Integer.parseInt(size);
      byte[] data = Arrays.copyOfRange(tar, at + BLOCK, at + BLOCK + length);
      switch (type) {
        case 'L' -> extended.put("path", text(data, 0, data.length));
        case 'x' -> extended.putAll(pax(data));
        case 'g' -> global.putAll(pax(data));
        case '0', '\0', '7' -> {
          String path = fields.getOrDefault("path", text(tar, at, 100));
          files.put(path.substring(path.lastIndexOf('/') + 1), data);
        }
        default -> {}
      }
      if (!describesTheNext) {
        extended.clear();
      }
      at += BLOCK + (length + BLOCK - 1) / BLOCK * BLOCK;
    }
    return files;
  }

  /** Makes the checksum of every header right, as far as there are headers where they should be. */
  static byte[] withChecksums(byte[] tar) {
    byte[] result = tar.clone();
    for (int at = 0; at + BLOCK <= tar.length && !isZero(tar, at); ) {
      byte[] sum = String.format("%06o\0 ", sum(tar, at)).getBytes(StandardCharsets.US_ASCII);
      System.arraycopy(sum, 0, result, at + 148, sum.length);
      int length;
      try {
        length = number(tar, at + 124);
      } catch (IllegalArgumentException e) {
        break;
      }
      if (length < 0 || length > tar.length) {
        break;
      }
      at += BLOCK + (length + BLOCK - 1) / BLOCK * BLOCK;
    }
    return result;
  }

  private static int sum(byte[] tar, int at) {
    int sum = 8 * ' ';
    for (int i = 0; i < BLOCK; i++) {
      sum += i >= 148 && i < 156 ? 0 : tar[at + i] & 0xff;
    }
    return sum;
  }

  private static boolean isZero(byte[] tar, int at) {
    return Arrays.equals(tar, at, at + BLOCK, new byte[BLOCK], 0, BLOCK);
  }

  /** Twelve bytes: octal digits, or a mark from 0x80 on and the number itself. */
  private static int number(byte[] tar, int at) {
    if (tar[at] < 0) {
      byte[] digits = Arrays.copyOfRange(tar, at, at + 12);
      digits[0] = 0;
      return (int) Math.min(Integer.MAX_VALUE, new BigInteger(1, digits).doubleValue());
    }
    String octal = text(tar, at, 12).strip();
    return octal.isEmpty() ? 0 : (int) Math.min(Integer.MAX_VALUE, Long.parseLong(octal, 8));
  }

  private static String text(byte[] bytes, int from, int most) {
    int to = from;
    while (to < from + most && bytes[to] != 0) {
      to++;
    }
    return new String(bytes, from, to - from, StandardCharsets.UTF_8);
  }

  /** Lines of their own length, a space, key=value and the end of the line. */
  private static Map<String, String> pax(byte[] data) {
    Map<String, String> fields = new HashMap<>();
    for (int at = 0; at < data.length && data[at] != 0 && data[at] != '\n'; ) {
      int space = at;
      while (space < data.length && data[space] != ' ') {
        space++;
      }
      if (space == data.length) {
        break;
      }
      int length = Integer.parseInt(new String(data, at, space - at, StandardCharsets.US_ASCII));
      String line = new String(data, space + 1, at + length - space - 2, StandardCharsets.UTF_8);
      int equals = line.indexOf('=');
      if (equals >= 0) {
        fields.put(line.substring(0, equals), line.substring(equals + 1));
      }
      at += length;
    }
    return fields;
  }
}
