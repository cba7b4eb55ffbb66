package lamella.layers;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.onnxruntime.OrtException;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import lamella.core.Activation;
import lamella.core.DType;
import lamella.core.DoubleTensor;
import lamella.core.Network;
import lamella.core.Parameter;
import lamella.core.Shape;
import lamella.core.Tensor;
import lamella.core.formula.Expression;
import lamella.core.formula.Formula;
import lamella.core.io.OnnxExport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** An activation without an ONNX form of its own is exported by its formula. */
class FormulaOnnxTest {
  private static final class Given extends Activation {
    private final String name;

    Given(String name, UnaryOperator<Expression> function) {
      super(Formula.of(function));
      this.name = name;
    }

    @Override
    public String toString() {
      return name;
    }
  }

  /** All operations, some of them in one formula as they occur. */
  static Stream<Arguments> formulas() {
    return Stream.of(
        of("mish", x -> x.times(x.softplus().tanh())),
        of("gelu", x -> x.times(x.normal())),
        of("errorFunctions", x -> x.erf().plus(x.times(2).erfc())),
        of("elu", x -> x.ifPositive(x, x.expm1())),
        of("softsign", x -> x.over(x.abs().plus(1))),
        of("hardSwish", x -> x.times(x.plus(3).max(0).min(6)).over(6)),
        of("roots", x -> x.abs().sqrt().plus(x.times(x).log1p()).minus(x.abs().plus(0.5).log())),
        of("waves", x -> x.sin().fma(x.cos(), x.negated())),
        of("swish", x -> x.times(x.sigmoid()).plus(x.min(2).exp())));
  }

  private static Arguments of(String name, UnaryOperator<Expression> function) {
    return Arguments.of(new Given(name, function));
  }

  private static Tensor inputs(DType dtype) {
    double[] x = new double[81];
    for (int i = 0; i < x.length; i++) {
      x[i] = (i - 40) * 0.25;
    }
    return DoubleTensor.of(Shape.of(27, 3), x).to(dtype);
  }

  @ParameterizedTest
  @MethodSource("formulas")
  void onnxruntimeComputesTheFormula(Activation layer) throws OrtException {
    Network network = Network.of(Shape.of(3), layer);
    check(network, inputs(DType.FLOAT32), 2e-6);
  }

  /** onnxruntime has the error function in float32 only. */
  @ParameterizedTest
  @MethodSource("formulas")
  void inFloat64AsWell(Activation layer) throws OrtException {
    String text = layer.formula().toString();
    if (text.contains("erf") || text.contains("normal")) {
      return;
    }
    Linear same = new Linear(3, 3, new java.util.SplittableRandom(1));
    for (Parameter parameter : same.parameters()) {
      parameter.convertTo(DType.FLOAT64);
    }
    check(Network.of(Shape.of(3), same, layer), inputs(DType.FLOAT64), 1e-13);
  }

  private static void check(Network network, Tensor x, double tolerance) throws OrtException {
    Tensor expected = network.forward(x);
    Tensor actual = OnnxTest.run(OnnxExport.of(network).toBytes(), x);
    for (int i = 0; i < x.size(); i++) {
      double y = expected.get(i);
      assertEquals(y, actual.get(i), tolerance * (1 + Math.abs(y)), network + " at " + x.get(i));
    }
  }
}
