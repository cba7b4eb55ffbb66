package lamella.optim;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import lamella.core.Description;
import lamella.optim.tensorboard.TensorBoardListener;

/**
 * The names that listeners wait for. Where nobody can measure one, training does not begin; where a
 * listener of somebody else's might, training ends with an error if it has not by the end of the
 * first epoch.
 */
final class Watched {
  private record Pair(TrainingListener listener, String name) {}

  /** What a listener may measure that has not said so. */
  private final List<Pair> open = new ArrayList<>();

  private Watched() {}

  /**
   * What is to be seen to.
   *
   * @param listeners of a training
   * @param evaluations the names that its evaluations measure
   * @throws IllegalArgumentException if a name is waited for that nobody will measure
   */
  static Watched of(List<TrainingListener> listeners, List<String> evaluations) {
    Set<String> known = new LinkedHashSet<>(evaluations);
    listeners.forEach(listener -> known.addAll(listener.measures()));
    Watched watched = new Watched();
    for (TrainingListener listener : listeners) {
      for (String name : listener.watches()) {
        if (!known.contains(name)) {
          Pair pair = new Pair(listener, name);
          if (listeners.stream().allMatch(Watched::measuresNothing)) {
            throw new IllegalArgumentException(message(pair, known));
          }
          watched.open.add(pair);
        }
      }
    }
    return watched;
  }

  /** Whether it is one of this library's. */
  private static boolean measuresNothing(TrainingListener listener) {
    return listener instanceof EarlyStopping
        || listener instanceof PlateauSchedule
        || listener instanceof SaveBest
        || listener instanceof GradientClipping
        || listener instanceof WeightAverage
        || listener instanceof TimeLimit
        || listener instanceof ProgressLines
        || listener instanceof CsvHistory
        || listener instanceof TensorBoardListener;
  }

  /** At the end of an epoch. */
  void afterStep(Fit fit) {
    if (!open.isEmpty() && (fit.step() + 1) % fit.stepsPerEpoch() == 0) {
      require(fit);
    }
  }

  /**
   * At the end of an epoch, or of the training.
   *
   * @throws IllegalStateException if there is no measurement of a name that is waited for
   */
  void require(Fit fit) {
    for (Pair pair : open) {
      if (!fit.recorder().has(pair.name)) {
        Set<String> known = new LinkedHashSet<>(fit.measurementNames());
        known.addAll(fit.recorder().names());
        throw new IllegalStateException(
            message(pair, known)
                + "; a listener that measures it after the first epoch says so in measures()");
      }
    }
    open.clear();
  }

  private static String message(Pair pair, Set<String> known) {
    String names =
        known.isEmpty()
            ? "there is no evaluation; add one with Trainer.withEvaluation"
            : "there are "
                + known.stream().map(name -> '"' + name + '"').collect(Collectors.joining(", "));
    return Description.of(pair.listener) + ": nobody measures \"" + pair.name + "\"; " + names;
  }
}
