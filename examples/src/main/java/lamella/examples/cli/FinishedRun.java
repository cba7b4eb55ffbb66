package lamella.examples.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import lamella.core.io.FileFormatException;
import lamella.examples.Experiment;
import lamella.examples.Model;
import org.jspecify.annotations.Nullable;

/**
 * What a run that is resumed finds in the directory of its files.
 *
 * @param directory of the files
 * @param model that is there, or null if there is none that can be read
 * @param found a file or folder of a run, or null if there is none
 */
record FinishedRun(Path directory, @Nullable Model model, @Nullable String found) {

  static FinishedRun in(Path directory) throws IOException {
    String found = OutputDirectory.runIn(directory);
    Path file = directory.resolve(OutputDirectory.MODEL);
    try {
      return new FinishedRun(directory, Files.exists(file) ? Model.read(file) : null, found);
    } catch (FileFormatException e) {
      return new FinishedRun(directory, null, found);
    }
  }

  /** Whether it has all files, and they are those of this experiment on images of this source. */
  boolean isEndOf(Experiment experiment, @Nullable String source) {
    return isStageOf(experiment, source)
        && option("options").equals(experiment.toString())
        && List.of(OutputDirectory.HISTORY, OutputDirectory.ACCURACY).stream()
            .allMatch(name -> Files.exists(directory.resolve(name)));
  }

  /** Whether the model is that of the experiment after more or fewer iterations. */
  private boolean isStageOf(Experiment experiment, @Nullable String source) {
    return model != null
        && option("data").equals(source)
        && option("options")
            .replaceFirst("--(iterations|epochs) \\d+ ", "")
            .equals(experiment.withoutLength());
  }

  private String option(String key) {
    return model == null ? "" : model.origin().getOrDefault(key, "");
  }

  /**
   * Checks that nothing of another run is in the way.
   *
   * @throws IOException if something is; says what to do
   */
  void requireStageOf(Experiment experiment, @Nullable String source) throws IOException {
    boolean free = found == null || found.equals(OutputDirectory.CHECKPOINTS);
    if (!free && !isStageOf(experiment, source)) {
      throw new IOException(
          directory
              + " has files of another run, "
              + found
              + " for example; name another directory with --out, or --replace them");
    }
  }
}
