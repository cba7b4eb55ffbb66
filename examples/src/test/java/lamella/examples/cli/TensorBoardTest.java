package lamella.examples.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code lamella train --tensorboard}; what the bytes mean is tested where they are written. */
class TensorBoardTest {
  @TempDir Path directory;

  private static void lamella(Object... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    String[] words = Arrays.stream(args).map(Object::toString).toArray(String[]::new);
    int status = Lamella.run(new PrintWriter(out, true), new PrintWriter(err, true), words);
    assertEquals(0, status, err::toString);
  }

  private static List<Path> files(Path run) throws IOException {
    try (Stream<Path> list = Files.list(run)) {
      return list.sorted().toList();
    }
  }

  @Test
  void aRunAndItsResumptionAreInOneDirectory() throws IOException {
    Path run = directory.resolve("runs/first");
    Path checkpoints = directory.resolve("checkpoints");
    lamella(
        "train",
        "--iterations",
        2,
        "--hidden",
        4,
        "--out",
        directory.resolve("out"),
        "--checkpoints",
        checkpoints,
        "--tensorboard",
        run);
    assertEquals(1, files(run).size());
    String events = new String(Files.readAllBytes(files(run).getFirst()), ISO_8859_1);
    for (String part :
        List.of(
            "brain.Event:2",
            "lamella train --activation relu --hidden 4 ",
            "loss/batch",
            "loss/data",
            "loss/penalty",
            "learning rate",
            "accuracy/train",
            "accuracy/validation",
            "parameters/0.weight",
            "gradients/2.bias",
            "weights",
            "\u0089PNG")) {
      assertTrue(events.contains(part), part);
    }

    lamella("train", "--resume", checkpoints, "--iterations", 3);
    assertEquals(2, files(run).size());
  }
}
