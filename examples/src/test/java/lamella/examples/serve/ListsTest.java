package lamella.examples.serve;

import static java.nio.charset.StandardCharsets.UTF_8;
import static lamella.examples.serve.Services.bytes;
import static lamella.examples.serve.Services.error;
import static lamella.examples.serve.Services.post;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.StringJoiner;
import lamella.core.Network;
import lamella.core.Outputs;
import lamella.core.Predictor;
import lamella.core.Shape;
import lamella.core.random.NumPyRandom;
import lamella.examples.serve.Client.Answer;
import lamella.layers.Embedding;
import lamella.layers.Linear;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests with many examples. */
class ListsTest {
  private static final String NPY = "application/x-npy";
  private static final String FLOATS = "application/octet-stream";

  private static ServedModel model;
  private static PredictionService service;

  @BeforeAll
  static void start() throws IOException {
    model = Services.model("m", 4, Outputs.CLASSES, 3);
    service = Services.start(Limits.standard().withExamples(1000), model);
  }

  @AfterAll
  static void stop() {
    service.stop(0);
  }

  /** What the answers to one example each are, as a list. */
  private static String oneByOne(ServedModel of, float[] numbers) {
    StringJoiner answers = new StringJoiner(", ", "[", "]\n");
    for (int from = 0; from < numbers.length; from += of.inputs()) {
      answers.add(of.answer(Arrays.copyOfRange(numbers, from, from + of.inputs())));
    }
    return answers.toString();
  }

  private static String json(int width, float[] numbers) {
    StringJoiner rows = new StringJoiner(",\n", "[", "]");
    for (int from = 0; from < numbers.length; from += width) {
      rows.add(Arrays.toString(Arrays.copyOfRange(numbers, from, from + width)));
    }
    return rows.toString();
  }

  /** NumPy's file, by its description. */
  private static byte[] npy(String type, String shape, byte[] data) throws IOException {
    String dictionary =
        "{'descr': '" + type + "', 'fortran_order': False, 'shape': " + shape + ", }";
    String header = dictionary + " ".repeat(117 - dictionary.length()) + "\n";
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    file.write(0x93);
    file.write("NUMPY".getBytes(UTF_8));
    file.write(new byte[] {1, 0, (byte) header.length(), 0});
    file.write(header.getBytes(UTF_8));
    file.write(data);
    return file.toByteArray();
  }

  /** Of each meaning; 256 rows and fewer are computed at once. */
  @ParameterizedTest
  @EnumSource(Outputs.class)
  void answersAreThoseOfTheExamplesOneByOne(Outputs meaning) throws IOException {
    boolean several = meaning == Outputs.CLASSES || meaning == Outputs.PROBABILITIES;
    for (int outputs : several ? new int[] {3} : new int[] {1, 3}) {
      ServedModel of = Services.model("p", 5, meaning, outputs);
      PredictionService asked = Services.start(of);
      try (Client client = new Client(asked.address())) {
        for (int rows : new int[] {1, 2, 17, 255, 256, 257, 600}) {
          float[] numbers = Services.random(rows * 5, rows);
          String expected = oneByOne(of, numbers);
          Answer answer = client.post(json(5, numbers));
          assertEquals(expected, answer.body());
          assertEquals(200, answer.status());
          String shape = "(" + rows + ", 5)";
          byte[] array = npy("<f4", shape, bytes(numbers));
          assertEquals(expected, post(client, "/predict", NPY, array).body());
          if (rows > 1) {
            assertEquals(expected, post(client, "/predict", FLOATS, bytes(numbers)).body());
          }
        }
      } finally {
        asked.stop(0);
      }
    }
  }

  @Test
  void oneExampleIsNoListUnlessItComesAsOne() throws IOException {
    float[] one = {1, 2, 3, 4};
    String alone = model.answer(one) + "\n";
    String list = "[" + model.answer(one) + "]\n";
    try (Client client = new Client(service.address())) {
      assertEquals(alone, client.post("[1, 2, 3, 4]").body());
      assertEquals(list, client.post("[[1, 2, 3, 4]]").body());
      assertEquals(list, client.post(" [\n[ 1,2 ,3,4 ]\r\n] ").body());
      assertEquals(alone, post(client, "/predict", FLOATS, bytes(one)).body());
      byte[] row = npy("<f4", "(4,)", bytes(one));
      assertEquals(alone, post(client, "/predict", NPY, row).body());
      byte[] rows = npy("<f4", "(1, 4)", bytes(one));
      assertEquals(list, post(client, "/predict", NPY, rows).body());
    }
  }

