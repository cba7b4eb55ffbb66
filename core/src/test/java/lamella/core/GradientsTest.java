package lamella.core;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import lamella.core.Parameter.Role;
import org.junit.jupiter.api.Test;

class GradientsTest {
  private final Parameter weight =
      new Parameter("weight", Role.WEIGHT, FloatTensor.zeros(Shape.of(2, 3)));
  private final Parameter bias = new Parameter("bias", Role.BIAS, FloatTensor.zeros(Shape.of(3)));
  private final Pass pass = Pass.forTraining();
  private final Gradients gradients = pass.gradients();

  @Test
  void areNoneAtFirst() {
    assertTrue(gradients.isEmpty());
    assertFalse(gradients.has(weight));
    assertEquals(List.of(), gradients.parameters());
    assertEquals(
        "Gradients: no gradient for weight float32[2, 3]; call backward first",
        assertThrows(IllegalStateException.class, () -> gradients.of(weight)).getMessage());
  }

  @Test
  void beginAtZeroAndAddUpUntilCleared() {
    pass.gradient(weight).set(0, 2);
    assertEquals(2, pass.gradient(weight).get(0)); // not zero again
    assertTrue(gradients.has(weight));
    assertFalse(gradients.has(bias));
    assertFalse(gradients.isEmpty());
    Tensor live = gradients.of(weight);
    gradients.clear();
    assertTrue(gradients.isEmpty());
    assertThrows(IllegalStateException.class, () -> gradients.of(weight));
    assertArrayEquals(new double[6], pass.gradient(weight).toDoubleArray());
    assertSame(live, gradients.of(weight)); // the memory was kept
  }

  @Test
  void aLayerThatOverwritesIsToldWhetherToAdd() {
    assertFalse(pass.hasGradient(weight));
    pass.gradientBuffer(weight).fill(3);
    assertTrue(pass.hasGradient(weight));
    assertEquals(3, pass.gradientBuffer(weight).get(5));
    gradients.clear();
    assertFalse(pass.hasGradient(weight));
  }

  @Test
  void parametersStandInTheOrderOfTheirFirstGradient() {
    pass.gradient(bias);
    pass.gradient(weight);
    pass.gradient(bias);
    assertEquals(List.of(bias, weight), gradients.parameters());
    assertThrows(UnsupportedOperationException.class, () -> gradients.parameters().clear());
    gradients.clear();
    assertEquals(List.of(), gradients.parameters());
    pass.gradient(weight);
    assertEquals(List.of(weight), gradients.parameters());
    pass.gradient(bias);
    assertEquals(List.of(weight, bias), gradients.parameters());
  }

  @Test
  void followAParametersType() {
    pass.gradient(weight).set(0, 2);
    weight.convertTo(DType.FLOAT64);
    assertFalse(gradients.has(weight));
    assertTrue(gradients.isEmpty());
    assertThrows(IllegalStateException.class, () -> gradients.of(weight));
    assertEquals(DType.FLOAT64, pass.gradient(weight).dtype());
    assertEquals(0, gradients.of(weight).get(0));
    assertEquals(List.of(weight), gradients.parameters());
  }

  @Test
  void equalParametersHaveGradientsOfTheirOwn() {
    Parameter twin = new Parameter("weight", Role.WEIGHT, weight.value().copy());
    pass.gradient(weight).fill(1);
    assertFalse(gradients.has(twin));
    assertEquals(0, pass.gradient(twin).get(0));
  }

  @Test
  void parametersThatCameToShareAnArrayAreRefused() {
    Parameter other = new Parameter("other", Role.WEIGHT, FloatTensor.zeros(Shape.of(2, 3)));
    pass.gradient(weight);
    pass.gradient(other);
    gradients.clear();
    other.setValue(weight.value());
    pass.gradient(weight);
    assertEquals(
        "Gradients: the parameters weight float32[2, 3] and other float32[2, 3] share one array, so"
            + " a step would change it twice; use one layer twice to tie weights, or copy the tensor",
        assertThrows(IllegalStateException.class, () -> pass.gradient(other)).getMessage());
    other.setValue(weight.value().copy());
    pass.gradient(other);
    assertEquals(List.of(weight, other), gradients.parameters());
  }

