package lamella.benchmarks;

import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * Counts 10⁹ floating-point operations beside the runs; JMH divides by the time, which gives
 * GFLOP/s.
 *
 * <p>JMH divides so in the mode "throughput" only; with {@code -bm avgt} read the times and not
 * this column.
 */
@AuxCounters(AuxCounters.Type.OPERATIONS)
@State(Scope.Thread)
public class Gflop {
  /** What was computed since JMH last set it to 0. */
  public double gflop;
}
