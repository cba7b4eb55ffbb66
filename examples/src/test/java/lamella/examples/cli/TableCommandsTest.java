package lamella.examples.cli;

import static lamella.examples.cli.TableRuns.csv;
import static lamella.examples.cli.TableRuns.lamella;
import static lamella.examples.cli.TableRuns.penguins;
import static lamella.examples.cli.TableRuns.training;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import lamella.table.Table;
import lamella.table.TableModel;
import lamella.table.TablePrediction;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Describing, training, measuring and predicting, on the penguins and on small files. */
class TableCommandsTest {
  private static final Pattern LAST_LINE =
      Pattern.compile(
          "validation accuracy (\\d\\.\\d{4}) test accuracy (\\d\\.\\d{4}) parameters sha256 ([0-9a-f]{64})");

  @TempDir static Path shared;
  private static Path model;
  private static TableRuns.Outcome trained;

  @TempDir Path directory;

  @BeforeAll
  static void train() {
    trained = lamella(training(shared.resolve("out"))).done();
    model = shared.resolve("out").resolve("model.safetensors");
  }

  @Test
  void describeShowsTheColumns() {
    String out = lamella("table", "describe", penguins()).done().out();
    assertTrue(out.startsWith(penguins() + ": 344 rows, 7 columns"), out);
    assertTrue(out.contains("bill_length_mm"), out);
    String json = lamella("table", "describe", "--json", penguins()).done().out();
    assertTrue(json.contains("\"rows\": 344, "), json);
    assertTrue(
        json.contains(
            "{\"name\": \"sex\", \"kind\": \"category\", \"missing\": 11, \"distinct\": 2, "),
        json);
  }

  @Test
  void trainSaysWhatItDoesAndWritesItsFiles() throws IOException {
    String out = trained.out();
    assertTrue(
        out.startsWith(
            penguins()
                + ": 344 rows, 7 columns"
                + System.lineSeparator()
                + "rows: 206 to train with, 69 to choose the best epoch by, 69 to test with, drawn at random"),
        out);
    assertTrue(out.contains("2 categories: island, sex"), out);
    assertTrue(out.contains("target: species, 3 classes: Adelie, Chinstrap, Gentoo"), out);
    assertTrue(out.contains("epoch 20 / 20: loss "), out);
    Matcher last = LAST_LINE.matcher(trained.lastLine());
    assertTrue(last.matches(), out);
    assertTrue(Double.parseDouble(last.group(2)) > 0.9, out);
    assertEquals(TableModel.read(model).fingerprint(), last.group(3));
    try (Stream<Path> files = Files.list(model.resolveSibling(""))) {
      assertEquals(
          List.of("history.csv", "index.html", "model.safetensors"),
          files.map(file -> file.getFileName().toString()).sorted().toList());
    }
    List<String> history = Files.readAllLines(model.resolveSibling("history.csv"));
    assertTrue(history.getFirst().startsWith("epoch,step,loss,learning_rate,validation_"));
    assertEquals(21, history.size());
    assertTrue(history.getLast().startsWith("20,"), history.getLast());
  }

  @Test
  void theParametersAreThoseOfAnyNumberOfThreads() {
    for (int threads : new int[] {1, 2}) {
      Path out = directory.resolve("threads" + threads);
      assertEquals(
          trained.lastLine(),
          lamella(training(out, "--quiet", "--no-page", "--threads", threads)).lastLine());
      assertFalse(Files.exists(out.resolve("index.html")));
    }
    System.clearProperty("lamella.threads");
    assertFalse(
        trained
            .lastLine()
            .equals(lamella(training(directory.resolve("seed"), "--seed", 1)).lastLine()));
  }

