package lamella.examples.serve;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import lamella.examples.Jdk;
import lamella.table.TableModel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The guide's page tables.md: the model that its program makes answers each curl as it says. */
class TablesPageTest {
  private static final Pattern PROGRAM = Pattern.compile("```java\\R([^`]*)```");
  private static final Pattern CURL =
      Pattern.compile(
          "^\\$ curl -d '(.*)' http://localhost:8080(/\\S+)\\R(.*\\R)", Pattern.MULTILINE);
  private static final Pattern NUMBER = Pattern.compile("\\d+\\.\\d+(E-?\\d+)?");

  @TempDir Path directory;

  @Test
  void everyCurlIsAnsweredAsThePageSays() throws IOException, InterruptedException {
    String page = Jdk.page("tables.md");
    Matcher program = PROGRAM.matcher(page);
    assertTrue(program.find());
    Path file = Files.writeString(directory.resolve("Penguins.java"), program.group(1));
    Files.copy(Jdk.examples("guide/penguins.csv"), directory.resolve("penguins.csv"));
    String printed = Jdk.run(directory, "", "java", "-cp", Jdk.classPath(), file.toString());
    assertTrue(page.contains("```text\n" + printed + "```"), printed);

    TableModel model = TableModel.read(directory.resolve("penguins.safetensors"));
    ServedTable served = new ServedTable("penguins", model);
    assertTrue(page.contains(served + " answers at http://localhost:8080/predict, until Ctrl-C\n"));
    PredictionService service = Services.start(served);
    int asked = 0;
    try (Client client = new Client(service.address())) {
      for (Matcher curl = CURL.matcher(page); curl.find(); asked++) {
        String type = "Content-Type: application/x-www-form-urlencoded\r\n"; // curl's
        byte[] body = curl.group(1).getBytes(UTF_8);
        assertAnswer(curl.group(3), client.ask("POST", curl.group(2), type, body).body());
      }
    } finally {
      service.stop(0);
    }
    assertEquals(page.split("\\$ curl", -1).length - 1, asked);
    assertTrue(asked > 1);
  }

  /** Probabilities agree to a hundredth, all else to the letter. */
  private static void assertAnswer(String expected, String answer) {
    assertEquals(NUMBER.matcher(expected).replaceAll("#"), NUMBER.matcher(answer).replaceAll("#"));
    List<Double> wanted = numbers(expected);
    List<Double> got = numbers(answer);
    for (int i = 0; i < wanted.size(); i++) {
      assertEquals(wanted.get(i), got.get(i), 0.01, answer);
    }
  }

  private static List<Double> numbers(String text) {
    return NUMBER.matcher(text).results().map(MatchResult::group).map(Double::valueOf).toList();
  }
}
