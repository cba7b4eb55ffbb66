package lamella.benchmarks;

import java.lang.reflect.Constructor;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import lamella.core.Activation;
import lamella.core.FloatTensor;
import lamella.core.Layer;
import lamella.core.Pass;
import lamella.core.Shape;
import lamella.core.Tensor;
import lamella.core.formula.Formula;
import lamella.layers.Dropout;
import lamella.layers.GaussianNoise;
import lamella.layers.Linear;
import lamella.layers.ReLU;
import lamella.layers.Residual;
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
 * Each layer by itself: forward, backward, and both. It has as many numbers as is said, in rows of
 * 64, and a linear one 64 outputs; the outsider is Mish, as anybody might write it.
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
  private static final int COLUMNS = 64;

  /** Which layer; {@code -p layer=NAME} measures any other of lamella.layers. */
  @Param({
    "Linear",
    "ReLU",
    "LeakyReLU",
    "Swish",
    "SELU",
    "GELU",
    "LayerNorm",
    "BatchNorm",
    "Dropout",
    "GaussianNoise",
    "Residual",
    "Outsider"
  })
  public String layer = "";

  /** The numbers of the input. */
  @Param({"512", "4096", "12800", "65536", "262144"})
  public int elements;

  private Layer subject = new ReLU();
  private Tensor input = FloatTensor.zeros(Shape.of(1, COLUMNS));
  private Tensor outputGradient = FloatTensor.zeros(Shape.of(1, COLUMNS));
  private final Sgd optimizer = Sgd.of(Data.LEARNING_RATE).withL2(Data.L2);

  private static final class Outsider extends Activation {
    private Outsider() {
      super(Formula.of(x -> x.times(x.softplus().tanh())));
    }
  }

  /**
   * The thread's pass. One that computes the input gradient as well: that is what a layer in the
   * middle of a network does.
   */
  @State(Scope.Thread)
  public static class OwnPass {
    final Pass pass = Pass.forGradients(1);
  }

  /**
   * The same with a forward just done, since each serves one backward only.
   *
   * <p>The trap: Level.Invocation puts a reading of the clock around every run, some 25 ns (JMH
   * sample 38): for few elements, take the difference of trainingStep and forward.
   */
  @State(Scope.Thread)
  public static class AfterForward {
    final Pass pass = Pass.forGradients(1);

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
   *     arguments or of its width
   */
  @Setup
  public void prepare() throws ReflectiveOperationException {
    subject =
        switch (layer) {
          case "Linear" -> new Linear(COLUMNS, COLUMNS, new Random(2));
          case "Outsider" -> new Outsider();
          case "Dropout" -> new Dropout(0.1);
          case "GaussianNoise" -> new GaussianNoise(0.1);
          case "Residual" -> new Residual(new ReLU());
          default -> ofLibrary(layer);
        };
    int rows = elements / COLUMNS;
    input = FloatTensor.wrap(Shape.of(rows, COLUMNS), Data.inputs(rows, COLUMNS));
    outputGradient = FloatTensor.wrap(Shape.of(rows, COLUMNS), Data.inputs(rows, COLUMNS));
  }

  private static Layer ofLibrary(String name) throws ReflectiveOperationException {
    Class<? extends Layer> type =
        Class.forName(ReLU.class.getPackageName() + "." + name).asSubclass(Layer.class);
    for (Constructor<?> constructor : type.getConstructors()) {
      if (constructor.getParameterCount() == 0) {
        return type.getConstructor().newInstance();
      }
    }
    return type.getConstructor(int.class).newInstance(COLUMNS);
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
