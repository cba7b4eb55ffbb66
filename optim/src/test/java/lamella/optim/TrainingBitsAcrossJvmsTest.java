package lamella.optim;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import lamella.core.Activation;
import lamella.core.DType;
import lamella.core.Network;
import lamella.layers.Formats;
import lamella.layers.Linear;
import lamella.losses.SoftmaxCrossEntropy;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whole training runs, float32 and float64 with all activations, with layers that compute with
 * whole rows and columns, and with all optimisers, mixed examples and an average of the weights,
 * end with the same fingerprints whatever the vectors' width, the number of threads, the garbage
 * collector, the compiler or the processor (for which {@code UseAVX} stands in), each in a JVM of
 * its own.
 */
class TrainingBitsAcrossJvmsTest {
  /** Large enough that products are divided over threads. */
  private static final String WHOLE = "200 70 40 9";

  /** Small enough for an interpreter, and for fused multiply-adds in software. */
  private static final String SHORT = "9 7 5 4";

  /** Those that {@link TrainingRun} has beside plain descent. */
  private static final int OPTIMISERS = 3;

  private static final Map<String, String> REFERENCES = new HashMap<>();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-Dlamella.vector=auto",
        "-Dlamella.vector=512 -Dlamella.threads=1",
        "-Dlamella.vector=256 -Dlamella.threads=2",
        "-Dlamella.vector=128 -Dlamella.threads=3",
        "-Dlamella.vector=off -Dlamella.threads=7",
        "-XX:UseAVX=2 -XX:+UseG1GC",
        "-XX:UseAVX=3 -XX:+UseZGC",
        "-XX:+UseCompactObjectHeaders",
      })
  void wholeRunsHaveOneFingerprint(String options) throws IOException, InterruptedException {
    assertEquals(reference(WHOLE), run(options, WHOLE));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-XX:UseAVX=0",
        "-XX:UseAVX=1",
        "-XX:-UseFMA",
        "-XX:TieredStopAtLevel=1",
        "-Xint",
        "-Xint -Dlamella.vector=off",
      })
  void shortRunsHaveOneFingerprint(String options) throws IOException, InterruptedException {
    assertEquals(reference(SHORT), run(options, SHORT));
  }

  private static String reference(String size) throws IOException, InterruptedException {
    String known = REFERENCES.get(size);
    if (known == null) {
      known = run("-Dlamella.vector=off -Dlamella.threads=1", size);
      REFERENCES.put(size, known);
    }
    return known;
  }

  private static String run(String options, String size) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    // Options that are not of every platform (UseAVX) are no error elsewhere.
    command.addAll(
        List.of("-XX:+IgnoreUnrecognizedVMOptions", "--add-modules=jdk.incubator.vector"));
    command.add("-Dlamella.vector=widest");
    command.addAll(List.of(options.split(" ")));
    command.add("-cp");
    command.add(
        Stream.of(
                Network.class,
                Linear.class,
                SoftmaxCrossEntropy.class,
                Sgd.class,
                TrainingRun.class)
            .map(TrainingBitsAcrossJvmsTest::place)
            .collect(Collectors.joining(File.pathSeparator)));
    command.add(TrainingRun.class.getName());
    command.addAll(List.of(size.split(" ")));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    String output =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).trim();
    assertEquals(0, process.waitFor(), () -> "exit status of " + command);
    long activations =
        new Formats()
            .formats().stream()
                .filter(format -> Activation.class.isAssignableFrom(format.layerClass()))
                .count();
    assertEquals(
        DType.values().length * (activations + 1 + OPTIMISERS),
        output.lines().distinct().count(),
        () -> command + " printed " + output);
    return output;
  }

  /** The folder or jar a class came from. */
  static String place(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }
}