  @Test
  void numPysOtherTypesAreTaken() throws IOException {
    ByteBuffer doubles = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
    doubles.asDoubleBuffer().put(new double[] {0.1, -2, 3, 4, 5, 6, 7, 8});
    float[] numbers = {0.1f, -2, 3, 4, 5, 6, 7, 8};
    byte[] whole = {0, -2, 3, 4, 5, 6, 7, 8};
    numbers[0] = 0.1f;
    try (Client client = new Client(service.address())) {
      byte[] wide = npy("<f8", "(2, 4)", doubles.array());
      assertEquals(oneByOne(model, numbers), post(client, "/predict", NPY, wide).body());
      byte[] small = npy("|i1", "(2, 4)", whole);
      numbers[0] = 0;
      assertEquals(oneByOne(model, numbers), post(client, "/predict", NPY, small).body());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "[[1,2,3,4],[1,2,3]]       | row 1: expected a JSON array of 4 numbers, got 3",
        "[[1,2,3,4,5],[1,2,3]]     | row 0: expected a JSON array of 4 numbers, got 5",
        "[[1,2,3,4],[1,x,3,4]]     | row 1: expected a JSON array of 4 numbers, got 'x' at index 1",
        "[[1,2,3,4],[1,NaN,3,4]]   | row 1: expected a JSON array of 4 numbers, got 'NaN' at index 1",
        "[[1,2,3,4],[1,1e39,3,4]]  | row 1: expected a JSON array of 4 numbers, got '1e39' at index 1, too large for float32",
        "[[1,2,3,4],5]             | row 1: expected a JSON array of 4 numbers, got '5'",
        "[[1,2,3,4],]              | row 1: expected a JSON array of 4 numbers, got ''",
        "[[1,2,3,4],[]]            | row 1: expected a JSON array of 4 numbers, got 0",
        "[[]]                      | row 0: expected a JSON array of 4 numbers, got 0",
        "[[[1,2,3,4]]]             | row 0: expected a JSON array of 4 numbers, got '[1' at index 0",
        "[[1,2],[3,4]]             | row 0: expected a JSON array of 4 numbers, got 2",
        "[[1,2,3,4]                | expected ']' behind the last example, got nothing",
        "[[1,2,3,4                 | row 0: expected a JSON array of 4 numbers, got no ']' at the end",
        "[[1,2,3,4] [1,2,3,4]]     | expected ',' or ']' behind row 0, got '[1'",
        "[[1,2,3,4]] x             | expected the end behind the list of examples, got 'x'",
        "[{\"a\":1}]               | expected a JSON array of 4 numbers, got '{\"a\":1' at index 0",
      })
  void oneWrongRowIsNamed(String body, String problem) throws IOException {
    try (Client client = new Client(service.address())) {
      Answer answer = client.post(body);
      assertEquals(400, answer.status());
      assertEquals(error(400, problem), answer.body());
      assertEquals(200, client.post("[1, 2, 3, 4]").status(), "the connection goes on");
    }
  }

  @Test
  void numbersThatAreNotFiniteAreNamedByTheirRow() throws IOException {
    float[] numbers = Services.random(400, 1);
    numbers[4 * 70 + 2] = Float.NEGATIVE_INFINITY;
    String problem = "row 70: expected finite numbers, got -Infinity at index 2";
    try (Client client = new Client(service.address())) {
      assertEquals(error(400, problem), post(client, "/predict", FLOATS, bytes(numbers)).body());
      byte[] array = npy("<f4", "(100, 4)", bytes(numbers));
      assertEquals(error(400, problem), post(client, "/predict", NPY, array).body());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 255, 256, 511, 699})
  void anExampleThatOverflowsIsNamedByItsRow(int row) throws IOException {
    float[] numbers = Services.random(4 * 700, 2);
    Arrays.fill(numbers, 4 * row, 4 * row + 4, 3e38f);
    try (Client client = new Client(service.address())) {
      Answer answer = client.post(json(4, numbers));
      assertEquals(422, answer.status());
      assertEquals(
          error(
              422,
              "row "
                  + row
                  + ": Predictor: outputs are not finite numbers; its inputs are too large for these"
                  + " weights in float32"),
          answer.body());
    }
  }

