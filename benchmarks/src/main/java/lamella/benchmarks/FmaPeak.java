package lamella.benchmarks;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The machine's limit: a loop of nothing but fused multiply-adds of floats, in the widest vectors.
 *
 * <p>A unit starts one operation a cycle and finishes it four cycles later, and there are two
 * units: fewer than eight independent chains would measure the latency, not the rate. Twelve leave
 * room, and with the two constants they fit the sixteen registers of AVX2. Ten to twenty-four
 * chains give the same rate within half a percent, with vectors of 128, 256 and 512 bits.
 *
 * <p>Each operation adds to what a register holds, as in a product. That is the only form that C2
 * knows: of {@code x = x a + b} it makes a copy of b and then the operation, which with AVX2 takes
 * a sixth longer.
 */
final class FmaPeak {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;

  private static final int CHAINS = 12;
  private static final int ITERATIONS = 50_000;
  private static final int CALLS = 20;

  /**
   * Floating-point operations of one {@link #run}, some tens of milliseconds' work, so that a
   * thread's start is nothing.
   */
  static final long FLOPS = 2L * SPECIES.length() * CHAINS * ITERATIONS * CALLS;

  /** Keeps the results alive: a loop whose result nobody can see is removed. */
  private static volatile float sink;

  private FmaPeak() {}

  /** The loop on this thread. */
  static float run() {
    float sum = 0;
    for (int i = 0; i < CALLS; i++) {
      sum += chains(ITERATIONS);
    }
    return sum;
  }

  /** The loop on so many threads at once. */
  static void run(int threads) {
    Thread[] helpers = new Thread[threads - 1];
    for (int i = 0; i < helpers.length; i++) {
      helpers[i] = Thread.ofPlatform().name("peak-" + i).start(() -> sink = run());
    }
    sink = run();
    for (Thread helper : helpers) {
      try {
        helper.join();
      } catch (InterruptedException e) {
        throw new IllegalStateException("interrupted while measuring", e);
      }
    }
  }

  /**
   * x = a b + x with a b just above 0: neither overflow nor denormal numbers in any number of
   * iterations here.
   */
  private static float chains(int iterations) {
    FloatVector a = FloatVector.broadcast(SPECIES, 1.0000001f);
    FloatVector b = FloatVector.broadcast(SPECIES, 1e-9f);
    FloatVector x0 = FloatVector.broadcast(SPECIES, 0f);
    FloatVector x1 = FloatVector.broadcast(SPECIES, 1f);
    FloatVector x2 = FloatVector.broadcast(SPECIES, 2f);
    FloatVector x3 = FloatVector.broadcast(SPECIES, 3f);
    FloatVector x4 = FloatVector.broadcast(SPECIES, 4f);
    FloatVector x5 = FloatVector.broadcast(SPECIES, 5f);
    FloatVector x6 = FloatVector.broadcast(SPECIES, 6f);
    FloatVector x7 = FloatVector.broadcast(SPECIES, 7f);
    FloatVector x8 = FloatVector.broadcast(SPECIES, 8f);
    FloatVector x9 = FloatVector.broadcast(SPECIES, 9f);
    FloatVector x10 = FloatVector.broadcast(SPECIES, 10f);
    FloatVector x11 = FloatVector.broadcast(SPECIES, 11f);
    for (int i = 0; i < iterations; i++) {
      x0 = a.fma(b, x0);
      x1 = a.fma(b, x1);
      x2 = a.fma(b, x2);
      x3 = a.fma(b, x3);
      x4 = a.fma(b, x4);
      x5 = a.fma(b, x5);
      x6 = a.fma(b, x6);
      x7 = a.fma(b, x7);
      x8 = a.fma(b, x8);
      x9 = a.fma(b, x9);
      x10 = a.fma(b, x10);
      x11 = a.fma(b, x11);
    }
    FloatVector low = x0.add(x1).add(x2).add(x3).add(x4).add(x5);
    FloatVector high = x6.add(x7).add(x8).add(x9).add(x10).add(x11);
    return low.add(high).reduceLanes(VectorOperators.ADD);
  }
}
