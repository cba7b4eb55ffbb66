package lamella.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import lamella.core.Parameter.Role;
import org.junit.jupiter.api.Test;

class ParameterTest {
  private final FloatTensor value = FloatTensor.of(Shape.of(1, 3), 0.1f, 0.2f, 0.3f);
  private final Parameter parameter = new Parameter("weight", Role.WEIGHT, value);

  @Test
  void holdsTheVeryTensor() {
    assertSame(value, parameter.value());
    assertEquals(Shape.of(1, 3), parameter.shape());
    assertEquals("weight", parameter.name());
    assertEquals(Role.WEIGHT, parameter.role());
    assertEquals("weight float32[1, 3]", parameter.toString());
  }

  @Test
  void takesAnotherTensorOfItsShapeOnly() {
    DoubleTensor other = DoubleTensor.zeros(Shape.of(1, 3));
    parameter.setValue(other);
    assertSame(other, parameter.value());
    assertEquals(
        "weight float64[1, 3]: expects [1, 3], got [3, 1]",
        assertThrows(
                ShapeException.class, () -> parameter.setValue(DoubleTensor.zeros(Shape.of(3, 1))))
            .getMessage());
    assertSame(other, parameter.value());
  }

  @Test
  void convertsItsTypeAndLeavesItWhereItIsRight() {
    parameter.convertTo(DType.FLOAT32);
    assertSame(value, parameter.value());
    parameter.convertTo(DType.FLOAT64);
    assertEquals(DType.FLOAT64, parameter.value().dtype());
    assertEquals((double) 0.1f, parameter.value().get(0));
  }
}
