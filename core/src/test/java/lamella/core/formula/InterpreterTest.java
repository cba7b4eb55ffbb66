package lamella.core.formula;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class InterpreterTest {
  private static final float[] SPECIAL = {
    0f,
    -0f,
    1,
    -1,
    Float.NaN,
    Float.POSITIVE_INFINITY,
    Float.NEGATIVE_INFINITY,
    Float.MIN_VALUE,
    -Float.MIN_NORMAL,
    Float.MAX_VALUE,
    88.8f,
    -87.5f,
    1e-4f
  };

  private static float[] inputs(SplittableRandom random, int length) {
    float[] inputs = new float[length];
    for (int i = 0; i < length; i++) {
      inputs[i] =
          random.nextInt(4) == 0
              ? SPECIAL[random.nextInt(SPECIAL.length)]
              : (float) random.nextDouble(-10, 10);
    }
    return inputs;
  }

  /** What comes of each operation alone, one number after the other, is the oracle. */
  @Property(tries = 300)
  void chunksGiveTheBitsOfOneOperationAfterTheOther(
      @ForAll long seed,
      @ForAll @IntRange(min = 0, max = 70) int from,
      @ForAll @IntRange(min = 1, max = 1100) int length) {
    SplittableRandom random = new SplittableRandom(seed);
    Expression expression =
        Functions.expand(
            Contraction.contract(
                Simplifier.simplify(RandomExpressions.of(random, random.nextInt(5)))));
    float[] x = inputs(random, from + length + 3);
    float[] t = inputs(random, from + length + 3);
    float[] expected = PlainEvaluator.values(expression, x, t);
    float[] y = new float[x.length];
    Arrays.fill(y, 7);
    new FloatInterpreter(Program.of(expression, 2))
        .run(new float[][] {y, x.clone(), t.clone(), {}}, from, from + length);
    for (int i = 0; i < y.length; i++) {
      boolean inside = i >= from && i < from + length;
      assertEquals(
          Float.floatToIntBits(inside ? expected[i] : 7),
          Float.floatToIntBits(y[i]),
          () -> expression + " of " + Arrays.toString(x));
    }
  }

  /** Results that are no longer needed leave their memory to others. */
  @Test
  void fewSlotsAreEnough() {
    Expression sum = Expression.input(0);
    for (int i = 1; i < 200; i++) {
      sum = sum.times(Expression.input(0)).plus(i);
    }
    Program program = Program.of(sum, 1);
    assertEquals(398, program.length());
    assertTrue(program.slots() <= 3, program.slots() + " slots");
    float[][] arrays = {{0}, {0.5f}};
    new FloatInterpreter(program).run(arrays, 0, 1);
    float expected = 0.5f;
    for (int i = 1; i < 200; i++) {
      expected = expected * 0.5f + i;
    }
    assertEquals(expected, arrays[0][0]);
  }

  /**
   * Several threads at once, and programs of different sizes in turns, do not disturb each other.
   */
  @Test
  void memoryIsNobodyElses() throws InterruptedException {
    Formula small = Formula.of(x -> x.plus(1));
    Formula large = Formula.of(x -> x.softplus().tanh().plus(x.sigmoid()).times(x.exp()));
    float[] expected = run(large);
    Thread[] threads = new Thread[4];
    boolean[] same = new boolean[threads.length];
    for (int k = 0; k < threads.length; k++) {
      int index = k;
      threads[k] =
          new Thread(() -> {
            boolean all = true;
            for (int i = 0; i < 200; i++) {
              run(small);
              all &= Arrays.equals(expected, run(large));
            }
            same[index] = all;
          });
      threads[k].start();
    }
    for (Thread thread : threads) {
      thread.join();
    }
    for (boolean each : same) {
      assertTrue(each);
    }
  }

  private static float[] run(Formula formula) {
    float[] x = inputs(new SplittableRandom(5), 700);
    float[] y = new float[700];
    new FloatInterpreter(
            Program.of(Functions.expand(Contraction.contract(formula.value())), formula.inputs()))
        .run(new float[][] {y, x}, 0, 700);
    return y;
  }
}
