package lamella.examples.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Writes the files of a run where its own directory does not take them: no training is lost. */
final class Rescue {
  private Rescue() {}

  /** The files of a run. */
  @FunctionalInterface
  interface RunFiles {
    void writeTo(OutputDirectory output) throws IOException;
  }

  /** Says that a run's files are not where they should be, and where they are. */
  static final class SavedElsewhereException extends IOException {
    private static final long serialVersionUID = 1;

    private SavedElsewhereException(String message, IOException cause) {
      super(message, cause);
    }
  }

  /**
   * Writes the files; where that fails, to the first other place that takes them.
   *
   * @param others directories to try, a new one in each
   * @throws IOException if the directory does not take them; says where they are
   */
  static void write(OutputDirectory output, List<Path> others, RunFiles files) throws IOException {
    try {
      files.writeTo(output);
    } catch (IOException e) {
      String failure = Failures.describe(e);
      for (Path other : others) {
        try (OutputDirectory place =
            OutputDirectory.openAnyway(Files.createTempDirectory(other, "lamella-run-"))) {
          files.writeTo(place);
          throw new SavedElsewhereException(
              failure + "; the network and its curves are in " + place.path() + " instead", e);
        } catch (SavedElsewhereException saved) {
          throw saved;
        } catch (IOException again) {
          e.addSuppressed(again);
        }
      }
      throw new IOException(failure + "; nor does any other place take the network", e);
    }
  }

  /** Where the files go if their own directory does not take them. */
  static List<Path> places() {
    return Stream.of("java.io.tmpdir", "user.dir", "user.home")
        .map(property -> Path.of(System.getProperty(property, "")))
        .toList();
  }
}
