package lamella.examples.serve;

import static java.nio.charset.StandardCharsets.UTF_8;
import static lamella.examples.serve.Services.error;
import static lamella.examples.serve.Services.post;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.SplittableRandom;
import lamella.core.Outputs;
import lamella.core.io.FileFormatException;
import lamella.examples.Jdk;
import lamella.examples.serve.Client.Answer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An ONNX graph of several inputs and outputs; expected is what graph_onnx.py prints. */
class ServedGraphTest {
  private static final String REQUEST =
      """
      {"id": "7", "inputs": [
      {"name": "x", "shape": [2, 2], "datatype": "FP32", "data": [1, 2, 3, -4.5]},
      {"name": "bonus", "data": [[10], [-20]], "datatype": "INT64", "shape": [2, 1]},
      {"name": "chosen", "shape": [2, 2], "datatype": "BOOL", "data": [true, false, false, 1]}]}
      """;

  private static final String VALUES =
      "\"inputs\": [{\"name\": \"x\", \"datatype\": \"FP32\", \"shape\": [-1, 2]}, {\"name\": \"bonus\","
          + " \"datatype\": \"INT64\", \"shape\": [-1, 1]}, {\"name\": \"chosen\", \"datatype\": \"BOOL\","
          + " \"shape\": [-1, 2]}], \"outputs\": [{\"name\": \"score\", \"datatype\": \"FP32\", \"shape\":"
          + " [-1, 3]}, {\"name\": \"label\", \"datatype\": \"INT64\", \"shape\": [-1]}, {\"name\":"
          + " \"name\", \"datatype\": \"BYTES\", \"shape\": [-1]}, {\"name\": \"wide\", \"datatype\":"
          + " \"FP64\", \"shape\": [-1, 2]}, {\"name\": \"others\", \"datatype\": \"BOOL\", \"shape\":"
          + " [-1, 2]}]";

  private static Servable graph;
  private static PredictionService service;

  @BeforeAll
  static void start() throws IOException {
    graph = Servable.read("g", file(), true, null);
    service = Services.start(graph, Services.model("m", 2, Outputs.CLASSES, 3));
  }

  @AfterAll
  static void stop() {
    service.stop(0);
  }

  private static Path file() {
    return Jdk.examples("src/test/resources/lamella/examples/graph.onnx");
  }

  private static Answer infer(String body) throws IOException {
    try (Client client = new Client(service.address())) {
      Answer answer = post(client, "/v2/models/g/infer", body);
      assertEquals(200, client.ask("GET", "/live").status(), "the connection goes on");
      return answer;
    }
  }

  @Test
  void everyOutputHasItsTypeAndShape() throws IOException {
    Answer answer = infer(REQUEST);
    assertEquals(
        "{\"model_name\": \"g\", \"id\": \"7\", \"outputs\": [{\"name\": \"score\", \"datatype\":"
            + " \"FP32\", \"shape\": [2, 3], \"data\": [19.0, 18.0, 1.0, -35.0, -48.5, 16.0]}, {\"name\":"
            + " \"label\", \"datatype\": \"INT64\", \"shape\": [2], \"data\": [0, 2]}, {\"name\": \"name\","
            + " \"datatype\": \"BYTES\", \"shape\": [2], \"data\": [\"low\", \"high\"]}, {\"name\":"
            + " \"wide\", \"datatype\": \"FP64\", \"shape\": [2, 2], \"data\": [1.0, 0.0, 0.0, -4.5]},"
            + " {\"name\": \"others\", \"datatype\": \"BOOL\", \"shape\": [2, 2], \"data\": [false, true,"
            + " true, false]}]}\n",
        answer.body());
    assertEquals(200, answer.status());
  }

  @Test
  void someOutputsMayBeAskedFor() throws IOException {
    String outputs =
        "{\"outputs\": [{\"name\": \"name\", \"parameters\": {}}, {\"name\": \"label\"}],";
    assertEquals(
        "{\"model_name\": \"g\", \"id\": \"7\", \"outputs\": [{\"name\": \"name\", \"datatype\":"
            + " \"BYTES\", \"shape\": [2], \"data\": [\"low\", \"high\"]}, {\"name\": \"label\","
            + " \"datatype\": \"INT64\", \"shape\": [2], \"data\": [0, 2]}]}\n",
        infer(outputs + REQUEST.substring(1)).body());
  }

