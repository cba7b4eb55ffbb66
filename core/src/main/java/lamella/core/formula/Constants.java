package lamella.core.formula;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** Arrays that hold one number everywhere, the same for all programs; nobody writes to them. */
final class Constants {
  /** How many are kept for whoever needs them next. */
  private static final int KEPT = 128;

  private static final Map<Integer, float[]> FLOATS = new HashMap<>();

  private Constants() {}

  /** An array of this length, always the same one for a length. */
  static synchronized float[] chunk(float number, int length) {
    int bits = Float.floatToRawIntBits(number);
    float[] chunk = FLOATS.get(bits);
    if (chunk == null) {
      chunk = new float[length];
      Arrays.fill(chunk, number);
      if (FLOATS.size() < KEPT) {
        FLOATS.put(bits, chunk);
      }
    }
    return chunk;
  }
}
