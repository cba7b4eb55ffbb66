package lamella.core.kernel;

import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Vector code that is called beside the program until it is fast.
 *
 * <p>Until C2 has compiled a loop, each of its vectors is an object on the heap and an operation on
 * one takes up to a microsecond, a hundred times as long as a plain loop takes. So plain loops run
 * at first. Once they have done enough, the vector code that would have served is called here, on a
 * thread of its own and on numbers of no meaning, until it is seen to be fast; only then the
 * program uses it. Both give the same bits. Where it is never fast, on a JVM without C2, the
 * program stays with plain loops.
 *
 * <p>One piece comes after the other, in the order in which they were asked for: as soon as HotSpot
 * has been given reason to compile one, which takes a while, the next is called.
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

  private static final long PAUSE_MILLIS = 1;

  /** How long pauses are short. After that HotSpot is busy with other code, or has no C2. */
  private static final long PATIENCE_NANOS = 2_000_000_000L;

  private static final long LONG_PAUSE_MILLIS = 50;

  /** How long it takes until a piece is given up. */
  private static final long MOST_NANOS = 30_000_000_000L;

  private static final List<Warmup> WAITING = new ArrayList<>();
  private static boolean running;

  /** Whether the classes of the Vector API are loaded. */
  private static volatile boolean loaded;

  /** Whether vector code was seen to be fast. */
  private static boolean proven;

  /** Whether it is certain that it never will be. */
  private static volatile boolean hopeless = hasNoC2();

  /** Whether the program was told so. */
  private static boolean told;

  /** When its first round began; 0 before. */
  private long begin;

  /** For subclasses. */
  protected Warmup() {}

  /** Calls the code for a millisecond or less, and replaces the plain loops by it if it is fast. */
  protected abstract Round round();

  /** Says that the code waits; has no effect if it does already. */
  public final void request() {
    request(this);
  }

  /**
   * Says that vector code will be asked for: the 300 classes of the Vector API are loaded beside
   * the program, too.
   */
  static void load() {
    request(null);
  }

  static boolean isLoaded() {
    return loaded;
  }

  /** Whether plain loops run for ever. */
  static boolean isHopeless() {
    return hopeless;
  }

  private static boolean hasNoC2() {
    String vm = System.getProperty("java.vm.info", "");
    return vm.contains("emulated-client") || vm.contains("interpreted mode");
  }

  private static synchronized void request(@Nullable Warmup code) {
    if (hopeless) {
      tell();
      return;
    }
    if (code != null && !WAITING.contains(code)) {
      WAITING.add(code);
    }
    if (!running) {
      try {
        Daemons.of(Warmup::work, "lamella-compiler").start();
        running = true;
      } catch (OutOfMemoryError e) {
        // As many threads as the system allows: the next request tries again.
      }
    }
  }

  private static void work() {
    if (!loaded) {
      VectorSupport.loadAll();
      loaded = true;
    }
    for (List<Warmup> codes = waiting(); codes != null; codes = waiting()) {
      long shortest = Long.MAX_VALUE;
      for (Warmup code : codes) {
        Round round = code.round();
        long waited = code.waited();
        shortest = Math.min(shortest, waited);
        if (round == Round.DONE || waited > MOST_NANOS) {
          code.remove(round == Round.DONE);
        }
        if (round == Round.CALLED) {
          break;
        }
      }
      try {
        Thread.sleep(shortest < PATIENCE_NANOS ? PAUSE_MILLIS : LONG_PAUSE_MILLIS);
      } catch (InterruptedException e) {
        // Nobody knows this thread, so nobody means it.
      }
    }
  }

  private static synchronized @Nullable List<Warmup> waiting() {
    running = !WAITING.isEmpty();
    return running ? List.copyOf(WAITING) : null;
  }

  private long waited() {
    long now = System.nanoTime();
    if (begin == 0) {
      begin = now;
    }
    return now - begin;
  }

  private void remove(boolean done) {
    synchronized (Warmup.class) {
      WAITING.remove(this);
      proven |= done;
      if (!proven) {
        hopeless = true;
        WAITING.clear();
        tell();
      }
    }
  }

  /** Says once why plain loops run for ever. */
  private static synchronized void tell() {
    if (told) {
      return;
    }
    told = true;
    System.getLogger("lamella.core")
        .log(
            Level.WARNING,
            "This JVM never makes vector code fast, so plain loops run: the same results, several times"
                + " slower. It is "
                + System.getProperty("java.vm.name")
                + " ("
                + System.getProperty("java.vm.info")
                + "); use HotSpot with its compiler C2, without -XX:TieredStopAtLevel, which IDEs and"
                + " build tools set for a faster start.");
  }
}
