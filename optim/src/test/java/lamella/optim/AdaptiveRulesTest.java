package lamella.optim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.function.Supplier;
import lamella.core.DType;
import lamella.core.DoubleTensor;
import lamella.core.Parameter;
import lamella.core.Parameter.Role;
import lamella.core.Pass;
import lamella.core.SavedState;
import lamella.core.Shape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** AdamW, Lion and momentum; the numbers were computed in NumPy by their formulas. */
class AdaptiveRulesTest {
  private static final double[] GRADIENTS = {0.5, -0.2, 0.1};

  /** The values of a weight that begins at 1. */
  private static void follows(Supplier<Optimizer> maker, double[] gradients, double... expected) {
    for (DType dtype : DType.values()) {
      Parameter weight = weight(dtype, 1);
      Optimizer optimizer = maker.get();
      Pass pass = Pass.forTraining();
      for (int i = 0; i < gradients.length; i++) {
        pass.gradient(weight).fill(gradients[i]);
        optimizer.step(pass.gradients());
        double allowed = dtype == DType.FLOAT32 ? 2e-7 : 1e-15;
        assertEquals(expected[i], weight.value().get(0), allowed, optimizer + " " + dtype);
      }
    }
  }

  private static Parameter weight(DType dtype, double... values) {
    return new Parameter(
        "weight", Role.WEIGHT, DoubleTensor.of(Shape.of(values.length), values).to(dtype));
  }

  // AdamW.

  @Test
  void adamWDecaysFirstAndAddsEpsilonToTheRootAfterTheCorrection() {
    follows(() -> AdamW.of(0.1), GRADIENTS, 0.899000002, 0.8635404181145108, 0.824737700415581);
    follows(
        () -> AdamW.of(0.1).withBetas(0.8, 0.95).withEpsilon(1e-3).withDecay(0.3),
        GRADIENTS,
        0.8701996007984032,
        0.8147175508880361,
        0.7559819970197063);
  }

  @Test
  void withoutDecayItIsAdam() {
    follows(
        () -> AdamW.of(0.1).withDecay(0),
        GRADIENTS,
        0.900000002,
        0.8654394181165108,
        0.8275002408356956);
    // With epsilon in the root, or before the correction, it were 0.97597 or so.
    follows(() -> AdamW.of(0.1).withDecay(0), new double[] {1e-6}, 0.900990099009901);
  }

  @Test
  void aPenaltyGoesIntoTheMeansAndDecayDoesNot() {
    follows(
        () -> AdamW.of(0.1).withDecay(0).withL2(0.2),
        GRADIENTS,
        0.9000000014285714,
        0.8351478377120293,
        0.7655324694533495);
    follows(
        () -> AdamW.of(0.1).withDecay(0.3).withL2(0.2),
        GRADIENTS,
        0.8700000014285714,
        0.7797038083226074,
        0.6877655378494908);
  }

  @Test
  void decayFollowsTheSchedule() {
    follows(
        () -> AdamW.of(step -> 0.1 / (step + 1)).withDecay(0.3),
        GRADIENTS,
        0.8700000019999999,
        0.8396697100282554,
        0.8186266205010344);
  }

  @Test
  void theCorrectionCountsTheUpdatesOfAParameter() {
    Parameter early = weight(DType.FLOAT64, 1);
    Parameter late = weight(DType.FLOAT64, 1);
    AdamW adamW = AdamW.of(0.1);
    Pass pass = Pass.forTraining();
    for (int i = 0; i < 5; i++) {
      pass.gradient(early).fill(0.5);
      adamW.step(pass.gradients());
    }
    pass.gradient(early).fill(0.5);
    pass.gradient(late).fill(0.5);
    adamW.step(pass.gradients());
    assertEquals(0.899000002, late.value().get(0), 1e-15);
  }

