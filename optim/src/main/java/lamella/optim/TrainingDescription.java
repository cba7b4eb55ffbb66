package lamella.optim;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongPredicate;
import lamella.core.Checksum;
import lamella.core.DType;
import lamella.core.Dataset;
import lamella.core.Description;
import lamella.core.Layer;
import lamella.core.Loss;
import lamella.core.Network;
import lamella.core.Outputs;
import lamella.core.Parameter;
import lamella.core.Sampler;
import lamella.core.SavedState;
import org.jspecify.annotations.Nullable;

/**
 * What a training that goes on from a checkpoint must have in common with the one it is of: all
 * that the bits of its result depend on, but for the number of steps.
 */
final class TrainingDescription {
  /** What a sentence about a difference shows of each side. */
  private static final int LONGEST_SHOWN = 300;

  /** Of a text that is longer, what is shown before the first difference. */
  private static final int SHOWN_BEFORE = 60;

  private static final String COMPUTATION = "computation";
  private static final String CONFIGURATION = "configuration.";

  private final Map<String, String> texts;

  private TrainingDescription(Map<String, String> texts) {
    this.texts = texts;
  }

  /** What is described. */
  record Subject<T>(
      TrainerSettings<T> settings,
      Outputs meaning,
      Dataset<T> data,
      Sampler sampler,
      List<TrainingListener> listeners) {
    Layer network() {
      return settings.network;
    }

    Loss<T> loss() {
      return settings.loss;
    }

    Optimizer optimizer() {
      return settings.optimizer;
    }

    int batchSize() {
      return settings.batchSize;
    }

    long seed() {
      return settings.seed;
    }

    List<Evaluator<?>> evaluators() {
      return settings.evaluators;
    }
  }

  /**
   * Describes.
   *
   * @param putBack gives all parts that have a state the one they had; they may have drawn random
   *     numbers when this is done
   * @throws IllegalStateException if a part remembers what it does not save
   */
  static <T> TrainingDescription of(
      Subject<T> subject, Map<String, String> configuration, Runnable putBack) {
    Map<String, String> texts = new LinkedHashMap<>();
    configuration.forEach((key, value) -> texts.put(CONFIGURATION + key, value));
    Layer network = subject.network();
    DType type = Evaluation.type(network);
    texts.put("network", describe(network));
    texts.put("meaning of the outputs", subject.meaning().toString());
    texts.put("type of numbers", type.toString());
    texts.put("parameters", describe(network.parameters()));
    texts.put("loss", Description.of(subject.loss()));
    texts.put("optimizer", Description.of(subject.optimizer()));
    texts.put(
        "schedule",
        String.join(
            "; ",
            subject.optimizer().schedules().stream().map(TrainingDescription::describe).toList()));
    texts.put("batch size", Integer.toString(subject.batchSize()));
    texts.put("seed", Long.toString(subject.seed()));
    texts.put("gradients of a step", subject.settings().describeGradients());
    texts.put("number of examples", Integer.toString(subject.data().size()));
    // One set may be looked at for several purposes, and once is enough.
    IdentityHashMap<Dataset<?>, String> fingerprints = new IdentityHashMap<>();
    texts.put("data", fingerprint(subject.data(), fingerprints));
    texts.put("sampler", Description.of(subject.sampler()));
    List<String> names = new ArrayList<>();
    for (Evaluator<?> evaluator : subject.evaluators()) {
      names.add(evaluator.name());
    }
    texts.put("evaluations", names.toString());
    for (Evaluator<?> evaluator : subject.evaluators()) {
      String of = " of evaluation " + evaluator.name();
      texts.put("data" + of, fingerprint(evaluator.data(), fingerprints));
      texts.put("metrics" + of, evaluator.describeMetrics());
      texts.put("steps" + of, describeSteps(evaluator.due()));
    }
    texts.put("listeners", describeStateful(network.parameters(), subject.listeners()));
    texts.put(COMPUTATION, new Rehearsal<>(subject, putBack).computation());
    return new TrainingDescription(texts);
  }

  private static String fingerprint(Dataset<?> data, IdentityHashMap<Dataset<?>, String> known) {
    return known.computeIfAbsent(data, Dataset::fingerprint);
  }

  /** A layer and those inside it. */
  static String describe(Layer layer) {
    if (layer.layers().isEmpty()) {
      return Description.of(layer);
    }
    StringBuilder text =
        new StringBuilder(
            layer instanceof Network network
                ? "Network" + network.inputShape()
                : Description.of(layer));
    String before = "(";
    for (Layer inside : layer.layers()) {
      text.append(before).append(describe(inside));
      before = " -> ";
    }
    return text.append(')').toString();
  }

