package lamella.table;

import static org.junit.jupiter.api.Assertions.assertEquals;

import de.siegmar.fastcsv.reader.CsvReader;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import lamella.core.Network;
import lamella.layers.Linear;
import lamella.losses.SoftmaxCrossEntropy;
import lamella.optim.Trainer;
import org.junit.jupiter.api.Test;

/**
 * Models of tables, and what they say, have the same bits whatever the vectors' width and the
 * number of threads, each in a JVM of its own.
 */
class TableBitsTest {
  @Test
  void trainingsHaveOneFingerprint() throws Exception {
    String reference = run("-Dlamella.vector=off", "-Dlamella.threads=1");
    assertEquals(3, reference.lines().distinct().count(), reference);
    assertEquals(reference, run("-Dlamella.vector=auto", "-Dlamella.threads=2"));
    assertEquals(reference, run("-Dlamella.vector=128", "-Dlamella.threads=3"));
    assertEquals(reference, run("-Dlamella.vector=256", "-Dlamella.threads=1"));
  }

  private static String run(String... options) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--add-modules=jdk.incubator.vector");
    command.addAll(List.of(options));
    command.add("-cp");
    command.add(
        Stream.of(
                Network.class,
                Linear.class,
                SoftmaxCrossEntropy.class,
                Trainer.class,
                CsvReader.class,
                TableModel.class,
                TrainedTable.class)
            .map(TableBitsTest::place)
            .collect(Collectors.joining(File.pathSeparator)));
    command.add(TrainedTable.class.getName());
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    String output =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).trim();
    assertEquals(0, process.waitFor(), () -> "exit status of " + command);
    return output;
  }

  /** The folder or jar a class came from. */
  private static String place(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }
}
