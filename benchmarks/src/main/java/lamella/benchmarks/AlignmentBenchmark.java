package lamella.benchmarks;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.concurrent.TimeUnit;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What it costs that a Java array is not aligned to cache lines: one row of 3072 numbers times a
 * matrix of 3072 x 64, the product of a prediction for one image, with the matrix in memory outside
 * of the heap, so many bytes after the beginning of a line.
 *
 * <p>At 16 bytes, where the data of a Java array begin if the array does with a line, each vector
 * of 64 bytes straddles two lines. No network can be laid out so, for its weights are Java arrays,
 * which the JVM puts anywhere.
 *
 * <p>The trap: an array and memory outside of the heap would be two loops, compiled differently.
 * Both offsets run the same one.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 3, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
public class AlignmentBenchmark {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();
  private static final int LINE = 64;
  private static final int INPUTS = 3072;

  /** Four vectors a row, 64 numbers where a vector has 16. */
  private static final int COLUMNS = 4 * SPECIES.length();

  /** Bytes from the beginning of a cache line to that of the matrix. */
  @Param({"0", "16"})
  public int offset;

  private final float[] x = Data.inputs(1, INPUTS);
  private final float[] y = new float[COLUMNS];
  private final MemorySegment memory =
      Arena.ofAuto().allocate((long) INPUTS * COLUMNS * Float.BYTES + LINE, LINE);

  /** The matrix, at whatever offset. */
  public AlignmentBenchmark() {
    float[] w = Data.weights(INPUTS + 1, COLUMNS);
    int count = (int) (memory.byteSize() / Float.BYTES);
    MemorySegment.copy(w, 0, memory, ValueLayout.JAVA_FLOAT, 0, count);
  }

  /** y[64] = x[3072] w[3072, 64]. */
  @Benchmark
  public float[] rowTimesMatrix(Gflop counter) {
    counter.gflop += 2e-9 * INPUTS * COLUMNS;
    int bytes = SPECIES.vectorByteSize();
    FloatVector y0 = FloatVector.zero(SPECIES);
    FloatVector y1 = y0;
    FloatVector y2 = y0;
    FloatVector y3 = y0;
    for (int p = 0; p < INPUTS; p++) {
      long row = offset + Integer.toUnsignedLong(p * (COLUMNS * Float.BYTES));
      FloatVector xp = FloatVector.broadcast(SPECIES, x[p]);
      y0 = xp.fma(FloatVector.fromMemorySegment(SPECIES, memory, row, ORDER), y0);
      y1 = xp.fma(FloatVector.fromMemorySegment(SPECIES, memory, row + bytes, ORDER), y1);
      y2 = xp.fma(FloatVector.fromMemorySegment(SPECIES, memory, row + 2L * bytes, ORDER), y2);
      y3 = xp.fma(FloatVector.fromMemorySegment(SPECIES, memory, row + 3L * bytes, ORDER), y3);
    }
    y0.intoArray(y, 0);
    y1.intoArray(y, SPECIES.length());
    y2.intoArray(y, 2 * SPECIES.length());
    y3.intoArray(y, 3 * SPECIES.length());
    return y;
  }
}
