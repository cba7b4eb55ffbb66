package lamella.optim;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import lamella.core.Network;
import lamella.core.SavedState;
import lamella.core.io.ModelFile;

/**
 * Writes the network to a file whenever a measurement is better than all before, so that the best
 * one so far is on the disk whatever becomes of the training.
 *
 * <p>The file is a {@link ModelFile}, and at any moment a whole one. It is written after the
 * measurement that was best; a NaN never is. Unlike {@link EarlyStopping} this neither stops
 * training nor changes the parameters.
 */
public final class SaveBest implements TrainingListener {
  private final String name;
  private final int sign;
  private final Path file;
  private final boolean replacing;
  private double best = Double.NaN;
  private long bestStep;

  private SaveBest(String name, int sign, Path file, boolean replacing) {
    this.name = name;
    this.sign = sign;
    this.file = file;
    this.replacing = replacing;
  }

  /**
   * Watches something that is to become small.
   *
   * @param name of the measurement, for example {@code validation loss}
   * @param file written whenever it is best; must not be there yet
   * @return a new listener, for one training
   */
  public static SaveBest lowest(String name, Path file) {
    return new SaveBest(name, -1, file, false);
  }

  /**
   * Watches something that is to become large.
   *
   * @param name of the measurement, for example {@code validation accuracy}
   * @param file written whenever it is best; must not be there yet
   * @return a new listener, for one training
   */
  public static SaveBest highest(String name, Path file) {
    return new SaveBest(name, 1, file, false);
  }

  /**
   * Takes the place of a file that is there.
   *
   * @return a new listener like this one, for one training
   */
  public SaveBest replacing() {
    return new SaveBest(name, sign, file, true);
  }

  /** {@return the best measurement so far; NaN before the first that is a number} */
  public double best() {
    return best;
  }

  /** {@return the step after which the best was measured} */
  public long bestStep() {
    return bestStep;
  }

  @Override
  public List<String> watches() {
    return List.of(name);
  }

  /**
   * Finds out now, not after hours, whether the network can be written.
   *
   * @throws FileAlreadyExistsException if the file is there, and not of this training
   */
  @Override
  public void started(Fit fit) throws IOException {
    ModelFile model = ModelFile.of(network(fit));
    // A training that is resumed may have written it before it was killed.
    if (fit.step() == 0 && !replacing && Files.exists(file)) {
      throw new FileAlreadyExistsException(
          file.toString(), null, "SaveBest: is there already; use another file, or replacing()");
    }
    byte[] ignored = model.toBytes();
  }

  @Override
  public void measured(Fit fit, String measured, double value) throws IOException {
    if (measured.equals(name) && EarlyStopping.isBetter(value, best, sign, 0)) {
      ModelFile.of(network(fit)).write(file);
      best = value;
      bestStep = fit.step();
    }
  }

  private Network network(Fit fit) {
    if (fit.network() instanceof Network network) {
      return network;
    }
    throw new IllegalArgumentException(
        this + ": expects a Network, which a model file can hold, got " + fit.network());
  }

  @Override
  public void save(SavedState state) {
    state.put("best", best);
    state.put("best_step", bestStep);
  }

  @Override
  public void load(SavedState state) {
    best = state.number("best");
    bestStep = state.integer("best_step", 0, Long.MAX_VALUE);
  }

  /** For example {@code SaveBest(lowest validation loss, best.safetensors)}; without the folder. */
  @Override
  public String toString() {
    return "SaveBest("
        + (sign < 0 ? "lowest " : "highest ")
        + name
        + ", "
        + file.getFileName()
        + ")";
  }
}
