package lamella.layers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OrtException;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import lamella.core.DType;
import lamella.core.DoubleTensor;
import lamella.core.FloatTensor;
import lamella.core.Layer;
import lamella.core.Layers;
import lamella.core.Network;
import lamella.core.Parameter;
import lamella.core.Pass;
import lamella.core.Shape;
import lamella.core.ShapeException;
import lamella.core.Tensor;
import lamella.core.io.ModelFile;
import lamella.core.io.OnnxExport;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class ColumnsTest {
  private static SplittableRandom random() {
    return new SplittableRandom(4);
  }

  private static int[] columns(int... columns) {
    return columns;
  }

  @Test
  void eachPartTakesItsColumnsAndTheirOutputsStandInARow() {
    Layer doubled = Scale.of(DoubleTensor.of(Shape.of(2), 2, 20));
    Columns layer =
        Columns.of(
            Columns.part(columns(3, 0), doubled),
            Columns.part(columns(1)),
            Columns.part(columns(3, 3)));
    Tensor x = DoubleTensor.of(Shape.of(2, 5), 1, 2, 3, 4, 5, 10, 20, 30, 40, 50);
    assertArrayEquals(
        new double[] {8, 20, 2, 4, 4, 80, 200, 20, 40, 40}, layer.forward(x).toDoubleArray());
    Pass pass = Pass.forGradients();
    layer.forward(x, pass);
    Tensor dy = DoubleTensor.of(Shape.of(2, 5), 1, 2, 3, 4, 5, 0, 0, 0, 1, 1);
    assertArrayEquals(
        new double[] {40, 3, 0, 2 + 4 + 5, 0, 0, 0, 0, 2, 0},
        layer.backward(dy, pass).toDoubleArray());
  }

  /** Of any columns in any order, it is the same as a product with a matrix of 0 and 1. */
  @Property(tries = 50)
  void isAProductWithZerosAndOnes(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 40) int inputs) {
    SplittableRandom random = new SplittableRandom(seed);
    int[] first = random.ints(1 + random.nextInt(30), 0, inputs).toArray();
    int from = random.nextInt(inputs);
    int[] second = IntStream.range(from, inputs).toArray();
    Columns layer = Columns.of(Columns.part(first), Columns.part(second));
    int outputs = first.length + second.length;
    DoubleTensor matrix = DoubleTensor.zeros(Shape.of(inputs, outputs));
    for (int j = 0; j < outputs; j++) {
      int column = j < first.length ? first[j] : second[j - first.length];
      matrix.set(column * outputs + j, 1);
    }
    Linear product = Linear.of(matrix, DoubleTensor.zeros(Shape.of(outputs)));
    DoubleTensor x = DoubleTensor.zeros(Shape.of(3, inputs));
    DoubleTensor dy = DoubleTensor.zeros(Shape.of(3, outputs));
    for (int i = 0; i < x.size(); i++) {
      x.set(i, random.nextInt(100));
    }
    for (int i = 0; i < dy.size(); i++) {
      dy.set(i, random.nextInt(100));
    }
    for (DType dtype : DType.values()) {
      product.parameters().forEach(parameter -> parameter.convertTo(dtype));
      Pass pass = Pass.forGradients();
      assertArrayEquals(
          product.forward(x.to(dtype), pass).toDoubleArray(),
          layer.forward(x.to(dtype), pass).toDoubleArray());
      assertArrayEquals(
          product.backward(dy.to(dtype), pass).toDoubleArray(),
          layer.backward(dy.to(dtype), pass).toDoubleArray());
    }
  }

  @Test
  void theLayersInsideHaveNamesAndOneThatIsSharedIsOneLayer() {
    Linear shared = new Linear(2, 3, random());
    Embedding table = new Embedding(4, 2, random());
    Network network =
        Network.of(
            Shape.of(5),
            Columns.of(
                Columns.part(columns(0, 1), shared, new Tanh()),
                Columns.part(columns(2, 3), shared),
                Columns.part(columns(4), table)),
            new Linear(8, 2, random()));
    assertEquals(
        Set.of("0.0.weight", "0.0.bias", "0.3.table", "1.weight", "1.bias"),
        Layers.parameters(network).keySet());
    assertEquals(2 * (2 * 3) + 8 * 2, network.multiplyAdds(Shape.of(5)));
    assertEquals(
        "Columns(0-1 -> Linear(2 -> 3) -> Tanh; 2-3 -> Linear(2 -> 3); 4 -> Embedding(4 -> 2))",
        network.layers().getFirst().toString());
  }

  /** What is not trained is not computed backward, and gets no gradient. */
  @Test
  void frozenPartsGetNoGradient() {
    Linear first = new Linear(1, 2, random());
    Linear second = new Linear(1, 3, random());
    Columns layer = Columns.of(Columns.part(columns(0), first), Columns.part(columns(1), second));
    Layers.freeze(first);
    Tensor x = FloatTensor.of(Shape.of(2, 2), 1, 2, 3, 4);
    Pass pass = Pass.forTraining();
    Tensor y = layer.forward(x, pass);
    Tensor dy = y.copy();
    assertNull(layer.backward(dy, pass));
    for (Parameter parameter : first.parameters()) {
      assertFalse(pass.gradients().has(parameter));
    }
    for (Parameter parameter : second.parameters()) {
      assertTrue(pass.gradients().has(parameter));
    }
  }

  @Test
  void whatDoesNotFitIsRefused() {
    assertMessage(
        "Columns: needs at least one part", IllegalArgumentException.class, () -> Columns.of());
    assertMessage(
        "Columns: a part needs at least one column",
        IllegalArgumentException.class,
        () -> Columns.part(columns()));
    assertMessage(
        "Columns: a column is a number from 0, got -1 in [2, -1]",
        IllegalArgumentException.class,
        () -> Columns.part(columns(2, -1)));
    assertMessage(
        "Columns: layer 1 of the part of columns [2] is null",
        IllegalArgumentException.class,
        () -> Columns.part(columns(2), new ReLU(), null));
    Linear linear = new Linear(3, 2, random());
    assertMessage(
        "layer 2 Linear(3 -> 2): expects [n, 3], got [n, 2]",
        ShapeException.class,
        () ->
            Columns.of(
                Columns.part(columns(0), new ReLU(), new ReLU()),
                Columns.part(columns(0, 1), linear)));
    Columns layer = Columns.of(Columns.part(columns(4, 1)));
    assertMessage(
        "Columns(4,1): expects [n, 5], got [3, 4]",
        ShapeException.class,
        () -> layer.forward(FloatTensor.zeros(Shape.of(3, 4))));
    assertEquals(Shape.of(3, 2), layer.outputShape(Shape.of(3, 7)));
    Columns inner = Columns.of(Columns.part(columns(0, 1), new Scale(2)));
    assertMessage(
        "layer 0 Scale(2): expects [n, 2], got [n, 3]",
        ShapeException.class,
        () -> Columns.of(Columns.part(columns(0, 1, 2), new Scale(2))));
    assertEquals("Columns(0-1 -> Scale(2))", inner.toString());
  }

  private static void assertMessage(
      String message, Class<? extends Exception> type, Executable run) {
    assertEquals(message, assertThrows(type, run).getMessage());
  }

  private static Network table() {
    return Network.of(
        Shape.of(7),
        Columns.of(
            Columns.part(
                columns(0, 2),
                RobustScale.of(
                    FloatTensor.of(Shape.of(2), 1, -2), FloatTensor.of(Shape.of(2), 0.5f, 2)),
                FillMissing.of(FloatTensor.zeros(Shape.of(2)))),
            Columns.part(columns(0, 2), new MissingIndicator()),
            Columns.part(columns(1, 4), new OneHot(2, 3)),
            Columns.part(columns(5), new Embedding(9, 4, random())),
            Columns.part(columns(6))),
        new Linear(13, 3, random()));
  }

  private static Tensor rows() {
    Tensor x = FloatTensor.zeros(Shape.of(40, 7));
    SplittableRandom random = random();
    for (int row = 0; row < 40; row++) {
      for (int j = 0; j < 7; j++) {
        x.set(7 * row + j, j == 0 || j == 2 || j == 6 ? random.nextDouble(-9, 9) : 0);
      }
      x.set(7 * row + 1, random.nextInt(4));
      x.set(7 * row + 4, random.nextInt(5));
      x.set(7 * row + 5, random.nextInt(9));
      x.set(7 * row + 2 * (row % 2), row % 3 == 0 ? Double.NaN : row);
    }
    return x;
  }

  @Test
  void onnxruntimeComputesTheHeadOfATable() throws OrtException {
    Network network = table();
    for (DType dtype : DType.values()) {
      network.parameters().forEach(parameter -> parameter.convertTo(dtype));
      Tensor x = rows().to(dtype);
      for (int opset : new int[] {13, 17, 20}) {
        byte[] file = OnnxExport.of(network).withOpset(opset).toBytes();
        OnnxTest.assertNear(
            network.forward(x), OnnxTest.run(file, x), dtype == DType.FLOAT32 ? 1e-6 : 1e-14);
      }
    }
  }

  @Test
  void aModelFileKeepsParts() throws IOException {
    Network network = table();
    Network read = ModelFile.parse("table", ModelFile.of(network).toBytes()).network();
    assertEquals(network.toString(), read.toString());
    assertArrayEquals(
        network.forward(rows()).toDoubleArray(), read.forward(rows()).toDoubleArray());
    List<Columns.Part> parts = ((Columns) read.layers().getFirst()).parts();
    assertArrayEquals(columns(0, 2), parts.getFirst().columns());
    assertEquals(2, parts.getFirst().layers().size());
  }

  @Test
  void predictionAndTrainingAgree() {
    Network network = table();
    assertArrayEquals(
        network.forward(rows(), Pass.forTraining()).toDoubleArray(),
        network.forward(rows()).toDoubleArray());
  }
}
