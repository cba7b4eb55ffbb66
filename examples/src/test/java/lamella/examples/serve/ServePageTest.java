package lamella.examples.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
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

  @Test
  void everyCurlIsAnsweredAsThePageSays() throws IOException, InterruptedException {
    String page = Jdk.page("serve.md");
    Matcher program = PROGRAM.matcher(page);
    assertTrue(program.find());
    Path file = Files.writeString(directory.resolve("Rings.java"), program.group(1));
    String[] args = {"-XX:TieredStopAtLevel=1", "-cp", Jdk.classPath(), file.toString()};
    assertEquals("wrote rings.safetensors\n", Jdk.run(directory, "", "java", args));
    ServedModel rings = ServedModel.read(directory.resolve("rings.safetensors"));

    assertTrue(page.contains(rings + " answers at http://localhost:8080/predict, until Ctrl-C\n"));
    InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    PredictionService server = PredictionService.start(rings, anyPort);
    int asked = 0;
    try (Client client = new Client(server.address())) {
      for (Matcher curl = CURL.matcher(page); curl.find(); asked++) {
        String type = "Content-Type: application/x-www-form-urlencoded\r\n"; // curl's
        byte[] body = curl.group(1).getBytes(StandardCharsets.UTF_8);
        assertEquals(curl.group(3), client.ask("POST", curl.group(2), type, body).body());
      }
      for (Matcher get = GET.matcher(page); get.find(); asked++) {
        assertEquals(get.group(2), client.ask("GET", get.group(1)).body());
      }
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

  /** The lines of a metric. */
  private static String samples(String name, String metrics) {
    return metrics
        .lines()
        .filter(line -> line.contains(name))
        .collect(Collectors.joining("\n", "", "\n"));
  }
}