  @Test
  void itIsDescribedByItsInputsAndOutputs() throws IOException {
    assertInstanceOf(ServedGraph.class, graph);
    try (Client client = new Client(service.address())) {
      assertEquals(
          "{\"name\": \"g\", \"platform\": \"lamella\", " + VALUES + "}\n",
          client.ask("GET", "/v2/models/g").body());
      String description = client.ask("GET", "/models/g").body();
      assertTrue(description.startsWith("{\"name\": \"g\", \"graph\": \""), description);
      assertTrue(description.contains(VALUES), description);
      assertEquals(200, post(client, "/models/m/predict", "[1, 2]").status());
      Answer predict = post(client, "/models/g/predict", "[1, 2]");
      assertEquals(404, predict.status());
      assertEquals(
          error(404, "the model g is asked by the names of its inputs: POST /v2/models/g/infer"),
          predict.body());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "400 | FP32       | FP16        | expected a datatype BOOL, INT8 to INT64, UINT8 to UINT64, FP32, FP64 or BYTES, got \"FP16\"",
        "400 | [10]       | [10.5]      | expected a whole number, got '10.5'",
        "400 | [10]       | [99999999999999999999] | expected a whole number of 64 bits, got '99999999999999999999'",
        "400 | [10]       | [1e1]       | expected a whole number, got '1e1'",
        "400 | [10]       | [\"10\"]    | expected a whole number, got '\"10\"'",
        "400 | , 1]}]     | , 2]}]      | expected elements of BOOL in \"data\", got '2'",
        "400 | -4.5       | 1e39        | expected elements of FP32 in \"data\", got '1e39'",
        "400 | -4.5       | NaN         | expected a value, got 'NaN'",
        "400 | , -4.5     |             | expected 4 elements of \"data\", as the shape [2, 2] says, got 3",
        "400 | [2, 1]     | [16000000, 16000000] | expected 2147483647 elements of \"data\", as the shape [16000000, 16000000] says, got fewer",
        "400 | [2, 1]     | [2, -1]     | expected dimensions from 0 to 2^24 in \"shape\", got '-1'",
        "400 | \"bonus\"  | \"x\"       | the input \"x\" is there twice",
        "400 | , \"data\": [1, 2, 3, -4.5] | | expected \"data\" of the input \"x\", got none",
      })
  void aWrongRequestIsOneSentence(int status, String part, String instead, String problem)
      throws IOException {
    assertTrue(REQUEST.contains(part), part);
    Answer answer = infer(REQUEST.replace(part, instead == null ? "" : instead));
    assertEquals(error(status, problem), answer.body());
    assertEquals(status, answer.status());
  }

  @Test
  void whatTheGraphRefusesIsTheRequestsFault() throws IOException {
    Answer missing = infer(REQUEST.replace("\"bonus\"", "\"malus\""));
    assertEquals(422, missing.status());
    assertTrue(missing.body().contains("input \\\"bonus\\\" is missing"), missing.body());
    Answer type = infer(REQUEST.replace("FP32", "FP64"));
    assertEquals(422, type.status(), type.body());
    Answer output = infer("{\"outputs\": [{\"name\": \"nothing\"}]," + REQUEST.substring(1));
    assertEquals(422, output.status(), output.body());
    assertTrue(output.body().contains("nothing"), output.body());
    Answer overflow = infer(REQUEST.replace("[1, 2, 3", "[3e38, 3e38, 3"));
    assertEquals(
        error(422, "outputs are not finite numbers: score has Infinity at index 0"),
        overflow.body());
  }

  /** Whatever the bytes: an answer or a refusal. */
  @Test
  void changedBytesAreAnsweredOrRefused() {
    SplittableRandom random = new SplittableRandom(1);
    byte[] text = REQUEST.getBytes(UTF_8);
    int refused = 0;
    for (int i = 0; i < 20_000; i++) {
      byte[] changed = text.clone();
      for (int j = random.nextInt(3); j >= 0; j--) {
        changed[random.nextInt(changed.length)] = (byte) random.nextInt(256);
      }
      try {
        assertTrue(((ServedGraph) graph).infer(changed, 1 << 20).endsWith("]}"));
      } catch (Refusal e) {
        assertTrue(e.status() >= 400 && e.status() < 500 && !e.reason().isEmpty(), e.reason());
        refused++;
      }
    }
    assertTrue(refused > 10_000 && refused < 20_000, "refused: " + refused);
  }

  @Test
  void moreMemoryThanThereMayBeIsRefused() {
    byte[] body = REQUEST.getBytes(UTF_8);
    assertEquals(
        422, assertThrows(Refusal.class, () -> ((ServedGraph) graph).infer(body, 10)).status());
  }

  /** What is neither is refused for the reason that it is no network. */
  @Test
  void aFileThatIsNoModelIsRefused() {
    Path script = file().resolveSibling("graph_onnx.py");
    assertThrows(FileFormatException.class, () -> Servable.read("g", script, true, null));
  }
}
