package lamella.contract;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import lamella.core.Sampler;
import lamella.core.SavedState;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;

/**
 * The contract of {@link Sampler} as jqwik properties; a test inherits from it and says which
 * sampler. It chooses examples that there are, and one that was saved goes on as if it had never
 * stopped.
 */
public abstract class SamplerContract {
  private static final int TRIES = 50;

  /** For subclasses. */
  protected SamplerContract() {}

  /** {@return a new sampler, at each call one that chooses the same} */
  protected abstract Sampler sampler();

  /** {@return how many examples it chooses from} */
  protected abstract int examples();

  /**
   * Every promise on one case.
   *
   * @param seed picks the case
   */
  public final void all(long seed) {
    choosesExamplesThatThereAre(seed);
    newOnesChooseTheSame(seed);
    aSavedSamplerGoesOnAlike(seed);
    savingChangesNothing(seed);
  }

  /**
   * Every index is that of an example.
   *
   * @param seed picks the case
   */
  @Property(tries = TRIES, edgeCases = EdgeCasesMode.NONE)
  public void choosesExamplesThatThereAre(@ForAll @LongRange(max = 10_000) long seed) {
    Sampler sampler = sampler();
    for (int index : stream(sampler, new SplittableRandom(seed), 3 * examples())) {
      require(
          index >= 0 && index < examples(),
          sampler,
          "chooses example " + index + " of " + examples());
    }
  }

  /**
   * Two new samplers choose the same examples in the same order.
   *
   * @param seed picks the case
   */
  @Property(tries = TRIES, edgeCases = EdgeCasesMode.NONE)
  public void newOnesChooseTheSame(@ForAll @LongRange(max = 10_000) long seed) {
    int[] first = stream(sampler(), new SplittableRandom(seed), 3 * examples());
    int[] second = stream(sampler(), new SplittableRandom(seed), 3 * examples());
    require(
        Arrays.equals(first, second),
        sampler(),
        "two new ones choose differently: random numbers that are no argument, or shared state");
  }

  /**
   * Saved anywhere, in the middle of an epoch too, and loaded by a new one or a used one.
   *
   * @param seed picks the case
   */
  @Property(tries = TRIES, edgeCases = EdgeCasesMode.NONE)
  public void aSavedSamplerGoesOnAlike(@ForAll @LongRange(max = 10_000) long seed) {
    RandomGenerator random = new SplittableRandom(seed);
    int before = 1 + random.nextInt(2 * examples());
    Sampler whole = sampler();
    stream(whole, new SplittableRandom(seed), before);
    SavedState state = SavedState.of(List.of());
    whole.save(state);
    Sampler fresh = sampler();
    fresh.load(state);
    Sampler used = sampler();
    stream(used, new SplittableRandom(seed), before + 1 + random.nextInt(examples()));
    used.load(state);
    int more = 3 * examples();
    int[] expected = stream(whole, new SplittableRandom(seed), more);
    String hint = ": save does not save all, or load does not load all";
    require(
        Arrays.equals(expected, stream(fresh, new SplittableRandom(seed), more)),
        fresh,
        "goes on otherwise than the one whose state it was given after " + before + hint);
    require(
        Arrays.equals(expected, stream(used, new SplittableRandom(seed), more)),
        used,
        "that was used before goes on otherwise than the one whose state it was given" + hint);
  }

  /**
   * A sampler that was saved, and whose state another has loaded, is not disturbed by either.
   *
   * @param seed picks the case
   */
  @Property(tries = TRIES, edgeCases = EdgeCasesMode.NONE)
  public void savingChangesNothing(@ForAll @LongRange(max = 10_000) long seed) {
    int before = 1 + new SplittableRandom(seed).nextInt(examples());
    Sampler saved = sampler();
    Sampler unsaved = sampler();
    stream(saved, new SplittableRandom(seed), before);
    stream(unsaved, new SplittableRandom(seed), before);
    SavedState state = SavedState.of(List.of());
    saved.save(state);
    Sampler other = sampler();
    other.load(state);
    stream(other, new SplittableRandom(seed), examples() + 1);
    require(
        Arrays.equals(
            stream(unsaved, new SplittableRandom(seed), 2 * examples()),
            stream(saved, new SplittableRandom(seed), 2 * examples())),
        saved,
        "chooses otherwise after it was saved: saving uses numbers up, or the state is shared");
  }

  /** So many indices, in batches of many sizes. */
  private static int[] stream(Sampler sampler, RandomGenerator sizes, int count) {
    int[] all = new int[count];
    for (int from = 0; from < count; ) {
      int[] batch = new int[Math.min(count - from, 1 + sizes.nextInt(7))];
      sampler.next(batch);
      System.arraycopy(batch, 0, all, from, batch.length);
      from += batch.length;
    }
    return all;
  }

  private static void require(boolean condition, Sampler sampler, String message) {
    if (!condition) {
      throw new AssertionError(sampler + ": " + message);
    }
  }
}