  // By hand, and for certain parameters.

  private static Gradients both(Parameter weight, Parameter bias) {
    return Gradients.of(List.of(weight, bias));
  }

  @Test
  void aPassAddsToThoseItIsGiven() {
    Gradients mine = both(weight, bias);
    pass.gradient(weight).fill(1);
    pass.addTo(mine);
    assertSame(mine, pass.gradients());
    assertTrue(mine.isEmpty());
    pass.gradient(bias).fill(2);
    assertEquals(List.of(bias), mine.parameters());
    assertEquals(List.of(weight), gradients.parameters()); // as they were
    Parameter other = new Parameter("other", Role.GAIN, FloatTensor.zeros(Shape.of(4)));
    assertEquals(
        "Gradients: are for 2 parameters, and other float32[4] is none of them; the first is weight"
            + " float32[2, 3]",
        assertThrows(IllegalArgumentException.class, () -> pass.gradient(other)).getMessage());
  }

  @Test
  void aPassIsNotGivenOthersWhileALayerRuns() {
    Layer switching =
        new Layer() {
          @Override
          public Shape outputShape(Shape input) {
            return input;
          }

          @Override
          public Tensor forward(Tensor x, Pass on) {
            on.addTo(Gradients.of(this));
            return x;
          }

          @Override
          public Tensor backward(Tensor dy, Pass on) {
            return dy;
          }
        };
    Network network = Network.of(Shape.of(2), switching);
    assertEquals(
        "Pass: a layer is running; give other gradients afterwards",
        assertThrows(
                IllegalStateException.class,
                () -> network.forward(FloatTensor.zeros(Shape.of(1, 2)), pass))
            .getMessage());
  }

  @Test
  void oneThatIsSetIsACopyOfTheRightShapeAndType() {
    Gradients mine = both(weight, bias);
    FloatTensor given = FloatTensor.of(Shape.of(3), 1, 2, 3);
    mine.set(bias, given);
    given.fill(9);
    assertArrayEquals(new double[] {1, 2, 3}, mine.of(bias).toDoubleArray());
    assertEquals(
        "gradient of bias float32[3]: expects [3], got [2]",
        assertThrows(ShapeException.class, () -> mine.set(bias, FloatTensor.zeros(Shape.of(2))))
            .getMessage());
    assertEquals(
        "Gradients: expects a gradient of bias float32[3] of type float32, got float64",
        assertThrows(
                IllegalArgumentException.class,
                () -> mine.set(bias, DoubleTensor.zeros(Shape.of(3))))
            .getMessage());
  }

  @Test
  void addingTakesParametersThatAreKnownOnlyAndAllOrNone() {
    Gradients mine = Gradients.of(List.of(weight));
    pass.gradient(weight).fill(1);
    pass.gradient(bias).fill(1);
    assertEquals(
        "Gradients: are for 1 parameters, and bias float32[3] is none of them; the first is weight"
            + " float32[2, 3]",
        assertThrows(IllegalArgumentException.class, () -> mine.add(gradients)).getMessage());
    assertTrue(mine.isEmpty());
    gradients.add(mine); // a pass's own take any
  }

  @Test
  void aCopyHasMemoryOfItsOwn() {
    Gradients mine = both(weight, bias);
    mine.set(bias, FloatTensor.of(Shape.of(3), 1, 2, 3));
    Gradients copy = mine.copy();
    mine.scale(2);
    assertArrayEquals(new double[] {1, 2, 3}, copy.of(bias).toDoubleArray());
    assertArrayEquals(new double[] {2, 4, 6}, mine.of(bias).toDoubleArray());
    assertEquals(9, copy.size());
    assertEquals(List.of(bias), copy.parameters());
    pass.gradient(weight).fill(5);
    assertEquals(5, gradients.copy().of(weight).get(0));
  }

