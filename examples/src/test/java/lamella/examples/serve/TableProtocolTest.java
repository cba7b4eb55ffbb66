package lamella.examples.serve;

import static lamella.examples.serve.Services.error;
import static lamella.examples.serve.Services.post;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import lamella.examples.TableModels;
import lamella.examples.serve.Client.Answer;
import lamella.table.Column;
import lamella.table.ColumnKind;
import lamella.table.Table;
import lamella.table.TablePrediction;
import lamella.table.TableSchema;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The paths below {@code /v2} of models of a table's rows. */
class TableProtocolTest {
  private static PredictionService service;

  @BeforeAll
  static void start() throws IOException {
    service =
        Services.start(
            new ServedTable("species", TableModels.SPECIES),
            new ServedTable("mass", TableModels.MASS));
  }

  @AfterAll
  static void stop() {
    service.stop(0);
  }

  /** A column as an input. */
  private static String input(TableSchema.Input input, Table table, String shape) {
    List<String> data = new ArrayList<>();
    Column column = table.column(input.name());
    boolean isNumber = input.kind() == ColumnKind.NUMBER;
    for (int row = 0; row < table.rows(); row++) {
      String text = column.text(row);
      data.add(text == null || isNumber ? text : Json.string(text));
    }
    return "{\"name\": "
        + Json.string(input.name())
        + ", \"shape\": "
        + shape
        + ", \"datatype\": \""
        + (isNumber ? "FP64" : "BYTES")
        + "\", \"data\": "
        + data
        + "}";
  }

  private static String request(TableSchema schema, Table table, String shape) {
    List<String> inputs = new ArrayList<>();
    for (TableSchema.Input input : schema.inputs()) {
      inputs.add(input(input, table, shape));
    }
    return "{\"id\": \"7\", \"inputs\": " + inputs + "}";
  }

  private static Answer infer(String model, String body) throws IOException {
    try (Client client = new Client(service.address())) {
      Answer answer = post(client, "/v2/models/" + model + "/infer", body);
      assertEquals(200, client.ask("GET", "/live").status(), "the connection goes on");
      return answer;
    }
  }

  @Test
  void eachColumnIsAnInputAndTheOutputsAreLabelsAndProbabilities() throws IOException {
    Table table = TableModels.PENGUINS;
    List<String> labels = new ArrayList<>();
    List<Float> probabilities = new ArrayList<>();
    for (TablePrediction prediction : TableModels.SPECIES.predict(table)) {
      labels.add(Json.string(prediction.label()));
      prediction.probabilities().values().forEach(p -> probabilities.add(p.floatValue()));
    }
    int n = table.rows();
    String start = "{\"model_name\": \"species\", \"id\": \"7\", \"outputs\": [";
    String label =
        "{\"name\": \"label\", \"datatype\": \"BYTES\", \"shape\": ["
            + n
            + "], \"data\": "
            + labels;
    String probability =
        "{\"name\": \"probabilities\", \"datatype\": \"FP64\", \"shape\": ["
            + n
            + ", 3], \"data\": "
            + probabilities;
    TableSchema schema = TableModels.SPECIES.schema();
    String request = request(schema, table, "[" + n + "]");
    assertEquals(start + label + "}, " + probability + "}]}\n", infer("species", request).body());
    String column = request(schema, table, "[" + n + ", 1]");
    assertEquals(infer("species", request).body(), infer("species", column).body());
    String chosen =
        request.substring(0, request.length() - 1) + ", \"outputs\": [{\"name\": \"label\"}]}";
    assertEquals(start + label + "}]}\n", infer("species", chosen).body());
  }