  /** A layer that looks up rows of a table has only so many. */
  @Test
  void anIndexThatIsNotInTheTableIsTheRequestsFault() throws IOException {
    NumPyRandom random = new NumPyRandom(1);
    Network network =
        Network.of(Shape.of(2), new Embedding(10, 3, random), new Linear(6, 2, random));
    PredictionService asked =
        Services.start(new ServedModel("words", Predictor.of(network), List.of()));
    try (Client client = new Client(asked.address())) {
      assertEquals(200, client.post("[[1, 2], [9, 0]]").status());
      Answer alone = client.post("[1, 10]");
      assertEquals(422, alone.status(), alone.body());
      Answer answer = client.post("[[1, 2], [1, 2], [1, 10]]");
      assertEquals(422, answer.status(), answer.body());
      assertEquals(alone.body().replace("\"error\": \"", "\"error\": \"row 2: "), answer.body());
    } finally {
      asked.stop(0);
    }
  }

  @Test
  void moreExamplesThanARequestMayHaveAreTooMany() throws IOException {
    float[] most = Services.random(4 * 1000, 3);
    float[] more = Services.random(4 * 1001, 3);
    String problem = error(413, "expected at most 1000 examples, got more");
    try (Client client = new Client(service.address())) {
      assertEquals(200, client.post(json(4, most)).status());
      Answer answer = client.post(json(4, more));
      assertEquals(413, answer.status());
      assertEquals(problem, answer.body());
      assertEquals(problem, client.post("[" + "[1,2,3,4],".repeat(1000) + "x").body());
      assertEquals(200, post(client, "/predict", FLOATS, bytes(most)).status());
      assertEquals(problem, post(client, "/predict", FLOATS, bytes(more)).body());
      byte[] array = npy("<f4", "(1001, 4)", bytes(more));
      assertEquals(problem, post(client, "/predict", NPY, array).body());
      byte[] tooLong = new byte[32 * 5 * 1000 + 4096 + 1];
      Answer refused = post(client, "/predict", FLOATS, tooLong);
      assertEquals(413, refused.status());
      assertEquals(error(413, "expected at most 164096 bytes, got more"), refused.body());
    }
  }

  @Test
  void arraysOfOtherShapesAndNoArraysAreRefused() throws IOException {
    try (Client client = new Client(service.address())) {
      for (String shape : List.of("(5,)", "(2, 3)", "(1, 1, 4)", "()", "(4, 1)")) {
        int size =
            Arrays.stream(shape.split("\\D+"))
                .filter(d -> !d.isEmpty())
                .mapToInt(Integer::parseInt)
                .reduce(1, (a, b) -> a * b);
        Answer answer = post(client, "/predict", NPY, npy("<f4", shape, new byte[4 * size]));
        assertEquals(400, answer.status(), shape);
        String got = "float32[" + shape.replaceAll("[()]|,(?=\\))", "") + "]";
        String body = answer.body();
        assertEquals(error(400, "expected an array [4] or [n, 4], got " + got), body, shape);
      }
      Answer cut = post(client, "/predict", NPY, npy("<f4", "(4,)", new byte[15]));
      assertEquals(400, cut.status());
      Answer none = post(client, "/predict", NPY, "[1, 2, 3, 4]".getBytes(UTF_8));
      assertEquals(400, none.status());
      Answer huge = post(client, "/predict", NPY, npy("<f4", "(1000000000, 4)", new byte[16]));
      assertEquals(400, huge.status());
      assertEquals(200, client.post("[1, 2, 3, 4]").status(), "the connection goes on");
    }
  }

  /** More than what is read before room is made for the longest body. */
  @Test
  void longBodiesMayComeInChunks() throws IOException {
    float[] numbers = Services.random(4 * 1000, 4);
    byte[] body = (json(4, numbers) + " ".repeat(80_000)).getBytes(UTF_8);
    try (Client client = new Client(service.address())) {
      client.send("POST", "Transfer-Encoding: chunked\r\n", new byte[0]);
      for (int from = 0; from < body.length; from += 7001) {
        byte[] chunk = Arrays.copyOfRange(body, from, Math.min(from + 7001, body.length));
        client.write((Integer.toHexString(chunk.length) + "\r\n").getBytes(UTF_8));
        client.write(chunk);
        client.write("\r\n".getBytes(UTF_8));
      }
      client.write("0\r\n\r\n".getBytes(UTF_8));
      assertEquals(oneByOne(model, numbers), client.receive("POST").body());
    }
  }
}
