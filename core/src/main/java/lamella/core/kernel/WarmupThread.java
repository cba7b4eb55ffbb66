package lamella.core.kernel;

import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The thread that calls vector code until it is fast, see {@link Warmup}: a daemon, which ends when
 * nothing waits.
 *
 * <p>One piece comes after the other, in the order in which they were asked for: as soon as HotSpot
 * has been given reason to compile one, which takes a while, the next is called.
 */
class WarmupThread implements Runnable {
  static final WarmupThread INSTANCE = new WarmupThread(System.getProperty("java.vm.info", ""));

  private static final long PAUSE_MILLIS = 1;

  /** How long pauses are short. After that HotSpot is busy with other code, or has no C2. */
  private static final long PATIENCE_NANOS = 2_000_000_000L;

  private static final long LONG_PAUSE_MILLIS = 50;

  /** How long it takes until a piece is given up. */
  static final long MOST_NANOS = 30_000_000_000L;

  private final List<Warmup> waiting = new ArrayList<>();
  private boolean running;

  /** Whether the classes of the Vector API are loaded. */
  private volatile boolean loaded;

  /** Whether vector code was seen to be fast. */
  private boolean proven;

  /** Whether it is certain that it never will be. */
  private volatile boolean hopeless;

  /** Whether somebody was told so. */
  private boolean told;

  /**
   * On a JVM that says this of itself. One with C1 alone, as with -XX:TieredStopAtLevel=1, calls
   * itself an emulated client; others without C2 are only found out.
   */
  WarmupThread(String vm) {
    hopeless = vm.contains("emulated-client") || vm.contains("interpreted mode");
  }

  /**
   * Says that vector code will be asked for: the 300 classes of the Vector API are loaded beside
   * the program, too.
   */
  final void load() {
    request(null);
  }

  final boolean isLoaded() {
    return loaded;
  }

  /** Whether plain loops run for ever. */
  final boolean isHopeless() {
    return hopeless;
  }

  /** Calls that code until it is fast. */
  final synchronized void request(@Nullable Warmup code) {
    if (hopeless) {
      if (!told) {
        told = true;
        begin(); // to say so: making a logger takes as long as a training step
      }
      return;
    }
    if (code != null && !waiting.contains(code)) {
      waiting.add(code);
    }
    if (!running) {
      running = begin();
    }
  }

  private boolean begin() {
    try {
      start();
      return true;
    } catch (OutOfMemoryError e) {
      // As many threads as the system allows: the next request tries again.
      return false;
    }
  }

  @Override
  public final void run() {
    if (hopeless) {
      tell(warning());
      return;
    }
    if (!loaded) {
      VectorSupport.loadAll();
      loaded = true;
    }
    for (List<Warmup> codes = waiting(); codes != null; codes = waiting()) {
      pause(round(codes) < PATIENCE_NANOS ? PAUSE_MILLIS : LONG_PAUSE_MILLIS);
    }
  }

  private synchronized @Nullable List<Warmup> waiting() {
    running = !waiting.isEmpty();
    return running ? List.copyOf(waiting) : null;
  }

  /** How long the one has waited that has waited for the shortest time. */
  private long round(List<Warmup> codes) {
    long shortest = Long.MAX_VALUE;
    for (Warmup code : codes) {
      Warmup.Round round = code.round();
      long waited = code.waited(now());
      shortest = Math.min(shortest, waited);
      if (round == Warmup.Round.DONE) {
        remove(code, true);
      } else if (waited > MOST_NANOS) {
        remove(code, false);
      }
      if (round == Warmup.Round.CALLED) {
        break;
      }
    }
    return shortest;
  }

  private synchronized void remove(Warmup code, boolean done) {
    waiting.remove(code);
    proven |= done;
    if (!proven) {
      hopeless = true;
      told = true;
      waiting.clear();
      tell(warning());
    }
  }

  private static String warning() {
    return "This JVM never makes vector code fast, so plain loops run: the same results, several times"
        + " slower. It is "
        + System.getProperty("java.vm.name")
        + " ("
        + System.getProperty("java.vm.info")
        + "). Use HotSpot with its compiler C2, without -XX:TieredStopAtLevel, which IDEs and"
        + " build tools set for a faster start.";
  }

  // What tests replace.

  void start() {
    Daemons.of(this, "lamella-compiler").start();
  }

  long now() {
    return System.nanoTime();
  }

  void pause(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      // Nobody knows this thread, so nobody means it.
    }
  }

  void tell(String warning) {
    System.getLogger("lamella.core").log(Level.WARNING, warning);
  }
}
