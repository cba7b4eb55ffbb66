package lamella.examples;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import lamella.core.DType;
import lamella.core.Initializer;

/**
 * All that a training run depends on besides its data: equal experiments on equal data give equal
 * parameters, bit for bit. It is a value for every {@link RunOption}; those that nobody gives are
 * the report's.
 */
public final class Experiment {
  /** 2^32 divided by the golden ratio, rounded to an odd number. */
  private static final long SEEDS_APART = 2_654_435_769L;

  /** Those that are given; the others have their standard values. */
  private final Map<RunOption<?>, Object> values;

  /** The images to train on; 0 as long as nobody has said how many. */
  private final int images;

  private Experiment(Map<RunOption<?>, Object> values, int images) {
    this.values = values;
    this.images = images;
  }

  /**
   * The experiment with these values.
   *
   * @param texts of options, as they are typed
   * @throws IllegalArgumentException if one is wrong, or two do not go together; says which and why
   */
  public static Experiment of(Map<RunOption<?>, String> texts) {
    return of(texts, Map.of());
  }

  /**
   * The experiment with these values, and those of a recipe where nothing else is said. What the
   * recipe says has no meaning beside another choice (the decay of weights, where another optimiser
   * is chosen that has none), is as if the recipe did not say it.
   *
   * @param texts of options, as they are typed
   * @param recipe of options, as they may be typed
   * @throws IllegalArgumentException if one is wrong, or two do not go together; says which and why
   */
  public static Experiment of(Map<RunOption<?>, String> texts, Map<RunOption<?>, String> recipe) {
    Map<RunOption<?>, String> all = new LinkedHashMap<>(recipe);
    if (texts.containsKey(RunOption.ITERATIONS)) {
      all.remove(RunOption.EPOCHS);
    }
    if (texts.containsKey(RunOption.HIDDEN) || texts.containsKey(RunOption.ACTIVATION)) {
      all.remove(RunOption.NETWORK);
    }
    all.putAll(texts);
    Map<RunOption<?>, Object> values = new LinkedHashMap<>();
    for (RunOption<?> option : RunOption.all()) {
      String text = all.get(option);
      if (text != null) {
        values.put(option, read(option, text));
      }
    }
    Experiment experiment = new Experiment(values, 0);
    values.keySet().removeIf(option -> !texts.containsKey(option) && !option.appliesTo(experiment));
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
    boolean oneCycle = get(RunOption.SCHEDULE) == RunOption.Rates.ONE_CYCLE;
    if (oneCycle && isGiven(RunOption.WARM_UP) && warmUp() == 0) {
      throw new IllegalArgumentException(
          "--warm-up must be at least 1 with --schedule one-cycle, got 0");
    }
    if (images > 0) {
      checkImages();
    }
    if (knowsIterations() && warmUp() > iterations()) {
      throw new IllegalArgumentException(
          "--warm-up must be at most the "
              + iterations()
              + (iterations() == 1 ? " iteration" : " iterations")
              + " there are, got "
              + get(RunOption.WARM_UP));
    }
  }

