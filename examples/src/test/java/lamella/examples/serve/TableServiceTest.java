package lamella.examples.serve;

import static java.nio.charset.StandardCharsets.UTF_8;
import static lamella.examples.serve.Services.error;
import static lamella.examples.serve.Services.post;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.zip.GZIPOutputStream;
import lamella.examples.TableModels;
import lamella.examples.serve.Client.Answer;
import lamella.examples.table.TrainingFile;
import lamella.table.Column;
import lamella.table.ColumnKind;
import lamella.table.Table;
import lamella.table.TableModel;
import lamella.table.TablePrediction;
import lamella.table.TableSchema;
import lamella.table.Task;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Models of a table's rows, asked by column names. */
class TableServiceTest {
  private static final String CSV = "text/csv";
  private static final String ROW =
      "{\"island\": \"Biscoe\", \"bill_length_mm\": 46.1, \"bill_depth_mm\": 13.2,"
          + " \"flipper_length_mm\": 211, \"body_mass_g\": 4500, \"sex\": \"female\"}";

  private static final Table PENGUINS = TableModels.PENGUINS;
  private static PredictionService service;

  @BeforeAll
  static void start() throws IOException {
    service =
        Services.start(
            new ServedTable("species", TableModels.SPECIES),
            new ServedTable("mass", TableModels.MASS),
            new ServedTable("odd", TableModels.odd()));
  }

  @AfterAll
  static void stop() {
    service.stop(0);
  }

  private static Answer ask(String path, String body) throws IOException {
    try (Client client = new Client(service.address())) {
      return post(client, path, body);
    }
  }

  private static Answer ask(String path, String headers, byte[] body) throws IOException {
    try (Client client = new Client(service.address())) {
      return client.ask("POST", path, headers, body);
    }
  }

  // What is expected: of the library alone.

  private static String expected(TablePrediction prediction, Task task) {
    if (task == Task.REGRESSION) {
      return "{\"value\": " + (float) prediction.value() + "}";
    }
    StringBuilder json =
        new StringBuilder("{\"label\": ")
            .append(Json.string(prediction.label()))
            .append(", \"probabilities\": {");
    String separator = "";
    for (Map.Entry<String, Double> entry : prediction.probabilities().entrySet()) {
      json.append(separator)
          .append(Json.string(entry.getKey()))
          .append(": ")
          .append(entry.getValue().floatValue());
      separator = ", ";
    }
    return json.append("}}").toString();
  }

  private static List<String> expected(TableModel model, Table table) {
    List<String> answers = new ArrayList<>();
    for (TablePrediction prediction : model.predict(table)) {
      answers.add(expected(prediction, model.schema().target().task()));
    }
    return answers;
  }

  /** A row of a table as JSON. */
  static String json(Table table, TableSchema schema, int row) {
    StringBuilder json = new StringBuilder();
    for (TableSchema.Input input : schema.inputs()) {
      Column column = table.column(input.name());
      String text = column.text(row);
      json.append(json.isEmpty() ? "{" : ", ")
          .append(Json.string(input.name()))
          .append(": ")
          .append(text == null || input.kind() == ColumnKind.NUMBER ? text : Json.string(text));
    }
    return json.append('}').toString();
  }

  private static String json(Table table, TableModel model) {
    List<String> rows = new ArrayList<>();
    for (int row = 0; row < table.rows(); row++) {
      rows.add(json(table, model.schema(), row));
    }
    return rows.toString();
  }

  // Answers.

