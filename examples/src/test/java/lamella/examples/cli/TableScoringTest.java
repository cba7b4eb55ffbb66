package lamella.examples.cli;

import static lamella.examples.cli.TableRuns.csv;
import static lamella.examples.cli.TableRuns.lamella;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code lamella table predict} on more rows than memory holds, and on rows that are wrong. */
class TableScoringTest {
  private static final int ROWS = 300_000;

  @TempDir static Path shared;
  private static Path model;

  @TempDir Path directory;

  @BeforeAll
  static void train() throws IOException {
    List<String> lines = new ArrayList<>(List.of("number,colour,size,answer"));
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 300; i++) {
      lines.add(i + "," + row(random) + "," + (random.nextBoolean() ? "yes" : "no"));
    }
    Path file = csv(shared, "train.csv", lines.toArray(String[]::new));
    Path out = shared.resolve("out");
    lamella(
            "table",
            "train",
            file,
            "--target",
            "answer",
            "--ignore",
            "number",
            "--epochs",
            2,
            "--no-page",
            "--out",
            out)
        .done();
    model = out.resolve("model.safetensors");
  }

  private static String row(SplittableRandom random) {
    return (random.nextBoolean() ? "red" : "\"blue, or\nso\"") + "," + random.nextInt(1000) / 10.0;
  }

  @Test
  void memoryDoesNotGrowWithTheRows() throws Exception {
    Path file = directory.resolve("rows.csv");
    SplittableRandom random = new SplittableRandom(2);
    try (BufferedWriter csv = Files.newBufferedWriter(file)) {
      csv.write("number,colour,size,comment\n");
      for (int i = 0; i < ROWS; i++) {
        // 25 MB of text, twice as much in memory, and texts that are all different.
        csv.write(
            i
                + ","
                + row(random)
                + ",this is what somebody has to say about "
                + i
                + " and others\n");
      }
    }
    Path out = directory.resolve("out.csv");
    Path printed = directory.resolve("printed");
    int status =
        TableRuns.process(
                directory,
                List.of("-Xmx48m"),
                "table",
                "predict",
                "--model",
                model,
                file,
                "--keep",
                "number",
                "--out",
                out)
            .redirectErrorStream(true)
            .redirectOutput(printed.toFile())
            .start()
            .waitFor();
    assertEquals(0, status, Files.readString(printed));
    assertTrue(
        Files.readString(printed).contains("wrote " + out + ": 300,000 rows in "),
        Files.readString(printed));
    try (BufferedReader csv = Files.newBufferedReader(out)) {
      assertEquals("number,prediction,probability of no,probability of yes", csv.readLine());
      for (int i = 0; i < ROWS; i++) {
        String line = csv.readLine();
        assertTrue(line != null && line.startsWith(i + ","), i + ": " + line);
      }
      assertEquals(null, csv.readLine());
    }
  }

  @Test
  void aRowThatIsWrongIsNamedAndNoFileIsWritten() throws IOException {
    List<String> lines = new ArrayList<>(List.of("colour,size"));
    for (int i = 0; i < 5000; i++) {
      lines.add("red," + i);
    }
    lines.set(4321, "red,large");
    Path file = csv(directory, "rows.csv", lines.toArray(String[]::new));
    Path out = directory.resolve("out.csv");
    String err = lamella("table", "predict", "--model", model, file, "--out", out).failure(1);
    assertTrue(
        err.startsWith(
            "lamella table predict: " + file + ": line 4322 (row 4321), column \"size\""),
        err);
    assertTrue(err.contains("\"large\""), err);
    assertFalse(Files.exists(out));
    try (Stream<Path> files = Files.list(directory)) {
      assertEquals(List.of(file), files.toList());
    }
  }

  @Test
  void columnsThatAreMissingAreNamed() throws IOException {
    Path file = csv(directory, "rows.csv", "color,size", "red,1");
    String err = lamella("table", "predict", "--model", model, file).failure(1);
    assertTrue(err.startsWith("lamella table predict: " + file + ": "), err);
    assertTrue(err.contains("\"colour\"") && err.contains("color"), err);
    Path whole = csv(directory, "whole.csv", "colour,size", "red,1");
    assertEquals(
        "lamella table predict: "
            + whole
            + ": no column \"sise\", which --keep names, did you mean \"size\"?",
        lamella("table", "predict", "--model", model, whole, "--keep", "sise").failure(1));
    Path clash = csv(directory, "clash.csv", "colour,size,prediction", "red,1,x");
    assertEquals(
        "lamella table predict: "
            + clash
            + ": a column of the predictions has the name of one to keep, prediction",
        lamella("table", "predict", "--model", model, clash, "--keep-all").failure(1));
  }
}
