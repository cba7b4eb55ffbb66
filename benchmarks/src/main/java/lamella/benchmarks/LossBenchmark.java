package lamella.benchmarks;

import java.util.concurrent.TimeUnit;
import lamella.core.FloatTensor;
import lamella.core.Shape;
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
 * Softmax and cross-entropy of 200 rows, at the report's ten classes and at a thousand.
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
  private FloatTensor gradient = logits;
  private int[] labels = {};

  /** Makes logits and labels. */
  @Setup
  public void prepare() {
    logits = FloatTensor.wrap(Shape.of(ROWS, classes), Data.inputs(ROWS, classes));
    gradient = FloatTensor.zeros(logits.shape());
    labels = Data.labels(ROWS, classes);
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
}