  @Test
  void aRowIsAnsweredAsTheModelPredictsIt() throws IOException {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("island", "Biscoe");
    row.put("bill_length_mm", 46.1);
    row.put("bill_depth_mm", 13.2);
    row.put("flipper_length_mm", 211);
    row.put("body_mass_g", 4500);
    row.put("sex", "female");
    TablePrediction prediction = TableModels.SPECIES.predict(row);
    String expected = expected(prediction, Task.CLASSIFICATION);
    assertTrue(expected.contains("\"Gentoo\": "), expected);
    Answer answer = ask("/predict", ROW);
    assertEquals(expected + "\n", answer.body());
    assertEquals(200, answer.status());
    assertEquals("application/json", answer.headers().get("content-type"));
    assertEquals("[" + expected + "]\n", ask("/models/species/predict", "[" + ROW + "]").body());
    assertEquals("[" + expected + "]\n", ask("/predict", "{\"rows\": [" + ROW + "]}").body());
  }

  @Test
  void aTableIsAnsweredAsTheModelPredictsItRowByRow() throws IOException {
    for (TableModel model : List.of(TableModels.SPECIES, TableModels.MASS)) {
      String path = "/models/" + (model == TableModels.MASS ? "mass" : "species") + "/predict";
      List<String> expected = expected(model, PENGUINS);
      assertEquals(expected + "\n", ask(path, json(PENGUINS, model)).body());
      for (int row = 0; row < PENGUINS.rows(); row += 37) {
        assertEquals(
            expected.get(row) + "\n", ask(path, json(PENGUINS, model.schema(), row)).body());
      }
    }
  }

  /** The file itself, with the target and whatever else is in it. */
  @Test
  void linesOfCsvAreAnsweredAsTheModelPredictsThem() throws IOException {
    byte[] file = Files.readAllBytes(TableModels.file());
    List<String> expected = expected(TableModels.SPECIES, PENGUINS);
    Answer answer = ask("/predict", "Content-Type: text/csv; charset=utf-8\r\n", file);
    assertEquals(expected + "\n", answer.body());
    assertEquals("application/json", answer.headers().get("content-type"));
    String first = new String(file, UTF_8).lines().limit(2).reduce("", (a, b) -> a + b + "\n");
    String semicolons = "\ufeff" + first.replace(',', ';');
    Answer one = ask("/predict", "Content-Type: text/csv\r\n", semicolons.getBytes(UTF_8));
    assertEquals("[" + expected.getFirst() + "]\n", one.body());
  }