  private void checkImages() {
    if (get(RunOption.ORDER) == RunOption.Order.SHUFFLED && batchSize() > images) {
      throw new IllegalArgumentException(
          "--batch-size must be at most the "
              + images
              + " training images there are with --order shuffled, got "
              + batchSize());
    }
    if (isGiven(RunOption.EPOCHS)) {
      long most = Integer.MAX_VALUE / iterationsPerEpoch(images);
      if (get(RunOption.EPOCHS) > most) {
        throw new IllegalArgumentException(
            "--epochs must lie in [1, " + most + "], got " + get(RunOption.EPOCHS));
      }
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
    return new Experiment(others, images);
  }

  /** The report's choice of everything. */
  public static Experiment report(Activation activation, DType dtype) {
    return new Experiment(Map.of(), 0)
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
    Experiment experiment = new Experiment(others, images);
    others.keySet().removeIf(other -> other != option && !other.appliesTo(experiment));
    experiment.check();
    return experiment.inReportsWords();
  }

  /**
   * The same on so many training images, on which the number of iterations depends that {@code
   * --epochs} makes.
   *
   * @throws IllegalArgumentException if it cannot be run on so many; says why
   */
  public Experiment on(int trainingImages) {
    Experiment experiment = new Experiment(values, trainingImages);
    experiment.check();
    return experiment;
  }

  /** Whether the number of iterations is known: there are no epochs, or their length is known. */
  public boolean knowsIterations() {
    return images > 0 || !isGiven(RunOption.EPOCHS);
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

  /** How many networks are trained, one after another. */
  public int members() {
    return get(RunOption.MEMBERS).intValue();
  }

  /**
   * What trains one of the networks. Its seed is {@code (seed + 2654435769 index) mod 2^32}, so
   * that the first one's is the seed itself, and the networks of seeds 1, 2 and 3 are all different
   * ones.
   *
   * @param index from 0 on
   */
  public Experiment member(int index) {
    return with(RunOption.SEED, (seed() + SEEDS_APART * index) % (1L << 32));
  }

  /** The network without the layer for the classes. */
  public NetworkText network() {
    return isGiven(RunOption.NETWORK)
        ? get(RunOption.NETWORK)
        : NetworkText.of(hidden(), activation());
  }

  /** Draws the weights with which the layer for the classes begins. */
  public Initializer lastInitializer() {
    return switch (get(RunOption.INIT_LAST)) {
      case SAME -> get(RunOption.INIT_STD).initializer();
      case ZERO -> Initializer.zeros();
    };
  }

  /** The function of the report's hidden layer. */
  public Activation activation() {
    return get(RunOption.ACTIVATION);
  }

  /** Units of the report's hidden layer. */
  public int hidden() {
    return get(RunOption.HIDDEN).intValue();
  }

  /**
   * The number of steps.
   *
   * @throws IllegalStateException if it depends on the number of images, and nobody said that: see
   *     {@link #on}
   */
  public int iterations() {
    if (!isGiven(RunOption.EPOCHS)) {
      return get(RunOption.ITERATIONS).intValue();
    }
    if (images == 0) {
      throw new IllegalStateException("the iterations of --epochs depend on the images");
    }
    return Math.toIntExact(get(RunOption.EPOCHS) * iterationsPerEpoch(images));
  }

  /** Images a step. */
  public int batchSize() {
    return get(RunOption.BATCH_SIZE).intValue();
  }

  /** How many of the last training images are set aside for validation. */
  public int validation() {
    return get(RunOption.VALIDATION).intValue();
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
  public int iterationsPerEpoch(int trainingImages) {
    return Math.max(1, trainingImages / batchSize());
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
      boolean counts = !isLength(option) || get(RunOption.SCHEDULE).dependOnIterations();
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
    if (isUnknown(option)) {
      return "";
    }
    return option.appliesTo(this) ? OptionKind.shortest(write(option)) : "";
  }

  /** Whether an option says how far a run goes. */
  private static boolean isLength(RunOption<?> option) {
    return option == RunOption.ITERATIONS || option == RunOption.EPOCHS;
  }

  /** Whether an option has no value but one that nobody gave, or that depends on the images. */
  private boolean isUnknown(RunOption<?> option) {
    return !isGiven(option)
        && (option == RunOption.EPOCHS
            || (option == RunOption.WARM_UP && isGiven(RunOption.EPOCHS)));
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

  private List<String> arguments(boolean length) {
    List<String> words = new ArrayList<>();
    for (RunOption<?> option : RunOption.all()) {
      if (isWritten(option) && (length || !isLength(option))) {
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
    if (option == RunOption.NETWORK || option == RunOption.EPOCHS) {
      return isGiven(option);
    }
    if (option == RunOption.WARM_UP && isGiven(RunOption.EPOCHS)) {
      return isGiven(option); // what it would be depends on the images
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
  public String withoutLength() {
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
