package lamella.core;

import java.util.Arrays;

/** {@link Sampler#stateless}. */
final class StatelessSampler implements Sampler {
  private final Sampler same;
  private int[] before = {};

  StatelessSampler(Sampler same) {
    this.same = same;
  }

  @Override
  public void next(int[] indices) {
    same.next(indices);
    if (before.length != indices.length) {
      before = indices.clone();
    } else if (!Arrays.equals(before, indices)) {
      throw new IllegalStateException(
          this + ": chose other examples than before, though it was said to be stateless");
    }
  }

  @Override
  public int examples() {
    return same.examples();
  }

  /** What it chose last, to find out whether another one is used to go on. */
  @Override
  public void save(SavedState state) {
    state.put("indices", before);
  }

  @Override
  public void load(SavedState state) {
    int[] there = state.integers("indices");
    if (there.length > 0) {
      int[] here = new int[there.length];
      same.next(here);
      if (!Arrays.equals(there, here)) {
        throw new IllegalArgumentException(this + ": chooses other examples than before");
      }
    }
    before = there;
  }

  /** For example {@code Sampler(stateless lambda)}. */
  @Override
  public String toString() {
    return "Sampler(stateless " + Description.of(same) + ")";
  }
}
