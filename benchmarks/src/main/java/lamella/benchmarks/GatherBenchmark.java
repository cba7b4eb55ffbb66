package lamella.benchmarks;

import java.util.concurrent.TimeUnit;
import lamella.core.FloatTensor;
import lamella.core.Shape;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A batch of 200 images from CIFAR-10's 49,000: bytes to floats less the mean image.
 *
 * <p>The trap: always the same 200 rows, which then lie in the cache. Here the rows are others in
 * every run, as in training: {@link ImageSource}.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 3, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
@State(Scope.Benchmark)
public class GatherBenchmark {
  private final ImageSource images = new ImageSource(3072);
  private final FloatTensor batch = FloatTensor.zeros(Shape.of(200, 3072));

  /** The next batch. */
  @Benchmark
  public FloatTensor gather() {
    images.nextBatch(batch);
    return batch;
  }
}
