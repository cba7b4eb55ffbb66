package lamella.examples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import lamella.core.DType;
import lamella.core.Network;
import lamella.core.Shape;
import lamella.core.random.NumPyRandom;
import lamella.data.cifar.ImageShape;
import lamella.examples.Activation;
import lamella.examples.Experiment;
import lamella.examples.Model;
import lamella.layers.Linear;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs never share a directory, and what one wrote is not lost to another or to a full disk. */
class OutputDirectoryTest {
  @TempDir Path directory;

  private static Run run() {
    Network network = Network.of(Shape.of(3072), new Linear(3072, 2, new NumPyRandom(1)));
    return new Run(
        Experiment.report(Activation.RELU, DType.FLOAT32),
        new Model(network, ImageShape.CIFAR10, List.of("a", "b"), Map.of()),
        List.of(),
        null,
        0.5,
        0.5);
  }

  private List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "model.safetensors",
        "history.csv",
        "accuracy.csv",
        "report.csv",
        "report",
        "swish"
      })
  void aDirectoryThatHasARunIsRefusedAndLeftAsItIs(String name) throws IOException {
    Files.writeString(directory.resolve(name), "mine");
    IOException refused =
        assertThrows(
            IOException.class, () -> OutputDirectory.open(directory, "lamella train").close());
    assertEquals(
        directory + " has a run already, with " + name + "; name another --out, or --replace it",
        refused.getMessage());
    assertEquals(List.of(name), names(directory));
    assertEquals("mine", Files.readString(directory.resolve(name)));
  }

  @Test
  void aRunThatWasStoppedIsOneAndOtherFilesAreNot() throws IOException {
    Files.writeString(directory.resolve("notes.txt"), "mine");
    Path checkpoints = Files.createDirectory(directory.resolve("checkpoints"));
    Files.writeString(checkpoints.resolve("README"), "mine");
    OutputDirectory.open(directory, "lamella train").close();
    Files.writeString(checkpoints.resolve("checkpoint-000000010.safetensors"), "");
    IOException refused =
        assertThrows(
            IOException.class, () -> OutputDirectory.open(directory, "lamella train").close());
    assertTrue(
        refused.getMessage().contains("go on with it: lamella train --resume " + checkpoints),
        refused.getMessage());
  }

  @Test
  void aNewRunTakesTheFirstDirectoryThatIsFree() throws IOException {
    Path base = directory.resolve("out");
    try (OutputDirectory first = OutputDirectory.openNew(base);
        OutputDirectory second = OutputDirectory.openNew(base)) { // beside the first
      assertEquals(base, first.path());
      assertEquals(directory.resolve("out-2"), second.path());
      run().write(second);
    }
    assertEquals(List.of("out-2"), names(directory));
    Files.writeString(base, "a file");
    Files.createDirectory(directory.resolve("out-3"));
    try (OutputDirectory third = OutputDirectory.openNew(base)) {
      assertEquals(directory.resolve("out-3"), third.path());
      run().write(third);
    }
    try (OutputDirectory fourth = OutputDirectory.openNew(base)) {
      assertEquals(directory.resolve("out-4"), fourth.path());
    }
    assertEquals(
        List.of("accuracy.csv", "history.csv", "model.safetensors"),
        names(directory.resolve("out-3")));
    for (String name : List.of("out", "out-2", "out-10")) {
      assertTrue(OutputDirectory.isNumbered(base, Path.of(name)), name);
    }
    for (String name : List.of("outs", "out-", "out-0", "out-2b", "my-out")) {
      assertFalse(OutputDirectory.isNumbered(base, Path.of(name)), name);
    }
  }

  @Test
  void twoRunsAtOnceDoNotWriteToOneDirectory() throws IOException {
    try (OutputDirectory first = OutputDirectory.openAnyway(directory)) {
      for (Path same : List.of(directory, directory.resolve(".").resolve("."))) {
        IOException refused =
            assertThrows(
                DirectoryLock.HeldException.class, () -> OutputDirectory.openAnyway(same).close());
        assertTrue(refused.getMessage().contains("another run is writing"), refused.getMessage());
      }
      run().write(first);
    }
    OutputDirectory.openAnyway(directory).close();
    assertEquals(List.of("accuracy.csv", "history.csv", "model.safetensors"), names(directory));
  }

  @Test
  void aDirectoryThatIsRemovedMeanwhileIsMadeAgain() throws IOException {
    Path out = directory.resolve("far").resolve("out");
    try (OutputDirectory output = OutputDirectory.open(out, "lamella train")) {
      Files.delete(out.resolve(".lamella.lock"));
      Files.delete(out);
      run().write(output);
    }
    assertEquals(List.of("accuracy.csv", "history.csv", "model.safetensors"), names(out));
  }

  @Test
  void whatADirectoryDoesNotTakeGoesToTheFirstOtherPlace() throws IOException {
    Path out = directory.resolve("out");
    Path noDirectory = Files.writeString(directory.resolve("file"), "");
    Path other = Files.createDirectory(directory.resolve("other"));
    try (OutputDirectory output = OutputDirectory.open(out, "lamella train")) {
      Files.delete(out.resolve(".lamella.lock"));
      Files.delete(out);
      Files.writeString(out, "in the way");
      IOException saved =
          assertThrows(
              Rescue.SavedElsewhereException.class,
              () -> run().write(output, List.of(noDirectory, other, directory)));
      Path place = other.resolve(names(other).getFirst());
      assertEquals(
          "cannot write "
              + out.resolve("model.safetensors")
              + ": is a file, a directory is needed; the network and its curves are in "
              + place
              + " instead",
          saved.getMessage());
      assertEquals(
          run().model().fingerprint(),
          Model.read(place.resolve("model.safetensors")).fingerprint());

      IOException lost =
          assertThrows(IOException.class, () -> run().write(output, List.of(noDirectory)));
      assertTrue(
          lost.getMessage().endsWith("; nor does any other place take the network"),
          lost.getMessage());
    }
    assertEquals("in the way", Files.readString(out));
  }
}
