package lamella.core;

import java.util.random.RandomGenerator;

/** {@link Sampler#shuffled}. */
final class Shuffled implements Sampler {
  private final RandomGenerator random;
  private final int[] order;

  /** How many of an order are given before the next. */
  private final int taken;

  private int used;

  Shuffled(int size, int taken, RandomGenerator random) {
    requireSize(size);
    if (taken < 1 || taken > size) {
      throw new IllegalArgumentException(
          "Sampler: an epoch must take from 1 to all " + size + " examples, got " + taken);
    }
    this.random = random;
    this.taken = taken;
    this.used = taken;
    order = new int[size];
    for (int i = 0; i < size; i++) {
      order[i] = i;
    }
  }

  static void requireSize(int size) {
    if (size < 1) {
      throw new IllegalArgumentException("Sampler: needs at least 1 example, got " + size);
    }
  }

  @Override
  public void next(int[] indices) {
    for (int i = 0; i < indices.length; i++) {
      if (used == taken) {
        shuffle();
        used = 0;
      }
      indices[i] = order[used++];
    }
  }

  @Override
  public int examples() {
    return order.length;
  }

  private void shuffle() {
    for (int last = order.length - 1; last > 0; last--) {
      int other = random.nextInt(last + 1);
      int index = order[last];
      order[last] = order[other];
      order[other] = index;
    }
  }

  @Override
  public void save(SavedState state) {
    state.put("order", order);
    state.put("used", used);
    Sampler.saveable(random).save(state.inside("random"));
  }

  @Override
  public void load(SavedState state) {
    int size = order.length;
    int[] saved = state.integers("order");
    if (!isPermutation(saved, size)) {
      throw new IllegalArgumentException(
          this + ": its saved order is no permutation of so many examples");
    }
    used = (int) state.integer("used", 0, taken);
    System.arraycopy(saved, 0, order, 0, size);
    Sampler.saveable(random).load(state.inside("random"));
  }

  private static boolean isPermutation(int[] indices, int size) {
    if (indices.length != size) {
      return false;
    }
    boolean[] seen = new boolean[size];
    for (int index : indices) {
      if (index < 0 || index >= size || seen[index]) {
        return false;
      }
      seen[index] = true;
    }
    return true;
  }

  @Override
  public String toString() {
    return "Sampler("
        + order.length
        + " shuffled"
        + (taken == order.length ? "" : ", " + taken + " an epoch")
        + ")";
  }
}
