package lamella.benchmarks;

import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import lamella.core.FloatTensor;
import lamella.core.Network;
import lamella.core.Pass;
import lamella.core.Shape;
import lamella.core.Tensor;
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
 * A training step of 784-512-10 in which some hidden units are dead and their weights small, as
 * many thousand steps under L2 make them. All rows are to take the same time: weights below the
 * smallest normal number, which make a step 10 to 40 times as slow, are 0 after the first.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 3, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
@State(Scope.Thread)
public class DeadUnitsBenchmark {
  private static final int INPUTS = 784;
  private static final int HIDDEN = 512;
  private static final int BATCH = 64;

  /** How many of 100 hidden units are dead. */
  @Param({"0", "10", "50"})
  public int dead;

  /** The size of their weights. */
  @Param({"1e-20", "1e-31", "1e-39"})
  public double size;

  private final Pass pass = Pass.forTraining();
  private final SoftmaxCrossEntropy loss = new SoftmaxCrossEntropy();
  private final Sgd sgd = Sgd.of(0.001).withMomentum(0.9).withL2(1e-4);
  private final int[] labels = new int[BATCH];
  private final FloatTensor inputs = FloatTensor.zeros(Shape.of(BATCH, INPUTS));
  private Network network = network(new SplittableRandom(1));

  private static Network network(SplittableRandom random) {
    return Network.of(
        Shape.of(INPUTS),
        new Linear(INPUTS, HIDDEN, random),
        new ReLU(),
        new Linear(HIDDEN, 10, random));
  }

  /** Makes the network and the batch. */
  @Setup
  public void prepare() {
    SplittableRandom random = new SplittableRandom(1);
    network = network(random);
    Tensor weight = network.parameters().get(0).value();
    Tensor bias = network.parameters().get(1).value();
    for (int unit = 0; unit < HIDDEN * dead / 100; unit++) {
      bias.set(unit, -1e3);
      for (int i = 0; i < INPUTS; i++) {
        weight.set(i, unit, size * (1 + i % 7));
      }
    }
    for (int i = 0; i < inputs.size(); i++) {
      inputs.set(i, Math.abs(random.nextGaussian()));
    }
    for (int i = 0; i < BATCH; i++) {
      labels[i] = i % 10;
    }
  }

  /** Forward, loss, backward, update. */
  @Benchmark
  public double trainingStep() {
    Tensor logits = network.forward(inputs, pass);
    Tensor gradient = pass.outputGradient(logits);
    double value = loss.valueAndGradient(logits, labels, gradient);
    network.backward(gradient, pass);
    sgd.step(pass.gradients());
    return value;
  }
}
