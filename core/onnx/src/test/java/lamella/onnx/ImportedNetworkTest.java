package lamella.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import lamella.check.GradientCheck;
import lamella.core.DType;
import lamella.core.FloatTensor;
import lamella.core.Network;
import lamella.core.Parameter;
import lamella.core.Pass;
import lamella.core.Shape;
import lamella.core.Tensor;
import lamella.core.io.FileFormatException;
import lamella.core.io.ModelFile;
import lamella.core.io.OnnxExport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A network of our layers out of another program's file is like one that was made here. */
class ImportedNetworkTest {

  private static SpelledTest.Model model(String name) throws IOException {
    return SpelledTest.models()
        .filter(model -> model.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError(name));
  }

  private static Network network(String name) throws IOException {
    return OnnxImport.parse(name, model(name).file()).network();
  }

  private static FloatTensor examples(int n, int columns) {
    SplittableRandom random = new SplittableRandom(3);
    FloatTensor x = FloatTensor.zeros(Shape.of(n, columns));
    for (int i = 0; i < x.size(); i++) {
      x.set(i, random.nextDouble(-1, 1));
    }
    return x;
  }

  /** Half the sum of squares of the outputs' differences from 1, and a step against its slope. */
  private static double step(Network network, FloatTensor x, Pass pass, double rate) {
    Tensor y = network.forward(x, pass);
    Tensor slope = Tensor.zeros(DType.FLOAT32, y.shape());
    double loss = 0;
    for (int i = 0; i < y.size(); i++) {
      double difference = y.get(i) - 1;
      loss += difference * difference / 2;
      slope.set(i, difference);
    }
    network.backward(slope, pass);
    for (Parameter parameter : network.parameters()) {
      if (parameter.isTrained()) {
        Tensor gradient = pass.gradients().of(parameter);
        for (int i = 0; i < gradient.size(); i++) {
          parameter.value().set(i, parameter.value().get(i) - rate * gradient.get(i));
        }
      }
    }
    return loss;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"block", "layer norm 2 pow", "one mean, one deviation", "gemm of factors"})
  void itIsTrainedFurther(String name) throws IOException {
    Network network = network(name);
    FloatTensor x = examples(6, network.inputShape().size());
    Pass pass = Pass.forTraining();
    double before = step(network, x, pass, 0.002);
    double after = before;
    for (int i = 0; i < 60; i++) {
      after = step(network, x, pass, 0.002);
    }
    assertTrue(after < 0.8 * before, before + " became " + after);
  }

  @ParameterizedTest
  @ValueSource(strings = {"block", "layer norm 0 mul", "gelu 2", "softplus by where"})
  void itsGradientIsRight(String name) throws IOException {
    Network network = network(name);
    new GradientCheck().run(network, network.inputShape()).assertCorrect();
  }

  @ParameterizedTest
  @ValueSource(strings = {"block", "mean and deviation", "gelu tanh True", "batch norm"})
  void itIsSavedAndExportedAndSummarised(String name) throws IOException {
    Network network = network(name);
    FloatTensor x = examples(4, network.inputShape().size());
    double[] y = network.forward(x).toDoubleArray();
    Network saved = ModelFile.parse("m", ModelFile.of(network).toBytes()).network();
    assertArrayEquals(y, saved.forward(x).toDoubleArray());
    byte[] exported = OnnxExport.of(network).toBytes();
    assertArrayEquals(y, OnnxImport.parse("m", exported).network().forward(x).toDoubleArray());
    assertTrue(network.summary().toString().contains("Linear") || name.equals("batch norm"));
  }

  @Test
  void aSharedWeightStaysShared() throws IOException {
    Network network = network("one weight, used twice");
    assertEquals(network.layers().get(0), network.layers().get(2));
    assertEquals(2, network.parameters().size());
  }

  // Which output.

  /** Two heads: y of classes, z a number. */
  private static byte[] twoHeads() {
    List<Proto> nodes = new ArrayList<>();
    nodes.add(node("Tanh", "h", "x"));
    nodes.add(node("Gemm", "logits", "h", "w"));
    nodes.add(node("Softmax", "y", "logits"));
    nodes.add(node("Gemm", "z", "h", "v"));
    Proto graph =
        new Proto()
            .messages(1, nodes)
            .message(5, weights("w", 2, 3))
            .message(5, weights("v", 2, 1))
            .message(11, value("x", 2))
            .message(12, value("y", 3))
            .message(12, value("z", 1));
    return new Proto()
        .integer(1, 8)
        .message(7, graph)
        .message(8, new Proto().text(1, "").integer(2, 17))
        .bytes();
  }

  private static Proto node(String operator, String output, String... inputs) {
    Proto node = new Proto();
    for (String input : inputs) {
      node.text(1, input);
    }
    return node.text(2, output).text(4, operator);
  }

  private static Proto weights(String name, int rows, int columns) {
    float[] numbers = new float[rows * columns];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = i + 1;
    }
    return new Proto()
        .integer(1, rows)
        .integer(1, columns)
        .integer(2, 1)
        .text(8, name)
        .packed(4, numbers);
  }

  private static Proto value(String name, int columns) {
    Proto shape =
        new Proto()
            .message(1, new Proto().text(2, "n"))
            .message(1, new Proto().integer(1, columns));
    return new Proto()
        .text(1, name)
        .message(2, new Proto().message(1, new Proto().integer(1, 1).message(2, shape)));
  }

  @Test
  void anOutputOfSeveralIsChosenByItsName() throws IOException {
    assertEquals(
        "m.onnx: one output of floats expected, found 2 of \"y\" float[n, 3], \"z\" float[n, 1];"
            + " choose one: --output NAME, or OnnxImport.of(OnnxModel.read(path).withOutputs(name))",
        assertThrows(FileFormatException.class, () -> OnnxImport.parse("m.onnx", twoHeads()))
            .getMessage());
    OnnxModel model = OnnxModel.parse("m.onnx", twoHeads());
    OnnxImport z = OnnxImport.of(model.withOutputs("z"));
    assertEquals("Network([2] -> Tanh -> Linear(2 -> 1))", z.network().toString());
    assertEquals("z", z.output().name());
    OnnxImport y = OnnxImport.of(model.withOutputs("y"));
    assertEquals("Network([2] -> Tanh -> Linear(2 -> 3))", y.network().toString());
    assertTrue(y.probabilities());
    OnnxImport logits = OnnxImport.of(model.withOutputs("logits"));
    assertEquals(OnnxImport.End.NONE, logits.end());
    OnnxImport inside = OnnxImport.of(model.withOutputs("h"));
    assertEquals("Network([2] -> Tanh)", inside.network().toString());
  }
}
