package lamella.core.formula;

import java.util.List;
import java.util.Locale;

/**
 * A part of a formula: an input, a constant, or an operation on other expressions. It is what a
 * formula says, not yet a number.
 *
 * <p>In float32 the functions are made of IEEE operations and so have the same bits everywhere.
 * Their largest errors over all 2<sup>32</sup> floats, in units in the last place:
 *
 * <table>
 *   <caption>Errors</caption>
 *   <tr><th>Function</th><th>Error</th><th>At</th></tr>
 *   <tr><td>exp</td><td>1.03</td><td>26.71695</td></tr>
 *   <tr><td>expm1</td><td>1.49, below 0 0.87</td><td>0.3622573</td></tr>
 *   <tr><td>log</td><td>0.92</td><td>1.566492</td></tr>
 *   <tr><td>log1p</td><td>1.46</td><td>0.4143545</td></tr>
 *   <tr><td>tanh</td><td>1.72</td><td>0.5243814</td></tr>
 *   <tr><td>sigmoid</td><td>2.49, above 0 1.50</td><td>-16.6357</td></tr>
 *   <tr><td>softplus</td><td>1.95</td><td>0.001140982</td></tr>
 *   <tr><td>erf</td><td>1.51</td><td>0.867227</td></tr>
 *   <tr><td>erfc</td><td>4.00, below 0 1.98</td><td>1.542296</td></tr>
 *   <tr><td>normal</td><td>3.28, above 0 1.93</td><td>-2.179175</td></tr>
 *   <tr><td>sin, cos</td><td>1.56</td><td>1.259322e25</td></tr>
 * </table>
 *
 * <p>exp, sigmoid, softplus, erfc and normal give 0 instead of numbers below 2.3e-38, many of which
 * are so small that a processor is slow with them. sin and cos are right for any number, however
 * large. Infinity, NaN and zero are treated as by {@link Math}, but that expm1 of -0 is 0.
 *
 * <p>Immutable. Two expressions are equal if they say the same.
 */
public final class Expression {
  /** What an expression does with its arguments. */
  public enum Operation {
    /** The input of this number, from 0. */
    INPUT,
    /** A number. */
    CONSTANT,
    /** a + b. */
    PLUS,
    /** a - b. */
    MINUS,
    /** a b. */
    TIMES,
    /** a / b. */
    OVER,
    /** a b + c, rounded once. */
    FMA,
    /** The smaller of a and b; NaN if one is. */
    MIN,
    /** The larger of a and b; NaN if one is. */
    MAX,
    /** |a|. */
    ABS,
    /** -a. */
    NEGATED,
    /** The square root of a. */
    SQRT,
    /** b where a &gt; 0, else c. */
    IF_POSITIVE,
    /** e^a. */
    EXP,
    /** e^a - 1. */
    EXPM1,
    /** The natural logarithm of a. */
    LOG,
    /** log(1 + a). */
    LOG1P,
    /** The hyperbolic tangent of a. */
    TANH,
    /** 1 / (1 + e^-a). */
    SIGMOID,
    /** log(1 + e^a). */
    SOFTPLUS,
    /** The error function of a. */
    ERF,
    /** 1 - erf(a). */
    ERFC,
    /** The probability that a standard normal number is at most a. */
    NORMAL,
    /** The sine of a, in radians. */
    SIN,
    /** The cosine of a, in radians. */
    COS,

    // What formulas come to by identities.

    /** tanh(log(1 + e^a)). */
    TANH_SOFTPLUS,
    /** The slope of that. */
    TANH_SOFTPLUS_SLOPE,

    // What the functions above are made of in float32.

    /** b where a &gt;= 0, else c. */
    IF_NOT_NEGATIVE,
    /** 2^a for a whole number in [-127, 128]: the float whose exponent is a. */
    POWER_OF_TWO,
    /** The whole number n with a 2^-n in [√½, √2), for a normal number above 0. */
    EXPONENT,
    /** a 2^-n for that n. */
    SIGNIFICAND,
    /** The angle between -π/2 and π/2 with a's sine, for |a| &gt; 100,000, else 0. */
    SINE_ANGLE,
    /** The angle between -π/2 and π/2 whose sine is a's cosine, for |a| &gt; 100,000, else 0. */
    COSINE_ANGLE
  }

