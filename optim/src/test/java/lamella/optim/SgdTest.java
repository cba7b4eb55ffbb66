package lamella.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.SplittableRandom;
import lamella.core.DType;
import lamella.core.DoubleTensor;
import lamella.core.Parameter;
import lamella.core.Parameter.Role;
import lamella.core.Pass;
import lamella.core.Shape;
import lamella.core.Tensor;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class SgdTest {
  private final Pass pass = Pass.forTraining();

  private static Parameter parameter(DType dtype, Role role, double... values) {
    Tensor tensor = DoubleTensor.of(Shape.of(1, values.length), values).to(dtype);
    return new Parameter(role == Role.WEIGHT ? "weight" : "bias", role, tensor);
  }

  private void gradient(Parameter parameter, double... values) {
    pass.gradient(parameter).copyFrom(DoubleTensor.of(parameter.shape(), values));
  }

  private static double[] uniform(int length, SplittableRandom random) {
    return random.doubles(length, -2, 2).toArray();
  }

  /**
   * Five steps against the formula in float64: v = μ v + (g + λ w), w = w - η v; λ = 0 for biases
   * and gains.
   */
  @Property(tries = 200)
  void followsItsFormula(
      @ForAll DType dtype,
      @ForAll Role role,
      @ForAll @IntRange(min = 1, max = 40) int length,
      @ForAll boolean withL2,
      @ForAll boolean withMomentum,
      @ForAll long seed) {
    Assume.that(role.isTrainable());
    SplittableRandom random = new SplittableRandom(seed);
    double l2 = withL2 ? random.nextDouble(0, 1) : 0;
    double momentum = withMomentum ? random.nextDouble(0, 0.99) : 0;
    Schedule schedule = Schedule.exponentialDecay(random.nextDouble(0.01, 0.5), 0.7, 2);
    Sgd sgd = Sgd.of(schedule).withL2(l2).withMomentum(momentum);

    double[] w = uniform(length, random);
    double[] v = new double[length];
    Parameter parameter = parameter(dtype, role, w);
    for (int step = 0; step < 5; step++) {
      double[] g = uniform(length, random);
      gradient(parameter, g);
      assertEquals(schedule.at(step), sgd.learningRate());
      assertEquals(step, sgd.steps());
      sgd.step(pass.gradients());
      for (int i = 0; i < length; i++) {
        v[i] = momentum * v[i] + g[i] + (role.isDecayed() ? l2 * w[i] : 0);
        w[i] -= schedule.at(step) * v[i];
      }
    }
    assertArrayEquals(w, parameter.value().toDoubleArray(), dtype == DType.FLOAT32 ? 1e-5 : 1e-14);
  }

  @Test
  void stepsByHand() {
    for (DType dtype : DType.values()) {
      Parameter weight = parameter(dtype, Role.WEIGHT, 1, -2);
      Parameter bias = parameter(dtype, Role.BIAS, 1, -2);
      Sgd sgd = Sgd.of(0.5).withL2(0.25).withMomentum(0.5);
      gradient(weight, 1, 0);
      gradient(bias, 1, 0);
      sgd.step(pass.gradients());
      // v = g + 0.25 w = 1.25, -0.5 (bias: 1, 0)
      assertArrayEquals(new double[] {0.375, -1.75}, weight.value().toDoubleArray());
      assertArrayEquals(new double[] {0.5, -2}, bias.value().toDoubleArray());
      gradient(weight, 0, 0);
      gradient(bias, 0, 0);
      sgd.step(pass.gradients());
      // v = 0.5 v + 0.25 w = 0.71875, -0.6875 (bias: 0.5, 0)
      assertArrayEquals(new double[] {0.015625, -1.40625}, weight.value().toDoubleArray());
      assertArrayEquals(new double[] {0.25, -2}, bias.value().toDoubleArray());
      pass.gradients().clear();
    }
  }

  @Test
  void aStepUsesTheGradientsUp() {
    Parameter weight = parameter(DType.FLOAT32, Role.WEIGHT, 1, 2);
    Sgd sgd = Sgd.of(0.5);
    gradient(weight, 1, 1);
    sgd.step(pass.gradients());
    assertTrue(pass.gradients().isEmpty());
    assertEquals(
        "Sgd: no gradients; call backward before each step",
        assertThrows(IllegalStateException.class, () -> sgd.step(pass.gradients())).getMessage());
    assertEquals(1, sgd.steps()); // the one that failed does not count
    assertArrayEquals(new double[] {0.5, 1.5}, weight.value().toDoubleArray());
  }

  @Test
  void parametersWithoutAGradientStayAsTheyAre() {
    Parameter one = parameter(DType.FLOAT64, Role.WEIGHT, 1, 2);
    Parameter other = parameter(DType.FLOAT64, Role.WEIGHT, 3, 4);
    Sgd sgd = Sgd.of(0.5).withL2(1).withMomentum(0.5);
    gradient(one, 1, 1);
    gradient(other, 1, 1);
    sgd.step(pass.gradients());
    double[] before = other.value().toDoubleArray();
    gradient(one, 1, 1);
    sgd.step(pass.gradients());
    assertArrayEquals(before, other.value().toDoubleArray());
  }

  @Test
  void aGradientThatIsNotANumberIsNotHidden() {
    for (DType dtype : DType.values()) {
      Parameter weight = parameter(dtype, Role.WEIGHT, 1, 2);
      gradient(weight, Double.NaN, 0);
      Sgd.of(0.5).step(pass.gradients());
      assertArrayEquals(new double[] {Double.NaN, 2}, weight.value().toDoubleArray());
    }
  }

  @Test
  void velocitiesFollowAParametersType() {
    Parameter weight = parameter(DType.FLOAT32, Role.WEIGHT, 1, 2);
    Sgd sgd = Sgd.of(1).withMomentum(0.5);
    gradient(weight, 1, 2);
    sgd.step(pass.gradients());
    weight.convertTo(DType.FLOAT64);
    gradient(weight, 0, 0);
    sgd.step(pass.gradients());
    assertArrayEquals(new double[] {-0.5, -1}, weight.value().toDoubleArray());
  }

  @Test
  void thePenaltyIsHalfLambdaTimesTheSquaresOfTheWeights() {
    for (DType dtype : DType.values()) {
      List<Parameter> parameters =
          List.of(
              parameter(dtype, Role.WEIGHT, 1, -2, 3),
              parameter(dtype, Role.BIAS, 100),
              parameter(dtype, Role.WEIGHT, 0.5));
      assertEquals(0.5 * 0.25 * 14.25, Sgd.of(0.1).withL2(0.25).penalty(parameters));
      assertEquals(0, Sgd.of(0.1).penalty(parameters));
      assertEquals(0, Sgd.of(0.1).withL2(2).penalty(List.of()));
    }
  }

  @Property
  void thePenaltysSumIsExactToTheLastDigits(
      @ForAll DType dtype, @ForAll @IntRange(min = 1, max = 100) int length, @ForAll long seed) {
    Parameter weight = parameter(dtype, Role.WEIGHT, uniform(length, new SplittableRandom(seed)));
    double sum = 0;
    for (double w : weight.value().toDoubleArray()) {
      sum += w * w;
    }
    assertEquals(sum, Sgd.of(0.1).withL2(2).penalty(List.of(weight)), 1e-14 * sum);
  }

  @Test
  void withMakesANewOneAndLeavesTheOld() {
    Sgd plain = Sgd.of(0.5);
    Sgd both = plain.withMomentum(0.9).withL2(1);
    assertEquals("Sgd(l2 0.0, momentum 0.0)", plain.toString());
    assertEquals("Sgd(l2 1.0, momentum 0.9)", both.toString());
    assertEquals(0.5, both.learningRate());
    Parameter weight = parameter(DType.FLOAT64, Role.WEIGHT, 1);
    gradient(weight, 1);
    plain.step(pass.gradients());
    assertEquals(1, plain.steps());
    assertEquals(0, both.steps());
    assertFalse(pass.gradients().has(weight));
  }

  // Errors.

  private static void refuses(String message, Executable call) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
  }

  @Test
  void whatIsOutOfRangeIsNamed() {
    Sgd sgd = Sgd.of(0.1);
    refuses("Sgd: l2 must be finite and >= 0, got -0.1", () -> sgd.withL2(-0.1));
    refuses("Sgd: l2 must be finite and >= 0, got NaN", () -> sgd.withL2(Double.NaN));
    refuses(
        "Sgd: l2 must be finite and >= 0, got Infinity",
        () -> sgd.withL2(Double.POSITIVE_INFINITY));
    refuses("Sgd: momentum must lie in [0, 1), got 1.0", () -> sgd.withMomentum(1));
    refuses("Sgd: momentum must lie in [0, 1), got -0.5", () -> sgd.withMomentum(-0.5));
    refuses("Sgd: momentum must lie in [0, 1), got NaN", () -> sgd.withMomentum(Double.NaN));
    refuses("Schedule: learning rate must be finite and >= 0, got -1.0", () -> Sgd.of(-1));
  }

  /** Weights that only their penalty changes, as those of dead units. */
  @Test
  void whatFallsBelowAllSignificanceBecomesZeroAndIsNeverSubnormal() {
    for (DType dtype : DType.values()) {
      for (double momentum : new double[] {0, 0.9}) {
        double normal = dtype == DType.FLOAT32 ? Float.MIN_NORMAL : Double.MIN_NORMAL;
        Parameter weight = new Parameter("weight", Role.WEIGHT, Tensor.zeros(dtype, Shape.of(203)));
        int exponents = dtype == DType.FLOAT32 ? 45 : 323;
        for (int i = 0; i < weight.value().size(); i++) {
          weight.value().set(i, (i % 2 == 0 ? 1 : -1) * Math.pow(10, -(i % exponents)));
        }
        Sgd sgd = Sgd.of(0.1).withL2(0.5).withMomentum(momentum);
        Pass pass = Pass.forTraining();
        int steps = dtype == DType.FLOAT32 ? 4000 : 30_000;
        for (int step = 0; step < steps; step++) {
          pass.gradient(weight);
          sgd.step(pass.gradients());
          for (int i = 0; i < weight.value().size(); i++) {
            double w = Math.abs(weight.value().get(i));
            assertTrue(w == 0 || w >= normal, "step " + step + ": " + w);
          }
        }
        assertArrayEquals(new double[weight.value().size()], weight.value().toDoubleArray());
      }
    }
  }

  @Test
  void leavesWhatIsFrozenAlone() {
    Parameter weight = parameter(DType.FLOAT32, Role.WEIGHT, 1, -2);
    Parameter bias = parameter(DType.FLOAT32, Role.BIAS, 0.5);
    Sgd sgd = Sgd.of(0.5).withL2(0.25).withMomentum(0.5);
    gradient(weight, 1, 1);
    gradient(bias, 1);
    sgd.step(pass.gradients());
    double[] moved = weight.value().toDoubleArray();
    double penalty = sgd.penalty(List.of(weight, bias));

    // A velocity, the penalty and a gradient from before would all move it.
    gradient(weight, 8, 8);
    weight.freeze();
    gradient(bias, 1);
    sgd.step(pass.gradients());
    assertArrayEquals(moved, weight.value().toDoubleArray());
    assertEquals(0, sgd.penalty(List.of(weight, bias)));
    assertTrue(sgd.isFor(List.of(weight, bias)));

    weight.unfreeze();
    assertEquals(penalty, sgd.penalty(List.of(weight, bias)));
    gradient(weight, 0, 0);
    sgd.step(pass.gradients());
    // v = 0.5 (1 + 0.25 w0) + 0.25 w1, as if there had been no step between.
    assertEquals(0.375 - 0.5 * (0.5 * 1.25 + 0.25 * 0.375), weight.value().get(0), 1e-6);
  }

  @Test
  void whatWasFrozenWhileItWasUsedDoesNotMakeItForOtherParameters() {
    Parameter weight = parameter(DType.FLOAT32, Role.WEIGHT, 1, -2);
    Parameter bias = parameter(DType.FLOAT32, Role.BIAS, 0.5);
    weight.freeze();
    Sgd sgd = Sgd.of(0.5);
    gradient(bias, 1);
    sgd.step(pass.gradients());
    assertTrue(sgd.isFor(List.of(weight, bias)));
    weight.unfreeze();
    assertFalse(sgd.isFor(List.of(weight, bias)));
  }
}
