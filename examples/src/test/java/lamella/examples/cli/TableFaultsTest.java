package lamella.examples.cli;

import static lamella.examples.cli.TableRuns.csv;
import static lamella.examples.cli.TableRuns.lamella;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever is wrong with a file is one line that says where, or is treated as is said. */
class TableFaultsTest {
  @TempDir Path directory;

  /** The one line of error for a file, without its beginning that names command and file. */
  private static String refused(Path file, Object... more) {
    List<Object> args = new ArrayList<>(List.of("table", "describe", file));
    args.addAll(List.of(more));
    String err = lamella(args.toArray()).failure(1);
    String begin = "lamella table describe: " + file + ": ";
    assertTrue(err.startsWith(begin), err);
    return err.substring(begin.length());
  }

  /** A number of each row, in no order. */
  private static int x(int row) {
    return row * 37 % 101;
  }

  /** A file of a hundred rows. */
  private Path rows(String header, IntFunction<String> row) throws IOException {
    List<String> lines = new ArrayList<>(List.of(header));
    for (int i = 0; i < 100; i++) {
      lines.add(row.apply(i));
    }
    return csv(directory, "rows.csv", lines.toArray(String[]::new));
  }

  private Object[] training(Path file, Object... more) {
    List<Object> args =
        new ArrayList<>(
            List.of(
                "table",
                "train",
                file,
                "--epochs",
                2,
                "--no-page",
                "--out",
                directory.resolve("out")));
    if (!List.of(more).contains("--target")) {
      args.addAll(List.of("--target", "y"));
    }
    args.addAll(List.of(more));
    return args.toArray();
  }

  private String trainingRefused(Path file, Object... more) {
    TableRuns.Outcome outcome = lamella(training(file, more));
    assertEquals(1, outcome.status(), outcome.out() + outcome.err());
    assertEquals(1, outcome.err().lines().count(), outcome.err());
    assertFalse(outcome.err().contains("internal error"), outcome.err());
    assertFalse(Files.exists(directory.resolve("out")));
    String begin = "lamella table train: " + file + ": ";
    assertTrue(outcome.err().startsWith(begin), outcome.err());
    return outcome.err().strip().substring(begin.length());
  }

  @Test
  void raggedRows() throws IOException {
    assertEquals(
        "line 3 (row 2) has 1 field, expected 2 as the line of names; the last is \"3\"; empty fields"
            + " need their separators, too",
        refused(csv(directory, "few.csv", "a,b", "1,2", "3", "4,5")));
    assertEquals(
        "line 3 (row 2) has 3 fields, expected 2 as the line of names; the first too many is \"z\";"
            + " fields with separators in them must be quoted",
        refused(csv(directory, "many.csv", "a,b", "1,2", "3,y,z")));
  }

  @Test
  void noRowsNoFileAndADirectory() throws IOException {
    assertEquals(
        "the file is empty; expected a table's rows",
        refused(Files.createFile(directory.resolve("empty.csv"))));
    assertEquals(
        "there is no row after the names; if the first line is a row: --no-header",
        refused(csv(directory, "names.csv", "a,b")));
    assertEquals("no such file or directory", refused(directory.resolve("none.csv")));
    assertEquals(
        1, lamella("table", "describe", directory).failure(1).lines().count(), "a directory");
  }

  @Test
  void namesOfColumns() throws IOException {
    assertTrue(refused(csv(directory, "twice.csv", "a,b,a", "1,2,3")).contains("\"a\""));
    Path file = rows("x,y", i -> x(i) + "," + i % 2);
    assertEquals(
        "no column \"z\", which --target names; the columns are x, y",
        trainingRefused(file, "--target", "z"));
  }

  @Test
  void numbersThatAreNone() throws IOException {
    Path infinite = rows("x,y", i -> (i == 41 ? "Infinity" : "" + i) + "," + i % 2);
    String err = refused(infinite, "--kind", "x=number");
    assertTrue(err.startsWith("line 43 (row 42), column \"x\": "), err);
    assertTrue(err.contains("\"Infinity\""), err);
    Path comma = rows("x;y", i -> (i == 7 ? "1,5" : i + ".5") + ";" + i % 2);
    String decimal = refused(comma, "--kind", "x=number");
    assertTrue(decimal.startsWith("line 9 (row 8), column \"x\": "), decimal);
    assertTrue(decimal.contains("--decimal-comma"), decimal);
    // NaN is a missing value, thousands and decimal commas are found out.
    String out =
        lamella(
                "table",
                "describe",
                rows(
                    "x,z,y",
                    i -> (i == 3 ? "NaN" : i + "") + ",\"1," + (100 + i) + ".5\"," + i % 2))
            .done()
            .out();
    assertTrue(out.lines().anyMatch(line -> line.matches("x +NUMBER +1 .*")), out);
    assertTrue(
        out.lines().anyMatch(line -> line.matches("z +NUMBER +0 +100 .*1100\\.5 to 1199\\.5.*")),
        out);
  }

