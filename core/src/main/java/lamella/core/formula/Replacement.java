package lamella.core.formula;

/** Puts one expression in the place of another wherever that is a part. */
final class Replacement extends Rewriter {
  private final Expression old;
  private final Expression replacement;

  private Replacement(Expression old, Expression replacement) {
    this.old = part(old);
    this.replacement = replacement;
  }

  static Expression replace(Expression expression, Expression old, Expression replacement) {
    return new Replacement(old, replacement).rewrite(expression);
  }

  @Override
  @SuppressWarnings("ReferenceEquality") // equal parts are the same object
  Expression rule(Expression e) {
    return part(e) == old ? replacement : e;
  }
}
