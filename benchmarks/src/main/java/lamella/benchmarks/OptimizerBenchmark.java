package lamella.benchmarks;

import java.util.Random;
import java.util.concurrent.TimeUnit;
import lamella.core.Parameter;
import lamella.core.Pass;
import lamella.layers.Linear;
import lamella.optim.AdamW;
import lamella.optim.Lion;
import lamella.optim.Optimizer;
import lamella.optim.Sgd;
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
import org.openjdk.jmh.annotations.Warmup;

/**
 * The update of the report's large layer (196,672 parameters) by each optimiser with L2.
 *
 * <p>The trap: a step uses the gradients up, so that a second one has nothing to do and throws.
 * They are declared present again by {@link Pass#gradientBuffer}, which costs a look-up and keeps
 * the numbers.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 3, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
@State(Scope.Benchmark)
public class OptimizerBenchmark {
  /** The rule; of gradient descent each form is a kernel of its own. */
  @Param({"Sgd", "Momentum", "Nesterov", "AdamW", "Lion"})
  public String rule = "";

  private final Linear layer = new Linear(3072, 64, new Random(2));
  private Optimizer optimizer = Sgd.of(Data.LEARNING_RATE);

  /** The thread's pass, with gradients. */
  @State(Scope.Thread)
  public static class OwnPass {
    final Pass pass = Pass.forTraining();

    /** Gradients small enough for any number of steps. */
    @Setup
    public void fill(OptimizerBenchmark benchmark) {
      for (Parameter parameter : benchmark.layer.parameters()) {
        pass.gradientBuffer(parameter).fill(1e-6);
      }
    }
  }

  /** Makes the optimiser. */
  @Setup
  public void prepare() {
    Sgd sgd = Sgd.of(Data.LEARNING_RATE).withL2(Data.L2);
    optimizer =
        switch (rule) {
          case "Sgd" -> sgd;
          case "Momentum" -> sgd.withMomentum(0.9);
          case "Nesterov" -> sgd.withMomentum(0.9).withNesterov();
          case "AdamW" -> AdamW.of(Data.LEARNING_RATE).withL2(Data.L2);
          case "Lion" -> Lion.of(Data.LEARNING_RATE).withL2(Data.L2);
          default -> throw new IllegalArgumentException("no rule is called " + rule);
        };
  }

  /** One update. */
  @Benchmark
  public Optimizer step(OwnPass own) {
    for (Parameter parameter : layer.parameters()) {
      own.pass.gradientBuffer(parameter);
    }
    optimizer.step(own.pass.gradients());
    return optimizer;
  }
}
