package lamella.examples;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import lamella.core.DType;
import lamella.data.cifar.ImageShape;

/**
 * All that a training run depends on besides its data: equal experiments on equal data give equal
 * parameters, bit for bit. It is a value for every {@link RunOption}; those that nobody gives are
 * the report's.
 */
public final class Experiment {
  /** Those that are given; the others have their standard values. */
  private final Map<RunOption<?>, Object> values;

  private Experiment(Map<RunOption<?>, Object> values) {
    this.values = values;
  }

  /**
   * The experiment with these values.
   *
   * @param texts of options, as they are typed
   * @throws IllegalArgumentException if one is wrong, or two do not go together; says which and why
   */
  public static Experiment of(Map<RunOption<?>, String> texts) {
    Map<RunOption<?>, Object> values = new LinkedHashMap<>();
    for (RunOption<?> option : RunOption.all()) {
      String text = texts.get(option);
      if (text != null) {
        values.put(option, read(option, text));
      }
    }
    Experiment experiment = new Experiment(values);
    experiment.check();
    return experiment.inReportsWords();
  }

  private static <T> Object read(RunOption<T> option, String text) {
    T value;
    try {
      value = option.kind().read(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "invalid value for option '" + option + "': " + e.getMessage(), e);
    }
    requireRange(option, value, text);
    return value;
  }

  private static <T> void requireRange(RunOption<T> option, T value, String text) {
    String must = option.kind().must(value);
    if (must != null) {
      throw new IllegalArgumentException(option + " must " + must + ", got " + text);
    }
  }

  private void check() {
    for (RunOption<?> option : values.keySet()) {
      if (!option.appliesTo(this)) {
        throw new IllegalArgumentException(option.whyNot(this));
      }
    }
    if (get(RunOption.NESTEROV) && get(RunOption.MOMENTUM) == 0) {
      throw new IllegalArgumentException("--nesterov needs --momentum, such as 0.9");
    }
    if (warmUp() == 0 && get(RunOption.SCHEDULE) == RunOption.Rates.ONE_CYCLE) {
      throw new IllegalArgumentException(
          "--warm-up must be at least 1 with --schedule one-cycle, got 0");
    }
    if (get(RunOption.WARM_UP) > iterations()) {
      throw new IllegalArgumentException(
          "--warm-up must be at most the "
              + iterations()
              + (iterations() == 1 ? " iteration" : " iterations")
              + " there are, got "
              + get(RunOption.WARM_UP));
    }
  }

  /** A network that is the report's but for its width in the options that the report has. */
  private Experiment inReportsWords() {
    Activation activation = isGiven(RunOption.NETWORK) ? network().reportsActivation() : null;
    if (activation == null) {
      return this;
    }
    Map<RunOption<?>, Object> others = new LinkedHashMap<>(values);
    others.remove(RunOption.NETWORK);
    others.put(RunOption.ACTIVATION, activation);
    others.put(RunOption.HIDDEN, (long) network().firstWidth());
    return new Experiment(others);
  }

  /** The report's choice of everything. */
  public static Experiment report(Activation activation, DType dtype) {
    return new Experiment(Map.of())
        .with(RunOption.ACTIVATION, activation)
        .with(RunOption.DTYPE, dtype);
  }

  /**
   * The same with another value of an option; options that lose their meaning by it are as if
   * nobody had given them.
   *
   * @throws IllegalArgumentException if it may not have this value; says why
   */
  public <T> Experiment with(RunOption<T> option, T value) {
    requireRange(option, value, option.kind().write(value));
    Map<RunOption<?>, Object> others = new LinkedHashMap<>(values);
    others.put(option, value);
    Experiment experiment = new Experiment(others);
    others.keySet().removeIf(other -> other != option && !other.appliesTo(experiment));
    experiment.check();
    return experiment.inReportsWords();
  }

  /** The value of an option. */
  public <T> T get(RunOption<T> option) {
    Object value = values.get(option);
    return value == null ? option.standard(this) : option.kind().cast(value);
  }

  /** Whether somebody has chosen the value of an option. */
  boolean isGiven(RunOption<?> option) {
    return values.containsKey(option);
  }

  // The values that many ask for.

  /** The network without the layer for the classes. */
  public NetworkText network() {
    return isGiven(RunOption.NETWORK)
        ? get(RunOption.NETWORK)
        : NetworkText.of(ImageShape.CIFAR10.size(), hidden(), activation());
  }

  /** The function of the report's hidden layer. */
  public Activation activation() {
    return get(RunOption.ACTIVATION);
  }