  /** Where the correction matters no more. */
  @Test
  void itGoesOnForAnyNumberOfSteps() {
    Parameter weight = weight(DType.FLOAT64, 1);
    AdamW adam = AdamW.of(1e-3).withDecay(0);
    Pass pass = Pass.forTraining();
    for (int i = 0; i < 2000; i++) {
      pass.gradient(weight).fill(i % 3 - 0.5);
      adam.step(pass.gradients());
    }
    assertEquals(-0.04252024669282374, weight.value().get(0), 1e-12);
  }

  /** A unit that is dead: no gradient, ever. */
  @Test
  void aGradientOfZeroMovesNothing() {
    for (DType dtype : DType.values()) {
      Parameter weight = weight(dtype, 1, -2);
      Pass pass = Pass.forTraining();
      AdamW adam = AdamW.of(0.1).withDecay(0).withEpsilon(1e-15);
      for (int i = 0; i < 100; i++) {
        pass.gradient(weight);
        adam.step(pass.gradients());
      }
      assertEquals(1, weight.value().get(0));
      assertEquals(-2, weight.value().get(1));
    }
  }

  /** Means that only shrink end at 0, and do not become numbers that are slow to compute with. */
  @Test
  void whatIsKeptNeverBecomesSubnormal() {
    Parameter weight = weight(DType.FLOAT32, 1, -2, 3);
    Pass pass = Pass.forTraining();
    for (Optimizer optimizer : List.of(AdamW.of(1e-3), Lion.of(1e-3))) {
      for (int i = 0; i < 10_000; i++) {
        pass.gradient(weight).fill(i == 0 ? 1e-3 : 0);
        optimizer.step(pass.gradients());
        if (i % 500 == 0) {
          SavedState state = SavedState.of(List.of(weight));
          optimizer.save(state);
          for (double kept : state.tensor("mean.0", weight.shape()).toDoubleArray()) {
            assertTrue(kept == 0 || Math.abs(kept) >= Float.MIN_NORMAL, "step " + i + ": " + kept);
          }
        }
      }
    }
  }

  /** Gradients of a network that is almost sure of everything. */
  @Test
  void squaresThatWouldBeSubnormalCountAsZero() {
    for (DType dtype : DType.values()) {
      double most = dtype == DType.FLOAT32 ? 0x1p-51 : 0x1p-484;
      Parameter weight = weight(dtype, 0, 0, 0, 0);
      Pass pass = Pass.forTraining();
      AdamW adam = AdamW.of(0.1).withDecay(0);
      for (int step = 0; step < 2; step++) { // with the first, what is tiny is set to 0
        pass.gradient(weight)
            .copyFrom(DoubleTensor.of(weight.shape(), most, -most, 1.01 * most, most / 1024));
        adam.step(pass.gradients());
      }
      SavedState state = SavedState.of(List.of(weight));
      adam.save(state);
      double[] squares = state.tensor("square.0", weight.shape()).toDoubleArray();
      assertEquals(0, squares[0]);
      assertEquals(0, squares[1]);
      assertEquals(1.0201e-3 * most * most, squares[2], 1e-6 * most * most);
      assertEquals(0, squares[3]);
      // The means are as they would be, and epsilon is what they are divided by.
      assertEquals(-0.2 * most / 1e-8, weight.value().get(0), 1e-6 * most / 1e-8);
    }
  }

  @Test
  void aGradientThatIsNotANumberIsNotHidden() {
    for (DType dtype : DType.values()) {
      for (Optimizer optimizer : List.of(AdamW.of(0.1), Lion.of(0.1))) {
        Parameter weight = weight(dtype, 1, 2);
        Pass pass = Pass.forTraining();
        pass.gradient(weight).copyFrom(DoubleTensor.of(weight.shape(), Double.NaN, 0));
        optimizer.step(pass.gradients());
        assertTrue(Double.isNaN(weight.value().get(0)));
        assertEquals(2 * (1 - 0.1 * 0.01), weight.value().get(1), 1e-6);
      }
    }
  }

  // Lion.