  private static String describe(List<Parameter> parameters) {
    List<String> texts = new ArrayList<>();
    for (Parameter parameter : parameters) {
      texts.add(parameter + " " + parameter.role() + (parameter.isFrozen() ? " frozen" : ""));
    }
    return texts.toString();
  }

  /** By what it says it is, and by its rates where that may not be all. */
  private static String describe(Schedule schedule) {
    if (schedule instanceof PlateauSchedule plateau) {
      return plateau + " of " + describe(plateau.schedule());
    }
    if (schedule instanceof NamedSchedule || schedule instanceof ExponentialDecay) {
      return schedule.toString();
    }
    Checksum rates = new Checksum();
    for (long step = 0; step >= 0 && step < Sample.END; step = Sample.after(step)) {
      try {
        rates.add(schedule.at(step));
      } catch (RuntimeException e) {
        // One that knows the rates of so many steps only.
        rates.add(e.getClass().getName());
        break;
      }
    }
    return Description.of(schedule) + ", rates " + rates;
  }

  private static String describeSteps(@Nullable LongPredicate due) {
    if (due == null) {
      return "the last of every epoch";
    }
    Checksum steps = new Checksum();
    for (long step = 0; step < Sample.END; step = Sample.after(step)) {
      steps.add(due.test(step) ? 1 : 0);
    }
    return Description.of(due) + ", steps " + steps;
  }

  /** Steps at which something is looked at that is a function of the step. */
  private static final class Sample {
    /** All before this one. */
    private static final long DENSE = 4096;

    /** Then every so many, as the steps of evaluations are round numbers. */
    private static final long THOUSAND = 1000;

    private static final long THOUSANDS = 200_000;

    /** Then each so much later than the one before, up to this one. */
    private static final long END = 1L << 40;

    private static long after(long step) {
      if (step < DENSE) {
        return step + 1;
      }
      return step < THOUSANDS ? (step / THOUSAND + 1) * THOUSAND : step + step / 32;
    }
  }

  /** The listeners that have something to save. */
  private static String describeStateful(
      List<Parameter> parameters, List<TrainingListener> listeners) {
    List<String> names = new ArrayList<>();
    for (TrainingListener listener : listeners) {
      SavedState state = SavedState.of(parameters);
      listener.save(state);
      if (!state.texts().isEmpty() || !state.tensors().isEmpty()) {
        names.add(Description.of(listener));
      }
    }
    return names.toString();
  }

  void save(SavedState state) {
    texts.forEach(state::put);
  }

  /**
   * Compares.
   *
   * @param saved what {@link #save} put, of the training that is to be resumed
   * @throws IllegalArgumentException if it is another one; says what differs, there and here
   */
  void requireSame(SavedState saved) {
    texts.forEach((key, here) -> {
      if (!saved.has(key)) {
        throw new IllegalArgumentException(
            name(key) + " is not known there, and " + quoted(here) + " here");
      }
      String there = saved.text(key);
      boolean same = key.equals(COMPUTATION) ? Rehearsal.isSame(there, here) : there.equals(here);
      if (!same) {
        throw new IllegalArgumentException(difference(key, there, here));
      }
    });
    for (String key : saved.names()) {
      if (!texts.containsKey(key)) {
        throw new IllegalArgumentException(
            name(key) + " is " + quoted(saved.text(key)) + " there, and not known here");
      }
    }
  }

  private static String difference(String key, String there, String here) {
    if (key.equals(COMPUTATION)) {
      return "network and loss compute something else for the first examples, with parameters made"
          + " up to find this out: "
          + quoted(there)
          + " there and "
          + quoted(here)
          + " here; a layer or the loss has another setting";
    }
    int from = Math.max(0, mismatch(there, here) - SHOWN_BEFORE);
    if (Math.max(there.length(), here.length()) <= LONGEST_SHOWN) {
      from = 0;
    }
    return name(key)
        + " is "
        + quoted(there.substring(Math.min(from, there.length())), from > 0)
        + " there and "
        + quoted(here.substring(Math.min(from, here.length())), from > 0)
        + " here";
  }

  private static int mismatch(String a, String b) {
    int i = 0;
    while (i < a.length() && i < b.length() && a.charAt(i) == b.charAt(i)) {
      i++;
    }
    return i;
  }

  private static String name(String key) {
    return key.startsWith(CONFIGURATION) ? key.substring(CONFIGURATION.length()) : key;
  }

  private static String quoted(String text) {
    return quoted(text, false);
  }

  private static String quoted(String text, boolean cutBefore) {
    boolean cutAfter = text.length() > LONGEST_SHOWN;
    return "'"
        + (cutBefore ? "..." : "")
        + (cutAfter ? text.substring(0, LONGEST_SHOWN) + "..." : text)
        + "'";
  }
}
