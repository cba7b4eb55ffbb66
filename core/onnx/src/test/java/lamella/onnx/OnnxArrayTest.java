package lamella.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import lamella.core.FloatTensor;
import lamella.core.Shape;
import org.junit.jupiter.api.Test;

class OnnxArrayTest {
  @Test
  void aTensorAndItsArrayShareTheirElements() {
    FloatTensor tensor = FloatTensor.of(Shape.of(2, 2), 1, 2, 3, 4);
    OnnxArray array = OnnxArray.of(tensor);
    assertEquals("float[2, 2]", array.toString());
    assertSame(tensor.array(), array.floats());
    assertSame(tensor.array(), ((FloatTensor) array.tensor()).array());
  }

  @Test
  void dimensionsMustHaveAsManyElements() {
    String message =
        assertThrows(IllegalArgumentException.class, () -> OnnxArray.of(new float[5], 2, 3))
            .getMessage();
    assertEquals("OnnxArray: expects as many elements as dimensions [2, 3] have, got 5", message);
    assertEquals(0, OnnxArray.of(new float[0], 3, 0).size());
    assertEquals(1, OnnxArray.of(new float[1]).size());
    assertThrows(IllegalArgumentException.class, () -> OnnxArray.of(new float[0], -1, 0));
    assertThrows(
        IllegalArgumentException.class, () -> OnnxArray.of(new float[0], 65536, 65536, 65536));
  }

  @Test
  void elementsAreAskedForByTheirKind() {
    OnnxArray array = OnnxArray.of(OnnxType.BOOL, new long[] {1, 0}, 2);
    assertEquals(2, array.longs().length);
    assertThrows(IllegalStateException.class, array::floats);
    assertThrows(
        IllegalArgumentException.class, () -> OnnxArray.of(OnnxType.INT8, new float[1], 1));
  }
}
