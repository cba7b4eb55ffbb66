package lamella.examples.serve;

import static java.nio.charset.StandardCharsets.UTF_8;
import static lamella.examples.serve.Services.error;
import static lamella.examples.serve.Services.post;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import lamella.core.FloatTensor;
import lamella.core.Network;
import lamella.core.Outputs;
import lamella.core.Predictor;
import lamella.core.Shape;
import lamella.examples.serve.Client.Answer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The paths below {@code /v2}. */
class InferenceProtocolTest {
  private static final String REQUEST =
      "{\"inputs\": [{\"name\": \"input\", \"shape\": [2, 3], \"datatype\": \"FP32\", \"data\":"
          + " [1, 2, 3, 4, 5, 6]}]}";

  private static Network network;
  private static PredictionService service;

  @BeforeAll
  static void start() throws IOException {
    network = Services.network(3, Outputs.CLASSES, 2);
    service = Services.start(new ServedModel("m", Predictor.of(network), List.of("a", "b")));
  }

  @AfterAll
  static void stop() {
    service.stop(0);
  }

  private static float[] outputs(int rows, float... numbers) {
    FloatTensor inputs = FloatTensor.wrap(Shape.of(rows, 3), numbers);
    return ((FloatTensor) network.forward(inputs)).array();
  }

  private static String expected(String id, int rows, float... numbers) {
    return "{\"model_name\": \"m\""
        + id
        + ", \"outputs\": [{\"name\": \"output\", \"datatype\": \"FP32\", \"shape\": ["
        + rows
        + ", 2], \"data\": "
        + Arrays.toString(outputs(rows, numbers))
        + "}]}\n";
  }

  private static Answer infer(String body) throws IOException {
    try (Client client = new Client(service.address())) {
      Answer answer = post(client, "/v2/models/m/infer", body);
      assertEquals(200, client.ask("GET", "/live").status(), "the connection goes on");
      return answer;
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        REQUEST,
        // Members in another order, those of the protocol that are not needed, nested data.
        "{\"parameters\": {\"priority\": 1, \"x\": [true, null, {}]}, \"outputs\": [{\"name\": \"output\","
            + " \"parameters\": {\"binary_data\": false}}], \"inputs\": [{\"data\": [[1, 2, 3], [4.0,"
            + " 5e0, 60e-1]], \"datatype\": \"FP32\", \"parameters\": {}, \"shape\": [2, 3], \"name\":"
            + " \"input\"}]}",
        "{\"outputs\": [], \"inputs\": [{\"name\": \"\\u0069nput\", \"shape\": [2,3], \"datatype\": \"FP32\", \"data\": [[[[1],2],3],4,5,6]}]}",
      })
  void theOutputsAreTheNetworks(String body) throws IOException {
    Answer answer = infer(body);
    assertEquals(expected("", 2, 1, 2, 3, 4, 5, 6), answer.body());
    assertEquals(200, answer.status());
    assertEquals("application/json", answer.headers().get("content-type"));
  }

  @Test
  void theIdComesBack() throws IOException {
    assertEquals(
        expected(", \"id\": \"4\\\"2\"", 2, 1, 2, 3, 4, 5, 6),
        infer("{\"id\": \"4\\\"2\", " + REQUEST.substring(1)).body());
  }

