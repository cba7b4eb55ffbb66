package lamella.optim;

import java.util.Arrays;

/**
 * How often each pair of a label and a predicted class came: a hash table of those that did, as of
 * n classes there are n² pairs.
 */
final class PairCounts {
  private static final long FREE = -1;

  private final long classes;
  private long[] keys = new long[64];
  private int[] counts = new int[64];
  private int size;

  PairCounts(int classes) {
    this.classes = classes;
    Arrays.fill(keys, FREE);
  }

  void add(int actual, int predicted) {
    long key = actual * classes + predicted;
    int at = slot(keys, key);
    if (keys[at] == FREE) {
      if (2 * size >= keys.length) {
        grow();
        at = slot(keys, key);
      }
      keys[at] = key;
      size++;
    }
    counts[at]++;
  }

  int get(int actual, int predicted) {
    long key = actual * classes + predicted;
    int at = slot(keys, key);
    return keys[at] == key ? counts[at] : 0;
  }

  /** Where a key is, or would be. */
  private static int slot(long[] keys, long key) {
    // Fibonacci hashing: the upper bits of the product depend on all bits of the key.
    int at = (int) ((key * 0x9E3779B97F4A7C15L) >>> 32) & (keys.length - 1);
    while (keys[at] != key && keys[at] != FREE) {
      at = (at + 1) & (keys.length - 1);
    }
    return at;
  }

  private void grow() {
    long[] oldKeys = keys;
    int[] oldCounts = counts;
    keys = new long[2 * oldKeys.length];
    counts = new int[2 * oldKeys.length];
    Arrays.fill(keys, FREE);
    for (int i = 0; i < oldKeys.length; i++) {
      if (oldKeys[i] != FREE) {
        int at = slot(keys, oldKeys[i]);
        keys[at] = oldKeys[i];
        counts[at] = oldCounts[i];
      }
    }
  }
}