  @Test
  void bytesThatAreNoText() throws IOException {
    Path file = directory.resolve("mixed.csv");
    byte[] text = "name,n\nMüller,1\n".getBytes(StandardCharsets.UTF_8);
    byte[] latin = "Zoë,2\n".getBytes(StandardCharsets.ISO_8859_1);
    byte[] both = Arrays.copyOf(text, text.length + latin.length);
    System.arraycopy(latin, 0, both, text.length, latin.length);
    Files.write(file, both);
    TableRuns.Outcome outcome = lamella("table", "describe", file);
    assertEquals(1, outcome.status(), outcome.out());
    assertTrue(outcome.failure(1).contains("line 3"), outcome.err());
    lamella("table", "describe", file, "--charset", "ISO-8859-1").done();
    // Bytes of any kind: an error or a table, never more than a line.
    SplittableRandom random = new SplittableRandom(3);
    for (int i = 0; i < 200; i++) {
      byte[] bytes = new byte[random.nextInt(300)];
      for (int k = 0; k < bytes.length; k++) {
        bytes[k] =
            (byte)
                (random.nextInt(4) == 0
                    ? random.nextInt()
                    : ",;\"\n\r0a\t".charAt(random.nextInt(8)));
      }
      Files.write(file, bytes);
      TableRuns.Outcome any = lamella("table", "describe", file);
      if (any.status() != 0) {
        any.failure(1);
      }
    }
  }

  @Test
  void aFieldOfAHundredMegabytes() throws IOException {
    Path file = directory.resolve("long.csv");
    byte[] block = new byte[1 << 20];
    Arrays.fill(block, (byte) 'x');
    try (OutputStream out = Files.newOutputStream(file)) {
      out.write("a,b\n1,\"".getBytes(StandardCharsets.UTF_8));
      for (int i = 0; i < 100; i++) {
        out.write(block);
      }
      out.write("\"\n2,y\n".getBytes(StandardCharsets.UTF_8));
    }
    String err = refused(file);
    assertEquals(
        "in the row that begins in line 2 field 2 is longer than 1048576 characters; is a quotation"
            + " mark not closed, or is it no table?",
        err);
  }

  @Test
  void columnsThatSayNothingAreLeftOutAndSaid() throws IOException {
    Path file = rows("x,same,none,y", i -> i % 7 + ",always,," + (i % 7 > 3 ? "yes" : "no"));
    TableRuns.Outcome outcome = lamella(training(file)).done();
    assertTrue(outcome.out().contains("1 number: x"), outcome.out());
    assertTrue(
        outcome
            .out()
            .lines()
            .anyMatch(line -> line.startsWith("left out: ") && line.contains("same")),
        outcome.out());
    assertTrue(
        outcome
            .out()
            .lines()
            .anyMatch(line -> line.startsWith("left out: ") && line.contains("none")),
        outcome.out());
  }

  @Test
  void rowsWithoutATargetAreLeftOutAndCounted() throws IOException {
    Path file = rows("x,y", i -> x(i) + "," + (i % 10 == 0 ? "" : i % 2 == 0 ? "even" : "odd"));
    TableRuns.Outcome outcome = lamella(training(file)).done();
    assertTrue(
        outcome.err().contains("8 training rows are left out, as they have no value of \"y\""),
        outcome.err());
  }

  @Test
  void aTargetWithoutValuesIsRefused() throws IOException {
    assertEquals(
        "column \"y\" has no value in any of 80 rows",
        trainingRefused(rows("x,y", i -> x(i) + ",")));
  }

  @Test
  void aTargetOfOneValueIsRefused() throws IOException {
    assertEquals(
        "column \"y\" has one class only, \"yes\", in all of 80 rows; two are needed",
        trainingRefused(rows("x,y", i -> x(i) + ",yes")));
    assertEquals(
        "row 1: column \"y\": expects a number, got \"a0\"; classes are predicted by --task classification",
        trainingRefused(rows("x,y", i -> x(i) + ",a" + i), "--task", "regression"));
    assertTrue(
        trainingRefused(rows("x,y", i -> "1," + i % 2))
            .startsWith("no column is left to predict \"y\" from; left out: "));
  }

  @Test
  void aClassSeenOnceIsTrained() throws IOException {
    Path file = rows("x,y", i -> x(i) + "," + (i == 50 ? "once" : i % 2 == 0 ? "even" : "odd"));
    lamella(training(file)).done();
  }

  @Test
  void tenThousandCategoriesAreTrained() throws IOException {
    List<String> lines = new ArrayList<>(List.of("c,x,y"));
    for (int i = 0; i < 20_000; i++) {
      lines.add("c" + i % 10_000 + "," + i % 13 + "," + (i % 13 > 6 ? "yes" : "no"));
    }
    Path file = csv(directory, "categories.csv", lines.toArray(String[]::new));
    TableRuns.Outcome outcome = lamella(training(file, "--kind", "c=category"));
    assertEquals(0, outcome.status(), outcome.err());
  }

  @Test
  void splitsThatDoNotFit() throws IOException {
    Path file = rows("x,y", i -> x(i) + "," + i % 2);
    Path few = csv(directory, "few.csv", "split", "train", "test");
    TableRuns.Outcome outcome = lamella(training(file, "--split", few));
    assertEquals(
        "lamella table train: " + few + ": 2 rows, but " + file + " has 100", outcome.failure(1));
    Path wrong = csv(directory, "wrong.csv", "split", "train", "tset");
    assertEquals(
        "lamella table train: "
            + wrong
            + ": line 3: expected train, validation, test, got \"tset\"",
        lamella(training(file, "--split", wrong)).failure(1));
    assertEquals(
        "row 1, column \"x\": expected train, validation, test, got \"0\"",
        trainingRefused(file, "--split-column", "x"));
    String[] all = new String[101];
    Arrays.fill(all, "train");
    all[0] = "split";
    assertEquals(
        "no row is for validation, of 100 rows",
        trainingRefused(file, "--split", csv(directory, "all.csv", all)));
  }
}
