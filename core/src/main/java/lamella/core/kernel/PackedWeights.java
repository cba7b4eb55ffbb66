package lamella.core.kernel;

import java.lang.foreign.MemorySegment;

/**
 * A copy of a matrix w[k, n] and a bias[n] in the order in which {@link PackedProduct} reads them:
 * panels of some columns, one after the other, each with its rows one after the other. It lies
 * outside of the Java heap, aligned to cache lines, until the last reference to it is gone.
 *
 * <p>A panel is as wide as a tile of several vectors; what is left of the columns fills one or two
 * narrower ones, the last with columns of 0.
 *
 * <p>Any number of threads may read it. Made by {@link Kernels#pack}.
 */
public final class PackedWeights {
  final Team team;
  final int k;
  final int n;

  /** Each panel's first column; at the end n. */
  final int[] columns;

  /** Each panel's width in vectors. */
  final int[] vectors;

  /** The byte at which each panel begins. */
  final long[] starts;

  final MemorySegment panels;

  /** As wide as all panels; -0 where there is none, which changes no number it is added to. */
  final float[] bias;

  PackedWeights(
      Team team,
      int k,
      int n,
      int[] columns,
      int[] vectors,
      long[] starts,
      MemorySegment panels,
      float[] bias) {
    this.team = team;
    this.k = k;
    this.n = n;
    this.columns = columns;
    this.vectors = vectors;
    this.starts = starts;
    this.panels = panels;
    this.bias = bias;
  }

  /** {@return the memory that the matrix and the bias take} */
  public long bytes() {
    return panels.byteSize() + (long) bias.length * Float.BYTES;
  }
}
