/**
 * What measures Lamella, in three groups.
 *
 * <ul>
 *   <li>JMH: {@link lamella.benchmarks.ProductBenchmark}, {@link
 *       lamella.benchmarks.LayerBenchmark}, {@link lamella.benchmarks.LossBenchmark}, {@link
 *       lamella.benchmarks.NetworkBenchmark}, {@link lamella.benchmarks.PredictionBenchmark},
 *       {@link lamella.benchmarks.OptimizerBenchmark}, {@link lamella.benchmarks.GatherBenchmark},
 *       {@link lamella.benchmarks.PeakBenchmark}, {@link lamella.benchmarks.DeadUnitsBenchmark}.
 *   <li>One process of a comparison: {@link lamella.benchmarks.TimedProcess} times {@link
 *       lamella.benchmarks.Workload}s; {@link lamella.benchmarks.Ours} runs them on Lamella, and
 *       each peer has a class of the same kind.
 *   <li>{@link lamella.benchmarks.Compare} starts these processes in alternation and writes the
 *       results.
 * </ul>
 */
@NullMarked
package lamella.benchmarks;

import org.jspecify.annotations.NullMarked;
