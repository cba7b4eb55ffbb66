package lamella.optim;

import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import lamella.core.Dataset;
import lamella.core.Description;
import lamella.core.Layers;
import lamella.core.Parameter;
import lamella.core.Sampler;
import lamella.core.SavedState;
import lamella.core.Stateful;
import lamella.core.Tensor;
import lamella.core.io.FileFormatException;

/** All that a training is at the moment between two steps, as a {@link SavedState} and back. */
final class Snapshot {
  static final String NOTE = "note.";

  /**
   * What is written down about a training: 1, which had no number, lacked data, schedule and
   * layers.
   */
  private static final String FORMAT = "2";

  private final Fit fit;
  private final Map<String, String> notes;
  private final TrainingDescription description;
  private final TrainerSettings<?> settings;

  /** Who is asked for a state, by name. */
  private final Map<String, Stateful> parts;

  /**
   * Describes the training, which may ask its parts to compute something: afterwards they are as
   * they were.
   *
   * @param checkpoints add what is compared, and notes for readers
   * @throws IllegalStateException if a part cannot be saved
   */
  Snapshot(Fit fit, TrainingDescription.Subject<?> subject, Checkpoints checkpoints) {
    this.fit = fit;
    this.settings = subject.settings();
    this.notes = checkpoints.notes();
    Map<String, Stateful> changing = changedByUse(subject);
    requireSampler(subject.sampler());
    SavedState before = copy(save(changing));
    Runnable putBack =
        () -> {
          if (!isEqual(before, save(changing))) {
            changing.forEach((name, part) -> part.load(before.inside(name)));
          }
        };
    try {
      this.description = TrainingDescription.of(subject, checkpoints.configuration(), putBack);
    } finally {
      putBack.run();
    }
    parts = new LinkedHashMap<>();
    parts.put("history", fit.recorder());
    parts.put("optimizer", fit.optimizer());
    parts.putAll(changing);
    for (TrainingListener listener : subject.listeners()) {
      put(parts, "listener." + listener.getClass().getSimpleName(), listener);
    }
  }

  Fit fit() {
    return fit;
  }

  // Who is asked.

  /** Those that a forward pass, a look at the data or a draw of examples may change. */
  private static Map<String, Stateful> changedByUse(TrainingDescription.Subject<?> subject) {
    Map<String, Stateful> parts = new LinkedHashMap<>();
    parts.put("sampler", subject.sampler());
    Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    putData(parts, subject.data(), seen);
    subject.evaluators().forEach(evaluator -> putData(parts, evaluator.data(), seen));
    if (subject.loss() instanceof Stateful stateful) {
      parts.put("loss", stateful);
    }
    Layers.walk(
        subject.network(),
        (path, layer) -> {
          if (layer instanceof Stateful stateful) {
            parts.put(path.isEmpty() ? "layer" : "layer." + path, stateful);
          }
        });
    return parts;
  }

  private static void putData(Map<String, Stateful> parts, Dataset<?> data, Set<Object> seen) {
    if (seen.add(data)) {
      if (data instanceof Stateful stateful) {
        put(parts, "data", stateful);
      }
      data.datasets().forEach(inside -> putData(parts, inside, seen));
    }
  }

  private static void put(Map<String, Stateful> parts, String name, Stateful part) {
    int same = 0;
    while (parts.containsKey(name + "." + same)) {
      same++;
    }
    parts.put(name + "." + same, part);
  }

  private static void requireSampler(Sampler sampler) {
    SavedState state = SavedState.of(List.of());
    sampler.save(state);
    if (state.texts().isEmpty() && state.tensors().isEmpty()) {
      throw new IllegalStateException(
          "Checkpoints: the sampler "
              + Description.of(sampler)
              + " saves nothing, so that a resumed training would see other"
              + " examples than one never stopped; implement save and load, or say that it always"
              + " chooses the same with Sampler.stateless(...)");
    }
  }

  // Saving.

  private SavedState save(Map<String, Stateful> some) {
    SavedState state = SavedState.of(fit.parameters());
    some.forEach((name, part) -> part.save(state.inside(name)));
    return state;
  }

  /** Everything after so many steps. */
  SavedState save(long done) {
    SavedState state = save(parts);
    state.put("format", FORMAT);
    description.save(state.inside("description"));
    notes.forEach((key, value) -> state.put(NOTE + key, value));
    state.put("steps", done);
    state.put("next_learning_rate", fit.optimizer().learningRate());
    for (int i = 0; i < fit.parameters().size(); i++) {
      state.put("parameter." + i, fit.parameters().get(i).value());
    }
    return state;
  }

  /** Finds out now, not after hours, whether something cannot be saved. */
  void requireSaveable() {
    CheckpointFile.requireWritable(save(0));
  }

  // Loading.

