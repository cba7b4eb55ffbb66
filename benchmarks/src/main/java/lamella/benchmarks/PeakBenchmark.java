package lamella.benchmarks;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The machine's limit, in GFLOP/s, that the other benchmarks' GFLOP/s are read beside: {@link
 * FmaPeak}.
 *
 * <p>The trap: a virtual machine's speed drifts, by 25 % within minutes, so a peak of yesterday
 * proves nothing. Run this in the same call as what is compared with it; {@link Compare} takes both
 * in one process, in turns.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 3, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
public class PeakBenchmark {

  /** One core while the others idle: it may run at a higher clock than with all of them busy. */
  @Benchmark
  @Threads(1)
  public float oneCore(Gflop counter) {
    counter.gflop += FmaPeak.FLOPS * 1e-9;
    // Returned, so that JMH consumes it: a result that nobody uses is not computed (JMH sample 08).
    return FmaPeak.run();
  }

  /** All cores; the threads' rates add up. */
  @Benchmark
  @Threads(Threads.MAX)
  public float allCores(Gflop counter) {
    counter.gflop += FmaPeak.FLOPS * 1e-9;
    return FmaPeak.run();
  }

  /**
   * The core's clock, in GHz: four million operations of one cycle each, of which every one needs
   * the result of the one before. A peak divided by it is operations a cycle.
   */
  @Benchmark
  @Threads(1)
  public long clock(Clock counter) {
    counter.ghz += 4e6 * 1e-9;
    long x = 1;
    for (int i = 0; i < 1_000_000; i++) {
      x = Long.rotateLeft(x, 7) ^ i;
      x = Long.rotateLeft(x, 9) ^ 12_345;
    }
    return x;
  }

  /** 10⁹ cycles beside the runs, which JMH divides by the time. */
  @AuxCounters(AuxCounters.Type.OPERATIONS)
  @State(Scope.Thread)
  public static class Clock {
    /** What has gone by since JMH last set it to 0. */
    public double ghz;
  }
}
