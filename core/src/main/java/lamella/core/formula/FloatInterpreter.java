package lamella.core.formula;

import java.util.Arrays;
import lamella.core.kernel.Pool;

/**
 * Runs a program in float32 over chunks of its arrays: each operation is one plain loop over
 * numbers that lie in the first-level cache.
 *
 * <p>The loops serve all formulas, so they are soon compiled, and what is computed for the first
 * time is as fast as what has been for long. C2 makes vectors of a loop whose arrays have all the
 * same index; so inputs are copied to the beginning of an array of their own, and constants are
 * arrays, which are never written to and may belong to many programs and threads.
 */
final class FloatInterpreter implements Engine {
  /** Numbers of a chunk: 2 KiB. */
  static final int CHUNK = 512;

  private static final Pool<Chunks> POOL = new Pool<>();

  private final Program program;
  private final float[][] constants;

  /** The memory of one run. */
  private static final class Chunks {
    private float[][] slots = {};

    float[][] slots(int count) {
      if (slots.length < count) {
        int old = slots.length;
        slots = Arrays.copyOf(slots, count);
        for (int i = old; i < count; i++) {
          slots[i] = new float[CHUNK];
        }
      }
      return slots;
    }
  }

  FloatInterpreter(Program program) {
    this.program = program;
    double[] numbers = program.constants();
    constants = new float[numbers.length][];
    for (int i = 0; i < numbers.length; i++) {
      constants[i] = Constants.chunk((float) numbers[i], CHUNK);
    }
  }

  @Override
  public void run(float[][] arrays, int from, int to) {
    Chunks known = POOL.borrow();
    Chunks memory = known == null ? new Chunks() : known;
    float[][] slots = memory.slots(program.slots());
    for (int start = from; start < to; start += CHUNK) {
      int n = Math.min(CHUNK, to - start);
      for (int i = 0; i < program.inputs(); i++) {
        if (program.uses(i)) {
          System.arraycopy(arrays[1 + i], start, slots[i], 0, n);
        }
      }
      for (int at = 0; at < program.length(); at++) {
        run(
            program.operation(at),
            slot(slots, program.operand(at, 0)),
            slot(slots, program.operand(at, 1)),
            slot(slots, program.operand(at, 2)),
            slots[program.target(at)],
            n);
      }
      System.arraycopy(slot(slots, program.result()), 0, arrays[0], start, n);
    }
    POOL.giveBack(memory);
  }

  private float[] slot(float[][] slots, int slot) {
    return slot >= 0 ? slots[slot] : constants[~slot];
  }

  private static void run(
      Expression.Operation operation, float[] a, float[] b, float[] c, float[] y, int n) {
    switch (operation) {
      case PLUS -> plus(a, b, y, n);
      case MINUS -> minus(a, b, y, n);
      case TIMES -> times(a, b, y, n);
      case OVER -> over(a, b, y, n);
      case FMA -> fma(a, b, c, y, n);
      case MIN -> min(a, b, y, n);
      case MAX -> max(a, b, y, n);
      case ABS -> abs(a, y, n);
      case NEGATED -> negated(a, y, n);
      case SQRT -> sqrt(a, y, n);
      case IF_POSITIVE -> ifPositive(a, b, c, y, n);
      case IF_NOT_NEGATIVE -> ifNotNegative(a, b, c, y, n);
      case POWER_OF_TWO -> powerOfTwo(a, y, n);
      case EXPONENT -> exponent(a, y, n);
      case SIGNIFICAND -> significand(a, y, n);
      case SINE_ANGLE -> sineAngle(a, y, n);
      case COSINE_ANGLE -> cosineAngle(a, y, n);
      default -> throw new IllegalStateException("not a float32 operation: " + operation);
    }
  }

  private static void plus(float[] a, float[] b, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = a[i] + b[i];
    }
  }

  private static void minus(float[] a, float[] b, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = a[i] - b[i];
    }
  }

  private static void times(float[] a, float[] b, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = a[i] * b[i];
    }
  }

  private static void over(float[] a, float[] b, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = a[i] / b[i];
    }
  }

  private static void fma(float[] a, float[] b, float[] c, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = Math.fma(a[i], b[i], c[i]);
    }
  }

  private static void min(float[] a, float[] b, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = Math.min(a[i], b[i]);
    }
  }

  private static void max(float[] a, float[] b, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = Math.max(a[i], b[i]);
    }
  }

  private static void abs(float[] a, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = Math.abs(a[i]);
    }
  }

  private static void negated(float[] a, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = -a[i];
    }
  }

  private static void sqrt(float[] a, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = (float) Math.sqrt(a[i]);
    }
  }

  private static void ifPositive(float[] a, float[] b, float[] c, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = a[i] > 0 ? b[i] : c[i];
    }
  }

  private static void ifNotNegative(float[] a, float[] b, float[] c, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = a[i] >= 0 ? b[i] : c[i];
    }
  }

  private static void powerOfTwo(float[] a, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = Functions.powerOfTwo(a[i]);
    }
  }

  private static void exponent(float[] a, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = Functions.exponent(a[i]);
    }
  }

  private static void significand(float[] a, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = Functions.significand(a[i]);
    }
  }

  private static void sineAngle(float[] a, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = Sines.sineAngle(a[i]);
    }
  }

  private static void cosineAngle(float[] a, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = Sines.cosineAngle(a[i]);
    }
  }
}
