package lamella.contract;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Damages files: a pure function of the right files and a seed.
 *
 * <p>A damaged file is one of the right ones after one to four changes: a bit or byte changed, a
 * block removed, repeated, moved, filled or inserted, the end cut off, two files spliced, a field
 * of 1, 2, 4 or 8 bytes or a number in text overwritten with an extreme or almost right value. Half
 * of the changes fall near the beginning, where headers are.
 */
public final class Mutator {
  private static final int MOST_CHANGES = 4;
  private static final int LONGEST_BLOCK = 1024;

  /** Values that overflow, wrap, or turn negative in some width. */
  private static final long[] EXTREMES = {
    0,
    1,
    -1,
    0x7f,
    0x80,
    0xff,
    0x7fff,
    0x8000,
    0xffff,
    1L << 24,
    0x7fffffffL,
    0x80000000L,
    0xffffffffL,
    1L << 32,
    1L << 40,
    1L << 53,
    Long.MAX_VALUE,
    Long.MIN_VALUE,
    100_000_000,
    1L << 30
  };

  private static final String[] NUMBERS = {
    "",
    "0",
    "00",
    "-1",
    "-0",
    "1.0",
    "1e9",
    "NaN",
    "7777777",
    "77777777777",
    "100000000",
    "2147483647",
    "2147483648",
    "4294967295",
    "4294967296",
    "9223372036854775807",
    "9223372036854775808",
    "18446744073709551615",
    "99999999999999999999999999"
  };

  private final List<byte[]> files;

  /**
   * Damages these; they are not written to.
   *
   * @param files the right files
   */
  public Mutator(List<byte[]> files) {
    if (files.isEmpty()) {
      throw new IllegalArgumentException("Mutator: needs at least one file");
    }
    this.files = List.copyOf(files);
  }

  /**
   * {@return the damaged file of a seed, as a new array; sometimes, by chance, a right file}
   *
   * @param seed picks the damage
   */
  public byte[] mutant(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    byte[] file = any(random).clone();
    int changes = random.nextInt(1, MOST_CHANGES + 1);
    for (int i = 0; i < changes; i++) {
      file = change(file, random);
    }
    return file;
  }

  private byte[] any(SplittableRandom random) {
    return files.get(random.nextInt(files.size()));
  }

  private byte[] change(byte[] file, SplittableRandom random) {
    int at = position(file, random);
    int end = at + Math.min(file.length - at, blockLength(random));
    byte[] block = Arrays.copyOfRange(file, at, end);
    return switch (random.nextInt(12)) {
      case 0, 1 -> replace(file, at, Math.min(file.length, at + 1), flipped(file, at, random));
      case 2 -> replace(file, at, Math.min(file.length, at + 1), someByte(random));
      case 3 -> Arrays.copyOf(file, at);
      case 4 -> replace(file, at, end, new byte[0]);
      case 5 -> replace(file, end, end, block);
      case 6 -> move(file, at, end, random);
      case 7 -> fill(file, at, end, random);
      case 8 -> replace(file, at, at, randomBytes(random));
      case 9 -> splice(file, at, random);
      case 10 -> overwriteNumber(file, at, random);
      default -> overwriteField(file, at, random);
    };
  }

  /** In [0, length]; near the beginning every other time, in halves of halves. */
  private static int position(byte[] file, SplittableRandom random) {
    int range = random.nextBoolean() ? file.length : file.length >>> random.nextInt(16);
    return random.nextInt(range + 1);
  }

  /** From 1 on, short ones more often. */
  private static int blockLength(SplittableRandom random) {
    return 1 + random.nextInt(LONGEST_BLOCK >>> random.nextInt(10));
  }

  private static byte[] replace(byte[] file, int from, int to, byte[] by) {
    byte[] result = Arrays.copyOf(file, file.length - (to - from) + by.length);
    System.arraycopy(by, 0, result, from, by.length);
    System.arraycopy(file, to, result, from + by.length, file.length - to);
    return result;
  }

  private static byte[] flipped(byte[] file, int at, SplittableRandom random) {
    int old = at < file.length ? file[at] : 0;
    return new byte[] {(byte) (old ^ (1 << random.nextInt(8)))};
  }

  /** One that is used in the right files, which for text means something more often. */
  private byte[] someByte(SplittableRandom random) {
    byte[] from = any(random);
    return new byte[] {
      from.length == 0 ? (byte) random.nextInt() : from[position(from, random) % from.length]
    };
  }

  private static byte[] randomBytes(SplittableRandom random) {
    byte[] bytes = new byte[blockLength(random)];
    random.nextBytes(bytes);
    return bytes;
  }

  private static byte[] move(byte[] file, int from, int to, SplittableRandom random) {
    byte[] without = replace(file, from, to, new byte[0]);
    int at = position(without, random);
    return replace(without, at, at, Arrays.copyOfRange(file, from, to));
  }

  private static byte[] fill(byte[] file, int from, int to, SplittableRandom random) {
    byte[] values = {0, -1, ' ', (byte) random.nextInt()};
    Arrays.fill(file, from, to, values[random.nextInt(values.length)]);
    return file;
  }

  /** This file's beginning, another's end: from the same place on, or from any. */
  private byte[] splice(byte[] file, int at, SplittableRandom random) {
    byte[] other = any(random);
    int from = random.nextBoolean() ? Math.min(at, other.length) : position(other, random);
    return replace(file, at, file.length, Arrays.copyOfRange(other, from, other.length));
  }

  /** The first number in text from here on, if there is one. */
  private static byte[] overwriteNumber(byte[] file, int at, SplittableRandom random) {
    int from = at;
    while (from < file.length && !isDigit(file[from])) {
      from++;
    }
    int to = from;
    while (to < file.length && isDigit(file[to])) {
      to++;
    }
    String number = NUMBERS[random.nextInt(NUMBERS.length)];
    boolean sameWidth = random.nextBoolean();
    if (sameWidth && to > from) {
      String wide = "0".repeat(Math.max(0, to - from - number.length())) + number;
      number = wide.substring(0, to - from);
    }
    return replace(file, from, to, number.getBytes(US_ASCII));
  }

  private static boolean isDigit(byte b) {
    return b >= '0' && b <= '9';
  }

  /** A binary field, in either byte order: an extreme, or close to what it was. */
  private static byte[] overwriteField(byte[] file, int at, SplittableRandom random) {
    int width = Math.min(1 << random.nextInt(4), file.length - at);
    ByteOrder order = random.nextBoolean() ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
    byte[] field = new byte[Long.BYTES];
    int from = order == ByteOrder.LITTLE_ENDIAN ? 0 : Long.BYTES - width;
    System.arraycopy(file, at, field, from, width);
    ByteBuffer number = ByteBuffer.wrap(field).order(order);
    long value =
        switch (random.nextInt(4)) {
          case 0 -> number.getLong(0) + random.nextInt(-9, 10);
          case 1 -> file.length + random.nextInt(-9, 10);
          default -> EXTREMES[random.nextInt(EXTREMES.length)];
        };
    number.putLong(0, value);
    System.arraycopy(field, from, file, at, width);
    return file;
  }
}
