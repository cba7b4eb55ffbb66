package lamella.onnx;

import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.function.LongUnaryOperator;
import java.util.function.UnaryOperator;
import lamella.core.DoubleTensor;
import lamella.core.FloatTensor;
import lamella.core.Shape;
import lamella.core.formula.Expression;
import lamella.core.formula.Formula;

/** Operators that compute each element of the output from one element of the input. */
final class Functions {
  private Functions() {}

  /** Of floats, by a formula. */
  static Operator formula(UnaryOperator<Expression> function) {
    Formula formula = Formula.of(function);
    return (node, inputs) -> List.of(values(formula, Arguments.floats(node, inputs, 0, "X")));
  }

  /** Of floats by a formula, and of whole numbers. */
  static Operator formula(UnaryOperator<Expression> function, LongUnaryOperator integers) {
    Formula formula = Formula.of(function);
    return (node, inputs) -> {
      OnnxArray x = Arguments.numbers(node, inputs, 0, "X");
      return List.of(x.type().isFloat() ? values(formula, x) : integerValues(integers, x));
    };
  }

  /** Of floats, in float64, then rounded. */
  static Operator floats(DoubleUnaryOperator function) {
    return (node, inputs) -> List.of(values(function, Arguments.floats(node, inputs, 0, "X")));
  }

  /** Of floats in float64, and of whole numbers. */
  static Operator numbers(DoubleUnaryOperator function, LongUnaryOperator integers) {
    return (node, inputs) -> {
      OnnxArray x = Arguments.numbers(node, inputs, 0, "X");
      return List.of(x.type().isFloat() ? values(function, x) : integerValues(integers, x));
    };
  }

  private static OnnxArray values(Formula formula, OnnxArray x) {
    if (x.size() == 0) {
      return x;
    }
    Shape shape = Shape.of(x.size());
    if (x.type() == OnnxType.DOUBLE) {
      double[] values = new double[x.size()];
      formula.values(DoubleTensor.wrap(shape, x.doubles()), DoubleTensor.wrap(shape, values));
      return OnnxArray.of(values, x.dimensions());
    }
    float[] values = new float[x.size()];
    formula.values(FloatTensor.wrap(shape, x.floats()), FloatTensor.wrap(shape, values));
    return Numbers.rounded(x.type(), values, x.dimensions());
  }

