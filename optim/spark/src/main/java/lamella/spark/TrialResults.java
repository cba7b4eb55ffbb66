package lamella.spark;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import lamella.core.io.ModelFile;
import lamella.optim.History;
import org.jspecify.annotations.Nullable;

/**
 * What is known of the trials of a sweep: those read from its folder, and those that have come
 * since, in whatever order, on several threads. The network is kept of the best one only.
 */
final class TrialResults {
  private final List<PlannedTrial> planned;
  private final TrialMetric metric;
  private final @Nullable TrialFolder folder;

  /** By the number of the trial. */
  private final @Nullable Trial[] known;

  private final List<PlannedTrial> pending;
  private @Nullable Trial best;
  private byte[] network = {};

  /**
   * Reads the trials that are in the folder.
   *
   * @throws IOException if one cannot be read
   */
  TrialResults(List<PlannedTrial> planned, TrialMetric metric, @Nullable TrialFolder folder)
      throws IOException {
    this.planned = planned;
    this.metric = metric;
    this.folder = folder;
    this.known = new Trial[planned.size()];
    if (folder != null) {
      readFrom(folder);
    }
    // Trials of equal settings are one.
    Map<String, PlannedTrial> once = new LinkedHashMap<>();
    for (PlannedTrial trial : planned) {
      if (known[trial.number()] == null) {
        once.putIfAbsent(trial.key(), trial);
      }
    }
    pending =
        once.values().stream()
            .sorted(Comparator.comparingDouble(PlannedTrial::cost).reversed())
            .toList();
  }

  private void readFrom(TrialFolder from) throws IOException {
    for (PlannedTrial trial : planned) {
      Trial read = from.read(trial.key(), trial.number(), trial.params());
      known[trial.number()] = read;
      if (read != null && isBest(read)) {
        best = read;
      }
    }
    Trial found = best;
    if (found == null) {
      return;
    }
    String key = planned.get(found.number()).key();
    byte[] saved = from.readNetwork(key);
    if (saved != null) {
      network = saved;
      return;
    }
    // Another sweep in this folder found a better one, or somebody deleted it: once more.
    best = null;
    for (PlannedTrial trial : planned) {
      if (trial.key().equals(key)) {
        known[trial.number()] = null;
      }
    }
  }

  /** {@return the trials that have to run, the longest first, of equal settings one} */
  List<PlannedTrial> pending() {
    return pending;
  }

  /**
   * A trial has ended by itself, with a network or without: it is written down.
   *
   * @throws IOException if it cannot be
   */
  synchronized void finished(PlannedTrial planned, TrialOutcome outcome) throws IOException {
    Trial trial = outcome.toTrial(planned);
    Trial before = best;
    boolean isBest = trial.succeeded() && isBest(trial);
    if (folder != null) {
      if (isBest) {
        folder.writeNetwork(planned.key(), outcome.network());
      }
      folder.write(planned.key(), trial);
      if (isBest && before != null) {
        folder.deleteNetwork(this.planned.get(before.number()).key());
      }
    }
    if (isBest) {
      best = trial;
      network = outcome.network();
    }
    put(planned, outcome);
  }

  /** Spark gave a trial up, which says nothing of its settings. */
  synchronized void gaveUp(PlannedTrial trial, TrialOutcome outcome) {
    put(trial, outcome);
  }

  private void put(PlannedTrial trial, TrialOutcome outcome) {
    for (PlannedTrial equal : planned) {
      if (equal.key().equals(trial.key())) {
        known[equal.number()] = outcome.toTrial(equal);
      }
    }
  }

  private boolean isBest(Trial trial) {
    Trial other = best;
    if (!trial.succeeded() || other == null) {
      return trial.succeeded();
    }
    if (Double.compare(trial.metric(), other.metric()) != 0) {
      return metric.isBetter(trial.metric(), other.metric());
    }
    // A grid's settings are in another order in each process.
    int order = trial.params().compareTo(other.params());
    return order != 0 ? order < 0 : trial.number() < other.number();
  }

  /** {@return all trials in the order of the settings} */
  synchronized List<Trial> trials() {
    List<Trial> trials = new ArrayList<>();
    for (PlannedTrial trial : planned) {
      Trial result = known[trial.number()];
      if (result == null) {
        throw new IllegalStateException("Sweep: trial " + trial.number() + " has not run");
      }
      trials.add(result);
    }
    return trials;
  }

  /**
   * {@return the best trial}
   *
   * @throws IllegalStateException if all failed; says why the first did
   */
  synchronized Trial best() {
    Trial found = best;
    if (found == null) {
      Trial first = trials().getFirst();
      throw new IllegalStateException(
          "Sweep: none of "
              + planned.size()
              + " trials gave a network; the first, "
              + first.params()
              + ", failed: "
              + first.failure());
    }
    return found;
  }

  /** {@return the best trial's network; its history stayed on the executor} */
  synchronized Trained bestTrained() throws IOException {
    Trial trial = best();
    String name = "trial " + trial.number();
    return new Trained(
        ModelFile.parse(name, network).network(),
        new History(List.of(), List.of(), Optional.empty()),
        OptionalInt.of(trial.bestEpoch()));
  }
}
