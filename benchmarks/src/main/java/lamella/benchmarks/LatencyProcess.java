package lamella.benchmarks;

import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One process of a comparison of latencies: many threads ask one library for predictions, each
 * again as soon as it has its answer; first platform threads, then virtual ones, which give way
 * after each answer.
 *
 * <p>A latency is the time of one call as its caller sees it, the waits for a processor within it
 * included. Every answer is compared with {@link Expected}, outside of that time. Printed is a fact
 * {@code latency KIND NETWORK: P50 P99 RATE}: microseconds, and answers in a second.
 */
public final class LatencyProcess {
  private static final int EXAMPLES = 64;

  private LatencyProcess() {}

  /** What one thread asks. */
  @FunctionalInterface
  public interface Caller {
    /**
     * Predicts.
     *
     * @param example which one
     * @param outputs filled
     */
    void answer(int example, float[] outputs);
  }

  /** A library that has read a model. */
  @FunctionalInterface
  public interface Library {
    /**
     * Makes what threads ask, one for each.
     *
     * @param workload a prediction for one example
     * @param examples the numbers of each
     */
    Supplier<Caller> open(Workload workload, float[][] examples);
  }

  /** Whether these arguments are for {@link #run}. */
  public static boolean isAsked(String[] args) {
    return args.length > 0 && args[0].equals("--callers");
  }

  /**
   * Runs the process.
   *
   * @param args {@code --callers NUMBER [--warmup SECONDS] [--seconds SECONDS] NAME...}, the names
   *     of {@link Workload predictions} for one example
   * @param library is asked
   */
  public static void run(String[] args, Library library) {
    int callers = Integer.parseInt(args[1]);
    double warmup = 2;
    double seconds = 2;
    for (int i = 2; i < args.length; i++) {
      switch (args[i]) {
        case "--warmup" -> warmup = Double.parseDouble(args[++i]);
        case "--seconds" -> seconds = Double.parseDouble(args[++i]);
        default -> {
          Load load = new Load(Workload.parse(args[i]), library);
          // Alone: many threads would leave the compiler no processor.
          load.warmUp((long) (warmup * 1e9));
          for (String kind : new String[] {"platform", "virtual"}) {
            load.run(kind, callers, (long) (warmup * 1e9), (long) (seconds * 1e9));
          }
        }
      }
    }
  }

  /** One network, and what is expected of it. */
  private static final class Load {
    private final Workload workload;
    private final double[][] expected;
    private final Supplier<Caller> library;
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    Load(Workload workload, Library library) {
      this.workload = workload;
      Workload all = new Workload(workload.task(), EXAMPLES, workload.widths());
      int width = workload.inputs();
      float[] inputs = Data.inputs(EXAMPLES, width);
      float[][] examples = new float[EXAMPLES][];
      for (int i = 0; i < EXAMPLES; i++) {
        examples[i] = Arrays.copyOfRange(inputs, i * width, (i + 1) * width);
      }
      expected = Expected.outputs(all, 1);
      this.library = library.open(workload, examples);
    }

    void warmUp(long nanos) {
      long begin = System.nanoTime();
      ask(0, begin + nanos, begin + nanos, new Durations());
      requireNoFailure();
    }

    private void requireNoFailure() {
      Throwable thrown = failure.get();
      if (thrown != null) {
        throw new IllegalStateException(workload + ": a caller has failed", thrown);
      }
    }

    void run(String kind, int callers, long warmup, long nanos) {
      ThreadFactory factory =
          kind.equals("virtual") ? Thread.ofVirtual().factory() : Thread.ofPlatform().factory();
      long begin = System.nanoTime() + warmup;
      Durations[] durations = new Durations[callers];
      Thread[] threads = new Thread[callers];
      for (int i = 0; i < callers; i++) {
        Durations own = new Durations();
        int first = i;
        durations[i] = own;
        threads[i] = factory.newThread(() -> ask(first, begin, begin + nanos, own));
      }
      for (Thread thread : threads) {
        thread.start();
      }
      Durations all = new Durations();
      try {
        for (int i = 0; i < callers; i++) {
          threads[i].join();
          all.add(durations[i]);
        }
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      requireNoFailure();
      TimedProcess.fact(
          "latency " + kind + " " + workload.network(),
          String.format(
              Locale.ROOT,
              "%.3f %.3f %.0f",
              all.percentile(0.50) * 1e-3,
              all.percentile(0.99) * 1e-3,
              all.count() / (nanos * 1e-9)));
    }

    @SuppressWarnings("ThreadPriorityCheck") // virtual threads take turns only where they give way
    private void ask(int first, long begin, long end, Durations durations) {
      try {
        Caller caller = library.get();
        float[] outputs = new float[workload.outputs()];
        for (int i = first; failure.get() == null; i++) {
          int example = i % EXAMPLES;
          long asked = System.nanoTime();
          if (asked >= end) {
            return;
          }
          caller.answer(example, outputs);
          long answered = System.nanoTime();
          if (asked >= begin) {
            durations.add(answered - asked);
          }
          Expected.check(workload, example, expected[example], outputs, 0);
          if (Thread.currentThread().isVirtual()) {
            Thread.yield();
          }
        }
      } catch (RuntimeException | Error e) {
        failure.compareAndSet(null, e);
      }
    }
  }

  /** Nanoseconds, counted in steps of a hundredth of a power of two or finer. */
  static final class Durations {
    private static final int BITS = 6;
    private final long[] counts = new long[64 << BITS];
    private long count;

    void add(long nanos) {
      counts[step(nanos)]++;
      count++;
    }

    void add(Durations others) {
      for (int i = 0; i < counts.length; i++) {
        counts[i] += others.counts[i];
      }
      count += others.count;
    }

    long count() {
      return count;
    }

    /** The leading bits and where they stand. */
    private static int step(long nanos) {
      long value = Math.max(1L << BITS, nanos);
      int shift = 63 - BITS - Long.numberOfLeadingZeros(value);
      return (shift << BITS) + (int) (value >>> shift) - (1 << BITS);
    }

    /** The least that a step stands for. */
    private static double nanos(int step) {
      int shift = step >> BITS;
      return (double) (((step & ((1 << BITS) - 1)) + (1L << BITS)) << shift);
    }

    /** The nanoseconds within which this part of all calls was answered; NaN if there are none. */
    double percentile(double part) {
      long left = (long) Math.ceil(part * count);
      for (int i = 0; i < counts.length; i++) {
        left -= counts[i];
        if (left <= 0 && counts[i] > 0) {
          return nanos(i);
        }
      }
      return Double.NaN;
    }
  }
}
