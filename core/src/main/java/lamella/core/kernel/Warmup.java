package lamella.core.kernel;

/**
 * Vector code that is called beside the program until it is fast.
 *
 * <p>Until C2 has compiled a loop, each of its vectors is an object on the heap and an operation on
 * one takes up to a microsecond, a hundred times as long as a plain loop takes. So plain loops run
 * at first. Once they have done enough, the vector code that would have served is called by {@link
 * WarmupThread}, on numbers of no meaning, until it is seen to be fast; only then the program uses
 * it. Both give the same bits. Where it is never fast, on a JVM without C2, the program stays with
 * plain loops.
 */
public abstract class Warmup {
  /** What a round has come to. */
  protected enum Round {
    /** The code is to be called more. */
    CALLED,
    /** It was called so often that HotSpot will compile it, and is not fast yet. */
    EXPECTED,
    /** It is in use, or cannot be. */
    DONE
  }

  /** Calls after which HotSpot compiles by C2 what it has compiled by C1, and some more. */
  private static final int ENOUGH = 8000;

  /** How often the code was called. */
  private int calls;

  /** When its first round was; 0 before. */
  private long begin;

  /** For subclasses. */
  protected Warmup() {}

  /** Calls the code for a millisecond or less, and replaces the plain loops by it if it is fast. */
  protected abstract Round round();

  /** Counts calls of the code. */
  protected final void called(int times) {
    calls += times;
  }

  /** {@return whether the code was called so often that HotSpot will compile it} */
  protected final boolean isCalledEnough() {
    return calls >= ENOUGH;
  }

  /** {@return what a round has come to in which the code was not fast} */
  protected final Round slow() {
    return isCalledEnough() ? Round.EXPECTED : Round.CALLED;
  }

  /** Says that the code waits; has no effect if it does already. */
  public final void request() {
    WarmupThread.INSTANCE.request(this);
  }

  /** Nanoseconds since the first call of this. */
  final long waited(long now) {
    if (begin == 0) {
      begin = now;
    }
    return now - begin;
  }
}