  @Test
  void evaluateFindsTheFiguresThatTrainPrinted() throws IOException {
    // The split that was drawn, written to a file and to a column.
    String out = lamella("table", "evaluate", "--model", model, penguins()).done().out();
    assertTrue(out.startsWith(penguins() + ": 344 of 344 rows"), out);
    assertTrue(out.contains("confusion matrix of the rows"), out);
    List<String> split = new ArrayList<>(List.of("split"));
    for (int row = 0; row < 344; row++) {
      split.add(row % 5 == 0 ? "test" : row % 5 == 1 ? "validation" : "train");
    }
    Path file = csv(directory, "split.csv", split.toArray(String[]::new));
    Path other = directory.resolve("other");
    String last =
        lamella(
                "table",
                "train",
                penguins(),
                "--target",
                "species",
                "--split",
                file,
                "--epochs",
                5,
                "--out",
                other)
            .lastLine();
    Matcher figures = LAST_LINE.matcher(last);
    assertTrue(figures.matches(), last);
    for (String part : List.of("validation", "test")) {
      String measured =
          lamella(
                  "table",
                  "evaluate",
                  "--model",
                  other,
                  penguins(),
                  "--split",
                  file,
                  "--part",
                  part)
              .lastLine();
      assertEquals(
          "accuracy "
              + figures.group(part.equals("test") ? 2 : 1)
              + " parameters sha256 "
              + figures.group(3),
          measured);
    }
    // A column says the same.
    List<String> lines = new ArrayList<>(Files.readAllLines(penguins()));
    for (int i = 0; i < lines.size(); i++) {
      lines.set(i, lines.get(i) + "," + split.get(i));
    }
    Path withColumn = csv(directory, "with-column.csv", lines.toArray(String[]::new));
    assertEquals(
        last,
        lamella(
                "table",
                "train",
                withColumn,
                "--target",
                "species",
                "--split-column",
                "split",
                "--epochs",
                5,
                "--out",
                directory.resolve("column"))
            .lastLine());
    String json =
        lamella(
                "table",
                "evaluate",
                "--json",
                "--model",
                other,
                withColumn,
                "--split-column",
                "split")
            .done()
            .out();
    assertTrue(json.contains("\"measured\": 69, \"figures\": {\"accuracy\": "), json);
  }

  @Test
  void predictWritesALineForEachRow() throws IOException {
    Path out = directory.resolve("predictions.csv");
    String said =
        lamella(
                "table",
                "predict",
                "--model",
                model,
                penguins(),
                "--out",
                out,
                "--keep",
                "species,body_mass_g")
            .done()
            .out();
    assertTrue(said.startsWith("wrote " + out + ": 344 rows in "), said);
    List<String> lines = Files.readAllLines(out);
    assertEquals(
        "species,body_mass_g,prediction,probability of Adelie,probability of Chinstrap,probability of Gentoo",
        lines.getFirst());
    assertEquals(345, lines.size());
    TableModel read = TableModel.read(model);
    Table table = Table.read(penguins());
    List<TablePrediction> expected = read.predict(table);
    for (int row = 0; row < 344; row++) {
      String[] fields = lines.get(row + 1).split(",", -1);
      assertEquals(table.column("species").text(row), fields[0]);
      assertEquals(expected.get(row).label(), fields[2]);
      assertEquals(
          (float) expected.get(row).probability("Gentoo"), Float.parseFloat(fields[5]), 0f);
    }
    // The file is there already.
    assertEquals(
        "lamella table predict: " + out + ": is there already; name another file, or --replace it",
        lamella("table", "predict", "--model", model, penguins(), "--out", out).failure(1));
    assertEquals(
        "lamella table predict: " + penguins() + ": is the file of rows itself; name another file",
        lamella("table", "predict", "--model", model, penguins(), "--out", penguins()).failure(1));
    // To standard output, the prediction alone.
    TableRuns.Outcome printed =
        lamella("table", "predict", "--model", model.getParent(), penguins(), "--no-probabilities");
    assertEquals("prediction", printed.done().out().lines().findFirst().orElseThrow());
    assertEquals(
        lines.stream().map(line -> line.split(",", -1)[2]).toList(),
        printed.out().lines().toList());
    assertEquals("", printed.err());
    // All columns, with the lines as they were.
    List<String> all =
        lamella("table", "predict", "--model", model, penguins(), "--keep-all")
            .done()
            .out()
            .lines()
            .toList();
    List<String> rows = Files.readAllLines(penguins());
    for (int i = 0; i < rows.size(); i++) {
      String part =
          lines.get(i).substring(lines.get(i).indexOf(',', lines.get(i).indexOf(',') + 1));
      assertEquals(rows.get(i) + part, all.get(i));
    }
  }

