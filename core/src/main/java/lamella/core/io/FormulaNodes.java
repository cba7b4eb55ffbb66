package lamella.core.io;

import java.util.IdentityHashMap;
import lamella.core.DType;
import lamella.core.formula.Expression;

/**
 * A formula as nodes of an ONNX graph: an operator for each operation, or a few where ONNX has
 * none. Equal formulas give equal nodes.
 */
final class FormulaNodes {
  private final OnnxGraph graph;
  private final String input;
  private final IdentityHashMap<Expression, String> names = new IdentityHashMap<>();

  private FormulaNodes(OnnxGraph graph, String input) {
    this.graph = graph;
    this.input = input;
  }

  /**
   * Adds what computes a function of one number; returns the name of its result.
   *
   * @param input the name of the function's input
   */
  static String add(OnnxGraph graph, Expression function, String input) {
    return new FormulaNodes(graph, input).name(function);
  }

  /** The name of a part's value; a part that is used twice is there once. */
  private String name(Expression part) {
    String name = names.get(part);
    if (name == null) {
      name = add(part);
      names.put(part, name);
    }
    return name;
  }

  private String add(Expression part) {
    return switch (part.operation()) {
      case INPUT -> input;
      case CONSTANT -> graph.constant("number", part.number());
      case PLUS -> node("Add", part);
      case MINUS -> node("Sub", part);
      case TIMES -> node("Mul", part);
      case OVER -> node("Div", part);
      case MIN -> node("Min", part);
      case MAX -> node("Max", part);
      case ABS -> node("Abs", part);
      case NEGATED -> node("Neg", part);
      case SQRT -> node("Sqrt", part);
      case EXP -> node("Exp", part);
      case LOG -> node("Log", part);
      case TANH -> node("Tanh", part);
      case SOFTPLUS -> softplus(part);
      case ERF -> node("Erf", part);
      case SIN -> node("Sin", part);
      case COS -> node("Cos", part);
      case SIGMOID -> sigmoid(part);
      case EXPM1 -> graph.node("Sub", node("Exp", part), one());
      case LOG1P -> graph.node("Log", graph.node("Add", argument(part, 0), one()));
      case ERFC -> graph.node("Sub", one(), node("Erf", part));
      case NORMAL -> normal(part);
      case FMA ->
          graph.node(
              "Add", graph.node("Mul", argument(part, 0), argument(part, 1)), argument(part, 2));
      case IF_POSITIVE -> choice("Greater", part);
      case IF_NOT_NEGATIVE -> choice("GreaterOrEqual", part);
      default -> throw new IllegalArgumentException("ONNX: no operator for " + part.operation());
    };
  }

  /**
   * In float64 without the operator of this name: onnxruntime up to 1.29 makes of x Sigmoid(x) one
   * that it has for float32 only (its issue 32421).
   */
  private String sigmoid(Expression part) {
    if (graph.dtype() == DType.FLOAT32) {
      return node("Sigmoid", part);
    }
    String exp = graph.node("Exp", graph.node("Neg", argument(part, 0)));
    return graph.node("Div", one(), graph.node("Add", exp, one()));
  }

  /** In float64 max(a, 0) + log(1 + e^-|a|), for onnxruntime has the operator in float32 only. */
  private String softplus(Expression part) {
    if (graph.dtype() == DType.FLOAT32) {
      return node("Softplus", part);
    }
    String exp = graph.node("Exp", graph.node("Neg", node("Abs", part)));
    String rest = graph.node("Log", graph.node("Add", exp, one()));
    return graph.node("Add", graph.node("Max", argument(part, 0), number(0)), rest);
  }

  /** (1 + erf(a / sqrt(2))) / 2. */
  private String normal(Expression part) {
    String scaled = graph.node("Mul", argument(part, 0), number(Math.sqrt(0.5)));
    String sum = graph.node("Add", graph.node("Erf", scaled), one());
    return graph.node("Mul", sum, number(0.5));
  }

  private String choice(String comparison, Expression part) {
    String condition = graph.node(comparison, argument(part, 0), number(0));
    return graph.node("Where", condition, argument(part, 1), argument(part, 2));
  }

  /** The operator on all arguments. */
  private String node(String operator, Expression part) {
    String[] arguments = new String[part.arguments().size()];
    for (int i = 0; i < arguments.length; i++) {
      arguments[i] = argument(part, i);
    }
    return graph.node(operator, arguments);
  }

  private String argument(Expression part, int index) {
    return name(part.arguments().get(index));
  }

  private String one() {
    return number(1);
  }

  private String number(double value) {
    return graph.constant("number", value);
  }
}
