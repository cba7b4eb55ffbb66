package lamella.benchmarks;

import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/**
 * One process of a comparison: warms its workloads up, times them in turn, and prints one line
 * {@code NAME MICROSECONDS} for each, the median of its timed batches.
 *
 * <p>The workloads take turns, a batch of some 20 ms each, so that a machine that slows down or
 * speeds up while the process runs does it to all of them. The first run of a batch is not timed:
 * the workload before has emptied the caches.
 */
public final class TimedProcess {
  private static final long BATCH_NANOS = 20_000_000;
  private static final long QUIET_NANOS = 1_000_000_000;
  private static final long LONGEST_WAIT_NANOS = 5_000_000_000L;
  private static final int LEAST_ROUNDS = 5;
  private static final int LEAST_RUNS = 300;

  private TimedProcess() {}

  /**
   * Runs the process.
   *
   * @param args {@code [--warmup SECONDS] [--seconds SECONDS] NAME...}: both for each workload
   * @param engine makes the code that runs a workload once, its data prepared
   */
  public static void run(String[] args, Function<Workload, Runnable> engine) {
    double warmup = 1;
    double seconds = 0.6;
    List<Workload> workloads = new ArrayList<>();
    for (int i = 0; i < args.length; i++) {
      switch (args[i]) {
        case "--warmup" -> warmup = Double.parseDouble(args[++i]);
        case "--seconds" -> seconds = Double.parseDouble(args[++i]);
        default -> workloads.add(Workload.parse(args[i]));
      }
    }
    List<Runnable> codes = new ArrayList<>();
    for (Workload workload : workloads) {
      codes.add(engine.apply(workload));
    }
    double[][] times = time(codes, (long) (warmup * 1e9), (long) (seconds * 1e9));
    for (int i = 0; i < workloads.size(); i++) {
      System.out.printf(Locale.ROOT, "%s %.3f%n", workloads.get(i).name(), median(times[i]));
    }
  }

  /** The microseconds of one run, for each code and each of its timed batches. */
  private static double[][] time(List<Runnable> codes, long warmupNanos, long nanos) {
    int[] repetitions = new int[codes.size()];
    for (int i = 0; i < repetitions.length; i++) {
      repetitions[i] = warmUp(codes.get(i), warmupNanos);
    }
    awaitCompiler(codes, repetitions, warmupNanos);
    List<double[]> rounds = new ArrayList<>();
    long end = System.nanoTime() + nanos * codes.size();
    while (rounds.size() < LEAST_ROUNDS || System.nanoTime() < end) {
      double[] round = new double[codes.size()];
      for (int i = 0; i < round.length; i++) {
        round[i] = batch(codes.get(i), repetitions[i]);
      }
      rounds.add(round);
    }
    double[][] times = new double[codes.size()][rounds.size()];
    for (int i = 0; i < times.length; i++) {
      for (int round = 0; round < rounds.size(); round++) {
        times[i][round] = rounds.get(round)[i];
      }
    }
    return times;
  }

  /**
   * Runs the code for so long, and until it has run some hundred times or for much longer: the JVM
   * compiles after a number of calls. Returns how often it runs in one batch.
   */
  private static int warmUp(Runnable code, long nanos) {
    long begin = System.nanoTime();
    long fastest = Long.MAX_VALUE;
    long now = begin;
    int runs = 0;
    do {
      long before = now;
      code.run();
      runs++;
      now = System.nanoTime();
      fastest = Math.min(fastest, now - before);
    } while (now - begin < nanos || (runs < LEAST_RUNS && now - begin < 4 * nanos));
    return (int) Math.max(1, Math.min(1_000_000, BATCH_NANOS / Math.max(1, fastest)));
  }

  /**
   * Goes on until the JVM has compiled nothing for half a second, or for as long again as the
   * warm-up: on a busy machine large methods wait longer for the compiler than any fixed time, and
   * would be timed half interpreted.
   */
  private static void awaitCompiler(List<Runnable> codes, int[] repetitions, long warmupNanos) {
    CompilationMXBean compiler = ManagementFactory.getCompilationMXBean();
    if (compiler == null || !compiler.isCompilationTimeMonitoringSupported()) {
      return;
    }
    long now = System.nanoTime();
    long end = now + Math.max(LONGEST_WAIT_NANOS, warmupNanos * codes.size());
    long quietSince = now;
    long compiled = compiler.getTotalCompilationTime();
    while (now < end && now - quietSince < QUIET_NANOS) {
      for (int i = 0; i < repetitions.length; i++) {
        batch(codes.get(i), repetitions[i]);
      }
      now = System.nanoTime();
      if (compiler.getTotalCompilationTime() != compiled) {
        compiled = compiler.getTotalCompilationTime();
        quietSince = now;
      }
    }
  }

  private static double batch(Runnable code, int repetitions) {
    code.run();
    long begin = System.nanoTime();
    for (int i = 0; i < repetitions; i++) {
      code.run();
    }
    return (System.nanoTime() - begin) * 1e-3 / repetitions;
  }

  /** The middle value, or the mean of the two in the middle; NaN if there are none. */
  public static double median(double[] values) {
    if (values.length == 0) {
      return Double.NaN;
    }
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int half = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
  }

  /** Prints a fact that belongs into the results, such as a version. */
  public static void fact(String name, Object value) {
    System.out.println("# " + name + ": " + value);
  }
}
