package lamella.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import lamella.core.DType;
import lamella.core.FloatTensor;
import lamella.core.Network;
import lamella.core.Pass;
import lamella.core.Shape;
import lamella.core.Tensor;
import lamella.core.io.ModelFile;
import lamella.core.io.OnnxExport;
import org.junit.jupiter.api.Test;

/** A network with operators that no layer is made of predicts, and says why it does no more. */
class OperatorLayerTest {

  private static OnnxImport spelled(String name) throws IOException {
    for (SpelledTest.Model model : SpelledTest.models().toList()) {
      if (model.name().equals(name)) {
        return OnnxImport.parse(name, model.file());
      }
    }
    throw new AssertionError(name);
  }

  @Test
  void itHasNoGradientAndSaysWhatElseIsPossible() throws IOException {
    OnnxImport read = spelled("two towers");
    assertFalse(read.isTrainable());
    Network network = read.network();
    Pass pass = Pass.forGradients();
    Tensor y = network.forward(FloatTensor.of(Shape.of(1, 4), 1, -2, 3, 0.5f), pass);
    assertEquals(
        "OperatorLayer(Gemm, Relu, Gemm, Tanh, Concat): computes operators of an ONNX model as"
            + " they are, and has no gradient; a network can be trained from the layers behind it,"
            + " or of its own layers alone",
        assertThrows(UnsupportedOperationException.class, () -> network.backward(y, pass))
            .getMessage());
  }

  @Test
  void itsConstantsAreCountedAndCopied() throws IOException {
    Network network = spelled("two towers").network();
    OperatorLayer layer = (OperatorLayer) network.layers().getFirst();
    assertEquals(List.of("Gemm", "Relu", "Gemm", "Tanh", "Concat"), layer.operators());
    assertEquals(4 * 3 + 4 * 2, layer.parameters().stream().mapToInt(p -> p.shape().size()).sum());
    assertTrue(layer.parameters().stream().noneMatch(p -> p.isTrained()));
    assertTrue(
        network.summary().toString().contains("OperatorLayer"), network.summary().toString());
    Tensor x = FloatTensor.of(Shape.of(2, 4), 1, -2, 3, 0.5f, 0, 1, 2, 3);
    assertArrayEquals(
        network.forward(x).toDoubleArray(), network.copy().forward(x).toDoubleArray());
  }

  @Test
  void itIsNeitherSavedNorExported() throws IOException {
    Network network = spelled("relu6").network();
    String saved =
        assertThrows(IllegalArgumentException.class, () -> ModelFile.of(network).toBytes())
            .getMessage();
    assertTrue(saved.contains("OperatorLayer(Clip)"), saved);
    String exported =
        assertThrows(IllegalArgumentException.class, () -> OnnxExport.of(network).toBytes())
            .getMessage();
    assertTrue(exported.startsWith("layer 0 OperatorLayer(Clip): has no ONNX form"), exported);
  }

  /** 0x1.018p0 lies between bfloat16's 1 and 1.0078125, nearer to the second. */
  @Test
  void inputsOfFewerBitsAreRoundedToTheNearest() throws IOException {
    byte[] file =
        new ModelBytes()
            .input("x", OnnxType.BFLOAT16, "n", 2)
            .node("Abs", "x", "y")
            .output("y", OnnxType.BFLOAT16, "n", 2)
            .bytes();
    Network network = OnnxImport.parse("half.onnx", file).network();
    assertEquals("Network([2] -> OperatorLayer(Abs))", network.toString());
    Tensor x = FloatTensor.of(Shape.of(1, 2), 0x1.018p0f, -0x1.018p0f);
    assertArrayEquals(new double[] {1.0078125, 1.0078125}, network.forward(x).toDoubleArray());
  }

  /** The file says two rows; three are computed as two and one. */
  @Test
  void aBatchThatTheFileFixesIsOpened() throws IOException {
    Network network = spelled("operators on a fixed batch").network();
    FloatTensor x = FloatTensor.of(Shape.of(3, 3), 1, -2, 3, 0.5f, 0, 1, 2, 3, 4);
    double[] all = network.forward(x).toDoubleArray();
    assertEquals(6, all.length);
    for (int row = 0; row < 3; row++) {
      FloatTensor one =
          FloatTensor.of(
              Shape.of(1, 3), x.array()[3 * row], x.array()[3 * row + 1], x.array()[3 * row + 2]);
      double[] alone = network.forward(one).toDoubleArray();
      assertEquals(all[2 * row], alone[0]);
      assertEquals(all[2 * row + 1], alone[1]);
    }
  }

  @Test
  void anotherShapeIsRefused() throws IOException {
    Network network = spelled("relu6").network();
    assertEquals(DType.FLOAT32, network.dtype());
    assertEquals(
        "OperatorLayer(Clip): expects [n, 3], got [2, 4]",
        assertThrows(
                IllegalArgumentException.class,
                () -> network.layers().getFirst().forward(FloatTensor.zeros(Shape.of(2, 4))))
            .getMessage());
  }
}
