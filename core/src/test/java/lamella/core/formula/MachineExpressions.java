package lamella.core.formula;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Expressions of machine operations, drawn at random, and numbers of all kinds to give them. */
final class MachineExpressions {
  private static final float[] SPECIAL = {
    0f,
    -0f,
    Float.NaN,
    Float.POSITIVE_INFINITY,
    Float.NEGATIVE_INFINITY,
    Float.MIN_VALUE,
    -Float.MIN_VALUE,
    Float.MIN_NORMAL,
    -Float.MIN_NORMAL,
    Float.MAX_VALUE,
    -Float.MAX_VALUE,
    1e-39f,
    -1e-39f,
    1f,
    -1f,
    88.7f,
    89f,
    -87f,
    -104f
  };

  private MachineExpressions() {}

  /** An expression of so many inputs and about as many operations, many of them used repeatedly. */
  static Expression of(SplittableRandom random, int inputs, int operations) {
    List<Expression> parts = new ArrayList<>();
    for (int i = 0; i < inputs; i++) {
      parts.add(Expression.input(i));
    }
    parts.add(constant(random));
    for (int i = 0; i < operations; i++) {
      parts.add(operation(random, parts));
    }
    return parts.getLast();
  }

  private static Expression operation(SplittableRandom random, List<Expression> parts) {
    Expression a = any(random, parts);
    Expression b = any(random, parts);
    Expression c = any(random, parts);
    return switch (random.nextInt(19)) {
      case 0 -> a.plus(b);
      case 1 -> a.minus(b);
      case 2 -> a.times(b);
      case 3 -> a.over(b);
      case 4, 5 -> a.fma(b, c);
      case 6 -> a.min(b);
      case 7 -> a.max(b);
      case 8 -> a.min(constant(random));
      case 9 -> constant(random).max(a);
      case 10 -> a.abs();
      case 11 -> a.negated();
      case 12 -> a.sqrt();
      case 13 -> a.ifPositive(b, c);
      case 14 -> a.minus(b).ifPositive(c, a);
      case 15 -> constant(random).minus(a).ifNotNegative(b, c);
      case 16 -> a.negated().ifNotNegative(b, a);
      case 17 -> {
        // What is no number goes no further: the operations on bits may see any sign and payload.
        Expression number =
            a.minus(a).ifNotNegative(a, b.minus(b).ifNotNegative(b, constant(random)));
        Expression positive = number.abs().max(Expression.of(1e-30)).min(Expression.of(1e30));
        yield random.nextBoolean() ? positive.exponent() : positive.significand();
      }
      default -> {
        Expression number = a.minus(a).ifNotNegative(a, Expression.of(3));
        Expression whole =
            number
                .max(Expression.of(-127))
                .min(Expression.of(128))
                .plus(Expression.of(12582912))
                .minus(Expression.of(12582912));
        yield whole.powerOfTwo();
      }
    };
  }

  private static Expression any(SplittableRandom random, List<Expression> parts) {
    return random.nextInt(8) == 0
        ? constant(random)
        : parts.get(Math.max(0, parts.size() - 1 - random.nextInt(6)));
  }

  private static Expression constant(SplittableRandom random) {
    float value =
        random.nextInt(3) == 0
            ? SPECIAL[random.nextInt(SPECIAL.length)]
            : (float) (4 * random.nextDouble() - 2);
    return Expression.of(value);
  }

  /** Ordinary numbers of several magnitudes, with what is special strewn in. */
  static float[] numbers(SplittableRandom random, int length) {
    float[] numbers = new float[length];
    for (int i = 0; i < length; i++) {
      numbers[i] =
          random.nextInt(4) == 0
              ? SPECIAL[random.nextInt(SPECIAL.length)]
              : (float)
                  ((random.nextBoolean() ? 1 : -1)
                      * StrictMath.pow(10, -3 + 5 * random.nextDouble()));
    }
    return numbers;
  }
}
