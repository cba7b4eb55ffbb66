package lamella.examples.serve;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
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
  private static PredictionService server;

  @BeforeAll
  static void start() throws IOException {
    NumPyRandom random = new NumPyRandom(1);
    network =
        Network.of(Shape.of(4), new Linear(4, 8, random), new Swish(), new Linear(8, 3, random));
    model = directory.resolve("model.safetensors");
    ModelFile.of(network).write(model);
    server = PredictionService.start(ServedModel.read(model), ANY_PORT);
  }

  @AfterAll
  static void stop() {
    server.stop(0);
  }

  private static Client connect() throws IOException {
    return new Client(server.address());
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
      assertEquals(
          error(400, "expected 4 float32 numbers in 16 bytes, or a multiple of that, got 15"),
          wrong.body());
      floats.putFloat(4, Float.NaN);
      assertRefused(
          400,
          "expected finite numbers, got NaN at index 1",
          client,
          client.ask("POST", type, floats.array()));
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

  private static String error(int status, String problem) {
    return "{\"status\": " + status + ", \"error\": \"" + problem + "\"}\n";
  }

  /** An error in the form of all, after which the connection goes on. */
  private static void assertRefused(int status, String problem, Client client, Answer answer)
      throws IOException {
    assertEquals(status, answer.status(), answer.toString());
    assertEquals("application/json", answer.headers().get("content-type"));
    assertEquals(error(status, problem), answer.body());
    assertEquals(200, client.post("[1, 2, 3, 4]").status(), "the connection goes on");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''                      | ''",
        "[]                      | 0",
        "[1, 2, 3]               | 3",
        "[1, 2, 3, 4, 5]         | 5",
        "[1, 2, 3, 4             | no ']' at the end",
        "{\"inputs\": [1, 2, 3, 4]} | '{\\\"inputs\\\":'",
        "[1, 2, x, 4]            | 'x' at index 2",
        "[1, 2, , 4]             | '' at index 2",
        "[1, 2, 3, NaN]          | 'NaN' at index 3",
        "[1, 2, 3, 04]           | '04' at index 3",
        "[1, 2, 3, 4,]           | '' at index 4",
        "[1, 2, 3, 4] 5          | '5' behind the array",
        "[1, 2, 3, 1e39]         | '1e39' at index 3, too large for float32",
      },
      quoteCharacter = '`')
  void aWrongBodyIsOneSentenceOfWhatWasExpectedAndCame(String body, String got) throws IOException {
    try (Client client = connect()) {
      String sent = body.equals("''") ? "" : body;
      assertRefused(
          400, "expected a JSON array of 4 numbers, got " + got, client, client.post(sent));
    }
  }

  @Test
  void anExampleThatOverflowsTheNetworkIsRefused() throws IOException {
    try (Client client = connect()) {
      assertRefused(
          422,
          "Predictor: outputs are not finite numbers; its inputs are too large for these weights in"
              + " float32",
          client,
          client.post("[3e38, -3e38, 3e38, 3e38]"));
    }
  }

  @Test
  void aNetworkThatIsNotFiniteIsTheServicesFaultAndNeverReady() throws Exception {
    Network broken = Network.of(Shape.of(2), new Linear(2, 3, new NumPyRandom(1)));
    broken.parameters().getFirst().value().fill(Double.NaN);
    Path file = directory.resolve("broken.safetensors");
    ModelFile.of(broken).write(file);
    PredictionService service = PredictionService.start(ServedModel.read(file), ANY_PORT);
    try (Client client = new Client(service.address())) {
      String why =
          "Predictor: outputs are not finite numbers; the network has NaN in layer 0 Linear(2 ->"
              + " 3): weight, as after a training that diverged";
      Answer answer = client.post("[1, 2]");
      assertEquals(500, answer.status());
      assertEquals(error(500, why), answer.body());
      answer = client.ask("GET", "/ready");
      assertEquals(503, answer.status());
      assertEquals(error(503, "the service cannot predict: " + why), answer.body());
      assertEquals(200, client.ask("GET", "/live").status());
    } finally {
      service.stop(0);
    }
  }

  // Types, methods and paths.

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "Content-Type: application/json",
        "content-type: APPLICATION/Json",
        "Content-Type: application/json;charset=\"UTF-8\"",
        "Content-Type: application/json; charset=latin1",
        "Content-Type: application/x-www-form-urlencoded",
        "Content-Encoding: identity",
        "Accept: text/html",
        "Expect: 100-continue",
        "Accept-Encoding: gzip;q=1.0"
      })
  void headersOfAnExampleInJson(String header) throws IOException {
    try (Client client = connect()) {
      String line = header.isEmpty() ? "" : header + "\r\n";
      Answer answer = client.ask("POST", line, "[1, 2, 3, 4]".getBytes(UTF_8));
      assertEquals(200, answer.status(), answer.toString());
      assertEquals(expected(1, 2, 3, 4), answer.body());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "text/plain",
        "text/html; charset=utf-8",
        "application/xml",
        "application/json2",
        "json",
        "image/png",
        "application/json, application/octet-stream",
        "application/vnd.api+json",
        "*/*"
      })
  void otherTypesAreRefused(String type) throws IOException {
    try (Client client = connect()) {
      assertRefused(
          415,
          "expected Content-Type application/json, application/octet-stream or application/x-npy, got "
              + type,
          client,
          client.ask("POST", "Content-Type: " + type + "\r\n", "[1, 2, 3, 4]".getBytes(UTF_8)));
    }
  }

  @Test
  void twoTypesAndPackedBodiesAreRefused() throws IOException {
    try (Client client = connect()) {
      String two = "Content-Type: application/json\r\nContent-Type: application/octet-stream\r\n";
      byte[] body = "[1, 2, 3, 4]".getBytes(UTF_8);
      assertRefused(400, "expected one Content-Type, got 2", client, client.ask("POST", two, body));
      Answer packed = client.ask("POST", "Content-Encoding: gzip\r\n", body);
      assertEquals("identity", packed.headers().get("accept-encoding"));
      assertRefused(415, "expected no Content-Encoding, got gzip", client, packed);
    }
  }

  @Test
  void floatsMayHaveATypeInCapitalsWithParameters() throws IOException {
    ByteBuffer floats = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
    floats.putFloat(1).putFloat(2).putFloat(3).putFloat(4);
    try (Client client = connect()) {
      String type = "Content-Type: APPLICATION/Octet-Stream; a=\"b\"\r\n";
      assertEquals(expected(1, 2, 3, 4), client.ask("POST", type, floats.array()).body());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"PUT", "DELETE", "PATCH", "TRACE", "post", "BREW"})
  void otherMethodsAreNotAllowed(String method) throws IOException {
    try (Client client = connect()) {
      Answer answer = client.ask(method, "", new byte[0]);
      assertEquals("GET, HEAD, OPTIONS, POST", answer.headers().get("allow"));
      assertRefused(
          405, "expected GET, HEAD, OPTIONS, POST for /predict, got " + method, client, answer);
      answer = client.ask(method, "/ready");
      assertEquals("GET, HEAD, OPTIONS", answer.headers().get("allow"));
      assertEquals(405, answer.status());
    }
  }

  @Test
  void optionsAreTheMethods() throws IOException {
    try (Client client = connect()) {
      Answer answer = client.ask("OPTIONS", "/predict");
      assertEquals(204, answer.status());
      assertEquals("GET, HEAD, OPTIONS, POST", answer.headers().get("allow"));
      assertEquals("GET, HEAD, OPTIONS", client.ask("OPTIONS", "/model").headers().get("allow"));
    }
  }

  @Test
  void theModelIsDescribed() throws IOException {
    String description =
        "{\"name\": \"model\", \"network\": \"Network([4] -> Linear(4 -> 8) -> Swish -> Linear(8 -> 3))\", \"type\":"
            + " \"float32\", \"inputs\": [4], \"outputs\": [3], \"meaning\": \"unspecified\", \"lamella\":"
            + " \"";
    try (Client client = connect()) {
      for (String path : List.of("/model", "/predict", "/model?verbose=1", "/%6dodel")) {
        Answer answer = client.ask("GET", path);
        assertEquals(200, answer.status());
        assertEquals("application/json", answer.headers().get("content-type"));
        assertTrue(answer.body().startsWith(description), answer.body());
        Answer head = client.ask("HEAD", path);
        assertEquals(200, head.status());
        assertEquals("", head.body());
        assertEquals(answer.headers().get("content-length"), head.headers().get("content-length"));
      }
      assertEquals(200, client.post("[1, 2, 3, 4]").status(), "the connection goes on");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/predictfoo",
        "/predict/",
        "/predict/x",
        "/Predict",
        "/predict%2F",
        "/predict%3Fx=1",
        "/x?/predict",
        "/models/",
        "/v2/",
        "/metrics/",
        "/readyz",
        "/%ff",
        "/a%22%5Cb"
      })
  void otherPathsAreNotThere(String path) throws IOException {
    try (Client client = connect()) {
      Answer answer = client.ask("GET", path);
      assertEquals(404, answer.status());
      assertEquals("application/json", answer.headers().get("content-type"));
      assertTrue(answer.body().startsWith("{\"status\": 404, \"error\": \"no /"), answer.body());
      assertTrue(
          answer
              .body()
              .endsWith(
                  " here, but POST /predict, GET /model, GET /models, POST /models/NAME/predict, GET"
                      + " /live, GET /ready, GET /metrics and GET /v2\"}\n"),
          answer.body());
      assertEquals(200, client.post("[1, 2, 3, 4]").status(), "the connection goes on");
    }
  }

  /** Who connects while it warms up is answered then. */
  @Test
  void itIsReadyAsSoonAsItAnswers() throws IOException {
    PredictionService started = PredictionService.start(ServedModel.read(model), ANY_PORT);
    try (Client client = new Client(started.address())) {
      assertEquals("{\"ready\": true}\n", client.ask("GET", "/ready").body());
      assertEquals("{\"live\": true}\n", client.ask("GET", "/live").body());
    } finally {
      started.stop(0);
    }
  }

  // Whatever the client does.

  /** A service that counts the exchanges under way. */
  private static final class Counted implements Executor, AutoCloseable {
    private final AtomicInteger underWay = new AtomicInteger();
    private final PredictionService service;

    private Counted() throws IOException {
      service =
          PredictionService.start(
              List.of(ServedModel.read(model)), ANY_PORT, Limits.standard(), this);
    }

    @Override
    public void execute(Runnable exchange) {
      underWay.incrementAndGet();
      Thread.startVirtualThread(() -> {
        try {
          exchange.run();
        } finally {
          underWay.decrementAndGet();
        }
      });
    }

    private void assertAllEnd() throws InterruptedException {
      for (int i = 0; i < 1500 && underWay.get() > 0; i++) {
        Thread.sleep(10);
      }
      assertEquals(0, underWay.get(), "exchanges under way");
    }

    @Override
    public void close() {
      service.stop(0);
    }
  }

  @Test
  void exchangesEndWhenClientsGo() throws IOException, InterruptedException {
    try (Counted counted = new Counted()) {
      for (int i = 0; i < 20; i++) {
        try (Client client = new Client(counted.service.address())) {
          client.send("POST", "Content-Length: 100\r\n", "[1, 2".getBytes(UTF_8));
        } // closed amid the body
        try (Client client = new Client(counted.service.address())) {
          client.send("POST", "Content-Length: 12\r\n", "[1, 2, 3, 4]".getBytes(UTF_8));
          client.reset(); // does not wait for the answer
        }
        try (Client client = new Client(counted.service.address())) {
          client.write("POST /predict HTTP/1.1\r\nHo".getBytes(UTF_8));
          client.reset();
        }
        try (Client client = new Client(counted.service.address())) {
          client.send("POST", "Transfer-Encoding: chunked\r\n", "5\r\n[1, 2".getBytes(UTF_8));
          client.reset();
        }
      }
      counted.assertAllEnd();
      try (Client client = new Client(counted.service.address())) {
        assertEquals(expected(1, 2, 3, 4), client.post("[1, 2, 3, 4]").body());
      }
    }
  }

  @Test
  void aBodyThatEndsTooEarlyIsToldToAClientThatStillListens()
      throws IOException, InterruptedException {
    try (Counted counted = new Counted();
        Client client = new Client(counted.service.address())) {
      client.send("POST", "Content-Length: 100\r\n", "[1, 2, 3, 4]".getBytes(UTF_8));
      client.endOutput();
      Answer answer = client.receive("POST");
      assertEquals(400, answer.status());
      assertEquals("application/json", answer.headers().get("content-type"));
      assertTrue(answer.body().contains("the body did not arrive whole"), answer.body());
      client.awaitEnd();
      counted.assertAllEnd();
    }
  }

  @Test
  void aBodyThatIsTooLongIsNotWaitedFor() throws IOException, InterruptedException {
    try (Counted counted = new Counted();
        Client client = new Client(counted.service.address())) {
      client.send("POST", "Content-Length: 1000000000000\r\n", "[1".getBytes(UTF_8));
      Answer answer = client.receive("POST");
      assertEquals(413, answer.status());
      assertEquals(error(413, "expected at most 167936 bytes, got more"), answer.body());
      client.endOutput();
      client.awaitEnd();
      counted.assertAllEnd();
    }
  }

  @Test
  void whatFollowsABodyIsAnotherRequest() throws IOException {
    try (Client client = connect()) {
      byte[] body = "[1, 2, 3, 4]".getBytes(UTF_8);
      client.send("POST", "Content-Length: 12\r\n", body);
      client.send("POST", "Content-Length: 12\r\n", body);
      assertEquals(expected(1, 2, 3, 4), client.receive("POST").body());
      assertEquals(expected(1, 2, 3, 4), client.receive("POST").body());
      client.send("POST", "", new byte[0]); // neither a length nor chunks: no body
      assertRefused(
          400, "expected a JSON array of 4 numbers, got ''", client, client.receive("POST"));
    }
  }

  @Test
  void theBodyMayBeAsLongAsAnyNumbersAreAndNoLonger() throws IOException {
    try (Client client = connect()) {
      String longest = "[-1.2345678901234567E-100,\n     0.0000000000000000000000,\n    1, 2]";
      assertEquals(200, client.post(longest).status());
      assertEquals(200, client.post("[1, 2, 3, 4]" + " ".repeat(167_936 - 12)).status());
      Answer answer = client.post("[1, 2, 3, 4]" + " ".repeat(167_937 - 12));
      assertEquals(413, answer.status());
      assertEquals(error(413, "expected at most 167936 bytes, got more"), answer.body());
    }
    try (Client client = connect()) {
      client.send("POST", "Transfer-Encoding: chunked\r\n", "29001\r\n".getBytes(UTF_8));
      client.write((" ".repeat(167_937) + "\r\n0\r\n\r\n").getBytes(UTF_8));
      assertEquals(413, client.receive("POST").status());
    }
  }

  @Test
  void stopLetsARequestEndThatHasBegun() throws IOException, InterruptedException {
    PredictionService stopped = PredictionService.start(ServedModel.read(model), ANY_PORT);
    InetSocketAddress address = stopped.address();
    try (Client client = new Client(address)) {
      assertEquals(200, client.post("[1, 2, 3, 4]").status());
      client.send("POST", "Content-Length: 12\r\n", "[1, 2,".getBytes(UTF_8));
      Thread.sleep(100); // for the server to see it
      Thread stopping = Thread.startVirtualThread(() -> stopped.stop(20));
      try (Client other = new Client(address)) {
        while (!other.ask("GET", "/ready").body().contains("is stopping")) {
          Thread.sleep(10);
        }
        Answer refused = other.post("[1, 2, 3, 4]");
        assertEquals(error(503, "the service is stopping"), refused.body());
        assertEquals(503, refused.status());
        assertEquals(200, other.ask("GET", "/live").status());
      }
      client.write(" 3, 4]".getBytes(UTF_8));
      assertEquals(expected(1, 2, 3, 4), client.receive("POST").body());
      stopping.join();
      assertThrows(ConnectException.class, () -> new Client(address));
    }
  }

  @Test
  void stopWaitsForNobodyWhoHasGone() throws IOException, InterruptedException {
    try (Counted counted = new Counted()) {
      try (Client client = new Client(counted.service.address())) {
        client.send("POST", "Content-Length: 12\r\n", "[1, 2,".getBytes(UTF_8));
        Thread.sleep(100); // for the server to see it
        client.reset();
      }
      counted.assertAllEnd();
      long begin = System.nanoTime();
      counted.service.stop(60);
      assertTrue(System.nanoTime() - begin < 30_000_000_000L);
    }
  }

  @Test
  void anAddressThatIsTakenIsAnError() {
    assertThrows(
        IOException.class,
        () -> PredictionService.start(ServedModel.read(model), server.address()));
  }
}
