package lamella.benchmarks;

import java.util.concurrent.TimeUnit;
import lamella.core.FloatTensor;
import lamella.core.Pass;
import lamella.core.Predictor;
import lamella.core.Shape;
import lamella.core.Tensor;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Prediction with the report's network: one caller, and many who share one network, each with a
 * pass of its own.
 *
 * <p>The trap: a network per thread would hide both false sharing and a lock. Here the network is
 * one (Scope.Benchmark) and the pass is the thread's (Scope.Thread), as in a server. Many callers
 * compete for the helpers of Lamella's team as well; run with {@code -jvmArgsAppend
 * -Dlamella.threads=1} to see callers alone.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 3, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
@State(Scope.Benchmark)
public class PredictionBenchmark {
  /** Examples of one prediction. */
  @Param({"1", "200"})
  public int batch = 1;

  private Workload forward = Workload.parse("forward:1x1-1");
  private Model model = new Model(forward);
  private Predictor predictor = model.predictor();

  /** The thread's pass. */
  @State(Scope.Thread)
  public static class OwnPass {
    final Pass pass = Pass.forInference();
  }

  /** The thread's outputs. */
  @State(Scope.Thread)
  public static class OwnOutputs {
    Tensor outputs = FloatTensor.zeros(Shape.of(1, 1));

    /** As many as the batch needs. */
    @Setup
    public void prepare(PredictionBenchmark benchmark) {
      outputs = FloatTensor.zeros(Shape.of(benchmark.batch, 10));
    }
  }

  /** Makes the network and the batch. */
  @Setup
  public void prepare() {
    forward = Workload.parse("forward:" + batch + "x3072-64-10");
    model = new Model(forward);
    predictor = model.predictor();
  }

  /** One caller. */
  @Benchmark
  @Threads(1)
  public Tensor oneCaller(OwnPass own, Gflop counter) {
    counter.gflop += forward.flops() * 1e-9;
    return model.forward(own.pass);
  }

  /** As many callers as processors. */
  @Benchmark
  @Threads(Threads.MAX)
  public Tensor manyCallers(OwnPass own, Gflop counter) {
    counter.gflop += forward.flops() * 1e-9;
    return model.forward(own.pass);
  }

  /** One caller of a predictor, which lends the pass and copies the outputs. */
  @Benchmark
  @Threads(1)
  public Tensor oneCallerOfAPredictor(OwnOutputs own, Gflop counter) {
    counter.gflop += forward.flops() * 1e-9;
    predictor.outputs(model.inputs(), own.outputs);
    return own.outputs;
  }

  /** As many callers of one predictor as processors. */
  @Benchmark
  @Threads(Threads.MAX)
  public Tensor manyCallersOfAPredictor(OwnOutputs own, Gflop counter) {
    counter.gflop += forward.flops() * 1e-9;
    predictor.outputs(model.inputs(), own.outputs);
    return own.outputs;
  }
}
