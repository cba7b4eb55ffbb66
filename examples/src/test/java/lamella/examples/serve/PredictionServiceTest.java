package lamella.examples.serve;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import lamella.core.Network;
import lamella.core.Predictor;
import lamella.core.Shape;
import lamella.core.io.ModelFile;
import lamella.core.random.NumPyRandom;
import lamella.examples.serve.Client.Answer;
import lamella.layers.Linear;
import lamella.layers.Swish;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PredictionServiceTest {
  private static final InetSocketAddress ANY_PORT =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

  /** More than the connections that the JDK's server keeps unless told otherwise. */
  private static final int CLIENTS = 250;

  @TempDir static Path directory;
  private static Network network;
  private static Path model;
  private static HttpServer server;

  @BeforeAll
  static void start() throws IOException {
    NumPyRandom random = new NumPyRandom(1);
    network =
        Network.of(Shape.of(4), new Linear(4, 8, random), new Swish(), new Linear(8, 3, random));
    model = directory.resolve("model.safetensors");
    ModelFile.of(network).write(model);
    server = PredictionService.start(Classifier.read(model), ANY_PORT);
  }

  @AfterAll
  static void stop() {
    server.stop(0);
  }

  private static Client connect() throws IOException {
    return new Client(server.getAddress());
  }

  /** What one thread alone says, in the words of the service. */
  private static String expected(float... example) {
    Predictor predictor = Predictor.of(network);
    return "{\"class\": "
        + predictor.classOf(example)
        + ", \"probabilities\": "
        + Arrays.toString(predictor.probabilities(example))
        + "}\n";
  }

  @Test
  void answersWithClassAndProbabilities() throws IOException {
    try (Client client = connect()) {
      Answer answer = client.post(" [5.1, -3.5,\n1.4e0, 2]\n");
      assertEquals(200, answer.status());
      assertEquals("application/json", answer.headers().get("content-type"));
      assertEquals(expected(5.1f, -3.5f, 1.4f, 2), answer.body());
    }
  }

  @Test
  void takesFloatsAsBytesToo() throws IOException {
    ByteBuffer floats = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
    floats.putFloat(5.1f).putFloat(-3.5f).putFloat(1.4f).putFloat(2);
    try (Client client = connect()) {
      String type = "Content-Type: application/octet-stream\r\n";
      assertEquals(expected(5.1f, -3.5f, 1.4f, 2), client.ask("POST", type, floats.array()).body());
      Answer wrong = client.ask("POST", type, new byte[15]);
      assertEquals(400, wrong.status());
      assertEquals("expected 4 float32 numbers in 16 bytes, got 15\n", wrong.body());
      floats.putFloat(0, Float.NaN);
      assertEquals(400, client.ask("POST", type, floats.array()).status());
    }
  }

  /** One client's requests, one after the other; the answers that are not those of one thread. */
  private static List<String> wrongAnswers(int seed, CyclicBarrier all) throws Exception {
    RandomGenerator random = new NumPyRandom(seed);
    List<String> wrong = new ArrayList<>();
    try (Client client = connect()) {
      all.await(20, TimeUnit.SECONDS);
      for (int i = 0; i < 8; i++) {
        float[] example = new float[4];
        for (int j = 0; j < example.length; j++) {
          example[j] = (float) random.nextGaussian();
        }
        Answer answer = client.post(Arrays.toString(example));
        if (!answer.body().equals(expected(example))) {
          wrong.add(Arrays.toString(example) + ": " + answer);
        }
        if (i == 0) {
          all.await(20, TimeUnit.SECONDS); // all connections idle at once
        }
      }
    }
    return wrong;
  }

  @Test
  void manyClientsAtOnceGetTheAnswersThatOneThreadAloneGives()
      throws InterruptedException, ExecutionException {
    CyclicBarrier all = new CyclicBarrier(CLIENTS);
    List<String> wrong = new ArrayList<>();
    try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<List<String>>> futures = new ArrayList<>();
      for (int seed = 0; seed < CLIENTS; seed++) {
        int clientSeed = seed;
        futures.add(clients.submit(() -> wrongAnswers(clientSeed, all)));
      }
      for (Future<List<String>> future : futures) {
        wrong.addAll(future.get());
      }
    }
    assertEquals(List.of(), wrong);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''                      | ''",
        "[]                      | 0",
        "[1, 2, 3]               | 3",
        "[1, 2, 3, 4, 5]         | 5",
        "[1, 2, 3, 4             | '[1, 2, 3, 4'",
        "{\"inputs\": [1, 2, 3, 4]} | '{\"inputs\": [1, 2, 3,...'",
        "[1, 2, x, 4]            | 'x' at index 2",
        "[1, 2, , 4]             | '' at index 2",
        "[[1, 2], [3, 4]]        | '[1' at index 0",
        "[1, 2, 3, NaN]          | 'NaN' at index 3",
        "[1, 2, 3, 1e39]         | '1e39' at index 3",
      },
      quoteCharacter = '`')
  void aWrongBodyIsOneSentenceOfWhatWasExpectedAndCame(String body, String got) throws IOException {
    try (Client client = connect()) {
      String sent = body.equals("''") ? "" : body;
      Answer answer = client.post(sent);
      assertEquals(400, answer.status());
      assertEquals("text/plain; charset=utf-8", answer.headers().get("content-type"));
      assertEquals("expected a JSON array of 4 numbers, got " + got + "\n", answer.body());
      assertEquals(200, client.post("[1, 2, 3, 4]").status(), "the connection goes on");
    }
  }

  @Test
  void anExampleThatOverflowsTheNetworkIsRefused() throws IOException {
    try (Client client = connect()) {
      Answer answer = client.post("[3e38, -3e38, 3e38, 3e38]");
      assertEquals(400, answer.status(), answer.toString());
      assertEquals(
          "expected numbers that give finite outputs, got some too large or NaN\n", answer.body());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "HEAD", "PUT", "DELETE", "OPTIONS"})
  void otherMethodsAreNotAllowed(String method) throws IOException {
    try (Client client = connect()) {
      Answer answer = client.ask(method, "", new byte[0]);
      assertEquals(405, answer.status());
      assertEquals("POST", answer.headers().get("allow"));
      assertEquals(200, client.post("[1, 2, 3, 4]").status(), "the connection goes on");
    }
  }

  @Test
  void theBodyMayBeAsLongAsAnyNumbersAreAndNoLonger() throws IOException {
    try (Client client = connect()) {
      String longest = "[-1.2345678901234567E-100,\n     0.0000000000000000000000,\n    1, 2]";
      assertEquals(200, client.post(longest).status());
      assertEquals(200, client.post("[1, 2, 3, 4]" + " ".repeat(148)).status());
      Answer answer = client.post("[1, 2, 3, 4]" + " ".repeat(149));
      assertEquals(413, answer.status());
      assertEquals("expected at most 160 bytes, got more\n", answer.body());
    }
    try (Client client = connect()) {
      client.send("POST", "Transfer-Encoding: chunked\r\n", "a1\r\n".getBytes(UTF_8));
      client.write((" ".repeat(161) + "\r\n0\r\n\r\n").getBytes(UTF_8));
      assertEquals(413, client.receive("POST").status());
    }
  }

  @Test
  void stopLetsARequestEndThatHasBegun() throws IOException, InterruptedException {
    HttpServer stopped = PredictionService.start(Classifier.read(model), ANY_PORT);
    InetSocketAddress address = stopped.getAddress();
    try (Client client = new Client(address)) {
      assertEquals(200, client.post("[1, 2, 3, 4]").status());
      client.send("POST", "Content-Length: 12\r\n", "[1, 2,".getBytes(UTF_8));
      Thread.sleep(100); // for the server to see it
      Thread stopping = Thread.startVirtualThread(() -> stopped.stop(20));
      while (accepts(address)) {
        Thread.sleep(10);
      }
      client.write(" 3, 4]".getBytes(UTF_8));
      assertEquals(expected(1, 2, 3, 4), client.receive("POST").body());
      stopping.join();
    }
  }

  private static boolean accepts(InetSocketAddress address) throws IOException {
    try {
      new Client(address).close();
      return true;
    } catch (ConnectException e) {
      return false;
    }
  }

  @Test
  void anAddressThatIsTakenIsAnError() {
    assertThrows(
        IOException.class,
        () -> PredictionService.start(Classifier.read(model), server.getAddress()));
  }
}
