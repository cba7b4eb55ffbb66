package lamella.examples.cli;

import static lamella.examples.cli.TableRuns.lamella;
import static lamella.examples.cli.TableRuns.penguins;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** {@code lamella table train}, stopped and resumed. */
class TableResumeTest {
  private static final int EPOCHS = 200;

  @TempDir static Path shared;
  private static String whole;

  @TempDir Path directory;

  private static Object[] run(Path out, Object... more) {
    List<Object> args =
        new ArrayList<>(
            List.of(
                "table",
                "train",
                penguins(),
                "--target",
                "species",
                "--epochs",
                EPOCHS,
                "--batch-size",
                16,
                "--out",
                out));
    args.addAll(List.of(more));
    return args.toArray();
  }

  @BeforeAll
  static void neverStopped() {
    whole = lamella(run(shared.resolve("out"))).lastLine();
  }

  private Path checkpoints() {
    return directory.resolve("checkpoints");
  }

  private void await(Process process, long steps) throws Exception {
    while (OutputDirectory.newestCheckpoint(checkpoints()) <= steps) {
      assertTrue(process.isAlive(), "ended before its first checkpoint");
      Thread.sleep(1);
    }
  }

  @Test
  void killedAndResumedItEndsAsIfItHadNotBeen() throws Exception {
    Path out = directory.resolve("out");
    Process process =
        TableRuns.process(
                directory, List.of(), run(out, "--checkpoints", checkpoints(), "--every", 7))
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("printed").toFile())
            .start();
    await(process, 0);
    Thread.sleep(new SplittableRandom(1).nextInt(100));
    process.destroyForcibly().waitFor();
    long done = OutputDirectory.newestCheckpoint(checkpoints());
    assertTrue(done > 0 && !Files.exists(out.resolve("model.safetensors")), "killed too late");

    TableRuns.Outcome resumed = lamella("table", "train", "--resume", checkpoints());
    assertEquals(whole, resumed.lastLine());
    assertTrue(resumed.out().contains("going on after "), resumed.out());
    for (String name : List.of("history.csv", "index.html", "model.safetensors")) {
      assertEquals(
          -1,
          Files.mismatch(shared.resolve("out").resolve(name), out.resolve(name)),
          name + " differs");
    }
    // It has ended, and is left alone.
    assertEquals(
        "this run ended before; its files are in " + out,
        lamella("table", "train", "--resume", checkpoints()).lastLine());
  }

  @Test
  @DisabledOnOs(OS.WINDOWS) // has no signals
  void askedToEndItSaysHowToGoOn() throws Exception {
    Path out = directory.resolve("out");
    Path printed = directory.resolve("printed");
    Process process =
        TableRuns.process(directory, List.of(), run(out))
            .redirectErrorStream(true)
            .redirectOutput(printed.toFile())
            .start();
    while (!Files.readString(printed).contains("epoch 1 /")) {
      assertTrue(process.isAlive(), Files.readString(printed));
      Thread.sleep(1);
    }
    process.destroy();
    assertEquals(143, process.waitFor(), Files.readString(printed));
    List<String> lines = Files.readAllLines(printed);
    Path kept = out.resolve("checkpoints");
    assertEquals("to go on: lamella table train --resume " + kept, lines.getLast());
    assertTrue(
        lines.get(lines.size() - 2).matches("interrupted after \\d+ of \\d+ steps"),
        lines.toString());
    assertFalse(Files.exists(out.resolve("model.safetensors")));
    // The directory is taken by the run that was stopped.
    assertEquals(
        "lamella table train: "
            + out
            + " has a run that was stopped; go on with it: lamella table train --resume "
            + kept
            + ", or name another --out, or --replace it",
        failureOf(lamella(run(out))));
    assertEquals(whole, lamella("table", "train", "--resume", out).lastLine());
  }

  /** The one line of a failure that comes after a summary. */
  private static String failureOf(TableRuns.Outcome outcome) {
    assertEquals(1, outcome.status(), outcome.err());
    assertEquals(1, outcome.err().lines().count(), outcome.err());
    return outcome.err().strip();
  }

  private void shortRun(Path file) {
    lamella(
            "table",
            "train",
            file,
            "--target",
            "species",
            "--epochs",
            3,
            "--out",
            directory.resolve("out"),
            "--checkpoints",
            checkpoints(),
            "--every",
            5)
        .done();
  }

  @Test
  void otherOptionsAnotherFileAndOtherRowsAreRefused() throws IOException {
    Path file = Files.copy(penguins(), directory.resolve("birds.csv"));
    shortRun(file);
    String begin = "lamella table train: " + checkpoints();
    assertEquals(
        begin
            + ": a run goes on with the file and options it was begun with, got --epochs 4 (begun"
            + " with: 3); leave that out, or begin another run without --resume",
        lamella("table", "train", "--resume", checkpoints(), "--epochs", 4).failure(1));
    assertEquals(
        begin
            + ": a run goes on with the file and options it was begun with, got "
            + penguins()
            + " (begun with: "
            + file
            + "), --balanced (begun without); leave that out, or begin another run without --resume",
        lamella("table", "train", penguins(), "--resume", checkpoints(), "--balanced").failure(1));
    // Those it was begun with may be said again.
    assertTrue(
        lamella("table", "train", file, "--resume", checkpoints(), "--epochs", 3)
            .lastLine()
            .startsWith("this run ended before; its files are in "));
    Files.delete(directory.resolve("out").resolve("model.safetensors"));
    Files.writeString(file, Files.readString(file).replaceFirst("39.1", "39.2"));
    assertEquals(
        "lamella table train: "
            + file
            + ": a run goes on with the rows it was begun with, but the file has changed",
        lamella("table", "train", "--resume", checkpoints()).failure(1));
  }

  @Test
  void eachTrainingGoesOnByItsOwnCommand() {
    shortRun(penguins());
    assertTrue(
        lamella("train", "--resume", checkpoints())
            .failure(1)
            .endsWith("of a table; go on with 'lamella table train --resume'"));
    Path images = directory.resolve("images");
    lamella(
            "train",
            "--quiet",
            "--hidden",
            4,
            "--iterations",
            2,
            "--checkpoints",
            images,
            "--out",
            directory.resolve("other"))
        .done();
    assertEquals(
        "lamella table train: "
            + images
            + ": no checkpoints of 'lamella table train'; 'lamella train --resume' goes on with"
            + " those of images",
        lamella("table", "train", "--resume", images).failure(1));
    Path empty = directory.resolve("other");
    assertEquals(
        "lamella table train: "
            + empty
            + ": no checkpoint to go on from; to begin a run that writes some there: lamella table"
            + " train --checkpoints "
            + empty,
        lamella("table", "train", "--resume", empty).failure(1));
  }
}
