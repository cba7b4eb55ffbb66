package lamella.onnx;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

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
}
