package lamella.benchmarks;

import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import lamella.core.kernel.Kernels;

/**
 * A batch of 200 images from CIFAR-10's 49,000: bytes to floats less the mean image.
 *
 * <p>The trap: always the same 200 rows, which then lie in the cache. Here the rows are others in every run, as in training,
 * chosen before the clock starts.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 3, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
@State(Scope.Benchmark)
public class GatherBenchmark {
  private static final int IMAGES = 49_000;
  private static final int PIXELS = 3072;
  private static final int ROWS = 200;
  private static final int BATCHES = 1024;

  private final byte[] images = new byte[IMAGES * PIXELS];
  private final float[] mean = new float[PIXELS];
  private final int[][] batches = new int[BATCHES][ROWS];
  private final float[] batch = new float[ROWS * PIXELS];
  private int next;

  /** Makes images, mean and batches. */
  @Setup
  public void prepare() {
    Random random = new Random(1);
    random.nextBytes(images);
    for (int i = 0; i < PIXELS; i++) {
      mean[i] = 120 + random.nextFloat();
    }
    for (int[] rows : batches) {
      for (int i = 0; i < ROWS; i++) {
        rows[i] = random.nextInt(IMAGES);
      }
    }
  }

  /** The next batch. */
  @Benchmark
  public float[] gather() {
    Kernels.instance().centreRows(images, 0, batches[next], mean, batch);
    next = (next + 1) % BATCHES;
    return batch;
  }
}
