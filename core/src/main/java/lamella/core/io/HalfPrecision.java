package lamella.core.io;

/**
 * Numbers of 16 bits as float32, each of which is one exactly: zeros, subnormals, infinities, and
 * NaNs with their bits.
 *
 * <p>Source: IEEE 754-2019, binary16; bfloat16 is the upper half of a float32.
 */
final class HalfPrecision {
  private HalfPrecision() {}

  /** IEEE 754's binary16: {@code F16}, {@code float16}. */
  static float float16(short bits) {
    int sign = (bits & 0x8000) << 16;
    int exponent = (bits >> 10) & 0x1f;
    int fraction = bits & 0x3ff;
    if (exponent == 0) {
      float magnitude = fraction * 0x1p-24f;
      return sign == 0 ? magnitude : -magnitude;
    }
    int wide = exponent == 0x1f ? 0xff : exponent + 127 - 15;
    return Float.intBitsToFloat(sign | wide << 23 | fraction << 13);
  }

  /** {@code BF16}. */
  static float bfloat16(short bits) {
    return Float.intBitsToFloat(bits << 16);
  }
}
