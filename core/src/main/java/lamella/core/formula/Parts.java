package lamella.core.formula;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * The distinct parts of expressions: what is said twice is one object here. Equal parts are then
 * the same object, which is quick to see however often one is used.
 */
final class Parts {
  private final IdentityHashMap<Expression, Expression> known = new IdentityHashMap<>();
  private final Map<Expression, Expression> distinct = new HashMap<>();
  private final List<Expression> ordered = new ArrayList<>();

  /** The distinct parts of this expression, each after its arguments; the last is the whole. */
  static List<Expression> all(Expression expression) {
    Parts parts = new Parts();
    parts.of(expression);
    return parts.ordered;
  }

  /** The one object that says the same as this; its arguments are such objects too. */
  Expression of(Expression expression) {
    Expression part = known.get(expression);
    if (part == null) {
      List<Expression> arguments = expression.arguments();
      List<Expression> parts = new ArrayList<>(arguments.size());
      for (Expression argument : arguments) {
        parts.add(of(argument));
      }
      part = one(expression, parts);
      known.put(expression, part);
    }
    return part;
  }

  /** The one object that does what this does with these arguments, which are parts already. */
  private Expression one(Expression expression, List<Expression> arguments) {
    Expression candidate = expression.on(List.copyOf(arguments));
    Expression part = distinct.putIfAbsent(candidate, candidate);
    if (part == null) {
      ordered.add(candidate);
      part = candidate;
    }
    return part;
  }
}