  @Test
  void answersMayBeCsv() throws IOException {
    byte[] file = Files.readAllBytes(TableModels.file());
    Answer answer = ask("/predict", "Content-Type: text/csv\r\nAccept: text/csv\r\n", file);
    assertEquals("text/csv; charset=utf-8; header=present", answer.headers().get("content-type"));
    StringBuilder expected =
        new StringBuilder(
            "prediction,probability of Adelie,probability of Chinstrap,probability of Gentoo\n");
    for (TablePrediction prediction : TableModels.SPECIES.predict(PENGUINS)) {
      expected.append(prediction.label());
      prediction.probabilities().values().forEach(p -> expected.append(',').append(p.floatValue()));
      expected.append('\n');
    }
    assertEquals(expected.toString(), answer.body());
    String mass = json(PENGUINS, TableModels.MASS.schema(), 0);
    assertEquals(
        "prediction\n" + (float) TableModels.MASS.predict(PENGUINS).getFirst().value() + "\n",
        ask("/models/mass/predict", "Accept: text/csv, */*;q=0.1\r\n", mass.getBytes(UTF_8))
            .body());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "text/csv | true",
        "TEXT/CSV; q=0.5 | true",
        "application/json, text/csv | true",
        "application/json;q=0.9, text/csv;q=0.9 | true",
        "application/json, text/csv;q=0.5 | false",
        "text/csv;q=0 | false",
        "*/* | false",
        "text/* | false",
        "application/json | false",
        "text/csv;q=much | true",
        "text/csv;; | true",
        "text csv | false",
      })
  void csvIsForThoseWhoAskForIt(String accept, boolean csv) throws IOException {
    Answer answer = ask("/predict", "Accept: " + accept + "\r\n", ROW.getBytes(UTF_8));
    assertEquals(200, answer.status());
    assertEquals(csv, answer.body().startsWith("prediction,"), accept);
  }

  /** The same of a row with another one in its way. */
  @Test
  void categoriesThatTrainingHasNotSeenAreMissingAndNamed() throws IOException {
    String other = ROW.replace("Biscoe", "Bouvet").replace("female", "?");
    String missing = ROW.replace("\"Biscoe\"", "null").replace("\"female\"", "\"\"");
    String expected = ask("/predict", missing).body();
    assertEquals(
        expected.replace("}}\n", "}, \"unseen\": [\"island\", \"sex\"]}\n"),
        ask("/predict", other).body());
    String plain = ask("/predict", ROW).body().strip();
    assertEquals(
        "[" + plain + ", " + ask("/predict", other).body().strip() + ", " + plain + "]\n",
        ask("/predict", "[" + ROW + ", " + other + ", " + ROW + "]").body());
  }

  @Test
  void textsOfNumbersAndNumbersOfCategoriesAreTaken() throws IOException {
    assertEquals(
        ask("/predict", ROW).body(), ask("/predict", ROW.replace("46.1", "\"46.1\"")).body());
    assertEquals(
        ask("/predict", ROW.replace("46.1", "null")).body(),
        ask("/predict", ROW.replace("46.1", "\"\"")).body());
  }

  @Test
  void namesAndClassesThatAreHardToWriteComeBack() throws IOException {
    String row = "{\"rows\": \"say \\\"hi\\\"\", \"n \\\"x\\\"\": 3}";
    Answer json = ask("/models/odd/predict", row);
    assertEquals(200, json.status(), json.body());
    assertTrue(json.body().contains("\"no\\u000away\": 0."), json.body());
    assertTrue(json.body().contains("\"\\\"yes\\\", \\u00fcber\": 0."), json.body());
    // A column's own name, and no list.
    Answer csv =
        ask(
            "/models/odd/predict",
            "Content-Type: text/csv\r\nAccept: text/csv\r\n",
            "\"n \"\"x\"\"\",rows\n3,\"a,b\"\n4,\"l\u00ednea\n2\"\n".getBytes(UTF_8));
    assertEquals(200, csv.status(), csv.body());
    assertTrue(csv.body().contains("\"probability of \"\"yes\"\", \u00fcber\""), csv.body());
    assertTrue(csv.body().contains("\"probability of no\nway\""), csv.body());
  }

  // What is refused.

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "46.1          | \"long\"   | column \"bill_length_mm\": expects a number, got \"long\"",
        "46.1          | true       | column \"bill_length_mm\"",
        "46.1          | [46.1]     | column \"bill_length_mm\": expected a number, a text, true, false or null, got '[46.1'",
        "46.1          | {}         | column \"bill_length_mm\": expected a number, a text, true, false or null, got '{'",
        "46.1          | 46,1       | expected a name, got '1'",
        "46.1          | 046        | column \"bill_length_mm\": expected a number, a text, true, false or null, got '046'",
        "46.1          | NaN        | column \"bill_length_mm\": expected a number, a text, true, false or null, got 'NaN'",
        "46.1          | 1e999      | got '1e999', too large for float64",
        "46.1,         | 46.1       | expected ',' or '}', got '\"bill_depth_mm\":'",
        "bill_length_mm| bill_lenght_mm | bill_length_mm",
        "\"island\": \"Biscoe\", |  | island",
        "\"island\"    | \"sex\"    | the name \"sex\" is there twice",
        "\"Biscoe\"    | \"Biscoe   | expected ',' or '}', got 'bill_length_mm\":'",
        "\"Biscoe\"    | \"\\x\"  | column \"island\": expected a text, got '\"\\x\"'",
        "\"Biscoe\"    | ['Biscoe'] | column \"island\": expected a number, a text, true, false or null, got",
        "\"female\"}   | \"female\" | expected ',' or '}', got ''",
        "\"female\"}   | \"female\"}} | expected the end behind the row, got '}",
        "\"female\"}   | \"female\", \"wings\": 2} | wings",
      })
  void aWrongRowIsOneSentenceThatNamesTheColumn(String part, String instead, String problem)
      throws IOException {
    assertTrue(ROW.contains(part), part);
    String body = ROW.replace(part, instead == null ? "" : instead);
    Answer answer = ask("/predict", body);
    assertEquals(400, answer.status(), answer.body());
    assertTrue(answer.body().contains(part(problem)), answer.body());
    Answer second = ask("/predict", "[" + ROW + ", " + body + "]");
    assertEquals(400, second.status());
    assertTrue(
        second.body().contains("\"error\": \"row 1: ")
            || second.body().contains("\"error\": \"expected "),
        second.body());
  }

  /** A text as it is within an answer. */
  private static String part(String text) {
    String quoted = Json.string(text);
    return quoted.substring(1, quoted.length() - 1);
  }

  @Test
  void whatIsNoRowIsToldHowOneLooks() throws IOException {
    String example =
        "expected a JSON object with a value for each column, as "
            + firstColumns()
            + ", ...}, got ";
    assertEquals(error(400, example + "'5'"), ask("/predict", "5").body());
    assertEquals(error(400, example + "''"), ask("/predict", "").body());
    assertEquals(error(400, "row 0: " + example + "'1'"), ask("/predict", "[1, 2]").body());
    assertEquals(error(400, "row 0: " + example + "'[1'"), ask("/predict", "[[1], [2]]").body());
    assertEquals(error(400, "row 0: " + example + "''"), ask("/predict", "[").body());
    assertEquals(error(400, "expected a row at least, got none"), ask("/predict", "[]").body());
    assertEquals(
        error(400, "expected ']' behind the last row, got nothing"),
        ask("/predict", "[" + ROW).body());
    assertEquals(
        error(400, "expected ',' or ']' behind row 0, got '5'"),
        ask("/predict", "[" + ROW + " 5]").body());
    assertEquals(
        error(400, "expected the end behind the list of rows, got 'x'"),
        ask("/predict", "[" + ROW + "] x").body());
    assertEquals(
        error(400, "expected '}' behind the rows, got ''"),
        ask("/predict", "{\"rows\": [" + ROW + "], \"more\": 1}").body());
  }

  private static String firstColumns() {
    String example = ServedTable.example(TableModels.SPECIES.schema(), 2);
    return example.substring(0, example.length() - ", ...}".length());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "46.1   | long     | bill_length_mm",
        "46.1   | 46.1,    | line 2",
        "46.1   | Infinity | bill_length_mm",
        "bill_length_mm | bill | bill_length_mm",
        "sex    | island   | island",
        "Biscoe,46.1,13.2,211,4500,female | | expected rows below the line of names, got none",
      })
  void aWrongLineIsNamed(String part, String instead, String problem) throws IOException {
    String lines =
        """
        island,bill_length_mm,bill_depth_mm,flipper_length_mm,body_mass_g,sex
        Biscoe,46.1,13.2,211,4500,female
        """;
    assertTrue(lines.contains(part), part);
    Answer answer =
        ask(
            "/predict",
            "Content-Type: text/csv\r\n",
            lines.replace(part, instead == null ? "" : instead).getBytes(UTF_8));
    assertEquals(400, answer.status(), answer.body());
    assertTrue(answer.body().contains(problem), answer.body());
  }

  /** As the command line says it of the training file. */
  @Test
  void linesAreReadAsThoseOfTheTrainingFile() throws IOException {
    Map<String, String> metadata = TrainingFile.metadata(true, false, List.of("-", "none"));
    PredictionService commas =
        Services.start(new ServedTable("species", TableModels.SPECIES.withMetadata(metadata)));
    String head = "island;bill_length_mm;bill_depth_mm;flipper_length_mm;body_mass_g;sex\n";
    String lines = head + "Biscoe;46,1;13,2;211;4.500;-\nnone;-;13,2;211;4500;female\n";
    try (Client client = new Client(commas.address())) {
      String first = ROW.replace("\"female\"", "null");
      String second = ROW.replace("\"Biscoe\"", "null").replace("46.1", "null");
      assertEquals(
          client.post("[" + first + ", " + second + "]").body(),
          post(client, "/predict", CSV, lines.getBytes(UTF_8)).body());
    } finally {
      commas.stop(0);
    }
  }

  @Test
  void bodiesThatAreNoCsvAreRefused() throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
      out.write("island\n".repeat(1000).getBytes(UTF_8));
    }
    String type = "Content-Type: text/csv\r\n";
    assertEquals(
        error(400, "expected CSV, got bytes that gzip has packed"),
        ask("/predict", type, packed.toByteArray()).body());
    assertEquals(400, ask("/predict", type, new byte[0]).status());
    assertEquals(400, ask("/predict", type, new byte[] {0, 1, 2, 3}).status());
    assertEquals(400, ask("/predict", type, ROW.getBytes(UTF_8)).status());
    assertEquals(
        error(415, "expected Content-Type application/json or text/csv, got application/x-npy"),
        ask("/predict", "Content-Type: application/x-npy\r\n", new byte[8]).body());
  }

  @Test
  void thereAreAsManyRowsAsARequestMayHave() throws IOException {
    Limits limits = Limits.standard().withExamples(3);
    PredictionService small =
        Services.start(limits, new ServedTable("species", TableModels.SPECIES));
    try (Client client = new Client(small.address())) {
      String many = String.join(", ", List.of(ROW, ROW, ROW));
      assertEquals(200, client.post("[" + many + "]").status());
      Answer answer = client.post("[" + many + ", " + ROW + "]");
      assertEquals(error(413, "expected at most 3 examples, got more"), answer.body());
      assertEquals(413, answer.status());
      String head = "island,bill_length_mm,bill_depth_mm,flipper_length_mm,body_mass_g,sex\n";
      String line = "Biscoe,46.1,13.2,211,4500,female\n";
      assertEquals(
          200, post(client, "/predict", CSV, (head + line.repeat(3)).getBytes(UTF_8)).status());
      assertEquals(
          413, post(client, "/predict", CSV, (head + line.repeat(4)).getBytes(UTF_8)).status());
      long longest = TableFormat.longest(TableModels.SPECIES.schema(), 3);
      Answer spaces = client.post(" ".repeat((int) longest + 1));
      assertEquals(error(413, "expected at most " + longest + " bytes, got more"), spaces.body());
      Answer all = client.post(" ".repeat((int) longest - ROW.length()) + ROW);
      assertEquals(200, all.status());
    } finally {
      small.stop(0);
    }
  }

  @Test
  void whoFindsNoMemoryIsToComeAgain() throws IOException, InterruptedException {
    Limits limits = new Limits(8, 20 << 10, Duration.ofMillis(50), 2);
    PredictionService small =
        Services.start(limits, new ServedTable("species", TableModels.SPECIES));
    try (Client slow = new Client(small.address());
        Client other = new Client(small.address())) {
      slow.send("POST", "Content-Length: 2800\r\n", "[".getBytes(UTF_8));
      int status = 200;
      for (int i = 0; i < 2000 && status == 200; i++) {
        status = other.post("[" + (ROW + ", ").repeat(4) + ROW + "]").status();
        Thread.sleep(1);
      }
      assertEquals(503, status);
      slow.write((ROW + "]" + " ".repeat(2798 - ROW.length())).getBytes(UTF_8));
      assertEquals(200, slow.receive("POST").status());
      assertEquals(200, other.post("[" + (ROW + ", ").repeat(4) + ROW + "]").status());
    } finally {
      small.stop(0);
    }
  }

  // Many at once.

  @Test
  void manyThreadsGetTheBitsOfOne() throws IOException, InterruptedException, ExecutionException {
    List<String> expected = expected(TableModels.SPECIES, PENGUINS);
    List<String> mass = expected(TableModels.MASS, PENGUINS);
    int rows = PENGUINS.rows();
    try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Integer>> answers = new ArrayList<>();
      for (int i = 0; i < 48; i++) {
        int first = i;
        answers.add(
            clients.submit(() -> {
              int right = 0;
              try (Client client = new Client(service.address())) {
                for (int row = first; row < rows; row += 48) {
                  String one = json(PENGUINS, TableModels.SPECIES.schema(), row);
                  String body = post(client, "/models/species/predict", one).body();
                  right += body.equals(expected.get(row) + "\n") ? 1 : 0;
                  String list =
                      "["
                          + json(PENGUINS, TableModels.MASS.schema(), row)
                          + ","
                          + json(PENGUINS, TableModels.MASS.schema(), rows - 1 - row)
                          + "]";
                  body = post(client, "/models/mass/predict", list).body();
                  String both = "[" + mass.get(row) + ", " + mass.get(rows - 1 - row) + "]\n";
                  right += body.equals(both) ? 1 : 0;
                }
              }
              return right;
            }));
      }
      int right = 0;
      for (Future<Integer> answer : answers) {
        right += answer.get();
      }
      assertEquals(2 * rows, right);
    }
  }

  // Descriptions.

  @Test
  void aModelDescribesItsColumnsAndAnExampleThatCanBeSent() throws IOException {
    try (Client client = new Client(service.address())) {
      String species = client.ask("GET", "/models/species").body();
      String start =
          "{\"name\": \"species\", \"task\": \"classification\", \"target\": \"species\","
              + " \"classes\": [\"Adelie\", \"Chinstrap\", \"Gentoo\"], \"columns\": [{\"name\": ";
      assertTrue(species.startsWith(start), species);
      assertTrue(species.contains("{\"name\": \"bill_length_mm\", \"kind\": \"number\"}"), species);
      assertTrue(
          species.contains("{\"name\": \"sex\", \"kind\": \"category\", \"categories\": [\""),
          species);
      for (String name : List.of("species", "mass", "odd")) {
        String description = client.ask("GET", "/models/" + name).body();
        String example =
            description.replaceFirst("(?s).*\"example\": (\\{.*\\}), \"network\".*", "$1");
        Answer answer = post(client, "/models/" + name + "/predict", example);
        assertEquals(200, answer.status(), example + answer.body());
        assertTrue(!answer.body().contains("unseen"), answer.body());
      }
      assertEquals("species", new ServedTable("species", TableModels.SPECIES).name());
      assertEquals(
          "a model of species (3 classes, of 6 columns)",
          new ServedTable("species", TableModels.SPECIES).toString());
      assertEquals(
          "a model of body_mass_g (a number, of 6 columns)",
          new ServedTable("mass", TableModels.MASS).toString());
    }
  }

  @Test
  void rowsAreCounted() throws IOException {
    PredictionService counting = Services.start(new ServedTable("species", TableModels.SPECIES));
    try (Client client = new Client(counting.address())) {
      assertEquals(200, client.post("[" + ROW + ", " + ROW + "]").status());
      assertEquals(200, client.post(ROW).status());
      assertEquals(400, client.post("{}").status());
      String metrics = client.ask("GET", "/metrics").body();
      assertTrue(metrics.contains("lamella_examples_total{model=\"species\"} 3\n"), metrics);
      assertTrue(
          metrics.contains("lamella_requests_total{model=\"species\",status=\"400\"} 1\n"),
          metrics);
      assertTrue(metrics.contains("lamella_model_ready{model=\"species\"} 1\n"), metrics);
    } finally {
      counting.stop(0);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/predict", "/models/species/predict"})
  void aGetDescribes(String path) throws IOException {
    try (Client client = new Client(service.address())) {
      assertEquals(client.ask("GET", "/models/species").body(), client.ask("GET", path).body());
    }
  }
}