  @Test
  void predictReadsStandardInputAndCountsCategoriesItHasNotSeen() throws IOException {
    List<String> rows = new ArrayList<>(Files.readAllLines(penguins()).subList(0, 3));
    rows.set(1, rows.get(1).replace("Torgersen", "Ross"));
    InputStream before = System.in;
    try {
      System.setIn(
          new ByteArrayInputStream(String.join("\n", rows).getBytes(StandardCharsets.UTF_8)));
      TableRuns.Outcome outcome = lamella("table", "predict", "--model", model, "-").done();
      assertEquals(3, outcome.out().lines().count());
      assertEquals(
          "lamella table predict: column island: 1 row has a category that training has not seen,"
              + " treated as missing",
          outcome.err().strip());
    } finally {
      System.setIn(before);
    }
  }

  @Test
  void numbersArePredictedInTheirOwnUnits() throws IOException {
    List<String> lines = new ArrayList<>(List.of("name;size;price"));
    for (int i = 0; i < 200; i++) {
      lines.add(
          String.format(
              Locale.ROOT,
              "n%d;%d,5;%d.%03d,25",
              i,
              i % 40,
              1 + (i % 40) / 10,
              37 * (i % 40) % 1000));
    }
    Path file = csv(directory, "prices.csv", lines.toArray(String[]::new));
    Path out = directory.resolve("out");
    TableRuns.Outcome outcome =
        lamella(
            "table",
            "train",
            file,
            "--target",
            "price",
            "--decimal-comma",
            "--log-target",
            "--epochs",
            10,
            "--out",
            out);
    assertTrue(
        outcome.lastLine().matches("validation RMSE [\\d.]+ parameters sha256 [0-9a-f]{64}"),
        outcome.out());
    assertTrue(outcome.out().contains("target: price, a number, by its logarithm"), outcome.out());
    assertTrue(outcome.out().contains("left out: name: "), outcome.out());
    // The model knows how numbers are written in such files.
    List<String> predicted =
        lamella("table", "predict", "--model", out, file).done().out().lines().toList();
    assertEquals("prediction", predicted.getFirst());
    assertEquals(201, predicted.size());
    for (String line : predicted.subList(1, 201)) {
      double price = Double.parseDouble(line);
      assertTrue(price > 100 && price < 20_000, line);
    }
    assertTrue(
        lamella("table", "evaluate", "--model", out, file)
            .lastLine()
            .matches("RMSE [\\d.]+ parameters sha256 [0-9a-f]{64}"));
  }

  @Test
  void foldsTellHowGoodAModelWouldBe() {
    String out =
        lamella("table", "folds", penguins(), "--target", "species", "--folds", 3, "--epochs", 5)
            .done()
            .out();
    assertTrue(out.contains("fold 3 of 3, epoch 5 / 5: loss "), out);
    List<String> lines = out.lines().toList();
    assertTrue(lines.get(lines.size() - 2).startsWith("mean "), out);
    assertTrue(lines.getLast().startsWith("deviation "), out);
    assertTrue(lines.get(lines.size() - 6).contains("accuracy  log loss"), out);
  }

  @Test
  void otherCommandsSayWhichTakesAModelOfATable() throws IOException {
    String hint =
        model
            + ": a model of a table; 'lamella table predict' and 'lamella table evaluate' take it, with rows of CSV";
    assertEquals(
        "lamella predict: " + hint, lamella("predict", "--model", model, "x.png").failure(1));
    assertEquals("lamella evaluate: " + hint, lamella("evaluate", "--model", model).failure(1));
    assertTrue(
        lamella("run", "--model", model, "--inputs", penguins(), "--outputs", "y.npy")
            .failure(2)
            .contains("'lamella table predict' takes rows of CSV"));
    Path images = directory.resolve("images");
    lamella("train", "--quiet", "--iterations", 2, "--hidden", 4, "--out", images).done();
    for (String command : List.of("predict", "evaluate")) {
      assertEquals(
          "lamella table "
              + command
              + ": "
              + images.resolve("model.safetensors")
              + ": no model of a table; 'lamella predict' and 'lamella evaluate' take models of images",
          lamella("table", command, "--model", images, penguins()).failure(1));
    }
    String text = lamella("describe", model).done().out();
    assertTrue(text.contains("task: classification"), text);
    assertTrue(text.contains("target: species"), text);
    assertTrue(text.contains("  island             category  3: Torgersen, Biscoe, Dream"), text);
  }
}