  @Test
  void theFlatArrayIsInTheOrderOfTheParametersWithZerosForMissingOnes() {
    Gradients mine = both(weight, bias);
    pass.gradient(bias).fill(2); // backward begins at the end
    mine.add(gradients);
    float[] flat = {7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7};
    mine.copyTo(flat, 1);
    assertArrayEquals(new float[] {7, 0, 0, 0, 0, 0, 0, 2, 2, 2, 7}, flat);
    for (int i = 0; i < flat.length; i++) {
      flat[i] = i;
    }
    mine.setFrom(flat, 2);
    assertArrayEquals(new double[] {2, 3, 4, 5, 6, 7}, mine.of(weight).toDoubleArray());
    assertArrayEquals(new double[] {8, 9, 10}, mine.of(bias).toDoubleArray());
  }

  @Test
  void statisticsAreNotInTheFlatArray() {
    Parameter mean = new Parameter("mean", Role.STATISTIC, FloatTensor.zeros(Shape.of(5)));
    Gradients mine = Gradients.of(List.of(weight, mean, bias, weight));
    assertEquals(9, mine.size());
    mine.setFrom(new float[9], 0);
    assertEquals(List.of(weight, bias), mine.parameters());
    assertFalse(mine.has(mean));
  }

  @Test
  void anArrayThatDoesNotFitIsRefusedByNameAndSizes() {
    Gradients mine = both(weight, bias);
    String tooShort =
        "Gradients: bias float32[3] takes the positions [7, 10) of the flat array, which ends at 9;"
            + " expects 9 numbers from position 1 on";
    assertEquals(tooShort, refused(() -> mine.copyTo(new float[9], 1)));
    assertEquals(tooShort, refused(() -> mine.setFrom(new float[9], 1)));
    assertTrue(mine.isEmpty());
    assertEquals(
        "Gradients: the position in the flat array must be at least 0, got -1",
        refused(() -> mine.copyTo(new float[9], -1)));
    assertEquals(
        "Gradients: weight float32[2, 3] does not go with a flat array of float64; use a float[]",
        refused(() -> mine.copyTo(new double[9], 0)));
    weight.convertTo(DType.FLOAT64);
    bias.convertTo(DType.FLOAT64);
    assertEquals(
        "Gradients: weight float64[2, 3] does not go with a flat array of float32; use a double[]",
        refused(() -> mine.setFrom(new float[9], 0)));
  }

  private static String refused(Runnable wrong) {
    return assertThrows(IllegalArgumentException.class, wrong::run).getMessage();
  }

  @Test
  void thoseOfAPassHaveNoOrder() {
    pass.gradient(bias);
    String message =
        "Gradients: those of a pass are for no parameters in a certain order; add them to"
            + " Gradients.of(network)";
    assertEquals(
        message,
        assertThrows(IllegalStateException.class, () -> gradients.copyTo(new float[3], 0))
            .getMessage());
    assertEquals(message, assertThrows(IllegalStateException.class, gradients::size).getMessage());
  }

  @Test
  void thoseOfABackwardThatEndedHalfWayAreNotAddedScaledOrCopied() {
    pass.gradient(weight);
    gradients.markIncomplete();
    Gradients mine = both(weight, bias);
    for (Runnable use :
        List.<Runnable>of(
            () -> mine.add(gradients),
            () -> gradients.add(mine),
            () -> gradients.scale(2),
            gradients::copy)) {
      String message = assertThrows(IllegalStateException.class, use::run).getMessage();
      assertTrue(message.startsWith("Gradients: a backward ended half way"), message);
    }
    assertTrue(mine.isEmpty());
  }
}
