package lamella.layers;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import lamella.core.DType;
import lamella.core.DoubleTensor;
import lamella.core.Layer;
import lamella.core.Parameter;
import lamella.core.Pass;
import lamella.core.Shape;
import lamella.core.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** LayerNorm, BatchNorm, ContrastNorm, Scale and Softmax give what NumPy does, see rows.py. */
class GoldenRowsTest {
  /** A quantity of a case by {@code case quantity}. */
  private static final Map<String, Tensor> GOLDEN = read();

  private static Map<String, Tensor> read() {
    Map<String, Tensor> golden = new HashMap<>();
    try (InputStream in = GoldenRowsTest.class.getResourceAsStream("rows.txt")) {
      for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList()) {
        String[] words = line.split(" ");
        int[] shape = Arrays.stream(words[2].split(",")).mapToInt(Integer::parseInt).toArray();
        double[] numbers = Arrays.stream(words).skip(3).mapToDouble(Double::parseDouble).toArray();
        golden.put(words[0] + " " + words[1], DoubleTensor.of(Shape.of(shape), numbers));
      }
      return golden;
    } catch (IOException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private static Tensor golden(String name, DType dtype) {
    return GOLDEN.get(name).to(dtype);
  }

  /** Relative to the largest number there. */
  private static void assertNear(String name, Tensor actual, double tolerance) {
    Tensor expected = GOLDEN.get(name);
    assertEquals(expected.shape(), actual.shape(), name);
    double largest = Arrays.stream(expected.toDoubleArray()).map(Math::abs).max().orElseThrow();
    for (int i = 0; i < expected.size(); i++) {
      assertEquals(expected.get(i), actual.get(i), tolerance * largest, name + " [" + i + "]");
    }
  }

  private static Layer layer(String name, DType dtype) {
    int features = golden(name + " x", dtype).shape().last();
    return switch (name.replaceAll("-.*", "")) {
      case "LayerNorm" -> new LayerNorm(dtype, features);
      case "BatchNorm" -> new BatchNorm(dtype, features);
      case "ContrastNorm" -> new ContrastNorm();
      case "Scale" -> new Scale(dtype, features);
      default -> new Softmax();
    };
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "LayerNorm-0",
        "LayerNorm-100",
        "LayerNorm-1000",
        "LayerNorm-wide",
        "BatchNorm-0",
        "BatchNorm-100",
        "BatchNorm-1000",
        "ContrastNorm",
        "ContrastNorm-wide",
        "Scale",
        "Softmax",
        "Softmax-wide",
        "Softmax-large"
      })
  void outputsAndGradientsAreNumPys(String name) {
    for (DType dtype : DType.values()) {
      // Inputs are exact in float32, so that a large mean costs no digits in either type.
      double tolerance = dtype == DType.FLOAT32 ? 2e-6 : 1e-12;
      Layer layer = layer(name, dtype);
      List<Parameter> trained = layer.parameters().stream().filter(Parameter::isTrained).toList();
      trained.forEach(p -> p.setValue(golden(name + " " + p.name(), dtype)));
      Pass pass = Pass.forGradients();
      assertNear(name + " y", layer.forward(golden(name + " x", dtype), pass), tolerance);
      Tensor dx = layer.backward(golden(name + " dy", dtype), pass);
      assertNear(name + " dx", dx, tolerance);
      trained.forEach(p -> assertNear(name + " d" + p.name(), pass.gradients().of(p), tolerance));
    }
  }

  @ParameterizedTest
  @EnumSource
  void runningStatisticsAndPredictionsAreNumPys(DType dtype) {
    double tolerance = dtype == DType.FLOAT32 ? 2e-6 : 1e-14;
    BatchNorm norm = trained(dtype, tolerance);
    Tensor x = golden("running x", dtype);
    assertNear("running y", norm.forward(x), tolerance);
    // A prediction does not depend on its batch.
    assertNear("running y", norm.forward(x, Pass.forInference()), tolerance);
    assertEquals(norm.forward(x).get(0), norm.forward(x.rows(0, 1)).get(0));
  }

  /** After the three batches, whose statistics are checked on the way. */
  private static BatchNorm trained(DType dtype, double tolerance) {
    BatchNorm norm = new BatchNorm(dtype, 5);
    Pass pass = Pass.forTraining();
    for (int batch = 0; batch < 3; batch++) {
      pass.beginStep(batch);
      norm.forward(golden("running x" + batch, dtype), pass);
      pass.commit();
      assertNear("running mean" + batch, norm.mean().value(), tolerance);
      assertNear("running variance" + batch, norm.variance().value(), tolerance);
    }
    norm.gain().setValue(golden("running gain", dtype));
    norm.bias().setValue(golden("running bias", dtype));
    return norm;
  }

  @Test
  void frozenStatisticsAreUsedInTrainingAsInPrediction() {
    for (DType dtype : DType.values()) {
      double tolerance = dtype == DType.FLOAT32 ? 2e-6 : 1e-14;
      BatchNorm norm = trained(dtype, tolerance);
      norm.mean().freeze();
      norm.variance().freeze();
      Pass pass = Pass.forGradients();
      assertNear("running y", norm.forward(golden("running x", dtype), pass), tolerance);
      assertNear("running dx", norm.backward(golden("running dy", dtype), pass), tolerance);
      assertNear("running dgain", pass.gradients().of(norm.gain()), tolerance);
      assertNear("running dbias", pass.gradients().of(norm.bias()), tolerance);
      pass.commit();
      assertNear("running mean2", norm.mean().value(), tolerance);
      assertNear("running variance2", norm.variance().value(), tolerance);
    }
  }
}
