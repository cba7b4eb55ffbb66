package lamella.benchmarks;

import java.util.concurrent.TimeUnit;
import lamella.core.DType;
import lamella.core.Initializer;
import lamella.core.Network;
import lamella.core.Pass;
import lamella.core.Shape;
import lamella.core.Tensor;
import lamella.core.random.NumPyRandom;
import lamella.layers.Linear;
import lamella.layers.ReLU;
import lamella.losses.SoftmaxCrossEntropy;
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
 * The report's network, 3072 -> 64 -> 10 with ReLU, on a batch of 200: forward alone, and a whole
 * training step.
 *
 * <p>The learning rate is 0, so that the weights, and with them the values computed with, stay the
 * same however long it runs; the arithmetic of the update is done all the same. Forks differ by up
 * to 25 % in how C2 compiles: judge by several.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 3, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
public class TwoLayerBenchmark {
  private static final int INPUTS = 3072;
  private static final int HIDDEN = 64;
  private static final int CLASSES = 10;
  private static final int BATCH = 200;

  /** Element type. */
  @Param("FLOAT32")
  public DType dtype = DType.FLOAT32;

  private final SoftmaxCrossEntropy loss = new SoftmaxCrossEntropy();
  private final Sgd sgd = Sgd.of(0).withL2(1);
  private final Pass inference = Pass.forInference();
  private final Pass training = Pass.forTraining();
  private final int[] labels = new int[BATCH];
  private Tensor images = Tensor.zeros(dtype, Shape.of(BATCH, INPUTS));
  private Network network = network(dtype, new NumPyRandom(1));

  /** Called by JMH. */
  public TwoLayerBenchmark() {}

  private static Network network(DType dtype, NumPyRandom random) {
    Initializer normal = Initializer.normal(1e-4);
    return Network.of(
        Shape.of(INPUTS),
        new Linear(dtype, INPUTS, HIDDEN, normal, random),
        new ReLU(),
        new Linear(dtype, HIDDEN, CLASSES, normal, random));
  }

  /** Pixels less their mean, and labels. */
  @Setup
  public void fill() {
    NumPyRandom random = new NumPyRandom(1);
    network = network(dtype, random);
    images = Tensor.zeros(dtype, Shape.of(BATCH, INPUTS));
    for (int i = 0; i < images.size(); i++) {
      images.set(i, random.nextInt(256) - 120.7);
    }
    for (int i = 0; i < BATCH; i++) {
      labels[i] = random.nextInt(CLASSES);
    }
  }

  /** y2 of a batch. */
  @Benchmark
  public Tensor forward() {
    return network.forward(images, inference);
  }

  /** Forward, loss, backward, update. */
  @Benchmark
  public double trainingStep() {
    Tensor logits = network.forward(images, training);
    Tensor gradient = training.outputGradient(logits);
    double value = loss.valueAndGradient(logits, labels, gradient);
    network.backward(gradient, training);
    sgd.step(training.gradients());
    return value;
  }
}
