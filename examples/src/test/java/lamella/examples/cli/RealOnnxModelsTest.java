package lamella.examples.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import lamella.core.io.NpyHeader;
import lamella.examples.numpy.ArrayFile;
import lamella.examples.numpy.ArrayRows;
import lamella.onnx.OnnxArray;
import lamella.onnx.OnnxType;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Models of others, which are no part of this project: in the folder that {@code
 * -Dlamella.onnx.models} names, or beside the checkout; without it, there is nothing to do. Each
 * MODEL.onnx in its folder {@code real} has a MODEL.expected.npz with arrays {@code in_NAME} and
 * {@code out_NAME}.
 */
class RealOnnxModelsTest {
  /** Relative to the largest number of an array. */
  private static final double TOLERANCE = 1e-5;

  @TempDir Path directory;

  @TestFactory
  List<DynamicTest> areDescribedAndComputed() throws IOException {
    Path models =
        Path.of(System.getProperty("lamella.onnx.models", "../../shared/onnx")).resolve("real");
    if (!Files.isDirectory(models)) {
      return List.of();
    }
    try (Stream<Path> files = Files.walk(models)) {
      return files
          .filter(file -> file.toString().endsWith(".onnx"))
          .sorted()
          .map(file -> DynamicTest.dynamicTest(file.getFileName().toString(), () -> check(file)))
          .toList();
    }
  }

  private void check(Path model) throws IOException {
    assertFalse(lamella("describe", model.toString()).isBlank());
    Path expected = Path.of(model.toString().replaceFirst("\\.onnx$", ".expected.npz"));
    Path inputs = directory.resolve("inputs.npz");
    Path outputs = directory.resolve("outputs.npz");
    copyInputs(expected, inputs);
    String ignored =
        lamella(
            "run",
            "--replace",
            "--model",
            model.toString(),
            "--inputs",
            inputs.toString(),
            "--outputs",
            outputs.toString());
    for (Map.Entry<String, OnnxArray> array : arrays(expected).entrySet()) {
      if (array.getKey().startsWith("out_")) {
        String name = array.getKey().substring(4);
        requireEqual(name, array.getValue(), arrays(outputs).get(name));
      }
    }
  }

  private static String lamella(String... words) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int status = Lamella.run(new PrintWriter(out, true), new PrintWriter(err, true), words);
    assertEquals(0, status, err.toString());
    return out.toString();
  }

  /** The arrays {@code in_NAME} under their names for the model, byte by byte. */
  private static void copyInputs(Path from, Path to) throws IOException {
    try (ZipFile zip = new ZipFile(from.toFile());
        OutputStream file = Files.newOutputStream(to);
        ZipOutputStream out = new ZipOutputStream(file)) {
      for (ZipEntry entry : Collections.list(zip.entries())) {
        if (entry.getName().startsWith("in_")) {
          out.putNextEntry(new ZipEntry(entry.getName().substring(3)));
          out.write(zip.getInputStream(entry).readAllBytes());
          out.closeEntry();
        }
      }
    }
  }

  /** Floats as float64, whole numbers as int64, text as text. */
  private static Map<String, OnnxArray> arrays(Path file) throws IOException {
    Map<String, OnnxArray> arrays = new LinkedHashMap<>();
    try (ArrayFile opened = ArrayFile.open(file)) {
      for (Map.Entry<String, NpyHeader> named : opened.arrays().entrySet()) {
        String type = named.getValue().dtype();
        OnnxType as =
            type.startsWith("float")
                ? OnnxType.DOUBLE
                : type.contains("U") ? OnnxType.STRING : OnnxType.INT64;
        try (ArrayRows rows = opened.rows(named.getKey(), as, false)) {
          arrays.put(named.getKey(), rows.all());
        }
      }
    }
    return arrays;
  }

  private static void requireEqual(String name, OnnxArray expected, OnnxArray found) {
    assertEquals(expected.toString(), String.valueOf(found), name);
    switch (expected.type()) {
      case STRING -> assertArrayEquals(expected.strings(), found.strings(), name);
      case INT64 -> assertArrayEquals(expected.longs(), found.longs(), name);
      default -> {
        double largest = 1;
        for (double number : expected.doubles()) {
          largest = Math.max(largest, Math.abs(number));
        }
        assertArrayEquals(expected.doubles(), found.doubles(), TOLERANCE * largest, name);
      }
    }
  }
}
