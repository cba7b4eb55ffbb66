package lamella.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Models that other programs have made give what they give there. */
class RealModelsTest {
  /** Of the largest element of an output. */
  private static final double TOLERANCE = 1e-5;

  /** The same of float16, where a sum is rounded to another of two neighbours. */
  private static final double HALF_TOLERANCE = 1e-3;

  @TestFactory
  List<DynamicTest> outputsAreThoseExpected() throws IOException {
    return OtherModels.tests(RealModelsTest::check);
  }

  private static void check(Path file, Path expected) throws IOException {
    Map<String, OnnxArray> arrays = NpzArrays.read(expected);
    Map<String, OnnxArray> inputs = new LinkedHashMap<>();
    Map<String, OnnxArray> outputs = new LinkedHashMap<>();
    arrays.forEach((name, array) -> {
      if (name.startsWith("in_")) {
        inputs.put(name.substring("in_".length()), array);
      } else {
        outputs.put(name.substring("out_".length()), array);
      }
    });
    assertFalse(outputs.isEmpty());
    OnnxModel model = OnnxModel.read(file).withOutputs(outputs.keySet().toArray(String[]::new));
    assertEquals(List.of(), model.unsupported());
    Map<String, OnnxArray> found = model.run(inputs);
    outputs.forEach((name, array) -> assertClose(name, array, found.get(name)));
    outputs.forEach((name, array) -> assertClose(name, array, model.run(inputs).get(name)));
  }

  private static void assertClose(String name, OnnxArray expected, OnnxArray found) {
    assertEquals(expected.toString(), String.valueOf(found), name);
    double tolerance = expected.type() == OnnxType.FLOAT16 ? HALF_TOLERANCE : TOLERANCE;
    double largest = 0;
    for (int i = 0; i < expected.size(); i++) {
      largest = Math.max(largest, Math.abs(element(expected, i)));
    }
    for (int i = 0; i < expected.size(); i++) {
      double here = element(found, i);
      double there = element(expected, i);
      assertTrue(
          Math.abs(here - there) <= tolerance * largest,
          name + "[" + i + "]: " + there + " expected, found " + here);
    }
  }

  private static double element(OnnxArray array, int index) {
    return switch (array.type().storage()) {
      case FLOATS -> array.floats()[index];
      case DOUBLES -> array.doubles()[index];
      case LONGS -> array.longs()[index];
      case STRINGS -> throw new AssertionError("texts");
    };
  }

  /** Other numbers of examples than a file says. */
  @TestFactory
  List<DynamicTest> everyExampleIsComputedAsInTheFilesOwnBatch() throws IOException {
    List<DynamicTest> tests = new ArrayList<>();
    for (Path file : OtherModels.files("real", ".onnx")) {
      OnnxModel whole = OnnxModel.read(file);
      List<String> outputs = whole.supportedOutputs();
      if (outputs.isEmpty()) {
        continue;
      }
      OnnxModel model = whole.withOutputs(outputs.toArray(String[]::new));
      List<OnnxValue.Dimension> dimensions = model.inputs().getFirst().dimensions();
      if (model.inputs().size() == 1
          && dimensions != null
          && dimensions.size() > 1
          && !dimensions.getFirst().isOpen()) {
        tests.add(
            DynamicTest.dynamicTest(
                file.getFileName().toString(),
                () -> checkBatches(model, dimensions.stream().mapToInt(d -> d.size()).toArray())));
      }
    }
    return tests;
  }

  private static void checkBatches(OnnxModel model, int[] dimensions) {
    int batch = dimensions[0];
    int examples = 2 * batch + 1;
    int size = Arrays.stream(dimensions).skip(1).reduce(1, Math::multiplyExact);
    Random random = new Random(3);
    float[] all = new float[examples * size];
    for (int i = 0; i < all.length; i++) {
      all[i] = (float) random.nextGaussian();
    }
    Map<String, OnnxArray> found;
    try {
      found = run(model, all, dimensions, examples);
    } catch (IllegalArgumentException e) {
      // One that makes a single answer of all examples of a batch.
      assertTrue(String.valueOf(e.getMessage()).contains("has no row for each"), e.getMessage());
      return;
    }
    for (int first = 0; first < examples; first += batch) {
      float[] some = new float[batch * size];
      int rows = Math.min(batch, examples - first);
      System.arraycopy(all, first * size, some, 0, rows * size);
      Map<String, OnnxArray> expected = run(model, some, dimensions, batch);
      for (Map.Entry<String, OnnxArray> output : expected.entrySet()) {
        OnnxArray array = output.getValue();
        int row = array.size() / batch;
        for (int i = 0; i < rows * row; i++) {
          assertEquals(
              element(array, i),
              element(found.get(output.getKey()), first * row + i),
              TOLERANCE,
              output.getKey());
        }
      }
    }
  }

  private static Map<String, OnnxArray> run(
      OnnxModel model, float[] all, int[] dimensions, int examples) {
    OnnxValue input = model.inputs().getFirst();
    int[] sizes = dimensions.clone();
    sizes[0] = examples;
    OnnxArray array = OnnxArray.of(all, sizes);
    if (input.type() == OnnxType.DOUBLE) {
      double[] doubles = new double[all.length];
      Arrays.setAll(doubles, i -> all[i]);
      array = OnnxArray.of(doubles, sizes);
    }
    return model.run(Map.of(input.name(), array));
  }
}
