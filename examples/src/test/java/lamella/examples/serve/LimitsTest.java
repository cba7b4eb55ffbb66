package lamella.examples.serve;

import static java.nio.charset.StandardCharsets.UTF_8;
import static lamella.examples.serve.Services.error;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import lamella.core.Outputs;
import lamella.examples.serve.Client.Answer;
import org.junit.jupiter.api.Test;

/** More requests than a service takes upon itself. */
class LimitsTest {
  private static final Duration SOON = Duration.ofMillis(50);

  private final ServedModel model = Services.model("m", 4, Outputs.CLASSES, 3);

  private static double value(Client client, String sample) throws IOException {
    return PrometheusText.parse(client.ask("GET", "/metrics").body()).value(sample);
  }

  private static void awaitMemory(Client client, boolean taken)
      throws IOException, InterruptedException {
    for (int i = 0; i < 2000; i++) {
      if (value(client, "lamella_request_memory_bytes") > 0 == taken) {
        return;
      }
      Thread.sleep(5);
    }
    fail("memory is " + (taken ? "not taken" : "not given back"));
  }

  /** A request whose body does not come has taken all memory there is. */
  @Test
  void whoFindsNoMemoryIsToComeAgain() throws IOException, InterruptedException {
    Limits limits = new Limits(64, 64 << 10, SOON, 2);
    PredictionService service = Services.start(limits, model);
    try (Client slow = new Client(service.address());
        Client other = new Client(service.address())) {
      slow.send("POST", "Content-Length: 5000\r\n", "[1, 2,".getBytes(UTF_8));
      awaitMemory(other, true);
      assertEquals(65536, value(other, "lamella_request_memory_limit_bytes"));
      assertTrue(value(other, "lamella_request_memory_bytes") > 63_000);
      Answer busy = other.post("[[1, 2, 3, 4], [1, 2, 3, 4], [1, 2, 3, 4]]");
      assertEquals(503, busy.status());
      assertEquals("1", busy.headers().get("retry-after"));
      assertEquals(error(503, "the service is busy; come again"), busy.body());
      assertEquals(200, other.ask("GET", "/live").status());
      slow.write((" 3, 4]" + " ".repeat(5000 - 12)).getBytes(UTF_8));
      assertEquals(200, slow.receive("POST").status());
      assertEquals(200, other.post("[[1, 2, 3, 4], [1, 2, 3, 4], [1, 2, 3, 4]]").status());
      awaitMemory(other, false);
    } finally {
      service.stop(0);
    }
  }

  @Test
  void memoryComesBackWhenAClientGoes() throws IOException, InterruptedException {
    Limits limits = new Limits(64, 64 << 10, SOON, 2);
    PredictionService service = Services.start(limits, model);
    try (Client other = new Client(service.address())) {
      for (int i = 0; i < 20; i++) {
        try (Client gone = new Client(service.address())) {
          gone.send("POST", "Content-Length: 5000\r\n", "[1, 2,".getBytes(UTF_8));
          awaitMemory(other, true);
          gone.reset();
        }
        awaitMemory(other, false);
      }
      assertEquals(200, other.post("[1, 2, 3, 4]").status());
    } finally {
      service.stop(0);
    }
  }

  /** There is memory for one request at a time; each gets its answer in the end. */
  @Test
  void whoWaitsIsServedInTurn() throws IOException, InterruptedException, ExecutionException {
    Limits limits = new Limits(64, 1, Duration.ofSeconds(20), 1);
    PredictionService service = Services.start(limits, model);
    String expected = model.answer(new float[] {1, 2, 3, 4}) + "\n";
    try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<String>> answers = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        answers.add(
            clients.submit(() -> {
              try (Client client = new Client(service.address())) {
                return client.post("[1, 2, 3, 4]").body();
              }
            }));
      }
      for (Future<String> answer : answers) {
        assertEquals(expected, answer.get());
      }
    } finally {
      service.stop(0);
    }
  }

  /** A body that the memory would not hold with its numbers and its answer is too long. */
  @Test
  void littleMemoryMakesTheLongestBodyShorter() throws IOException {
    Limits limits = new Limits(1024, 1 << 20, SOON, 2);
    PredictionService service = Services.start(limits, model);
    try (Client client = new Client(service.address())) {
      long answers = 1024 * model.memoryOfAnswer();
      long longest = (1_048_576 - answers) / 3;
      Answer answer = client.post(" ".repeat((int) longest + 1));
      assertEquals(error(413, "expected at most " + longest + " bytes, got more"), answer.body());
      assertEquals(413, answer.status());
      assertEquals(200, client.post("[1, 2, 3, 4]").status());
    } finally {
      service.stop(0);
    }
  }

  /** The rest of a body that is longer than its head says is no request. */
  @Test
  void aBodyLongerThanItsLengthDoesNoHarm() throws IOException {
    PredictionService service = Services.start(model);
    try (Client client = new Client(service.address())) {
      client.send("POST", "Content-Length: 12\r\n", "[1, 2, 3, 4], 5, 6]\r\n\r\n".getBytes(UTF_8));
      assertEquals(model.answer(new float[] {1, 2, 3, 4}) + "\n", client.receive("POST").body());
      assertTrue(client.receive("POST").status() >= 400);
    }
    try (Client other = new Client(service.address())) {
      assertEquals(200, other.post("[1, 2, 3, 4]").status());
    } finally {
      service.stop(0);
    }
  }

  @Test
  void memoryIsTakenAndGivenBack() {
    Memory memory = new Memory(10_240, Duration.ZERO);
    int some = memory.take(5000);
    assertEquals(5120, memory.taken());
    assertEquals(0, memory.take(6000));
    int rest = memory.take(5000);
    assertEquals(10_240, memory.taken());
    memory.giveBack(some);
    memory.giveBack(rest);
    int all = memory.take(Long.MAX_VALUE);
    assertEquals(10_240, memory.taken());
    memory.giveBack(all);
    assertEquals(0, memory.taken());
  }

  @Test
  void limitsAreAboveZero() {
    assertEquals(
        "expected limits above 0, got 0 examples, 5 bytes, PT1S, 1 at once",
        assertThrows(
                IllegalArgumentException.class, () -> new Limits(0, 5, Duration.ofSeconds(1), 1))
            .getMessage());
  }
}