  private final Operation operation;
  private final List<Expression> arguments;
  private final double number;
  private final int hash;

  private Expression(Operation operation, double number, List<Expression> arguments) {
    this.operation = operation;
    this.arguments = arguments;
    this.number = number;
    this.hash =
        31 * (31 * operation.hashCode() + Double.hashCode(number)) + this.arguments.hashCode();
  }

  static Expression of(Operation operation, Expression... arguments) {
    return new Expression(operation, 0, List.of(arguments));
  }

  /** The input of this number, from 0. */
  static Expression input(int index) {
    return new Expression(Operation.INPUT, index, List.of());
  }

  /** The same operation on other arguments. */
  Expression on(List<Expression> others) {
    return new Expression(operation, number, others);
  }

  /**
   * {@return a constant} In float32 it is rounded to the nearest.
   *
   * @param value any number
   */
  public static Expression of(double value) {
    return new Expression(Operation.CONSTANT, value, List.of());
  }

  boolean isConstant() {
    return operation == Operation.CONSTANT;
  }

  /** Whether this is the constant of that value; 0 of either sign is 0. */
  boolean isConstant(double value) {
    return operation == Operation.CONSTANT && number == value;
  }

  /** The argument of this place, from 0. */
  Expression argument(int index) {
    return arguments.get(index);
  }

  /** {@return what this does} */
  public Operation operation() {
    return operation;
  }

  /** {@return what it does that with, in order} */
  public List<Expression> arguments() {
    return arguments;
  }

  /** {@return the value of a constant, the number of an input} */
  public double number() {
    return number;
  }

  /**
   * {@return this + that}
   *
   * @param that the other
   */
  public Expression plus(Expression that) {
    return of(Operation.PLUS, this, that);
  }

  /**
   * {@return this + that}
   *
   * @param that the other
   */
  public Expression plus(double that) {
    return plus(of(that));
  }

  /**
   * {@return this - that}
   *
   * @param that the other
   */
  public Expression minus(Expression that) {
    return of(Operation.MINUS, this, that);
  }

  /**
   * {@return this - that}
   *
   * @param that the other
   */
  public Expression minus(double that) {
    return minus(of(that));
  }

  /**
   * {@return this times that}
   *
   * @param that the other
   */
  public Expression times(Expression that) {
    return of(Operation.TIMES, this, that);
  }

  /**
   * {@return this times that}
   *
   * @param that the other
   */
  public Expression times(double that) {
    return times(of(that));
  }

  /**
   * {@return this divided by that}
   *
   * @param that the other
   */
  public Expression over(Expression that) {
    return of(Operation.OVER, this, that);
  }

  /**
   * {@return this divided by that}
   *
   * @param that the other
   */
  public Expression over(double that) {
    return over(of(that));
  }

  /**
   * {@return this times factor plus summand, rounded once}
   *
   * @param factor the factor
   * @param summand what is added
   */
  public Expression fma(Expression factor, Expression summand) {
    return of(Operation.FMA, this, factor, summand);
  }

  /**
   * {@return the smaller of the two; NaN if one is}
   *
   * @param that the other
   */
  public Expression min(Expression that) {
    return of(Operation.MIN, this, that);
  }

  /**
   * {@return the smaller of the two; NaN if one is}
   *
   * @param that the other
   */
  public Expression min(double that) {
    return min(of(that));
  }

  /**
   * {@return the larger of the two; NaN if one is}
   *
   * @param that the other
   */
  public Expression max(Expression that) {
    return of(Operation.MAX, this, that);
  }

  /**
   * {@return the larger of the two; NaN if one is}
   *
   * @param that the other
   */
  public Expression max(double that) {
    return max(of(that));
  }

