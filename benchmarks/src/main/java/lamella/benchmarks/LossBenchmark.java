package lamella.benchmarks;

import java.util.concurrent.TimeUnit;
import lamella.core.FloatTensor;
import lamella.core.Shape;
import lamella.core.Tensor;
import lamella.losses.BinaryCrossEntropy;
import lamella.losses.Huber;
import lamella.losses.MeanLoss;
import lamella.losses.SoftmaxCrossEntropy;
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
 * Losses of 200 rows, at the report's ten outputs and at a thousand: softmax and cross-entropy of
 * labels and of probabilities, sigmoid and cross-entropy, and Huber's.
 *
 * <p>The trap: the value must be consumed and the gradient must be a tensor, or the exponentials
 * are not computed at all. Returning the value does the one, the heap the other.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 3, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
@State(Scope.Benchmark)
public class LossBenchmark {
  private static final int ROWS = 200;

  /** Columns. */
  @Param({"10", "1000"})
  public int classes = 1;

  private final SoftmaxCrossEntropy loss = new SoftmaxCrossEntropy();
  private FloatTensor logits = FloatTensor.zeros(Shape.of(1));
  private final MeanLoss<Tensor> ofProbabilities = loss.withProbabilities();
  private final MeanLoss<Tensor> binary = new BinaryCrossEntropy().withProbabilities();
  private final Huber huber = new Huber(1);
  private FloatTensor gradient = logits;
  private FloatTensor probabilities = logits;
  private int[] labels = {};

  /** Makes logits and labels. */
  @Setup
  public void prepare() {
    logits = FloatTensor.wrap(Shape.of(ROWS, classes), Data.inputs(ROWS, classes));
    gradient = FloatTensor.zeros(logits.shape());
    labels = Data.labels(ROWS, classes);
    probabilities = FloatTensor.zeros(logits.shape());
    probabilities.fill(1.0 / classes);
  }

  /** The loss alone. */
  @Benchmark
  public double value() {
    return loss.value(logits, labels);
  }

  /** The loss and its gradient. */
  @Benchmark
  public double valueAndGradient() {
    return loss.valueAndGradient(logits, labels, gradient);
  }

  /** The same of targets that are probabilities. */
  @Benchmark
  public double ofProbabilities() {
    return ofProbabilities.valueAndGradient(logits, probabilities, gradient);
  }

  /** Answers of yes or no. */
  @Benchmark
  public double binary() {
    return binary.valueAndGradient(logits, probabilities, gradient);
  }

  /** Numbers with outliers. */
  @Benchmark
  public double huber() {
    return huber.valueAndGradient(logits, probabilities, gradient);
  }
}
