package lamella.examples.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import lamella.examples.Jdk;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The guide's page serve.md: the model that its program makes answers each curl as it says. */
class ServePageTest {
  private static final Pattern PROGRAM = Pattern.compile("```java\\R([^`]*)```");
  private static final Pattern CURL =
      Pattern.compile(
          "^\\$ curl -d '(.*)' http://localhost:8080(/\\S+)\\R(.*\\R)", Pattern.MULTILINE);
  private static final Pattern GET =
      Pattern.compile("^\\$ curl http://localhost:8080(.*)\\R(.*\\R)", Pattern.MULTILINE);

  @TempDir Path directory;

  /** Where the models of tables begin, and where they end. */
  private static final Pattern TABLES =
      Pattern.compile("\n## Models of tables\n(.*?)\n## ", Pattern.DOTALL);

  private static final String LAMELLA = "$ examples/target/lamella/bin/lamella ";

  private static final Pattern CURL_OF_FILE =
      Pattern.compile(
          "^\\$ curl --data-binary @(\\S+) -H '(.*)' -H '(.*)' http://localhost:8080(/\\S+) \\| head -3\\R"
              + "((?:.*\\R){3})",
          Pattern.MULTILINE);

  @Test
  void everyCurlIsAnsweredAsThePageSays() throws IOException, InterruptedException {
    String whole = Jdk.page("serve.md");
    Matcher tables = TABLES.matcher(whole);
    assertTrue(tables.find());
    String page = whole.replace(tables.group(1), "");
    Matcher program = PROGRAM.matcher(page);
    assertTrue(program.find());
    Path file = Files.writeString(directory.resolve("Rings.java"), program.group(1));
    String[] args = {"-XX:TieredStopAtLevel=1", "-cp", Jdk.classPath(), file.toString()};
    assertEquals("wrote rings.safetensors\n", Jdk.run(directory, "", "java", args));
    ServedModel rings = ServedModel.read(directory.resolve("rings.safetensors"));

    assertTrue(page.contains(rings + " answers at http://localhost:8080/predict, until Ctrl-C\n"));
    PredictionService server = Services.start(rings);
    int asked = 0;
    try (Client client = new Client(server.address())) {
      asked += assertAnswers(client, page);
      // The last, as it counts the others.
      assertTrue(page.contains("$ curl -s http://localhost:8080/metrics | grep requests_total\n"));
      String metrics = client.ask("GET", "/metrics").body();
      assertTrue(page.contains(samples("lamella_requests_total", metrics)), metrics);
      asked++;
    } finally {
      server.stop(0);
    }
    assertEquals(page.split("\\$ curl", -1).length - 1, asked);
    assertTrue(asked > 1);
  }

  /** Asks what the page asks, but for files; how often that was. */
  private static int assertAnswers(Client client, String page) throws IOException {
    int asked = 0;
    for (Matcher curl = CURL.matcher(page); curl.find(); asked++) {
      String type = "Content-Type: application/x-www-form-urlencoded\r\n"; // curl's
      byte[] body = curl.group(1).getBytes(StandardCharsets.UTF_8);
      assertEquals(curl.group(3), client.ask("POST", curl.group(2), type, body).body());
    }
    for (Matcher get = GET.matcher(page); get.find(); asked++) {
      assertEquals(get.group(2), client.ask("GET", get.group(1)).body());
    }
    return asked;
  }

  /** The model that the page trains of a table, with the command that it says. */
  @Test
  void everyRowIsAnsweredAsThePageSays() throws IOException, InterruptedException {
    Matcher tables = TABLES.matcher(Jdk.page("serve.md"));
    assertTrue(tables.find());
    String page = tables.group(1);
    int at = page.indexOf(LAMELLA + "table train ");
    assertTrue(at >= 0);
    String command = page.substring(at + LAMELLA.length(), page.indexOf('\n', at));
    List<String> args =
        new ArrayList<>(List.of("-cp", Jdk.classPath(), "lamella.examples.cli.Lamella"));
    for (String word : command.split(" ", -1)) {
      args.add(
          word.startsWith("examples/")
              ? Jdk.examples(word.substring("examples/".length())).toString()
              : word);
    }
    String ignored = Jdk.run(directory, "", "java", args.toArray(String[]::new));
    Servable penguins =
        Servable.read("penguins", directory.resolve("penguins/model.safetensors"), true, null);

    assertTrue(
        page.contains(LAMELLA + "serve --model penguins\n" + penguins + " answers at "), page);
    PredictionService server = Services.start(penguins);
    int asked = 0;
    try (Client client = new Client(server.address())) {
      asked += assertAnswers(client, page);
      for (Matcher curl = CURL_OF_FILE.matcher(page); curl.find(); asked++) {
        String file = curl.group(1).substring("examples/".length());
        byte[] body = Files.readAllBytes(Jdk.examples(file));
        String headers = curl.group(2) + "\r\n" + curl.group(3) + "\r\n";
        String answer = client.ask("POST", curl.group(4), headers, body).body();
        assertTrue(answer.startsWith(curl.group(5)), answer);
      }
    } finally {
      server.stop(0);
    }
    assertEquals(page.split("\\$ curl", -1).length - 1, asked);
    assertTrue(asked > 1);
  }

  /** The lines of a metric. */
  private static String samples(String name, String metrics) {
    return metrics
        .lines()
        .filter(line -> line.contains(name))
        .collect(Collectors.joining("\n", "", "\n"));
  }
}
