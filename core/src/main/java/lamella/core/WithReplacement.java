package lamella.core;

import java.util.random.RandomGenerator;

/** {@link Sampler#withReplacement}. */
record WithReplacement(int size, RandomGenerator random) implements Sampler {
  WithReplacement {
    Shuffled.requireSize(size);
  }

  @Override
  public void next(int[] indices) {
    for (int i = 0; i < indices.length; i++) {
      indices[i] = random.nextInt(size);
    }
  }

  @Override
  public int examples() {
    return size;
  }

  @Override
  public void save(SavedState state) {
    Sampler.saveable(random).save(state.inside("random"));
  }

  @Override
  public void load(SavedState state) {
    Sampler.saveable(random).load(state.inside("random"));
  }

  @Override
  public String toString() {
    return "Sampler(" + size + " with replacement)";
  }
}
