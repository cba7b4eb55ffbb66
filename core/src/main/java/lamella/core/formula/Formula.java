package lamella.core.formula;

import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;
import lamella.core.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * A function of one number, or of two, written once as an expression. From that come its values and
 * its derivative over whole tensors, in float32 and float64, and its form in ONNX.
 *
 * {@snippet lang=java :
 * Formula mish = Formula.of(x -> x.times(x.softplus().tanh()));
 * Formula squaredError = Formula.of((output, target) -> output.minus(target).times(output.minus(target)));
 * }
 *
 * <p>The derivative is derived; {@link #withSlope} replaces it. Where the function has a kink, the
 * derivative is that of one side: max(a, b) has b's where a &lt;= b, min(a, b) has b's where a
 * &gt;= b, a choice that of the part that is chosen, |a| has 0 at 0. So max(x, 0) has 0 at 0.
 *
 * <p><b>float32:</b> the same bits on every machine, for any number of threads and any width of
 * vectors. Operations are done in the order in which they are written, but for two things: a
 * product and the sum it is a part of are rounded once, together; and constant factors are
 * multiplied with each other first. Gradients of formulas with exponentials ({@code exp}, {@code
 * sigmoid}, {@code tanh} and their like) are 0 rather than at or below 2<sup>-126</sup> in size:
 * processors compute a hundred times as slowly with smaller numbers.
 *
 * <p><b>float64:</b> in the order in which it is written, with the functions of {@link StrictMath}.
 *
 * <p>Immutable, and may be used by many threads at once.
 */
public final class Formula {
  private final int inputs;
  private final Expression value;
  private final @Nullable Expression givenSlope;
  private final FormulaLoop values;
  private volatile @Nullable Expression slope;
  private volatile @Nullable Gradient gradient;

  private record Gradient(FormulaLoop loop, boolean usesValue) {}

  private Formula(int inputs, Expression value, @Nullable Expression givenSlope) {
    this.inputs = inputs;
    this.value = Simplifier.simplify(value);
    this.givenSlope = givenSlope;
    this.values = new FormulaLoop(this.value, inputs, false);
  }

  /**
   * {@return a function of one number}
   *
   * @param function gives f(x) for x
   */
  public static Formula of(UnaryOperator<Expression> function) {
    return new Formula(1, function.apply(Expression.input(0)), null);
  }

  /**
   * {@return a function of two numbers, such as the loss of an output and its target} Its
   * derivative is that by the first.
   *
   * @param function gives f(a, b) for a and b
   */
  public static Formula of(BinaryOperator<Expression> function) {
    return new Formula(2, function.apply(Expression.input(0), Expression.input(1)), null);
  }

  /**
   * {@return the same function with a derivative of one's own, where the derived one does more than
   * is needed or loses digits}
   *
   * @param slope gives f'(x) for x and y = f(x)
   * @throws IllegalStateException if the function has two inputs
   */
  public Formula withSlope(BinaryOperator<Expression> slope) {
    if (inputs != 1) {
      throw new IllegalStateException(
          "Formula.withSlope: a slope of x and y is for functions of one number, this is one of "
              + inputs);
    }
    return new Formula(
        inputs, value, Simplifier.simplify(slope.apply(Expression.input(0), Expression.input(1))));
  }

  /** {@return how many numbers it is a function of, 1 or 2} */
  public int inputs() {
    return inputs;
  }

  /** {@return what it computes of its inputs} */
  public Expression value() {
    return value;
  }

  /**
   * {@return its derivative by the first input} Where it has one input, input 1 of the derivative
   * is the function's value.
   */
  public Expression slope() {
    Expression known = slope;
    if (known == null) {
      known = givenSlope != null ? givenSlope : derived();
      slope = known;
    }
    return known;
  }

  private Expression derived() {
    Expression f = Simplifier.simplify(Identities.apply(value));
    Expression derivative = Derivative.of(f, 0);
    return inputs == 1 && !f.arguments().isEmpty()
        ? Replacement.replace(derivative, f, Expression.input(1))
        : derivative;
  }

  /** {@return whether the derivative needs the function's value beside its input} */
  public boolean slopeUsesValue() {
    return gradient().usesValue();
  }

  /**
   * y = f(x) for every element.
   *
   * @param x not changed, unless it is y
   * @param y filled; of the same size and type; may be x
   * @throws IllegalStateException if the function has two inputs
   * @throws IllegalArgumentException if sizes or types differ
   */
  public void values(Tensor x, Tensor y) {
    requireInputs(1, "values(x, y)");
    values.over(y, x);
  }

  /**
   * y = f(a, b) for every element.
   *
   * @param a not changed
   * @param b not changed; of the same size and type
   * @param y filled; of the same size and type
   * @throws IllegalStateException if the function has one input
   * @throws IllegalArgumentException if sizes or types differ
   */
  public void values(Tensor a, Tensor b, Tensor y) {
    requireInputs(2, "values(a, b, y)");
    values.over(y, a, b);
  }

  /**
   * dx = dy f'(x) for every element: the chain rule.
   *
   * @param x not changed
   * @param y f(x), not changed; any tensor like x if the derivative does not use it, see {@link
   *     #slopeUsesValue}
   * @param dy the derivative of something by y; not changed
   * @param dx filled with the derivative by x
   * @throws IllegalStateException if the function has two inputs
   * @throws IllegalArgumentException if sizes or types differ
   */
  public void gradients(Tensor x, Tensor y, Tensor dy, Tensor dx) {
    requireInputs(1, "gradients(x, y, dy, dx)");
    gradient().loop().over(dx, x, y, dy);
  }

  /**
   * da = the derivative of f(a, b) by a for every element.
   *
   * @param a not changed
   * @param b not changed; of the same size and type
   * @param da filled; of the same size and type
   * @throws IllegalStateException if the function has one input
   * @throws IllegalArgumentException if sizes or types differ
   */
  public void gradients(Tensor a, Tensor b, Tensor da) {
    requireInputs(2, "gradients(a, b, da)");
    gradient().loop().over(da, a, b);
  }

  private void requireInputs(int count, String method) {
    if (inputs != count) {
      throw new IllegalStateException(
          "Formula." + method + ": is for functions of " + count + ", this is one of " + inputs);
    }
  }

  private Gradient gradient() {
    Gradient known = gradient;
    if (known == null) {
      known = inputs == 1 ? ofOneInput() : new Gradient(loop(slope(), inputs), false);
      gradient = known;
    }
    return known;
  }

  /** Of x, y and dy. */
  private Gradient ofOneInput() {
    Expression product = Derivative.times(slope(), Expression.input(2));
    return new Gradient(loop(product, 3), uses(slope(), 1));
  }

  private FormulaLoop loop(Expression expression, int count) {
    boolean vanishes = vanishes(value) || vanishes(slope());
    return new FormulaLoop(Simplifier.simplify(expression), count, vanishes);
  }

  /** Whether there is an exponential in it, which may be smaller than any normal number. */
  private static boolean vanishes(Expression expression) {
    for (Expression part : Parts.all(expression)) {
      switch (part.operation()) {
        case EXP, EXPM1, TANH, SIGMOID, SOFTPLUS, ERF, ERFC, NORMAL -> {
          return true;
        }
        default -> {}
      }
    }
    return false;
  }

  private static boolean uses(Expression expression, int input) {
    for (Expression part : Parts.all(expression)) {
      if (part.operation() == Expression.Operation.INPUT && part.number() == input) {
        return true;
      }
    }
    return false;
  }

  /** For example {@code Formula(max(x0, 0.0))}. */
  @Override
  public String toString() {
    return "Formula(" + value + ")";
  }
}
