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
}
