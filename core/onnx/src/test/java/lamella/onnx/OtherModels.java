package lamella.onnx;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/**
 * Models of others, which are no part of this project: in the folder that {@code
 * -Dlamella.onnx.models} names, or beside the checkout; without it, tests of them have nothing to
 * do.
 */
final class OtherModels {
  private static final String PROPERTY = "lamella.onnx.models";

  private OtherModels() {}

  /** The files in a folder of the models and within, with this ending, in order. */
  static List<Path> files(String folder, String ending) throws IOException {
    Path models =
        Path.of(System.getProperty(PROPERTY, "../../../shared/onnx")).resolve(folder).normalize();
    if (!Files.isDirectory(models)) {
      return List.of();
    }
    try (Stream<Path> files = Files.walk(models)) {
      return files.filter(file -> file.toString().endsWith(ending)).sorted().toList();
    }
  }

  /** Compares what a model gives with what it gave elsewhere. */
  @FunctionalInterface
  interface Check {
    void compare(Path model, Path expected) throws IOException;
  }

  /** A test of each real model, by the file of NumPy's beside it. */
  static List<DynamicTest> tests(Check check) throws IOException {
    List<DynamicTest> tests = new ArrayList<>();
    for (Path file : files("real", ".onnx")) {
      String name = file.getFileName().toString().replace(".onnx", "");
      Path expected = file.resolveSibling(name + ".expected.npz");
      tests.add(
          DynamicTest.dynamicTest(
              file.getParent().getFileName() + "/" + name, () -> check.compare(file, expected)));
    }
    return tests;
  }
}
