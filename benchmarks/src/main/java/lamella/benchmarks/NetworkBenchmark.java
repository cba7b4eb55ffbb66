package lamella.benchmarks;

import java.util.concurrent.TimeUnit;
import lamella.core.Pass;
import lamella.core.Tensor;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Whole networks: the report's, and a wide one. GFLOP/s count the matrix products only.
 *
 * <p>With {@code -prof gc} the column {@code gc.alloc.rate.norm} is to show 0 B/op. JMH prints
 * about 0.001 to 1 instead of 0: its profiler divides what the whole JVM allocated while an
 * iteration ran, its own bookkeeping of some kilobytes included, by the number of runs. A single
 * object per step would show as 16 or more.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 3, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
@State(Scope.Benchmark)
public class NetworkBenchmark {
  /** Batch and widths. */
  @Param({"200x3072-64-10", "256x3072-1024-1024-10"})
  public String network = "";

  /** With ReLU and gradient descent, or with LayerNorm, GELU and AdamW: see {@link Workload}. */
  @Param({"step", "modern"})
  public String task = "";

  private Workload forward = Workload.parse("forward:1x1-1");
  private Workload step = forward;
  private Model model = new Model(forward);

  /** The thread's pass: what remembers, so that the network need not. */
  @State(Scope.Thread)
  public static class OwnPass {
    final Pass training = Pass.forTraining();
    final Pass inference = Pass.forInference();
  }

  /**
   * A pass on which forward and loss were just computed; see {@link LayerBenchmark.AfterForward}
   * for the trap.
   */
  @State(Scope.Thread)
  public static class AfterForward {
    final Pass pass = Pass.forTraining();

    /** Forward and loss. */
    @Setup(Level.Invocation)
    public void forward(NetworkBenchmark benchmark) {
      pass.gradients().clear();
      benchmark.model.forwardAndLoss(pass);
    }
  }

  /** Makes the network and the batch. */
  @Setup
  public void prepare() {
    forward = Workload.parse("forward:" + network);
    step = Workload.parse(task + ":" + network);
    model = new Model(step);
  }

  /** The logits. */
  @Benchmark
  public Tensor forward(OwnPass own, Gflop counter) {
    counter.gflop += forward.flops() * 1e-9;
    return model.forward(own.inference);
  }

  /** The gradients of the parameters, from the logits' gradient. */
  @Benchmark
  public Pass backward(AfterForward own, Gflop counter) {
    counter.gflop += (step.flops() - forward.flops()) * 1e-9;
    model.backward(own.pass);
    return own.pass;
  }

  /** Forward, loss, backward, update. */
  @Benchmark
  public double trainingStep(OwnPass own, Gflop counter) {
    counter.gflop += step.flops() * 1e-9;
    return model.trainingStep(own.training);
  }
}
