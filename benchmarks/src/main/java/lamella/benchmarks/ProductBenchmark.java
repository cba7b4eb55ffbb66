package lamella.benchmarks;

import java.util.concurrent.TimeUnit;
import lamella.core.FloatTensor;
import lamella.core.Products;
import lamella.core.Shape;
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
 * The three products of a dense layer, by shape, on all of Lamella's threads.
 *
 * <p>The trap: square powers of two are every library's show case and its worst one, since rows a
 * power of two apart fall into one set of the cache. So the shapes are those of the report's layer
 * beside the squares.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 3, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
@State(Scope.Benchmark)
public class ProductBenchmark {
  /** Rows x inputs x outputs. */
  @Param({"200x3072x64", "256x1024x1024", "512x512x512", "1024x1024x1024", "2048x2048x2048"})
  public String shape = "";

  private FloatTensor x = FloatTensor.zeros(Shape.of(1));
  private FloatTensor w = x;
  private FloatTensor y = x;
  private double gflop;

  /** Makes the operands. */
  @Setup
  public void prepare() {
    Workload product = Workload.parse("xw:" + shape);
    int n = product.batch();
    x = FloatTensor.wrap(Shape.of(n, product.inputs()), Data.inputs(n, product.inputs()));
    w =
        FloatTensor.wrap(
            Shape.of(product.inputs(), product.outputs()),
            Data.weights(product.inputs(), product.outputs()));
    y = FloatTensor.wrap(Shape.of(n, product.outputs()), Data.inputs(n, product.outputs()));
    gflop = product.flops() * 1e-9;
  }

  /** y = x W. */
  @Benchmark
  public FloatTensor xw(Gflop counter) {
    Products.multiply(x, w, null, y);
    counter.gflop += gflop;
    return y;
  }

  /** dW = xᵀ dy. */
  @Benchmark
  public FloatTensor xtdy(Gflop counter) {
    Products.multiplyTransposedLeft(x, y, w, false);
    counter.gflop += gflop;
    return w;
  }

  /** dx = dy Wᵀ. */
  @Benchmark
  public FloatTensor dywt(Gflop counter) {
    Products.multiplyTransposedRight(y, w, x);
    counter.gflop += gflop;
    return x;
  }
}
