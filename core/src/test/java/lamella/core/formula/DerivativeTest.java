package lamella.core.formula;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class DerivativeTest {
  private static final Expression X = Expression.input(0);
  private static final Expression T = Expression.input(1);

  private static double evaluate(Expression expression, double x, double t) {
    double[][] arrays = {{Double.NaN}, {x}, {t}};
    new DoubleInterpreter(Program.of(expression, 2)).run(arrays, 0, 1);
    return arrays[0][0];
  }

  /**
   * Where a choice is about to change, or the function turns sharply, differences say nothing:
   * there those with half the step differ.
   */
  @Property(tries = 2000)
  void itIsTheLimitOfDifferences(@ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Expression f = RandomExpressions.of(random, 1 + random.nextInt(4));
    double x = random.nextDouble(-3, 3);
    double t = random.nextDouble(-3, 3);
    double far = difference(f, x, t, 2e-4);
    double near = difference(f, x, t, 1e-4);
    double right = (evaluate(f, x + 1e-5, t) - evaluate(f, x, t)) / 1e-5;
    double scale = 1 + Math.abs(near) + Math.abs(evaluate(f, x, t));
    if (!(Math.abs(far - near) < 1e-5 * scale) || !(Math.abs(right - near) < 1e-2 * scale)) {
      return;
    }
    double derived = evaluate(Derivative.of(f, 0), x, t);
    assertEquals(near, derived, 2e-5 * scale, () -> f + " at " + x + ", " + t);
  }

  private static double difference(Expression f, double x, double t, double step) {
    return (evaluate(f, x + step, t) - evaluate(f, x - step, t)) / (2 * step);
  }

  /** Most of the random functions are smooth at the random places. */
  @Test
  void mostPlacesAreLookedAt() {
    SplittableRandom random = new SplittableRandom(1);
    int smooth = 0;
    for (int i = 0; i < 500; i++) {
      Expression f = RandomExpressions.of(random, 3);
      double far = difference(f, 0.7, -0.3, 2e-4);
      double near = difference(f, 0.7, -0.3, 1e-4);
      if (Math.abs(far - near) < 1e-5 * (1 + Math.abs(near))) {
        smooth++;
      }
    }
    assertTrue(smooth > 400, smooth + " of 500");
  }

  @Test
  void whatDoesNotDependOnTheInputHasNone() {
    for (Expression f :
        List.of(
            T.exp(), T.times(T).plus(3), T.ifPositive(T.max(1), T.abs()), Expression.of(2).sin())) {
      assertEquals(Expression.of(0), Derivative.of(f, 0));
    }
    assertEquals(Expression.of(1), Derivative.of(X.plus(T.tanh()), 0));
    assertEquals(T, Derivative.of(X.times(T), 0));
  }

  @Test
  void itIsWrittenAsShortAsOneWould() {
    assertEquals(
        X.negated().ifNotNegative(Expression.of(0), Expression.of(1)), Derivative.of(X.max(0), 0));
    assertEquals(
        X.ifPositive(Expression.of(1), Expression.of(0.25)),
        Derivative.of(X.ifPositive(X, X.times(0.25)), 0));
    assertEquals(X.exp(), Derivative.of(X.exp(), 0));
    assertEquals(X.sigmoid(), Derivative.of(X.softplus(), 0));
    assertEquals(X.plus(X), Derivative.of(X.times(X).plus(1), 0));
  }

  /** A part that is used often is derived once: 2^60 times would never end. */
  @Test
  void sharedPartsAreSharedInTheDerivative() {
    Expression power = X;
    for (int i = 0; i < 60; i++) {
      power = power.times(power).tanh();
    }
    List<Expression> parts = new ArrayList<>(Parts.all(Derivative.of(power, 0)));
    assertTrue(parts.size() < 600, parts.size() + " parts");
    Expression again = X;
    for (int i = 0; i < 60; i++) {
      again = again.times(again).tanh();
    }
    assertEquals(
        Program.of(Simplifier.simplify(power), 1), Program.of(Simplifier.simplify(again), 1));
  }
}
