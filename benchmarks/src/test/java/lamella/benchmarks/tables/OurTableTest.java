package lamella.benchmarks.tables;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import lamella.benchmarks.Child;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Our parts of the comparison as processes, on a small generated table. */
class OurTableTest {
  private static final int ROWS = 200;

  @TempDir Path folder;

  @Test
  void trainsAndTellsItsScoresAndItsFingerprint() throws IOException {
    table();

    Map<String, String> facts =
        run(OurTable.class, folder.toString(), "t", GeneratedRows.TARGET, "3").facts();

    Result result = Result.parse(String.valueOf(facts.get("result 1")));
    assertEquals("lamella", result.model());
    assertEquals(3, result.seed());
    double accuracy = result.scores().figures().get("accuracy");
    assertTrue(accuracy > 0.2 && accuracy <= 1, result.toString());
    assertTrue(result.note().matches("(epoch [0-9]+; )?[0-9a-f]{16,}"), result.note());
  }

  @Test
  void trainsAsScikitLearnDoesForItsTime() throws IOException {
    table();

    Map<String, String> facts =
        run(OurTraining.class, folder.toString(), "t", "ln:number_2", "8-4", "3").facts();

    assertTrue(Double.parseDouble(facts.get("seconds")) > 0, facts.toString());
    assertTrue(Double.parseDouble(facts.get("score")) > 0, facts.toString());
  }

  @Test
  void readsAFile() throws IOException {
    table();

    Map<String, String> facts = run(OurReading.class, folder.resolve("t.csv").toString()).facts();

    assertEquals(ROWS + " x 21", facts.get("size"));
  }

  private void table() throws IOException {
    GeneratedRows.write(folder.resolve("t.csv"), ROWS, 1);
    List<String> parts = new ArrayList<>(List.of("split"));
    for (int i = 0; i < ROWS; i++) {
      parts.add(i % 5 == 0 ? "test" : i % 5 == 1 ? "validation" : "train");
    }
    Files.write(folder.resolve("t.split.csv"), parts);
  }

  private static Child run(Class<?> main, String... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules=jdk.incubator.vector",
                "-Dlamella.threads=1",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
    command.addAll(List.of(arguments));
    return Child.run(command, Map.of());
  }
}
