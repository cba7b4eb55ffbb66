package lamella.core.formula;

import java.util.IdentityHashMap;
import java.util.List;
import lamella.core.formula.Expression.Operation;

/**
 * A program's parts as code is generated from them: how often each is needed, and what a choice
 * compares.
 */
final class Dag {
  /** How two numbers are compared; never true if one is NaN. */
  enum Order {
    GT,
    GE,
    LT,
    LE
  }

  /** Whether a is in this order with b. */
  record Comparison(Expression a, Order order, Expression b) {}

  static final Expression ZERO = Expression.of(0);

  private final Expression[] parts;
  private final int inputs;
  private final IdentityHashMap<Expression, Comparison> comparisons = new IdentityHashMap<>();
  private final IdentityHashMap<Expression, Integer> uses = new IdentityHashMap<>();

  Dag(Program program) {
    parts = program.parts();
    inputs = program.inputs();
    IdentityHashMap<Expression, Integer> written = new IdentityHashMap<>();
    for (Expression part : parts) {
      for (Expression argument : part.arguments()) {
        written.merge(argument, 1, Integer::sum);
      }
    }
    uses.put(root(), 1);
    for (int i = parts.length - 1; i >= 0; i--) {
      Expression part = parts[i];
      if (!uses.containsKey(part)) {
        continue; // it went into a comparison
      }
      List<Expression> arguments = part.arguments();
      int first = 0;
      if (isChoice(part)) {
        Comparison comparison = comparison(part, written);
        comparisons.put(part, comparison);
        uses.merge(comparison.a(), 1, Integer::sum);
        uses.merge(comparison.b(), 1, Integer::sum);
        first = 1;
      }
      for (Expression argument : arguments.subList(first, arguments.size())) {
        uses.merge(argument, 1, Integer::sum);
      }
    }
  }

  static boolean isChoice(Expression part) {
    return part.operation() == Operation.IF_POSITIVE
        || part.operation() == Operation.IF_NOT_NEGATIVE;
  }

  /**
   * What a choice compares. A difference or a negation that serves nothing else is not computed: a
   * - b is above 0 where a is above b, and at or above 0 where a is at or above b if that is not
   * infinity in both.
   */
  private static Comparison comparison(
      Expression choice, IdentityHashMap<Expression, Integer> written) {
    Order order = choice.operation() == Operation.IF_POSITIVE ? Order.GT : Order.GE;
    Expression asked = choice.arguments().getFirst();
    boolean alone = written.getOrDefault(asked, 0) == 1;
    if (alone && asked.operation() == Operation.NEGATED) {
      return new Comparison(
          asked.arguments().getFirst(), order == Order.GT ? Order.LT : Order.LE, ZERO);
    }
    if (alone && asked.operation() == Operation.MINUS) {
      Expression a = asked.arguments().get(0);
      Expression b = asked.arguments().get(1);
      if (order == Order.GT || isFinite(a) || isFinite(b)) {
        return new Comparison(a, order, b);
      }
    }
    return new Comparison(asked, order, ZERO);
  }

  private static boolean isFinite(Expression e) {
    return e.operation() == Operation.CONSTANT && Float.isFinite((float) e.number());
  }

  /** Whether there are no operations but those that code is generated for. */
  boolean isSupported() {
    for (Expression part : parts) {
      switch (part.operation()) {
        case INPUT,
            CONSTANT,
            PLUS,
            MINUS,
            TIMES,
            OVER,
            FMA,
            MIN,
            MAX,
            ABS,
            NEGATED,
            SQRT,
            IF_POSITIVE,
            IF_NOT_NEGATIVE,
            POWER_OF_TWO,
            EXPONENT,
            SIGNIFICAND -> {}
        default -> {
          return false;
        }
      }
    }
    return true;
  }

  Expression root() {
    return parts[parts.length - 1];
  }

  int inputs() {
    return inputs;
  }

  /** The parts that are computed or loaded, each after its arguments. */
  Expression[] parts() {
    return parts;
  }

  /** How often a part is an operand; 0 if nothing needs it. */
  int uses(Expression part) {
    return uses.getOrDefault(part, 0);
  }

  /** What a choice compares. */
  Comparison comparison(Expression choice) {
    Comparison comparison = comparisons.get(choice);
    if (comparison == null) {
      throw new IllegalArgumentException("no choice: " + choice.operation());
    }
    return comparison;
  }
}
