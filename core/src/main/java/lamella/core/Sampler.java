package lamella.core;

import java.util.random.RandomGenerator;

/**
 * Chooses which examples make the next batch. Not safe to share between threads.
 *
 * <p>The samplers made here can be saved if their random numbers can, as those of {@code
 * NumPyRandom}. One of your own saves what it needs to go on. One that saves nothing, a lambda for
 * example, is refused by a training with checkpoints, as nobody can see whether it draws random
 * numbers; {@link #stateless} says that it does not.
 */
@FunctionalInterface
public interface Sampler extends Stateful {

  /**
   * Fills {@code indices} with the examples of the next batch.
   *
   * @param indices filled with numbers in {@code [0, size)}
   */
  void next(int[] indices);

  /**
   * {@return the number of examples that this sampler chooses from; 0, as by default, if it does
   * not say} A training with another number of examples is refused.
   */
  default int examples() {
    return 0;
  }

  /**
   * {@return a sampler that draws each index on its own, uniformly from {@code [0, size)}; with
   * {@code NumPyRandom} the same as NumPy's {@code choice(size, n, replace=True)}}
   *
   * @param size how many examples there are
   * @param random where the numbers come from
   */
  static Sampler withReplacement(int size, RandomGenerator random) {
    return new WithReplacement(size, random);
  }

  /**
   * {@return a sampler that gives epoch after epoch in a new random order (Fisher and Yates):
   * indices {@code size * e} to {@code size * (e + 1) - 1} of the stream are a permutation for
   * every e} A batch may reach over the end of an epoch, so that all have one size.
   *
   * @param size how many examples there are
   * @param random where the numbers come from
   */
  static Sampler shuffled(int size, RandomGenerator random) {
    return new Shuffled(size, size, random);
  }

  /**
   * {@return a sampler like {@link #shuffled(int, RandomGenerator)} that gives only the first
   * {@code taken} of each random order} With a multiple of the batch size no batch reaches over the
   * end of an epoch, and no example comes twice in one; which are left out differs from epoch to
   * epoch.
   *
   * @param size how many examples there are
   * @param taken how many of them an epoch takes, in [1, size]
   * @param random where the numbers come from
   * @throws IllegalArgumentException if an epoch is to take none, or more than there are
   */
  static Sampler shuffled(int size, int taken, RandomGenerator random) {
    return new Shuffled(size, taken, random);
  }

  /**
   * {@return a sampler that chooses the same examples at every step, as this one does} With it a
   * training can have checkpoints.
   *
   * @param same fills the indices with the same numbers whenever there are as many of them
   * @throws IllegalStateException from {@link #next}, where they are not the same
   */
  static Sampler stateless(Sampler same) {
    return new StatelessSampler(same);
  }

  /**
   * {@return these random numbers as a part of a sampler's state, for samplers of one's own}
   *
   * @param random that a sampler draws from
   * @throws IllegalStateException if they cannot be saved
   */
  static Stateful saveable(RandomGenerator random) {
    if (random instanceof Stateful stateful) {
      return stateful;
    }
    throw new IllegalStateException(
        "Sampler: random numbers of a "
            + random.getClass().getSimpleName()
            + " cannot be saved, so that no run could be resumed; use a NumPyRandom");
  }
}