  private static OnnxArray values(DoubleUnaryOperator function, OnnxArray x) {
    if (x.type() == OnnxType.DOUBLE) {
      double[] from = x.doubles();
      double[] values = new double[from.length];
      for (int i = 0; i < values.length; i++) {
        values[i] = function.applyAsDouble(from[i]);
      }
      return OnnxArray.of(values, x.dimensions());
    }
    float[] from = x.floats();
    float[] values = new float[from.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) function.applyAsDouble(from[i]);
    }
    return Numbers.rounded(x.type(), values, x.dimensions());
  }

  private static OnnxArray integerValues(LongUnaryOperator function, OnnxArray x) {
    long[] from = x.longs();
    long[] values = new long[from.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = Numbers.wrap(x.type(), function.applyAsLong(from[i]));
    }
    return OnnxArray.of(x.type(), values, x.dimensions());
  }

  static Operator leakyRelu(Node node) {
    double alpha = node.number("alpha", 0.01f);
    return formula(x -> x.ifPositive(x, x.times(alpha)));
  }

  static Operator elu(Node node) {
    double alpha = node.number("alpha", 1);
    return formula(x -> x.ifPositive(x, x.expm1().times(alpha)));
  }

  /** Its constants had fewer digits before opset 6. */
  static Operator selu(Node node) {
    boolean old = node.opset() < 6;
    double alpha = node.number("alpha", old ? 1.6732f : 1.6732632f);
    double gamma = node.number("gamma", old ? 1.0507f : 1.050701f);
    return formula(x -> x.ifPositive(x.times(gamma), x.expm1().times(alpha).times(gamma)));
  }

  static Operator celu(Node node) {
    double alpha = node.number("alpha", 1);
    return formula(x -> x.max(0).plus(x.over(alpha).expm1().times(alpha).min(0)));
  }

  /** Towards 0 by the bias, and 0 between the two limits. */
  static Operator shrink(Node node) {
    double bias = node.number("bias", 0);
    double limit = node.number("lambd", 0.5f);
    return formula(x ->
        x.minus(limit)
            .ifPositive(
                x.minus(bias),
                x.times(-1).minus(limit).ifPositive(x.plus(bias), Expression.of(0))));
  }

  static Operator thresholdedRelu(Node node) {
    double alpha = node.number("alpha", 1);
    return formula(x -> x.minus(alpha).ifPositive(x, Expression.of(0)));
  }

  static Operator hardSigmoid(Node node) {
    double alpha = node.number("alpha", 0.2f);
    double beta = node.number("beta", 0.5f);
    return formula(x -> x.times(alpha).plus(beta).min(1).max(0));
  }

  static Operator hardSwish() {
    return formula(x -> x.times(x.times(1 / 6.0).plus(0.5).min(1).max(0)));
  }

  static Operator gelu(Node node) {
    String approximate = node.text("approximate", "none");
    return switch (approximate) {
      case "none" -> formula(x -> x.times(x.normal()));
      case "tanh" ->
          formula(x -> {
            Expression cube = x.times(x).times(x);
            Expression inner = x.plus(cube.times(0.044715)).times(StrictMath.sqrt(2 / Math.PI));
            return x.times(0.5).times(inner.tanh().plus(1));
          });
      default -> throw node.wrong("approximate = none or tanh expected, found " + approximate);
    };
  }

  static Operator mish() {
    return formula(x -> x.times(x.softplus().tanh()));
  }

  static Operator swish(Node node) {
    double alpha = node.number("alpha", 1);
    return formula(x -> x.times(x.times(alpha).sigmoid()));
  }

  static Operator softsign() {
    return formula(x -> x.over(x.abs().plus(1)));
  }

  /** The inverse functions of the hyperbolic ones. */
  static double asinh(double x) {
    double size = Math.abs(x);
    double value =
        size > 0x1p28
            ? StrictMath.log(size) + StrictMath.log(2)
            : StrictMath.log1p(size + size * size / (1 + Math.sqrt(size * size + 1)));
    return Math.copySign(value, x);
  }

  static double acosh(double x) {
    return x > 0x1p28
        ? StrictMath.log(x) + StrictMath.log(2)
        : StrictMath.log1p(x - 1 + Math.sqrt((x - 1) * (x - 1) + 2 * (x - 1)));
  }

  static double atanh(double x) {
    return 0.5 * StrictMath.log1p(2 * x / (1 - x));
  }

  /** IsInf: which infinities count are attributes. */
  static Operator isInf(Node node) {
    boolean negative = node.integer("detect_negative", 1) != 0;
    boolean positive = node.integer("detect_positive", 1) != 0;
    return test(x -> Double.isInfinite(x) && (x > 0 ? positive : negative));
  }

  static Operator isNaN() {
    return test(Double::isNaN);
  }

  /** A question about a float. */
  private interface Test {
    boolean of(double x);
  }

  private static Operator test(Test test) {
    return (node, inputs) -> {
      OnnxArray x = Arguments.floats(node, inputs, 0, "X");
      long[] answers = new long[x.size()];
      for (int i = 0; i < answers.length; i++) {
        answers[i] = test.of(Numbers.at(x, i)) ? 1 : 0;
      }
      return List.of(OnnxArray.of(OnnxType.BOOL, answers, x.dimensions()));
    };
  }

  static Operator not() {
    return (node, inputs) -> {
      OnnxArray x = Arguments.bools(node, inputs, 0, "X");
      long[] answers = new long[x.size()];
      for (int i = 0; i < answers.length; i++) {
        answers[i] = 1 - x.longs()[i];
      }
      return List.of(OnnxArray.of(OnnxType.BOOL, answers, x.dimensions()));
    };
  }
}
