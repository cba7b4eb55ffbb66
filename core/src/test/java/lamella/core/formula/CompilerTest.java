package lamella.core.formula;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.lang.ref.WeakReference;
import java.util.List;
import java.util.SplittableRandom;
import lamella.core.kernel.VectorSupport;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/**
 * A compiled loop, its scalar rest, and the interpreter have the same bits. Other widths are
 * compared each in a JVM of its own, by {@code KernelBitsAcrossJvmsTest}: where one JVM uses two,
 * C2 no longer knows which a call meets, and whatever is compiled later allocates.
 */
class CompilerTest {

  private static final float UNTOUCHED = 12345;

  @Property(tries = 150)
  void everyEngineGivesTheBitsOfPlainEvaluation(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 4) int inputs,
      @ForAll @IntRange(min = 0, max = 40) int operations,
      @ForAll @IntRange(min = 1, max = 70) int length) {
    SplittableRandom random = new SplittableRandom(seed);
    Expression expression = MachineExpressions.of(random, inputs, operations);
    compare(expression, inputs, length, random.nextInt(5), random);
  }

  /** All lengths, for every operation by itself. */
  @Test
  void everyOperationAtEveryLength() {
    Expression x = Expression.input(0);
    Expression y = Expression.input(1);
    Expression z = Expression.input(2);
    List<Expression> all =
        List.of(
            x.plus(y),
            x.minus(y),
            x.times(y),
            x.over(y),
            x.fma(y, z),
            x.min(y),
            x.max(y),
            x.min(0.0),
            x.min(-0.0),
            x.max(0.0),
            x.max(-0.0),
            x.min(Double.NaN),
            x.max(Double.POSITIVE_INFINITY),
            Expression.of(2).min(x),
            x.abs(),
            x.negated(),
            x.sqrt(),
            x.ifPositive(y, z),
            x.ifNotNegative(y, z),
            x.minus(y).ifPositive(y, z),
            x.minus(y).ifNotNegative(y, z),
            x.minus(1).ifNotNegative(y, z),
            x.negated().ifPositive(y, z),
            x.negated().ifNotNegative(y, z),
            x,
            Expression.of(7),
            x.abs().max(1e-30).min(1e30).ifPositive(x, y).fma(x, x),
            x.max(-100).min(100).ifPositive(y, x).exp(),
            x.log(),
            x.tanh(),
            x.normal());
    SplittableRandom random = new SplittableRandom(1);
    for (Expression expression : all) {
      for (int length = 1; length <= 70; length++) {
        compare(Functions.expand(expression), 3, length, length % 4, random);
      }
    }
  }

  /** An expression that is its own neighbour in many ways, as derivatives are. */
  @Test
  void partsThatAreUsedAgainAndAgain() {
    Expression part = Expression.input(0);
    for (int i = 0; i < 40; i++) {
      part = part.times(0.5).plus(part.abs().min(part.negated()));
    }
    compare(part, 1, 70, 0, new SplittableRandom(2));
  }

  private static void compare(
      Expression expression, int inputs, int length, int from, SplittableRandom random) {
    float[][] numbers = new float[inputs][];
    float[][] arrays = new float[1 + inputs][];
    for (int i = 0; i < inputs; i++) {
      numbers[i] = MachineExpressions.numbers(random, length + from + 3);
      arrays[1 + i] = numbers[i];
    }
    float[] expected = PlainEvaluator.values(expression, numbers);
    Program program = Program.of(expression, inputs);
    arrays[0] = newResult(expected.length);
    new FloatInterpreter(program).run(arrays, from, from + length);
    requireSame(expression, expected, arrays[0], from, from + length, "interpreter");
    Engine compiled = Compiler.compile(program, VectorSupport.SPECIES);
    assertNotNull(compiled);
    arrays[0] = newResult(expected.length);
    compiled.run(arrays, from, from + length);
    requireSame(expression, expected, arrays[0], from, from + length, "compiled loop");
  }

  private static float[] newResult(int length) {
    float[] result = new float[length];
    java.util.Arrays.fill(result, UNTOUCHED);
    return result;
  }

  private static void requireSame(
      Expression expression, float[] expected, float[] actual, int from, int to, String engine) {
    for (int i = 0; i < actual.length; i++) {
      float right = i >= from && i < to ? expected[i] : UNTOUCHED;
      int place = i;
      // floatToIntBits: every NaN is the same, 0 and -0 are not.
      assertEquals(
          Float.floatToIntBits(right),
          Float.floatToIntBits(actual[i]),
          () -> engine + ", element " + place + ": " + right + " expected of " + expression);
    }
  }

  @Test
  void theResultMayBeAnInput() {
    Program program = Program.of(Functions.expand(Expression.input(0).exp()), 1);
    float[] x = MachineExpressions.numbers(new SplittableRandom(3), 61);
    float[] y = new float[61];
    Engine compiled = Compiler.compile(program, VectorSupport.SPECIES);
    assertNotNull(compiled);
    compiled.run(new float[][] {y, x}, 0, 61);
    compiled.run(new float[][] {x, x}, 0, 61);
    for (int i = 0; i < 61; i++) {
      assertEquals(Float.floatToIntBits(y[i]), Float.floatToIntBits(x[i]));
    }
  }

  @Test
  void whatHotSpotWouldNotCompileStaysWithTheInterpreter() {
    Expression many = Expression.input(0);
    for (int i = 0; i < 900; i++) {
      many = many.significand();
    }
    assertNull(Compiler.compile(Program.of(many, 1), VectorSupport.SPECIES));
    for (int i = 0; i < 1000; i++) {
      many = many.plus(Expression.input(0));
    }
    assertNull(Compiler.compile(Program.of(many, 1), VectorSupport.SPECIES));
  }

  @Test
  void aCompiledLoopGoesWithItsEngine() throws InterruptedException {
    Program program = Program.of(Expression.input(0).plus(1), 1);
    WeakReference<Class<?>> compiled =
        new WeakReference<>(Compiler.compile(program, VectorSupport.SPECIES).getClass());
    for (int i = 0; i < 100 && compiled.get() != null; i++) {
      System.gc();
      Thread.sleep(10);
    }
    assertNull(compiled.get());
  }
}
