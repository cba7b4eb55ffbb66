package lamella.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What does not fit is refused in words that say which node, what it expects and what it found. */
class OperatorErrorsTest {

  private static Node node(String operator, int opset, Map<String, Object> attributes) {
    return node("", operator, opset, attributes);
  }

  private static Node node(
      String domain, String operator, int opset, Map<String, Object> attributes) {
    return new Node(0, "x", domain, operator, opset, List.of(), List.of("y"), attributes);
  }

  private static OnnxArray floats(int... dimensions) {
    return OnnxArray.of(new float[Arguments.size(dimensions)], dimensions);
  }

  private static OnnxArray integers(long... elements) {
    return OnnxArray.of(OnnxType.INT64, elements, elements.length);
  }

  private static void assertRefused(String problem, Node node, @Nullable OnnxArray... inputs) {
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () -> {
              Operator operator = Operators.of(node);
              assertTrue(operator != null);
              operator.apply(node, Arrays.asList(inputs));
            });
    assertEquals(node.who() + ": " + problem, e.getMessage());
  }

  @Test
  void inputsOfOtherDimensions() {
    assertRefused(
        "as many rows of B expected as A has columns, found float[2, 3] and float[4, 5]",
        node("Gemm", 13, Map.of()),
        floats(2, 3),
        floats(4, 5));
    assertRefused(
        "as many columns of B expected as A has rows, found float[2, 3] and float[4, 5]",
        node("Gemm", 13, Map.of("transA", 1L, "transB", 1L)),
        floats(2, 3),
        floats(4, 5));
    assertRefused(
        "C expected that fits float[2, 5], found float[3, 2, 5]",
        node("Gemm", 13, Map.of()),
        floats(2, 3),
        floats(3, 5),
        floats(3, 2, 5));
    assertRefused(
        "a matrix expected as A, found float[3]",
        node("Gemm", 13, Map.of()),
        floats(3),
        floats(3, 5));
    assertRefused(
        "dimensions expected that are equal from the last one on, or 1, found [float[2, 3],"
            + " float[2]]",
        node("Add", 13, Map.of()),
        floats(2, 3),
        floats(2));
    assertRefused(
        "B expected that fits A from axis 1 on, found float[2, 3] and float[3, 1]",
        node("Add", 6, Map.of("broadcast", 1L, "axis", 1L)),
        floats(2, 3),
        floats(3, 1));
    assertRefused(
        "a shape of as many elements as the input has expected, found [4, -1] for float[2, 3]",
        node("Reshape", 13, Map.of()),
        floats(2, 3),
        integers(4, -1));
    assertRefused(
        "an axis from -2 to 1 expected, found 2",
        node("Softmax", 13, Map.of("axis", 2L)),
        floats(2, 3));
    assertRefused(
        "inputs of the same dimensions but along axis 1 expected, found float[2, 3] and"
            + " float[3, 3]",
        node("Concat", 13, Map.of("axis", 1L)),
        floats(2, 3),
        floats(3, 3));
    assertRefused(
        "3 numbers expected as mean, found float[2]",
        node("BatchNormalization", 15, Map.of()),
        floats(2, 3),
        floats(3),
        floats(3),
        floats(2),
        floats(3));
  }

  @Test
  void inputsOfOtherTypes() {
    assertRefused(
        "inputs of one type expected, found float[1] and int64[1]",
        node("Add", 13, Map.of()),
        floats(1),
        integers(1));
    assertRefused(
        "floats expected as X, found int64[1]", node("Sigmoid", 13, Map.of()), integers(1));
    assertRefused(
        "bool expected as condition, found int64[1]",
        node("Where", 13, Map.of()),
        integers(1),
        floats(1),
        floats(1));
    assertRefused(
        "integers expected as shape, found float[2]",
        node("Reshape", 13, Map.of()),
        floats(2, 3),
        floats(2));
    assertRefused(
        "a number expected that becomes float, found \"one\"",
        node("Cast", 13, Map.of("to", 1L)),
        OnnxArray.of(new String[] {"one"}, 1));
  }

  @Test
  void inputsAndAttributesThatAreMissingOrWrong() {
    assertRefused(
        "an input B expected, found none", node("MatMul", 13, Map.of()), floats(2, 3), null);
    assertRefused("an input X expected, found none", node("Relu", 13, Map.of()));
    assertRefused("axes expected, found none", node("Unsqueeze", 11, Map.of()), floats(2));
    assertRefused(
        "an integer expected as attribute \"axis\"",
        node("Softmax", 13, Map.of("axis", 1f)),
        floats(2));
    assertRefused(
        "a type of ONNX that this library has expected as attribute \"to\", found 17",
        node("Cast", 19, Map.of("to", 17L)),
        floats(2));
    assertRefused(
        "approximate = none or tanh expected, found erf",
        node("Gelu", 20, Map.of("approximate", "erf")),
        floats(2));
    assertRefused(
        "indices from -2 to 1 expected, found 2",
        node("Gather", 13, Map.of()),
        floats(2),
        integers(2));
    assertRefused(
        "divisors other than 0 expected of whole numbers, found 0",
        node("Div", 13, Map.of()),
        integers(1),
        integers(0));
    assertRefused(
        "as many keys as values expected, found int64[2] and string[1]",
        node(
            Node.ML,
            "LabelEncoder",
            2,
            Map.of("keys_int64s", List.of(1L, 2L), "values_strings", List.of("a"))),
        integers(1));
  }

  @Test
  void trainingIsRefused() {
    assertRefused(
        "inference expected, found training mode, in which the outputs depend on which examples are"
            + " computed together. Export the model for inference",
        node("BatchNormalization", 15, Map.of("training_mode", 1L)),
        floats(2, 3));
    assertRefused(
        "training_mode = false expected, found true: what is left out would be drawn at random."
            + " Export the model for inference",
        node("Dropout", 13, Map.of()),
        floats(2),
        OnnxArray.of(new float[] {0.5f}),
        OnnxArray.of(OnnxType.BOOL, new long[] {1}));
  }

  @Test
  void aSmallFileCannotAskForAllMemory() {
    for (Node node : List.of(node("ConstantOfShape", 9, Map.of()), node("Expand", 13, Map.of()))) {
      boolean constant = node.operator().equals("ConstantOfShape");
      OnnxArray shape = integers(1 << 20, 1 << 20, 1 << 20);
      IllegalArgumentException e =
          assertThrows(
              IllegalArgumentException.class,
              () -> {
                Operator operator = Operators.of(node);
                assertTrue(operator != null);
                operator.apply(node, constant ? List.of(shape) : List.of(floats(1), shape));
              });
      assertTrue(
          String.valueOf(e.getMessage())
              .matches(
                  "node \"x\" \\w+: an output of at most \\d+ elements expected, with this much"
                      + " memory, found dimensions \\[1048576, 1048576, 1048576\\]"),
          e.getMessage());
    }
  }

  @Test
  void operatorsThatThereAreNotHaveAReason() {
    Map<Node, String> reasons =
        Map.of(
            node("Conv", 13, Map.of()), "convolutions and pooling are not computed",
            node("LSTM", 13, Map.of()), "recurrent networks are not computed",
            node("If", 13, Map.of()), "branches and loops are not computed",
            node("Multinomial", 13, Map.of()), "what it gives is drawn at random",
            node("Gelu", 19, Map.of()), "there is no such operator in this version",
            node("Fft", 19, Map.of()), "no such operator is known",
            node("com.example", "Gemm", 1, Map.of()), "no such operator is known",
            node(Node.ML, "TreeEnsembleClassifier", 1, Map.of()),
                "decision trees are no dense networks, and are not computed",
            node(Node.ML, "SVMRegressor", 1, Map.of()),
                "support vector machines are no dense networks, and are not computed");
    reasons.forEach((node, reason) -> {
      assertNull(Operators.of(node));
      assertEquals(reason, Operators.reason(node));
    });
  }
}
