package lamella.layers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ai.onnxruntime.OrtException;
import java.io.IOException;
import java.util.List;
import java.util.SplittableRandom;
import lamella.core.DType;
import lamella.core.DoubleTensor;
import lamella.core.FloatTensor;
import lamella.core.Initializer;
import lamella.core.Layer;
import lamella.core.Layers;
import lamella.core.Network;
import lamella.core.Pass;
import lamella.core.Shape;
import lamella.core.ShapeException;
import lamella.core.Tensor;
import lamella.core.io.ModelFile;
import lamella.core.io.OnnxExport;
import org.junit.jupiter.api.Test;

class ResidualTest {
  /** y = x + 2 x, so dx = 3 dy, and dW = xᵀ dy. */
  @Test
  void theInputIsAddedAndItsGradientToo() {
    Linear twice =
        Linear.of(
            DoubleTensor.of(Shape.of(2, 2), 2, 0, 0, 2), DoubleTensor.of(Shape.of(2), 0, 0.5));
    Residual residual = new Residual(twice);
    Tensor x = DoubleTensor.of(Shape.of(1, 2), 1, -3);
    Pass pass = Pass.forGradients();
    assertArrayEquals(new double[] {3, -8.5}, residual.forward(x, pass).toDoubleArray());
    Tensor dy = DoubleTensor.of(Shape.of(1, 2), 10, 100);
    assertArrayEquals(new double[] {30, 300}, residual.backward(dy, pass).toDoubleArray());
    assertArrayEquals(
        new double[] {10, 100, -30, -300}, pass.gradients().of(twice.weight()).toDoubleArray());
  }

  private static Network deep(DType dtype) {
    SplittableRandom random = new SplittableRandom(4);
    Initializer he = Initializer.he();
    return Network.of(
        Shape.of(6),
        new Linear(dtype, 6, 5, he, random),
        new Residual(new GELU(), new Linear(dtype, 5, 5, he, random)),
        new Residual(
            new Linear(dtype, 5, 3, he, random),
            new Residual(new Swish()),
            new Residual(new Tanh(), new Linear(dtype, 3, 3, he, random)),
            new Linear(dtype, 3, 5, he, random)),
        new ReLU());
  }

  private static Tensor input(DType dtype) {
    SplittableRandom random = new SplittableRandom(9);
    Tensor x = DoubleTensor.zeros(Shape.of(7, 6));
    for (int i = 0; i < x.size(); i++) {
      x.set(i, random.nextGaussian());
    }
    return x.to(dtype);
  }

  @Test
  void parametersAreNamedByTheirPlaces() {
    assertEquals(
        List.of(
            "0.weight",
            "0.bias",
            "1.1.weight",
            "1.1.bias",
            "2.0.weight",
            "2.0.bias",
            "2.2.1.weight",
            "2.2.1.bias",
            "2.3.weight",
            "2.3.bias"),
        List.copyOf(Layers.parameters(deep(DType.FLOAT32)).keySet()));
  }

  @Test
  void blocksWithinBlocksAreSavedAndGoToOnnx() throws IOException, OrtException {
    for (DType dtype : DType.values()) {
      Network before = deep(dtype);
      Tensor x = input(dtype);
      Tensor expected = before.forward(x);
      Network saved = ModelFile.parse("model", ModelFile.of(before).toBytes()).network();
      assertEquals(before.toString(), saved.toString());
      assertArrayEquals(expected.toDoubleArray(), saved.forward(x).toDoubleArray());
      byte[] onnx = OnnxExport.of(before).toBytes();
      if (dtype == DType.FLOAT32) { // onnxruntime has the error function in float32 only
        OnnxTest.assertNear(expected, OnnxTest.run(onnx, x), 1e-5);
      }
    }
  }

  @Test
  void aSharedLayerStaysSharedInACopy() {
    Linear shared = new Linear(4, 4, new SplittableRandom(1));
    Network network = Network.of(Shape.of(4), new Residual(shared, new ReLU(), shared));
    assertEquals(2, network.parameters().size());
    Network copy = network.copy();
    List<Layer> inside = copy.layers().getFirst().layers();
    assertSame(inside.get(0), inside.get(2));
    assertNotSame(shared, inside.get(0));
    FloatTensor x = FloatTensor.of(Shape.of(1, 4), 1, 2, -3, 4);
    assertArrayEquals(network.forward(x).toDoubleArray(), copy.forward(x).toDoubleArray());
  }

  @Test
  void aBodyThatGivesAnotherShapeIsRefused() {
    SplittableRandom random = new SplittableRandom(1);
    Residual narrower = new Residual(new Linear(4, 3, random), new ReLU());
    ShapeException e = assertThrows(ShapeException.class, () -> Network.of(Shape.of(4), narrower));
    assertEquals(
        "layer 0 Residual(Linear(4 -> 3) -> ReLU): what is added to the input: expects [n, 4], got"
            + " [n, 3]",
        e.getMessage());
    assertEquals(
        "layer 1.0 Linear(4 -> 3): expects [n, 4], got [n, 5]",
        assertThrows(ShapeException.class, () -> Network.of(Shape.of(5), new ReLU(), narrower))
            .getMessage());
  }

  @Test
  void noLayersAndNullAreRefused() {
    assertEquals(
        "Residual: needs at least one layer",
        assertThrows(IllegalArgumentException.class, Residual::new).getMessage());
    assertEquals(
        "Residual: layer 1 is null",
        assertThrows(IllegalArgumentException.class, () -> new Residual(new ReLU(), null))
            .getMessage());
  }

  @Test
  void theSummaryCountsWhatIsInside() {
    Network network = deep(DType.FLOAT32);
    assertEquals(30 + 25 + 15 + 9 + 15, network.multiplyAdds(Shape.of(6)));
    assertEquals("Residual(GELU -> Linear(5 -> 5))", network.layers().get(1).toString());
  }
}
