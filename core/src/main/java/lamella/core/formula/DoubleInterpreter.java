package lamella.core.formula;

import java.util.Arrays;
import lamella.core.kernel.Pool;

/**
 * Runs a program in float64 over chunks of its arrays, as {@link FloatInterpreter} does in float32;
 * functions are those of {@link StrictMath}, the same on every platform.
 */
final class DoubleInterpreter {
  /** Numbers of a chunk: 4 KiB. */
  static final int CHUNK = 512;

  private static final Pool<Chunks> POOL = new Pool<>();

  private final Program program;
  private final double[][] constants;

  /** The memory of one run. */
  private static final class Chunks {
    private double[][] slots = {};

    double[][] slots(int count) {
      if (slots.length < count) {
        int old = slots.length;
        slots = Arrays.copyOf(slots, count);
        for (int i = old; i < count; i++) {
          slots[i] = new double[CHUNK];
        }
      }
      return slots;
    }
  }

  DoubleInterpreter(Program program) {
    this.program = program;
    double[] numbers = program.constants();
    constants = new double[numbers.length][];
    for (int i = 0; i < numbers.length; i++) {
      constants[i] = new double[CHUNK];
      Arrays.fill(constants[i], numbers[i]);
    }
  }

  /** As {@link Engine#run}, in float64. */
  void run(double[][] arrays, int from, int to) {
    Chunks known = POOL.borrow();
    Chunks memory = known == null ? new Chunks() : known;
    double[][] slots = memory.slots(program.slots());
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

  private double[] slot(double[][] slots, int slot) {
    return slot >= 0 ? slots[slot] : constants[~slot];
  }

  private static void run(
      Expression.Operation operation, double[] a, double[] b, double[] c, double[] y, int n) {
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
      default -> function(operation, a, y, n);
    }
  }

  private static void plus(double[] a, double[] b, double[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = a[i] + b[i];
    }
  }

  private static void minus(double[] a, double[] b, double[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = a[i] - b[i];
    }
  }

  private static void times(double[] a, double[] b, double[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = a[i] * b[i];
    }
  }

  private static void over(double[] a, double[] b, double[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = a[i] / b[i];
    }
  }

  private static void fma(double[] a, double[] b, double[] c, double[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = Math.fma(a[i], b[i], c[i]);
    }
  }

  private static void min(double[] a, double[] b, double[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = Math.min(a[i], b[i]);
    }
  }

  private static void max(double[] a, double[] b, double[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = Math.max(a[i], b[i]);
    }
  }

  private static void abs(double[] a, double[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = Math.abs(a[i]);
    }
  }

  private static void negated(double[] a, double[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = -a[i];
    }
  }

  private static void sqrt(double[] a, double[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = Math.sqrt(a[i]);
    }
  }

  private static void ifPositive(double[] a, double[] b, double[] c, double[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = a[i] > 0 ? b[i] : c[i];
    }
  }

  private static void ifNotNegative(double[] a, double[] b, double[] c, double[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = a[i] >= 0 ? b[i] : c[i];
    }
  }

  private static void function(Expression.Operation operation, double[] a, double[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = Functions.value(operation, a[i]);
    }
  }
}
