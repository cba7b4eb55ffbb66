package lamella.core.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Other vector widths, compilers and processors, each in a JVM of its own, print the digests of the
 * plain loops: {@code UseAVX} makes of this machine an older one, {@code TieredStopAtLevel=1} and
 * {@code -Xint} use other compilers or none, and without {@code UseFMA} every fused multiply-add is
 * computed in software.
 */
class KernelBitsAcrossJvmsTest {
  private static final List<String> FULL = List.of("full");
  private static final List<String> SHORT = List.of("short");
  private static String fullReference = "";
  private static String shortReference = "";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-Dlamella.vector=auto -Dlamella.threads=2",
        "-Dlamella.vector=512 -Dlamella.threads=64",
        "-XX:ActiveProcessorCount=16",
        "-Dlamella.vector=256 -Dlamella.threads=3",
        "-Dlamella.vector=128 -Dlamella.threads=7",
        "-XX:TieredStopAtLevel=1",
        "-XX:+UseZGC -XX:+UseCompactObjectHeaders",
      })
  void fullRunHasTheBitsOfThePlainLoops(String options) throws IOException, InterruptedException {
    if (fullReference.isEmpty()) {
      fullReference = run("-Dlamella.vector=off -Dlamella.threads=1", FULL);
    }
    assertEquals(fullReference, run(options, FULL));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-XX:UseAVX=0",
        "-XX:UseAVX=1",
        "-XX:UseAVX=2",
        "-XX:UseAVX=3",
        "-XX:-UseFMA",
        "-Xint",
        "-Xint -Dlamella.vector=off",
      })
  void shortRunHasTheBitsOfThePlainLoops(String options) throws IOException, InterruptedException {
    if (shortReference.isEmpty()) {
      shortReference = run("-Dlamella.vector=off -Dlamella.threads=1", SHORT);
    }
    assertEquals(shortReference, run(options, SHORT));
  }

  private static String run(String options, List<String> arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    // Options that are not of every platform (UseAVX) are no error elsewhere.
    command.addAll(
        List.of("-XX:+IgnoreUnrecognizedVMOptions", "--add-modules=jdk.incubator.vector"));
    command.add("-Dlamella.vector=widest");
    command.addAll(List.of(options.split(" ")));
    command.addAll(
        List.of("-cp", place(Kernels.class) + File.pathSeparator + place(KernelRun.class)));
    command.add(KernelRun.class.getName());
    command.addAll(arguments);
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    String output =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).trim();
    assertEquals(0, process.waitFor(), () -> "exit status of " + command);
    assertTrue(output.lines().count() > 20, () -> "digests of " + command + ": " + output);
    return output;
  }

  /** The folder or jar a class came from. */
  private static Path place(Class<?> type) {
    return Stream.of(type)
        .map(t -> {
          try {
            return Path.of(t.getProtectionDomain().getCodeSource().getLocation().toURI());
          } catch (URISyntaxException e) {
            throw new AssertionError(e);
          }
        })
        .findFirst()
        .orElseThrow();
  }
}
