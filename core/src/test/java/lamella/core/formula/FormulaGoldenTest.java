package lamella.core.formula;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.stream.Stream;
import lamella.core.DType;
import lamella.core.DoubleTensor;
import lamella.core.Shape;
import lamella.core.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Functions and their derivatives, computed in float64 by Python's {@code math} from their
 * definitions and derivatives worked out by hand.
 */
class FormulaGoldenTest {
  private static final Formula MISH = Formula.of(x -> x.times(x.softplus().tanh()));
  private static final Formula GELU = Formula.of(x -> x.times(x.normal()));
  private static final Formula SOFTPLUS = Formula.of(Expression::softplus);
  private static final Formula TANH = Formula.of(Expression::tanh);
  private static final Formula SINE_COSINE = Formula.of(x -> x.sin().times(x.cos()));

  /** The formula, x, f(x), f'(x). */
  static Stream<Arguments> table() {
    return Stream.of(
        row(MISH, -3, -0.1456474612756246, -0.09339311453232081),
        row(MISH, -1, -0.30340146137410895, 0.059216755877395),
        row(MISH, -0.5, -0.22074377465173, 0.28951067791351226),
        row(MISH, 0.5, 0.3752452113048951, 0.8864243753577272),
        row(MISH, 1, 0.8650983882673103, 1.0490362200997922),
        row(MISH, 3, 2.9865350049679575, 1.0211069109294435),
        row(GELU, -3, -0.004049694094890287, -0.011945647204183927),
        row(GELU, -1, -0.15865525393145707, -0.08331547058768629),
        row(GELU, -0.5, -0.15426876936299344, 0.13250487534383712),
        row(GELU, 0.5, 0.34573123063700656, 0.8674951246561629),
        row(GELU, 1, 0.8413447460685429, 1.0833154705876864),
        row(GELU, 3, 2.99595030590511, 1.011945647204184),
        row(SOFTPLUS, -20, 2.061153620314381e-9, 2.0611536181902037e-9),
        row(SOFTPLUS, -1, 0.31326168751822286, 0.2689414213699951),
        row(SOFTPLUS, 0.5, 0.9740769841801067, 0.6224593312018546),
        row(SOFTPLUS, 100, 100, 1),
        row(TANH, -0.5, -0.46211715726000974, 0.7864477329659274),
        row(TANH, 1, 0.7615941559557649, 0.41997434161402614),
        row(TANH, 3, 0.9950547536867305, 0.009866037165440211),
        row(SINE_COSINE, -3, 0.13970774909946293, 0.960170286650366),
        row(SINE_COSINE, 0.5, 0.42073549240394825, 0.5403023058681398));
  }

  private static Arguments row(Formula formula, double x, double value, double slope) {
    return Arguments.of(formula, x, value, slope);
  }

  @ParameterizedTest
  @MethodSource("table")
  void inFloat64(Formula formula, double x, double value, double slope) {
    check(formula, DType.FLOAT64, x, value, slope, 4e-15);
  }

  @ParameterizedTest
  @MethodSource("table")
  void inFloat32(Formula formula, double x, double value, double slope) {
    check(formula, DType.FLOAT32, x, value, slope, 1e-6);
  }

  private static void check(
      Formula formula, DType dtype, double input, double value, double slope, double tolerance) {
    Tensor x = DoubleTensor.of(Shape.of(1), input).to(dtype);
    Tensor y = Tensor.zeros(dtype, x.shape());
    Tensor dy = DoubleTensor.of(Shape.of(1), 1).to(dtype);
    Tensor dx = Tensor.zeros(dtype, x.shape());
    formula.values(x, y);
    formula.gradients(x, y, dy, dx);
    assertEquals(value, y.get(0), tolerance * Math.abs(value));
    // Where terms cancel, the largest of them, which is below 1, counts.
    double size = formula == MISH || formula == GELU || formula == TANH ? 1 : Math.abs(slope);
    assertEquals(slope, dx.get(0), tolerance * size);
  }
}