  /**
   * Compares a checkpoint with this training, of which nothing changes.
   *
   * @throws FileFormatException if it is not of this training; says what differs
   */
  void requireSame(Checkpoints.Saved saved) throws FileFormatException {
    SavedState state = saved.state();
    try {
      if (!state.has("format")) {
        throw new FileFormatException(
            saved.file(),
            "was written by Lamella 0.1, whose checkpoints do not say which data, schedule and"
                + " layers they were made with; finish the training with that version, or begin it"
                + " anew");
      }
      if (!state.text("format").equals(FORMAT)) {
        throw new FileFormatException(
            saved.file(), "was written by a later version of Lamella; use that one");
      }
      description.requireSame(state.inside("description"));
      long done = state.integer("steps", 0, Long.MAX_VALUE);
      if (done > fit.steps()) {
        throw new IllegalArgumentException(
            "it is after " + done + " steps, and no more than " + fit.steps() + " are to be done");
      }
      if (done < fit.steps() && !settings.beginsRound(done, fit.stepsPerEpoch())) {
        throw new IllegalArgumentException(
            "it is after "
                + done
                + " steps, where that training ended, in the middle of what is a round of "
                + settings.localSteps
                + " local steps here; let a training that is to go on end with a round");
      }
      List<Parameter> parameters = fit.parameters();
      for (int i = 0; i < parameters.size(); i++) {
        Tensor there = state.tensor("parameter." + i, parameters.get(i).shape());
        requireEqual("type of parameter " + i, there.dtype(), parameters.get(i).value().dtype());
      }
    } catch (IllegalArgumentException e) {
      throw another(saved, e, String.valueOf(e.getMessage()));
    }
  }

  /**
   * Puts everything where a checkpoint stands that {@link #requireSame} has let pass, or, where a
   * part cannot take up its state, leaves all of it as it was.
   *
   * @return what {@link #putBack} needs to undo it
   * @throws FileFormatException if a part cannot; says which
   */
  SavedState load(Checkpoints.Saved saved) throws FileFormatException {
    SavedState before = copy(save(0));
    try {
      load(saved.state());
    } catch (RuntimeException | Error e) {
      try {
        putBack(before);
      } catch (RuntimeException suppressed) {
        e.addSuppressed(suppressed);
      }
      if (e instanceof IllegalArgumentException || e instanceof IllegalStateException) {
        throw another(saved, e, String.valueOf(e.getMessage()));
      }
      if (e instanceof Error error) {
        throw error;
      }
      throw another(saved, e, "a part cannot take up its state: " + e);
    }
    fit.continueAt(saved.state().integer("steps", 0, Long.MAX_VALUE));
    return before;
  }

  /** Undoes a {@link #load}: all parts, whatever one of them throws. */
  void putBack(SavedState before) {
    copyParameters(before);
    fit.continueAt(0);
    RuntimeException failure = null;
    for (Map.Entry<String, Stateful> part : parts.entrySet()) {
      try {
        part.getValue().load(before.inside(part.getKey()));
      } catch (RuntimeException e) {
        if (failure == null) {
          failure = e;
        } else {
          failure.addSuppressed(e);
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  private void load(SavedState state) {
    long done = state.integer("steps", 0, Long.MAX_VALUE);
    copyParameters(state);
    parts.forEach((name, part) -> part.load(state.inside(name)));
    requireEqual("length of the history", fit.recorder().size(), done);
    requireEqual(
        "learning rate after " + done + " steps",
        state.text("next_learning_rate"),
        Double.toString(fit.optimizer().learningRate()));
  }

  private void copyParameters(SavedState state) {
    List<Parameter> parameters = fit.parameters();
    for (int i = 0; i < parameters.size(); i++) {
      Parameter parameter = parameters.get(i);
      parameter.value().copyFrom(state.tensor("parameter." + i, parameter.shape()));
    }
  }

  private static FileFormatException another(
      Checkpoints.Saved saved, Throwable cause, String difference) {
    FileFormatException e =
        new FileFormatException(saved.file(), "does not belong to this training: " + difference);
    e.initCause(cause);
    return e;
  }

  private static void requireEqual(String what, Object there, Object here) {
    if (!there.equals(here)) {
      throw new IllegalArgumentException(
          what + " is '" + there + "' there and '" + here + "' here");
    }
  }

  // States in memory.

  /** With tensors of its own: what is saved may be live. */
  private static SavedState copy(SavedState state) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    state.tensors().forEach((name, tensor) -> tensors.put(name, tensor.copy()));
    return SavedState.of(state.parameters(), tensors, state.texts());
  }

  private static boolean isEqual(SavedState a, SavedState b) {
    if (!a.texts().equals(b.texts()) || !a.tensors().keySet().equals(b.tensors().keySet())) {
      return false;
    }
    for (Map.Entry<String, Tensor> named : a.tensors().entrySet()) {
      Tensor other = Objects.requireNonNull(b.tensors().get(named.getKey()));
      if (!Arrays.equals(named.getValue().toDoubleArray(), other.toDoubleArray())) {
        return false;
      }
    }
    return true;
  }
}
