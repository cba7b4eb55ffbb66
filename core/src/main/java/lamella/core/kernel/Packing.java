package lamella.core.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Makes {@link PackedWeights} for the vectors of this process. */
final class Packing {
  /** Bytes of a cache line, or a multiple. */
  private static final int ALIGNMENT = 64;

  private Packing() {}

  static PackedWeights pack(Team team, int k, int n, float[] w, float @Nullable [] bias) {
    int lanes = Tiles.L;
    int whole = n / (PackedProduct.WIDTH * lanes);
    int rest = (n - whole * PackedProduct.WIDTH * lanes + lanes - 1) / lanes;
    // Three vectors are a panel of two and one of one.
    int panels = whole + (rest == 0 ? 0 : rest == 3 ? 2 : 1);
    int[] columns = new int[panels + 1];
    int[] vectors = new int[panels];
    long[] starts = new long[panels];
    int column = 0;
    long end = 0;
    for (int panel = 0; panel < panels; panel++) {
      int width =
          panel < whole
              ? PackedProduct.WIDTH
              : rest < 3 || rest == 4 ? rest : panel == whole ? 2 : 1;
      columns[panel] = column;
      vectors[panel] = width;
      starts[panel] = end;
      column += width * lanes;
      end += (long) k * width * lanes * Float.BYTES;
    }
    columns[panels] = n;
    float[] padded = new float[column];
    if (bias == null) {
      Arrays.fill(padded, -0f);
    } else {
      System.arraycopy(bias, 0, padded, 0, n);
    }
    MemorySegment segment = Arena.ofAuto().allocate(end, ALIGNMENT); // of zeros
    for (int panel = 0; panel < panels; panel++) {
      int from = columns[panel];
      int count = columns[panel + 1] - from;
      long rowBytes = (long) vectors[panel] * lanes * Float.BYTES;
      for (int p = 0; p < k; p++) {
        MemorySegment.copy(
            w, p * n + from, segment, ValueLayout.JAVA_FLOAT, starts[panel] + p * rowBytes, count);
      }
    }
    return new PackedWeights(team, k, n, columns, vectors, starts, segment, padded);
  }
}
