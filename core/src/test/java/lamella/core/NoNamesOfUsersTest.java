package lamella.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Core's code names no layer, loss, optimiser or image format: whatever these need, others can have
 * too. Comments may, as examples.
 */
class NoNamesOfUsersTest {
  private static final Path SOURCES = Path.of("src/main/java");

  private static final Pattern NAMES =
      Pattern.compile(
          "(?i)relu|swish|selu|gelu|mish|softmax|entropy|sgd|adamw?\\b|lion\\b|momentum|nesterov|cifar"
              + "|mean_?image|dropout|batch_?norm|layer_?norm|huber|residual|affine");

  /**
   * What a predictor and an ONNX graph make of a network's output, if asked to; and those of ONNX's
   * own operators that older files have not.
   */
  private static final Map<String, Set<String>> ALLOWED =
      Map.of(
          "OnnxExport.java", Set.of("softmax"),
          "OnnxGraph.java", Set.of("gelu", "layernorm", "mish", "swish"),
          "Predictor.java", Set.of("softmax"));

  private static final Pattern COMMENTS = Pattern.compile("/\\*.*?\\*/|//[^\n]*", Pattern.DOTALL);

  private static Set<String> names(String source) {
    Set<String> found = new TreeSet<>();
    Matcher matcher = NAMES.matcher(COMMENTS.matcher(source).replaceAll(""));
    while (matcher.find()) {
      found.add(matcher.group().toLowerCase(Locale.ROOT));
    }
    return found;
  }

  @Test
  void coreNamesNoneOfItsUsers() throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.walk(SOURCES)) {
      files = all.filter(file -> file.toString().endsWith(".java")).toList();
    }
    assertTrue(files.size() > 80, files.size() + " files");
    for (Path file : files) {
      Set<String> found = names(Files.readString(file));
      found.removeAll(ALLOWED.getOrDefault(file.getFileName().toString(), Set.of()));
      assertEquals(Set.of(), found, () -> "names in " + file);
    }
  }

  @Test
  void namesAreFoundInCodeAndNotInComments() {
    assertEquals(
        Set.of("relu", "sgd"),
        names("void reluGradient() {}\nint SGD = 1; // Swish\n/** CIFAR */"));
  }

  @Test
  void thePackageOfTheKernelsIsExportedToNobody() throws IOException {
    assertFalse(
        Files.readString(SOURCES.resolve("module-info.java"))
            .contains("exports lamella.core.kernel"));
  }
}