  @Test
  void lionStepsBySigns() {
    follows(() -> Lion.of(0.1), GRADIENTS, 0.899, 0.998101, 0.8971028990000001);
    follows(() -> Lion.of(0.1).withDecay(0.3).withL2(0.2), GRADIENTS, 0.87, 0.7439, 0.621583);
    follows(
        () -> Lion.of(0.1).withBetas(0.95, 0.5),
        new double[] {0.5, -0.2, -3},
        0.899,
        0.7981010000000001,
        0.897302899);
  }

  @Test
  void lionsMeanIsKeptByTheSecondBeta() {
    Parameter weight = weight(DType.FLOAT64, 1);
    Lion lion = Lion.of(0.1);
    Pass pass = Pass.forTraining();
    double[] means = {0.005, 0.00295, 0.0039205};
    for (int i = 0; i < means.length; i++) {
      pass.gradient(weight).fill(GRADIENTS[i]);
      lion.step(pass.gradients());
      SavedState state = SavedState.of(List.of(weight));
      lion.save(state);
      assertEquals(means[i], state.tensor("mean.0", weight.shape()).get(0), 1e-16);
    }
  }

  @Test
  void theSignOfZeroIsZero() {
    for (DType dtype : DType.values()) {
      Parameter weight = weight(dtype, 1, -2);
      Pass pass = Pass.forTraining();
      pass.gradient(weight);
      Lion.of(0.1).withDecay(0).step(pass.gradients());
      assertEquals(1, weight.value().get(0));
      assertEquals(-2, weight.value().get(1));
    }
  }

  // Momentum.

  /** The rate of a step is that of the whole velocity, also of what earlier steps left in it. */
  @Test
  void aRateThatFallsSlowsTheVelocity() {
    follows(
        () -> Sgd.of(step -> step == 0 ? 0.1 : 0.01).withMomentum(0.9),
        new double[] {1, 1},
        0.9,
        0.881);
  }

  @Test
  void nesterovsMomentumLooksAheadByTheNewVelocity() {
    follows(
        () -> Sgd.of(0.1).withMomentum(0.9).withNesterov(),
        new double[] {1, 1, 1},
        0.81,
        0.539,
        0.1951);
    follows(
        () -> Sgd.of(0.1).withNesterov().withMomentum(0.9).withL2(0.01),
        GRADIENTS,
        0.9031,
        0.89807411,
        0.855657258191);
    follows(
        () -> Sgd.of(0.1).withMomentum(0.9).withL2(0.2).withDecay(0.3).withNesterov(),
        GRADIENTS,
        0.837,
        0.761384,
        0.6422204879999999);
    assertEquals(
        "Sgd(l2 0.0, Nesterov momentum 0.9)",
        Sgd.of(0.1).withMomentum(0.9).withNesterov().toString());
  }

  @Test
  void sgdTakesDecayBesideTheGradientToo() {
    follows(
        () -> Sgd.of(0.1).withMomentum(0.9).withL2(0.2).withDecay(0.3),
        GRADIENTS,
        0.9,
        0.812,
        0.7065);
    follows(() -> Sgd.of(0.1).withL2(0.2).withDecay(0.3), GRADIENTS, 0.9, 0.875, 0.82125);
  }

  // What all of them have.

  @Test
  void neitherPenaltyNorDecayFallsOnBiasesAndGains() {
    for (Optimizer optimizer :
        List.of(
            Sgd.of(0.1).withL2(0.5).withDecay(0.5),
            AdamW.of(0.1).withL2(0.5).withDecay(0.5),
            Lion.of(0.1).withL2(0.5).withDecay(0.5))) {
      Pass pass = Pass.forTraining();
      Parameter weight = weight(DType.FLOAT64, 1);
      pass.gradient(weight);
      List<Parameter> others =
          List.of(
              new Parameter("bias", Role.BIAS, DoubleTensor.of(Shape.of(1), 1)),
              new Parameter("gain", Role.GAIN, DoubleTensor.of(Shape.of(1), 1)));
      others.forEach(pass::gradient);
      optimizer.step(pass.gradients());
      assertTrue(weight.value().get(0) < 1);
      for (Parameter other : others) {
        assertEquals(1, other.value().get(0), optimizer + " " + other);
      }
      assertEquals(0, optimizer.penalty(others));
    }
  }

