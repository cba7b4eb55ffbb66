package lamella.core.formula;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;

/** Writes an expression anew from its leaves to its root, each distinct part once. */
abstract class Rewriter {
  private final Parts parts = new Parts();
  private final IdentityHashMap<Expression, Expression> written = new IdentityHashMap<>();

  /** The expression in its new form. */
  final Expression rewrite(Expression expression) {
    Expression old = parts.of(expression);
    Expression result = written.get(old);
    if (result == null) {
      List<Expression> arguments = new ArrayList<>(old.arguments().size());
      for (Expression argument : old.arguments()) {
        arguments.add(rewrite(argument));
      }
      result = parts.of(rule(old.on(List.copyOf(arguments))));
      written.put(old, result);
    }
    return result;
  }

  /** The one object that stands for all expressions that say the same as this. */
  final Expression part(Expression expression) {
    return parts.of(expression);
  }

  /**
   * The new form of an expression whose arguments have theirs already. Equal arguments are the same
   * object.
   */
  abstract Expression rule(Expression expression);
}
