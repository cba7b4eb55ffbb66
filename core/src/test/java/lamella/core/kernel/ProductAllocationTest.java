package lamella.core.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Once compiled, no product allocates a byte, whatever the width of the vectors: a vector that does
 * not stay in a register is an object, and the product twenty times as slow.
 */
class ProductAllocationTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "-Dlamella.vector=widest",
        "-Dlamella.vector=256",
        "-Dlamella.vector=128",
        "-Dlamella.vector=256 -XX:UseAVX=2",
        "-Dlamella.vector=128 -XX:UseAVX=2",
      })
  void aProductAllocatesNothing(String options) throws Exception {
    List<String> lines = run(options);
    assumeFalse(lines.contains(ProductAllocationRun.UNSUPPORTED));
    assertTrue(lines.size() > 20, lines::toString);
    for (String line : lines.subList(1, lines.size())) {
      assertEquals("0", line.substring(line.indexOf(": ") + 2), options + ": " + line);
    }
  }

  private static List<String> run(String options)
      throws IOException, InterruptedException, URISyntaxException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    // Options that are not of every platform (UseAVX) are no error elsewhere.
    command.addAll(
        List.of("-XX:+IgnoreUnrecognizedVMOptions", "--add-modules=jdk.incubator.vector"));
    command.add("-Dlamella.threads=1");
    command.addAll(List.of(options.split(" ")));
    command.addAll(
        List.of(
            "-cp", place(Kernels.class) + File.pathSeparator + place(ProductAllocationRun.class)));
    command.add(ProductAllocationRun.class.getName());
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), () -> "exit status of " + command + ": " + output);
    return output.lines().toList();
  }

  /** The folder or jar a class came from. */
  private static Path place(Class<?> type) throws URISyntaxException {
    return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
  }
}
