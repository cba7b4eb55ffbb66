package lamella.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import lamella.core.Network;
import lamella.core.Predictor;
import lamella.core.io.ModelFile;
import lamella.layers.Linear;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StartUpTest {
  @TempDir Path directory;

  @Test
  void readsTheModelItMadeAndPredictsWithIt() throws IOException {
    Child.run(command("--make", directory.toString()), Map.of());
    assertTrue(directory.resolve(StartUp.ONNX).toFile().length() > 4 * 3072 * 64);

    Child child = Child.run(command(directory.toString()), Map.of());
    Predictor predictor = Predictor.of(ModelFile.read(directory.resolve(StartUp.MODEL)).network());
    int expected = predictor.classOf(Data.inputs(1, 3072));
    assertEquals(Integer.toString(expected), child.facts().get("first class"));
  }

  private static List<String> command(String... arguments) {
    String classPath =
        Stream.of(StartUp.class, Network.class, Linear.class)
            .map(type -> type.getProtectionDomain().getCodeSource().getLocation().getPath())
            .collect(Collectors.joining(File.pathSeparator));
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    return Stream.concat(
            Stream.of(
                java,
                "--add-modules=jdk.incubator.vector",
                "-cp",
                classPath,
                StartUp.class.getName()),
            Stream.of(arguments))
        .toList();
  }
}