  @Test
  void manyRowsAreThoseOfTheNetwork() throws IOException {
    float[] numbers = Services.random(3 * 700, 1);
    String body =
        REQUEST
            .replace("[2, 3]", "[700, 3]")
            .replace("[1, 2, 3, 4, 5, 6]", Arrays.toString(numbers));
    assertEquals(expected("", 700, numbers), infer(body).body());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"input\"   | \"x\"         | expected the input \"input\", got \"x\"",
        "\"input\"   | 5             | expected a string as \"name\", got '5'",
        "\"name\": \"input\", |      | expected the input \"input\", got \"\"",
        "FP32        | INT64         | expected the datatype \"FP32\", got \"INT64\"",
        "[2, 3]      | [2, 4]        | expected the shape [n, 3], got [2, 4]",
        "[2, 3]      | [6]           | expected the shape [n, 3], got [6]",
        "[2, 3]      | [2, 3, 1]     | expected the shape [n, 3], got [2, 3, 1]",
        "[2, 3]      | []            | expected the shape [n, 3], got []",
        "[2, 3]      | [-1, 3]       | expected dimensions from 0 to 2^24 in \"shape\", got '-1'",
        "[2, 3]      | [0, 3]        | expected the shape [n, 3], got [0, 3]",
        "[2, 3]      | [2.5, 3]      | expected dimensions from 0 to 2^24 in \"shape\", got '2.5'",
        "[2, 3]      | [1e30, 3]     | expected dimensions from 0 to 2^24 in \"shape\", got '1e30'",
        "[2, 3]      | \"23\"        | expected an array of \"shape\", got '\"23\"'",
        "[2, 3]      | [3, 3]        | expected 9 numbers of \"data\", as the shape [3, 3] says, got 6",
        "[2, 3]      | [1, 3]        | expected 3 numbers of \"data\", as the shape [1, 3] says, got 6",
        "[2, 3]      | [2000, 3]     | expected at most 1024 examples, got more",
        "5, 6]       | 5, x]         | expected numbers in \"data\", got 'x' at index 5",
        "5, 6]       | 5, NaN]       | expected numbers in \"data\", got 'NaN' at index 5",
        "5, 6]       | 5, 1e39]      | expected numbers in \"data\", got '1e39' at index 5, too large for float32",
        "5, 6]       | 5 6]          | expected ',' or ']' in \"data\", got '6'",
        "[1, 2, 3, 4, 5, 6] | 1      | expected an array of \"data\", got '1'",
        ", \"data\": [1, 2, 3, 4, 5, 6] | | expected 6 numbers of \"data\", as the shape [2, 3] says, got 0",
        "}]}         | }, {}]}       | expected one of \"inputs\", input, got more",
        "{\"inputs\" | {\"input\"    | expected one of \"inputs\", input, got 0",
        "}]}         | }]} x         | expected the end behind the request, got 'x'",
        "}]}         | }]            | expected ',' or '}', got ''",
        "}]}         | }], \"outputs\": [{\"name\": \"probabilities\"}]} | expected the output \"output\", got \"probabilities\"",
        "}]}         | }], \"inputs\": []} | the name \"inputs\" is there twice",
        "{\"inputs\" | [{\"inputs\"  | expected '{', got '[{\"inputs\":'",
      })
  void aWrongRequestIsOneSentence(String part, String instead, String problem) throws IOException {
    assertTrue(REQUEST.contains(part), part);
    int at = part.equals("}]}") ? REQUEST.length() - 3 : REQUEST.indexOf(part);
    String body =
        REQUEST.substring(0, at)
            + (instead == null ? "" : instead)
            + REQUEST.substring(at + part.length());
    Answer answer = infer(body);
    int status = problem.contains("1024") ? 413 : 400;
    assertEquals(error(status, problem), answer.body());
    assertEquals(status, answer.status());
  }

  @Test
  void deepDataAndDeepParametersAreRefused() throws IOException {
    String deep = "[".repeat(50_000);
    assertEquals(
        error(400, "deeper than 64 arrays"),
        infer(REQUEST.replace("[1, 2, 3, 4, 5, 6]", deep)).body());
    assertEquals(
        error(400, "deeper than 64 arrays and objects"), infer("{\"parameters\": " + deep).body());
  }

  @Test
  void anOverflowIsNamedByItsRow() throws IOException {
    Answer answer = infer(REQUEST.replace("4, 5, 6]", "3e38, 3e38, 3e38]"));
    assertEquals(422, answer.status());
    assertTrue(answer.body().contains("\"row 1: "), answer.body());
  }

  @Test
  void otherTypesOfContentAreRefused() throws IOException {
    try (Client client = new Client(service.address())) {
      String type = "application/octet-stream";
      byte[] body = REQUEST.getBytes(UTF_8);
      assertEquals(415, post(client, "/v2/models/m/infer", type, body).status());
    }
  }

  /** Whatever the bytes: an answer or a refusal. */
  @Test
  void changedBytesAreReadOrRefused() {
    SplittableRandom random = new SplittableRandom(1);
    byte[] text = REQUEST.getBytes(UTF_8);
    int refused = 0;
    for (int i = 0; i < 50_000; i++) {
      byte[] changed = text.clone();
      for (int j = random.nextInt(3); j >= 0; j--) {
        changed[random.nextInt(changed.length)] = (byte) random.nextInt(256);
      }
      try {
        Examples examples = InferenceProtocol.read(changed, Shape.of(3), 9).examples();
        assertEquals(3 * examples.rows(), examples.numbers().length);
      } catch (IllegalArgumentException e) {
        refused++;
      }
    }
    assertTrue(refused > 25_000 && refused < 50_000, "refused: " + refused);
    assertThrows(
        IllegalArgumentException.class, () -> InferenceProtocol.read(new byte[0], Shape.of(3), 9));
  }

  @Test
  void serverAndModelDescribeThemselves() throws IOException {
    try (Client client = new Client(service.address())) {
      assertEquals(
          "{\"name\": \"lamella\", \"version\": \""
              + ServedModel.version()
              + "\", \"extensions\": []}\n",
          client.ask("GET", "/v2").body());
      assertEquals(
          "{\"name\": \"m\", \"platform\": \"lamella\", \"inputs\": [{\"name\": \"input\","
              + " \"datatype\": \"FP32\", \"shape\": [-1, 3]}], \"outputs\": [{\"name\": \"output\","
              + " \"datatype\": \"FP32\", \"shape\": [-1, 2]}]}\n",
          client.ask("GET", "/v2/models/m").body());
      assertEquals("{\"live\": true}\n", client.ask("GET", "/v2/health/live").body());
    }
  }
}