  @Test
  void numbersAreInTheirOwnUnit() throws IOException {
    Table table = TableModels.PENGUINS;
    List<Float> values = new ArrayList<>();
    for (TablePrediction prediction : TableModels.MASS.predict(table)) {
      values.add((float) prediction.value());
    }
    int n = table.rows();
    assertEquals(
        "{\"model_name\": \"mass\", \"id\": \"7\", \"outputs\": [{\"name\": \"value\", \"datatype\":"
            + " \"FP64\", \"shape\": ["
            + n
            + "], \"data\": "
            + values
            + "}]}\n",
        infer("mass", request(TableModels.MASS.schema(), table, "[" + n + "]")).body());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"bill_length_mm\", \"shape\": [2] | \"bill_length_mm\", \"shape\": [3] | expected the shape [n] or [n, 1] of the input \"bill_length_mm\", n being the number of its \"data\", here 2, got [3]",
        "\"bill_length_mm\", \"shape\": [2] | \"bill_length_mm\", \"shape\": [1, 2] | got [1, 2]",
        "\"bill_length_mm\", \"shape\": [2], | \"bill_length_mm\", | here 2, got none",
        "FP64         | BYTES      | row 0: column \"bill_length_mm\": expected BYTES, got ",
        "BYTES        | FP64       | row 0: column \"island\": expected FP64, got \"",
        "BYTES        | TEXT       | expected a datatype BYTES, BOOL, FP64 or another of numbers, got \"TEXT\"",
        "\"island\"   | \"isle\"   | row 0: ",
        "\"island\"   | \"sex\"    | the input \"sex\" is there twice",
        "\"name\": \"island\" | \"name\": 5 | '5'",
        "\"inputs\"   | \"input\"  | expected \"inputs\", one for each column, with at least one element, got none",
        "\"id\": \"7\"| \"outputs\": [{\"name\": \"y\"}] | expected an output \"label\" or \"probabilities\", got \"y\"",
      })
  void aWrongRequestIsOneSentence(String part, String instead, String problem) throws IOException {
    String request = request(TableModels.SPECIES.schema(), TableModels.PENGUINS.rows(0, 1), "[2]");
    int at = request.indexOf(part);
    assertTrue(at >= 0, part);
    String body = request.substring(0, at) + instead + request.substring(at + part.length());
    Answer answer = infer("species", body);
    assertEquals(400, answer.status(), answer.body());
    String quoted = Json.string(problem);
    assertTrue(answer.body().contains(quoted.substring(1, quoted.length() - 1)), answer.body());
  }

  @Test
  void tooManyRowsAreRefused() throws IOException {
    Table table = TableModels.PENGUINS;
    int[] many = new int[1025];
    Answer answer =
        infer("species", request(TableModels.SPECIES.schema(), table.rows(many), "[1025]"));
    assertEquals(error(413, "expected at most 1024 examples, got more"), answer.body());
  }

  @Test
  void inputsAndOutputsAreDescribed() throws IOException {
    try (Client client = new Client(service.address())) {
      String species = client.ask("GET", "/v2/models/species").body();
      assertTrue(
          species.startsWith(
              "{\"name\": \"species\", \"platform\": \"lamella\", \"inputs\": [{\"name\": \""),
          species);
      assertTrue(
          species.contains("{\"name\": \"island\", \"datatype\": \"BYTES\", \"shape\": [-1]}"),
          species);
      assertTrue(
          species.contains(
              "{\"name\": \"bill_length_mm\", \"datatype\": \"FP64\", \"shape\": [-1]}"),
          species);
      assertTrue(
          species.endsWith(
              "\"outputs\": [{\"name\": \"label\", \"datatype\": \"BYTES\", \"shape\": [-1]},"
                  + " {\"name\": \"probabilities\", \"datatype\": \"FP64\", \"shape\": [-1, 3]}]}\n"),
          species);
      assertTrue(
          client
              .ask("GET", "/v2/models/mass")
              .body()
              .endsWith(
                  "\"outputs\": [{\"name\": \"value\", \"datatype\": \"FP64\", \"shape\": [-1]}]}\n"));
      assertEquals(200, client.ask("GET", "/v2/models/species/ready").status());
    }
  }
}
