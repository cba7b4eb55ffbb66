package lamella.benchmarks;

import java.util.Random;
import java.util.concurrent.TimeUnit;
import lamella.core.FloatTensor;
import lamella.core.Layer;
import lamella.core.Pass;
import lamella.core.Shape;
import lamella.core.Tensor;
import lamella.layers.Linear;
import lamella.layers.ReLU;
import lamella.optim.Sgd;
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
 * Each layer by itself at [200, 1024]: forward, backward, and both.
 *
 * <p>The trap: values of one sign. A branch on x > 0 that always goes the same way is free, and so
 * is an exponential that is always clamped. The inputs are normal.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 3, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
@State(Scope.Benchmark)
public class LayerBenchmark {
  private static final Shape SHAPE = Shape.of(200, 1024);

  /** Which layer; {@code -p layer=NAME} measures any activation of lamella.layers. */
  @Param({"Linear", "ReLU", "LeakyReLU", "Swish", "SELU"})
  public String layer = "";

  private Layer subject = new ReLU();
  private final Tensor input = FloatTensor.wrap(SHAPE, Data.inputs(200, 1024));
  private final Tensor outputGradient = FloatTensor.wrap(SHAPE, Data.inputs(200, 1024));
  private final Sgd optimizer = Sgd.of(Data.LEARNING_RATE).withL2(Data.L2);

  /**
   * The thread's pass. One that computes the input gradient as well: that is what a layer in the
   * middle of a network does.
   */
  @State(Scope.Thread)
  public static class OwnPass {
    final Pass pass = Pass.forGradients();
  }

  /**
   * The same with a forward just done, since each serves one backward only.
   *
   * <p>The trap: Level.Invocation puts a reading of the clock around every run, some 25 ns (JMH
   * sample 38); a backward here takes tens of microseconds or more.
   */
  @State(Scope.Thread)
  public static class AfterForward {
    final Pass pass = Pass.forGradients();

    /** The forward. */
    @Setup(Level.Invocation)
    public void forward(LayerBenchmark benchmark) {
      pass.gradients().clear();
      benchmark.subject.forward(benchmark.input, pass);
    }
  }

  /**
   * Makes the layer.
   *
   * @throws ReflectiveOperationException if there is none of this name that is made without
   *     arguments
   */
  @Setup
  public void prepare() throws ReflectiveOperationException {
    subject =
        layer.equals("Linear")
            ? new Linear(1024, 1024, new Random(2))
            : Class.forName(ReLU.class.getPackageName() + "." + layer)
                .asSubclass(Layer.class)
                .getConstructor()
                .newInstance();
  }

  /** y from x. */
  @Benchmark
  public Tensor forward(OwnPass own) {
    return subject.forward(input, own.pass);
  }

  /** dx and the parameters' gradients from dy. */
  @Benchmark
  public Object backward(AfterForward own) {
    Tensor inputGradient = subject.backward(outputGradient, own.pass);
    return inputGradient == null ? own : inputGradient;
  }

  /** Forward, backward and, where there are parameters, the update. */
  @Benchmark
  public Object trainingStep(OwnPass own) {
    subject.forward(input, own.pass);
    Tensor inputGradient = subject.backward(outputGradient, own.pass);
    if (!own.pass.gradients().isEmpty()) {
      optimizer.step(own.pass.gradients());
    }
    return inputGradient == null ? own : inputGradient;
  }
}
