package lamella.core;

import java.util.random.RandomGenerator;

/** Chooses which examples make the next batch. Not safe to share between threads. */
public interface Sampler {

  /** Fills {@code indices} with the examples of the next batch. */
  void next(int[] indices);

  /**
   * Each index drawn on its own, uniformly from {@code [0, size)}; with {@code NumPyRandom} the
   * same as NumPy's {@code choice(size, n, replace=True)}.
   */
  static Sampler withReplacement(int size, RandomGenerator random) {
    requireSize(size);
    return indices -> {
      for (int i = 0; i < indices.length; i++) {
        indices[i] = random.nextInt(size);
      }
    };
  }

  /**
   * Epoch after epoch in a new random order (Fisher and Yates): indices {@code size * e} to {@code
   * size * (e + 1) - 1} of the stream are a permutation for every e. A batch may reach over the end
   * of an epoch, so that all have one size.
   */
  static Sampler shuffled(int size, RandomGenerator random) {
    requireSize(size);
    int[] order = new int[size];
    for (int i = 0; i < size; i++) {
      order[i] = i;
    }
    return new Sampler() {
      private int used = size;

      @Override
      public void next(int[] indices) {
        for (int i = 0; i < indices.length; i++) {
          if (used == size) {
            shuffle();
            used = 0;
          }
          indices[i] = order[used++];
        }
      }

      private void shuffle() {
        for (int last = size - 1; last > 0; last--) {
          int other = random.nextInt(last + 1);
          int index = order[last];
          order[last] = order[other];
          order[other] = index;
        }
      }
    };
  }

  private static void requireSize(int size) {
    if (size < 1) {
      throw new IllegalArgumentException("Sampler: needs at least 1 example, got " + size);
    }
  }
}
