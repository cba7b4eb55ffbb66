package lamella.benchmarks;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import lamella.core.FloatTensor;
import lamella.core.Layer;
import lamella.core.Pass;
import lamella.core.Shape;
import lamella.core.Tensor;
import lamella.layers.Columns;
import lamella.layers.FillMissing;
import lamella.layers.MissingIndicator;
import lamella.layers.OneHot;
import lamella.layers.RobustScale;
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
 * The layers between a table's encoded row and its network, each by itself, forward as in
 * predictions: rows of twenty numbers, or of twenty categories of twelve values each; {@code
 * Columns} has ten of either, each through its own.
 *
 * <p>The trap: rows without gaps and always the same category, for which branches cost nothing. One
 * number of twenty is missing, and the categories are drawn at random.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 3, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
@State(Scope.Benchmark)
public class HeadLayerBenchmark {
  private static final int COLUMNS = 20;
  private static final int CATEGORIES = 12;
  private static final double GAPS = 0.05;

  /** Which layer. */
  @Param({
    "FillMissing",
    "MissingIndicator",
    "RobustScale",
    "RobustScale with asinh",
    "OneHot",
    "Columns"
  })
  public String head = "";

  /** The rows of the input. */
  @Param({"1", "16", "256", "4096"})
  public int batch = 1;

  private Layer subject = new MissingIndicator();
  private Tensor input = FloatTensor.zeros(Shape.of(1, COLUMNS));

  /** The thread's pass. */
  @State(Scope.Thread)
  public static class OwnPass {
    final Pass pass = Pass.forInference();
  }

  /** Makes the layer and its rows. */
  @Setup
  public void prepare() {
    int numbers = head.equals("OneHot") ? 0 : head.equals("Columns") ? COLUMNS / 2 : COLUMNS;
    input = FloatTensor.wrap(Shape.of(batch, COLUMNS), rows(batch, numbers));
    subject =
        switch (head) {
          case "FillMissing" -> FillMissing.of(FloatTensor.zeros(Shape.of(COLUMNS)));
          case "MissingIndicator" -> new MissingIndicator();
          case "RobustScale" -> scale(COLUMNS);
          case "RobustScale with asinh" -> scale(COLUMNS).withAsinh();
          case "OneHot" -> oneHot(COLUMNS);
          case "Columns" -> columns();
          default -> throw new IllegalArgumentException("there is no layer '" + head + "'");
        };
  }

  private static float[] rows(int rows, int numbers) {
    SplittableRandom random = new SplittableRandom(1);
    float[] values = new float[rows * COLUMNS];
    for (int i = 0; i < values.length; i++) {
      values[i] =
          i % COLUMNS >= numbers
              ? random.nextInt(CATEGORIES + 1)
              : random.nextDouble() < GAPS ? Float.NaN : (float) random.nextGaussian();
    }
    return values;
  }

  private static RobustScale scale(int columns) {
    return RobustScale.of(
        FloatTensor.wrap(Shape.of(columns), Data.inputs(1, columns)),
        FloatTensor.wrap(Shape.of(columns), Data.inputs(1, columns)));
  }

  private static OneHot oneHot(int columns) {
    int[] categories = new int[columns];
    Arrays.fill(categories, CATEGORIES);
    return new OneHot(categories);
  }

  private static Columns columns() {
    int half = COLUMNS / 2;
    int[] numbers = new int[half];
    int[] categories = new int[half];
    for (int i = 0; i < half; i++) {
      numbers[i] = i;
      categories[i] = half + i;
    }
    return Columns.of(
        Columns.part(numbers, scale(half), FillMissing.of(FloatTensor.zeros(Shape.of(half)))),
        Columns.part(numbers, new MissingIndicator()),
        Columns.part(categories, oneHot(half)));
  }

  /** What the network gets. */
  @Benchmark
  public Tensor forward(OwnPass own) {
    return subject.forward(input, own.pass);
  }
}
