package lamella.core.kernel;

import java.util.Locale;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The width of the vectors, chosen once by {@code -Dlamella.vector}. Loaded only where the Vector
 * API is present.
 */
public final class VectorSupport {
  /** As many floats as fit into a register, or as the setting says. */
  public static final VectorSpecies<Float> SPECIES = choose(Settings.vector());

  /**
   * Whether a tile is four vectors wide, which needs 32 vector registers: AVX-512 and NEON have
   * them, AVX2 and SSE have 16.
   */
  static final boolean WIDE_TILES =
      SPECIES.vectorBitSize() == 512
          || System.getProperty("os.arch", "").toLowerCase(Locale.ROOT).equals("aarch64");

  /** Whether bytes become floats by vectors: as many bytes as there are floats are a vector. */
  static final boolean CONVERTS_BYTES = SPECIES.vectorBitSize() >= 256;

  private VectorSupport() {}

  /**
   * Does once each operation that any loop uses, so that all their classes are loaded: one that is
   * loaded later makes the JVM throw away what it has compiled of products until then, and a step
   * of 0.5 ms takes 40 for a second.
   */
  static void loadAll() {
    FloatVector x = FloatVector.broadcast(SPECIES, 2);
    FloatVector y = x.add(x).sub(x).mul(x).div(x).fma(x, x).min(x).max(x).abs().neg().sqrt();
    VectorMask<Float> larger = x.compare(VectorOperators.GT, y);
    IntVector bits = x.reinterpretAsInts();
    IntVector shifted = bits.lanewise(VectorOperators.ASHR, 23).lanewise(VectorOperators.LSHL, 23);
    FloatVector number = shifted.sub(1).and(-1).add(1).reinterpretAsFloats();
    float[] result = new float[SPECIES.length()];
    number.blend(y, larger).intoArray(result, 0);
    if (CONVERTS_BYTES) {
      VectorLoops.subtract(new byte[result.length], 0, result, 0, result.length, result, 0);
    }
  }

  private static VectorSpecies<Float> choose(String width) {
    return switch (width) {
      case "128" -> FloatVector.SPECIES_128;
      case "256" -> FloatVector.SPECIES_256;
      case "512" -> FloatVector.SPECIES_512;
      default -> FloatVector.SPECIES_PREFERRED;
    };
  }
}