  /** Units of the report's hidden layer. */
  public int hidden() {
    return get(RunOption.HIDDEN).intValue();
  }

  /** The number of steps. */
  public int iterations() {
    return get(RunOption.ITERATIONS).intValue();
  }

  /** Images a step. */
  public int batchSize() {
    return get(RunOption.BATCH_SIZE).intValue();
  }

  /** Steps of rising rates before the schedule. */
  public int warmUp() {
    return get(RunOption.WARM_UP).intValue();
  }

  /** The seed of all random numbers. */
  public long seed() {
    return get(RunOption.SEED);
  }

  /** The type of all numbers. */
  public DType dtype() {
    return get(RunOption.DTYPE);
  }

  /** Steps in an epoch over this many images: 245 for the report's 49000. */
  public int iterationsPerEpoch(int images) {
    return Math.max(1, images / batchSize());
  }

  // What it differs in.

  /**
   * The options in which this experiment differs from the report's, in the command line's words and
   * each with the report's value; empty if there are none. The activation is one of the report's
   * anyway; float32 or float64, and how far it runs, make no other experiment.
   */
  public String differencesFromReport() {
    return differences(report(activation(), dtype()), "report");
  }

  /**
   * The options in which this experiment differs from another, each with the other's value; empty
   * if there are none. How far it runs makes no difference, unless the learning rate depends on it.
   *
   * @param name what to call the other
   */
  public String differences(Experiment other, String name) {
    StringJoiner text = new StringJoiner(", ");
    for (RunOption<?> option : RunOption.all()) {
      String ours = shown(option);
      String theirs = other.shown(option);
      boolean counts =
          option != RunOption.ITERATIONS || get(RunOption.SCHEDULE).dependOnIterations();
      if (counts && !ours.isEmpty() && !ours.equals(theirs)) {
        text.add(
            option + " " + ours + " (" + name + ": " + (theirs.isEmpty() ? "none" : theirs) + ")");
      }
    }
    return text.toString();
  }

  /** The value for people; empty where the option has no meaning. */
  private String shown(RunOption<?> option) {
    if (option == RunOption.NETWORK) {
      return isGiven(RunOption.NETWORK) ? "\"" + network() + "\"" : "";
    }
    return option.appliesTo(this) ? OptionKind.shortest(write(option)) : "";
  }

  private <T> String write(RunOption<T> option) {
    return option.kind().write(get(option));
  }

  // The options that repeat it.

  /** Those that are no options of the report's, as they are typed; empty if there are none. */
  public String optionsBeyondReports() {
    List<String> words = new ArrayList<>();
    for (RunOption<?> option : RunOption.all()) {
      if (isWritten(option) && !option.isAlways()) {
        words.addAll(words(option));
      }
    }
    return typed(words);
  }

  /** The words of the command line that repeat this run. */
  public List<String> arguments() {
    return arguments(true);
  }

  private List<String> arguments(boolean iterations) {
    List<String> words = new ArrayList<>();
    for (RunOption<?> option : RunOption.all()) {
      if (isWritten(option) && (iterations || option != RunOption.ITERATIONS)) {
        words.addAll(words(option));
      }
    }
    return words;
  }

  private List<String> words(RunOption<?> option) {
    return option.label().isEmpty()
        ? List.of(option.name())
        : List.of(option.name(), write(option));
  }

  /**
   * Whether an option is in the text: the report's own are, those of another optimiser than its
   * own, and whatever differs from it.
   */
  private boolean isWritten(RunOption<?> option) {
    if (option == RunOption.NETWORK) {
      return isGiven(option);
    }
    boolean ofOptimizer =
        option.condition() == RunOption.OPTIMIZER && get(RunOption.OPTIMIZER) != RunOption.Rule.SGD;
    return option.appliesTo(this)
        && (option.isAlways() || ofOptimizer || differsFromStandard(option));
  }

  private <T> boolean differsFromStandard(RunOption<T> option) {
    return !get(option).equals(option.standard(this));
  }

  /** The options of the command line that repeat this run, as they are typed. */
  @Override
  public String toString() {
    return typed(arguments(true));
  }

  /** The same without how far it runs: what two runs have in common of which one is the longer. */
  public String withoutIterations() {
    return typed(arguments(false));
  }

  private static String typed(List<String> words) {
    StringJoiner text = new StringJoiner(" ");
    for (String word : words) {
      text.add(word.indexOf(' ') < 0 && word.indexOf('(') < 0 ? word : "\"" + word + "\"");
    }
    return text.toString();
  }
}