  /** {@return the size of this, without its sign} */
  public Expression abs() {
    return of(Operation.ABS, this);
  }

  /** {@return -this} */
  public Expression negated() {
    return of(Operation.NEGATED, this);
  }

  /** {@return the square root of this} */
  public Expression sqrt() {
    return of(Operation.SQRT, this);
  }

  /**
   * {@return {@code then} where this &gt; 0, else {@code otherwise}}
   *
   * @param then where this &gt; 0
   * @param otherwise elsewhere
   */
  public Expression ifPositive(Expression then, Expression otherwise) {
    return of(Operation.IF_POSITIVE, this, then, otherwise);
  }

  /** {@return e^this} */
  public Expression exp() {
    return of(Operation.EXP, this);
  }

  /** {@return e^this - 1, without cancellation near 0} */
  public Expression expm1() {
    return of(Operation.EXPM1, this);
  }

  /** {@return the natural logarithm of this} */
  public Expression log() {
    return of(Operation.LOG, this);
  }

  /** {@return log(1 + this), without cancellation near 0} */
  public Expression log1p() {
    return of(Operation.LOG1P, this);
  }

  /** {@return the hyperbolic tangent of this} */
  public Expression tanh() {
    return of(Operation.TANH, this);
  }

  /** {@return 1 / (1 + e^-this)} */
  public Expression sigmoid() {
    return of(Operation.SIGMOID, this);
  }

  /** {@return log(1 + e^this)} */
  public Expression softplus() {
    return of(Operation.SOFTPLUS, this);
  }

  /** {@return the error function of this} */
  public Expression erf() {
    return of(Operation.ERF, this);
  }

  /** {@return 1 - erf(this), without cancellation for large numbers} */
  public Expression erfc() {
    return of(Operation.ERFC, this);
  }

  /** {@return the probability that a standard normal number is at most this} */
  public Expression normal() {
    return of(Operation.NORMAL, this);
  }

  /** {@return the sine of this, in radians} */
  public Expression sin() {
    return of(Operation.SIN, this);
  }

  /** {@return the cosine of this, in radians} */
  public Expression cos() {
    return of(Operation.COS, this);
  }

  // What functions are made of in float32; not for formulas.

  /** Then where this >= 0, else otherwise. */
  Expression ifNotNegative(Expression then, Expression otherwise) {
    return of(Operation.IF_NOT_NEGATIVE, this, then, otherwise);
  }

  Expression tanhOfSoftplus() {
    return of(Operation.TANH_SOFTPLUS, this);
  }

  Expression tanhOfSoftplusSlope() {
    return of(Operation.TANH_SOFTPLUS_SLOPE, this);
  }

  Expression powerOfTwo() {
    return of(Operation.POWER_OF_TWO, this);
  }

  Expression exponent() {
    return of(Operation.EXPONENT, this);
  }

  Expression significand() {
    return of(Operation.SIGNIFICAND, this);
  }

  Expression sineAngle() {
    return of(Operation.SINE_ANGLE, this);
  }

  Expression cosineAngle() {
    return of(Operation.COSINE_ANGLE, this);
  }

  @Override
  public boolean equals(Object other) {
    return this == other
        || (other instanceof Expression that
            && hash == that.hash
            && operation == that.operation
            && Double.compare(number, that.number) == 0
            && arguments.equals(that.arguments));
  }

  @Override
  public int hashCode() {
    return hash;
  }

  /** For example {@code max(x0, 0.0)}. */
  @Override
  public String toString() {
    return switch (operation) {
      case INPUT -> "x" + (int) number;
      case CONSTANT -> Double.toString(number);
      default -> {
        StringBuilder text = new StringBuilder(operation.name().toLowerCase(Locale.ROOT));
        String before = "(";
        for (Expression argument : arguments) {
          text.append(before).append(argument);
          before = ", ";
        }
        yield text.append(')').toString();
      }
    };
  }
}
