package lamella.core.formula;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class FormulaWarmupTest {
  private static final int SIZE = 4096;

  /** Whatever engine runs a call, its results are those of the first. */
  @Test
  void theCompiledLoopTakesOverAndNobodySeesIt() throws InterruptedException {
    // A constant of its own, so that no other test's program is this one.
    Expression e =
        Functions.expand(Expression.input(0).times(Expression.input(0).times(1.0625).sigmoid()));
    Program program = Program.of(e, 1);
    float[] x = MachineExpressions.numbers(new SplittableRandom(1), SIZE);
    float[][] arrays = {new float[SIZE], x};
    float[] expected = PlainEvaluator.values(e, x);
    Engine first = program.engine();
    assertFalse(isCompiled(first), "the interpreter runs first");
    long end = System.nanoTime() + 60_000_000_000L;
    int calls = 0;
    while (!isCompiled(program.engine()) && System.nanoTime() < end) {
      program.engine().run(arrays, 0, SIZE);
      requireSame(expected, arrays[0]);
      if (++calls * SIZE > FormulaWarmup.WORTHWHILE) {
        Thread.sleep(1);
      }
    }
    assertTrue(isCompiled(program.engine()), "compiled after " + calls + " calls");
    assertTrue((calls + 1) * SIZE >= FormulaWarmup.WORTHWHILE, "not before it is worthwhile");
    program.engine().run(arrays, 0, SIZE);
    requireSame(expected, arrays[0]);
  }

  @Test
  void theThreadIsADaemonAndEndsWhenNothingWaits() throws InterruptedException {
    Program program = Program.of(Expression.input(0).times(1.03125).plus(0.125), 1);
    float[][] arrays = {new float[FormulaWarmup.WORTHWHILE], new float[FormulaWarmup.WORTHWHILE]};
    program.engine().run(arrays, 0, FormulaWarmup.WORTHWHILE);
    Thread thread = null;
    for (Thread candidate : Thread.getAllStackTraces().keySet()) {
      if (candidate.getName().equals("lamella-compiler")) {
        thread = candidate;
      }
    }
    if (thread != null) { // it may have done its work already
      assertTrue(thread.isDaemon());
      thread.join(60_000);
      assertFalse(thread.isAlive());
    }
  }

  private static boolean isCompiled(Engine engine) {
    return engine.getClass().isHidden();
  }

  private static void requireSame(float[] expected, float[] actual) {
    for (int i = 0; i < expected.length; i++) {
      assertEquals(Float.floatToIntBits(expected[i]), Float.floatToIntBits(actual[i]));
    }
  }
}
