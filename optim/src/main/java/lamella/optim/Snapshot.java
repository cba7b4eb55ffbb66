package lamella.optim;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import lamella.core.Dataset;
import lamella.core.Parameter;
import lamella.core.Sampler;
import lamella.core.State;
import lamella.core.Stateful;
import lamella.core.io.FileFormatException;

/**
 * All that a training is at the moment between two steps, as a {@link State} and back.
 *
 * @param description what it must have in common with one that goes on from here
 * @param notes for readers
 */
record Snapshot(
    Map<String, String> description,
    Map<String, String> notes,
    Fit fit,
    Dataset<?> data,
    Sampler sampler,
    List<TrainingListener> listeners) {
  static final String NOTE = "note.";

  /** Everything after so many steps. */
  State save(long done) {
    State state = State.of(fit.parameters());
    description.forEach(state.inside("description")::put);
    notes.forEach((key, value) -> state.put(NOTE + key, value));
    state.put("steps", done);
    state.put("next_learning_rate", fit.optimizer().learningRate());
    for (int i = 0; i < fit.parameters().size(); i++) {
      state.put("parameter." + i, fit.parameters().get(i).value());
    }
    parts().forEach((name, part) -> part.save(state.inside(name)));
    return state;
  }

  /**
   * Puts everything back.
   *
   * @throws FileFormatException if it is not of this training
   */
  void load(Checkpoints.Saved saved) throws FileFormatException {
    try {
      load(saved.state());
    } catch (IllegalArgumentException e) {
      throw new FileFormatException(
          saved.file().toString(), "does not belong to this training: " + e.getMessage());
    }
  }

  private void load(State state) {
    State saved = state.inside("description");
    description.forEach((key, here) -> requireEqual(key, saved.text(key), here));
    long done = state.integer("steps", 0, Integer.MAX_VALUE);
    if (done > fit.steps()) {
      throw new IllegalArgumentException(
          "it is after " + done + " steps, and no more than " + fit.steps() + " are to be done");
    }
    List<Parameter> parameters = fit.parameters();
    for (int i = 0; i < parameters.size(); i++) {
      Parameter parameter = parameters.get(i);
      parameter.value().copyFrom(state.tensor("parameter." + i, parameter.shape()));
    }
    parts().forEach((name, part) -> part.load(state.inside(name)));
    requireEqual("length of the history", "" + fit.recorder().size(), "" + done);
    requireEqual(
        "learning rate after " + done + " steps",
        state.text("next_learning_rate"),
        Double.toString(fit.optimizer().learningRate()));
    fit.continueAt(done);
  }

  private static void requireEqual(String what, String there, String here) {
    if (!there.equals(here)) {
      throw new IllegalArgumentException(
          what + " is '" + there + "' there and '" + here + "' here");
    }
  }

  /** Who is asked for a state, by name. */
  private Map<String, Stateful> parts() {
    Map<String, Stateful> parts = new LinkedHashMap<>();
    parts.put("history", fit.recorder());
    parts.put("optimizer", fit.optimizer());
    parts.put("sampler", sampler);
    if (data instanceof Stateful stateful) {
      parts.put("data", stateful);
    }
    for (TrainingListener listener : listeners) {
      String name = "listener." + listener.getClass().getSimpleName();
      int same = 0;
      while (parts.containsKey(name + "." + same)) {
        same++;
      }
      parts.put(name + "." + same, listener);
    }
    return parts;
  }

  /** Finds out now, not after hours, whether something cannot be saved. */
  void requireSaveable() {
    State ignored = save(0);
  }

  /** The listeners that have something to save. */
  static String describeStateful(List<Parameter> parameters, List<TrainingListener> listeners) {
    List<String> names = new ArrayList<>();
    for (TrainingListener listener : listeners) {
      State state = State.of(parameters);
      listener.save(state);
      if (!state.texts().isEmpty() || !state.tensors().isEmpty()) {
        names.add(describe(listener));
      }
    }
    return names.toString();
  }

  /** What an object says it is; its class where it says nothing, as in {@code Thing@1b2c3d}. */
  static String describe(Object object) {
    String text = object.toString();
    Class<?> type = object.getClass();
    boolean silent = text.startsWith(type.getName() + "@");
    return !silent ? text : type.isSynthetic() || type.isHidden() ? "lambda" : type.getName();
  }
}
