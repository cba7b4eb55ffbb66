package lamella.core.formula;

import java.util.SplittableRandom;

/** Functions of two inputs, drawn at random. */
final class RandomExpressions {
  private static final Expression X = Expression.input(0);
  private static final Expression T = Expression.input(1);

  private RandomExpressions() {}

  /** A function of x and t of some depth, in which all operations that are differentiable occur. */
  static Expression of(SplittableRandom random, int depth) {
    if (depth == 0) {
      return switch (random.nextInt(4)) {
        case 0 -> Expression.of(random.nextInt(-4, 5) * 0.5);
        case 1 -> T;
        default -> X;
      };
    }
    Expression a = of(random, depth - 1);
    Expression b = of(random, random.nextInt(depth));
    Expression c = of(random, random.nextInt(depth));
    return switch (random.nextInt(23)) {
      case 0 -> a.plus(b);
      case 1 -> a.minus(b);
      case 2, 3 -> a.times(b);
      case 4 -> a.over(b.times(b).plus(1));
      case 5 -> a.fma(b, c);
      case 6 -> a.min(b);
      case 7 -> a.max(b);
      case 8 -> a.abs();
      case 9 -> a.negated();
      case 10 -> a.times(a).plus(0.25).sqrt();
      case 11 -> a.ifPositive(b, c);
      case 12 -> a.min(3).exp();
      case 13 -> a.min(3).expm1();
      case 14 -> a.abs().plus(0.5).log();
      case 15 -> a.abs().log1p();
      case 16 -> a.tanh();
      case 17 -> a.sigmoid();
      case 18 -> a.softplus();
      case 19 -> random.nextBoolean() ? a.erf() : a.erfc();
      case 20 -> a.normal();
      case 21 -> a.sin();
      default -> a.cos();
    };
  }
}
