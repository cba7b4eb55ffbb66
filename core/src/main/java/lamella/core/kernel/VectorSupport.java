package lamella.core.kernel;

import java.util.Locale;
import jdk.incubator.vector.FloatVector;
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

  /**
   * Whether the hardware loads a vector from scattered places: AVX2 and AVX-512 do, NEON and SSE do
   * not.
   */
  static final boolean GATHERS = SPECIES.vectorBitSize() >= 256;

  private VectorSupport() {}

  private static VectorSpecies<Float> choose(String width) {
    return switch (width) {
      case "128" -> FloatVector.SPECIES_128;
      case "256" -> FloatVector.SPECIES_256;
      case "512" -> FloatVector.SPECIES_512;
      default -> FloatVector.SPECIES_PREFERRED;
    };
  }
}
