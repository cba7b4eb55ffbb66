package lamella.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * The ONNX project's own tests of operators, of several opsets, if they are there: each is a model,
 * its inputs and its outputs.
 */
class StandardNodeTest {

  /** Those that are refused, and what the message says of it. */
  private static final Map<String, String> OUT_OF_SCOPE =
      Map.of(
          "test_batchnorm_epsilon_training_mode", "inference expected, found training mode",
          "test_batchnorm_example_training_mode", "inference expected, found training mode");

  @TestFactory
  List<DynamicTest> outputsAreThoseOfTheStandard() throws IOException {
    return OtherModels.files("node", "model.onnx").stream()
        .map(model -> {
          Path test = model.getParent();
          String name = test.getParent().getFileName() + "/" + test.getFileName();
          return dynamicTest(name, () -> check(model));
        })
        .toList();
  }

  private static void check(Path file) throws IOException {
    Path data = file.resolveSibling("test_data_set_0");
    OnnxModel model = OnnxModel.read(file);
    assertEquals(List.of(), model.unsupported());
    Map<String, OnnxArray> inputs = new LinkedHashMap<>();
    for (OnnxValue input : model.inputs()) {
      inputs.put(input.name(), tensor(data.resolve("input_" + inputs.size() + ".pb")));
    }
    String refusal = OUT_OF_SCOPE.get(file.getParent().getFileName().toString());
    if (refusal != null) {
      IllegalArgumentException e =
          assertThrows(IllegalArgumentException.class, () -> model.run(inputs));
      assertTrue(String.valueOf(e.getMessage()).contains(refusal), e.getMessage());
      return;
    }
    Map<String, OnnxArray> outputs = model.run(inputs);
    for (int i = 0; i < model.outputs().size(); i++) {
      OnnxArray expected = tensor(data.resolve("output_" + i + ".pb"));
      OnnxArray found = outputs.get(model.outputs().get(i).name());
      assertEquals("", OperatorCase.difference(expected, found, e -> 1e-7 + 1e-3 * Math.abs(e)));
    }
  }

  private static OnnxArray tensor(Path file) throws IOException {
    String name = file.getFileName().toString();
    ProtoReader bytes = new ProtoReader(name, Files.readAllBytes(file));
    return StoredTensor.read(name, bytes, new ExternalData(name, null)).array();
  }
}