  @Test
  void groupsTakeTheirFactorsOfRateAndDecay() {
    Parameter free = new Parameter("free", Role.TABLE, DoubleTensor.of(Shape.of(1), 1));
    Parameter frozen = new Parameter("frozen", Role.WEIGHT, DoubleTensor.of(Shape.of(1), 1));
    AdamW adamW =
        AdamW.of(0.1)
            .withDecay(0.01)
            .withGroup(Group.of(Role.TABLE).withRateFactor(0.5).withDecayFactor(3))
            .withGroup(Group.under("frozen").frozen());
    Pass pass = Pass.forTraining();
    pass.gradient(free).fill(0.5);
    pass.gradient(frozen).fill(0.5);
    adamW.step(pass.gradients());
    // 1 (1 - 0.05 · 0.03) - 0.05 · 0.5 / (0.5 + 1e-8)
    assertEquals(0.9985 - 0.05 * 0.5 / (0.5 + 1e-8), free.value().get(0), 1e-15);
    assertEquals(1, frozen.value().get(0));
  }

  @Test
  void theTextHasAllNumbers() {
    assertEquals(
        "AdamW(l2 0.0, decay 0.01, betas 0.9 0.999, epsilon 1.0E-8)", AdamW.of(0.1).toString());
    assertEquals(
        "AdamW(l2 0.1, betas 0.8 0.9, epsilon 1.0E-6)",
        AdamW.of(0.1).withL2(0.1).withDecay(0).withBetas(0.8, 0.9).withEpsilon(1e-6).toString());
    assertEquals("Lion(l2 0.0, decay 0.01, betas 0.9 0.99)", Lion.of(0.1).toString());
    assertEquals("Sgd(l2 0.0, decay 0.5, momentum 0.0)", Sgd.of(0.1).withDecay(0.5).toString());
  }

  @Test
  void theLikelyCauseOfDivergenceNamesTheDecay() {
    assertEquals(
        "learning rate 0.1 is probably too high for decay 30.0",
        AdamW.of(0.1).withDecay(30).explainDivergence(0.1));
    assertEquals("learning rate 0.1 is probably too high", Lion.of(0.1).explainDivergence(0.1));
  }

  private static void refuses(String message, Executable call) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
  }

  @Test
  void whatIsOutOfRangeIsNamed() {
    for (double beta : new double[] {-0.1, 1, Double.NaN}) {
      refuses(
          "AdamW: beta1 must lie in [0, 1), got " + beta, () -> AdamW.of(0.1).withBetas(beta, 0.9));
      refuses(
          "AdamW: beta2 must lie in [0, 1), got " + beta, () -> AdamW.of(0.1).withBetas(0.9, beta));
      refuses(
          "Lion: beta1 must lie in [0, 1), got " + beta, () -> Lion.of(0.1).withBetas(beta, 0.9));
      refuses(
          "Lion: beta2 must lie in [0, 1), got " + beta, () -> Lion.of(0.1).withBetas(0.9, beta));
    }
    for (double epsilon : new double[] {0, 9e-16, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
      refuses(
          "AdamW: epsilon must be finite and >= 1.0E-15, got " + epsilon,
          () -> AdamW.of(0.1).withEpsilon(epsilon));
    }
    for (double strength : new double[] {-0.1, Double.NaN, Double.POSITIVE_INFINITY}) {
      refuses(
          "Lion: decay must be finite and >= 0, got " + strength,
          () -> Lion.of(0.1).withDecay(strength));
      refuses(
          "AdamW: l2 must be finite and >= 0, got " + strength,
          () -> AdamW.of(0.1).withL2(strength));
    }
  }
}
