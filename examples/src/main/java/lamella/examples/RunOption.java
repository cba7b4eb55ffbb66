package lamella.examples;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import lamella.core.DType;
import org.jspecify.annotations.Nullable;

/**
 * An option of a training run, whole: its name, its help, how its value is read, what it may be and
 * what it is if nobody says. The command line, the text of an {@link Experiment} and the comparison
 * of two go through {@link #all}; what a value does is in {@link Training}.
 *
 * @param <T> the kind of value
 */
public final class RunOption<T> {
  /** Those there are, in the order in which they are written. */
  private static final List<RunOption<?>> ALL = new ArrayList<>();

  private static final Pattern WORD = Pattern.compile("\"([^\"]*)\"|\\S+");

  /** The headings of the help. */
  public enum Group {
    /** What the network is. */
    NETWORK("Images and network"),
    /** How it learns. */
    TRAINING("Training"),
    /** The rule of the updates. */
    OPTIMIZER("Optimiser"),
    /** What keeps it from learning by heart. */
    REGULARISATION("Regularisation"),
    /** What is measured, on which images, and how the trained network predicts. */
    MEASURING("Measuring and predicting");

    private final String heading;

    Group(String heading) {
      this.heading = heading;
    }

    @Override
    public String toString() {
      return heading;
    }
  }

  /** The rules of updates that {@code --optimizer} names. */
  public enum Rule {
    /** Gradient descent. */
    SGD,
    /** AdamW. */
    ADAMW,
    /** Lion. */
    LION;

    @Override
    public String toString() {
      return OptionKind.name(this);
    }
  }

  /** The learning rates over time that {@code --schedule} names. */
  public enum Rates {
    /** The report's: a factor once an epoch. */
    REPORT,
    /** One rate. */
    CONSTANT,
    /** Half a cosine to 0. */
    COSINE,
    /** Up and down in straight lines. */
    ONE_CYCLE,
    /** Four waves, each twice as fast as the next. */
    COSINE_LOG;

    /** Whether the number of iterations makes a difference before the last of them. */
    public boolean dependOnIterations() {
      return this != REPORT && this != CONSTANT;
    }

    @Override
    public String toString() {
      return OptionKind.name(this);
    }
  }

  /** In which order {@code --order} takes the images. */
  public enum Order {
    /** Each is drawn on its own: the report's. */
    REPLACEMENT,
    /** Each once an epoch. */
    SHUFFLED;

    @Override
    public String toString() {
      return OptionKind.name(this);
    }
  }

  /** The weights with which the layer for the classes begins, that {@code --init-last} names. */
  public enum LastWeights {
    /** As those of the others. */
    SAME,
    /** All 0, so that every class begins equally likely. */
    ZERO;

    @Override
    public String toString() {
      return OptionKind.name(this);
    }
  }

  /** The images whose loss and accuracy {@code --measure} follows. */
  public enum Measured {
    /** Those for training and those for validation: the report's. */
    BOTH,
    /** Those for validation. */
    VALIDATION;

    @Override
    public String toString() {
      return OptionKind.name(this);
    }
  }

  // The options.

  /** The hidden layer's function. */
  public static final RunOption<Activation> ACTIVATION =
      of("--activation", "NAME", OptionKind.named(Activation.class), "relu")
          .in(Group.NETWORK)
          .described("The hidden layer's function: relu, leaky-relu, swish or selu.")
          .always();

  /** Units of the hidden layer; with 3072 inputs their weights are one Java array. */
  public static final RunOption<Long> HIDDEN =
      of("--hidden", "N", OptionKind.whole(1, 699_050), "64")
          .in(Group.NETWORK)
          .described("Units of the hidden layer.")
          .always();

  /** Any network, in place of one hidden layer. */
  public static final RunOption<NetworkText> NETWORK =
      of("--network", "ITEMS", OptionKind.network(), "64 relu")
          .in(Group.NETWORK)
          .described(
              "Any network instead: items separated by spaces, for example '256 layer-norm gelu dropout(0.1)"
                  + " residual(256 gelu 256)'. A number is a linear layer of that width; names are relu, leaky-relu(S),"
                  + " swish, selu, gelu, gelu(tanh), tanh, sigmoid, elu, softplus, mish, hard-swish, layer-norm,"
                  + " batch-norm, dropout(P), noise(DEVIATION), scale; residual(ITEMS) adds its input to what its items"
                  + " give; zero(N) is a linear layer that begins as zero. The linear layer for the classes is added at"
                  + " the end.")
          .silentAboutDefault();

  /** Steps. */
  public static final RunOption<Long> ITERATIONS =
      of("--iterations", "N", OptionKind.whole(1, Integer.MAX_VALUE), "1000")
          .in(Group.TRAINING)
          .described("How often a batch is drawn and learned from.")
          .always();

  /** Passes over the images, in place of a number of steps. */
  public static final RunOption<Long> EPOCHS =
      of("--epochs", "N", OptionKind.whole(1, Integer.MAX_VALUE), "0")
          .in(Group.TRAINING)
          .described(
              "Passes over the training images, in place of --iterations: each has as many iterations as there are whole"
                  + " batches.")
          .silentAboutDefault()
          .notOfReport();

  /** In which order images come. */
  public static final RunOption<Order> ORDER =
      of("--order", "ORDER", OptionKind.named(Order.class), "replacement")
          .in(Group.TRAINING)
          .described(
              "replacement: every image of a batch is drawn on its own; shuffled: each image comes once an epoch, in a"
                  + " new random order, whose last images are left out where they fill no batch.")
          .notOfReport();

  /** Images a step. */
  public static final RunOption<Long> BATCH_SIZE =
      of("--batch-size", "N", OptionKind.whole(1, 49_000), "200")
          .in(Group.TRAINING)
          .described("Images in an iteration.")
          .always();

  /** The rate of step 0, or the highest. */
  public static final RunOption<Double> LEARNING_RATE =
      of("--learning-rate", "RATE", OptionKind.notNegative(), "1e-3")
          .in(Group.TRAINING)
          .described("Learning rate: of the first iteration, or the highest of the schedule.")
          .always();

  /** The rate over time. */
  public static final RunOption<Rates> SCHEDULE =
      of("--schedule", "SCHEDULE", OptionKind.named(Rates.class), "report")
          .in(Group.TRAINING)
          .described(
              "The rate over time. report: times --decay once an epoch; constant; cosine: half a cosine down to 0;"
                  + " one-cycle: up and down in straight lines; cosine-log: four waves. The last three take all"
                  + " iterations.");

  /** The factor of the report's schedule. */
  public static final RunOption<Double> DECAY =
      of("--decay", "FACTOR", OptionKind.decimal("lie in (0, 1]"), "0.95")
          .in(Group.TRAINING)
          .described("What the learning rate is multiplied with once an epoch, in (0, 1].")
          .onlyWith(SCHEDULE, Rates.REPORT)
          .always();

  /** Steps of rising rates before the schedule. */
  public static final RunOption<Long> WARM_UP =
      of("--warm-up", "N", OptionKind.whole(0, Integer.MAX_VALUE), "0")
          .in(Group.TRAINING)
          .described(
              "Iterations before the schedule in which the rate rises to --learning-rate: (t + 1) / N of it in iteration"
                  + " t. Default: 0, of one-cycle a twentieth of all iterations.")
          .silentAboutDefault();

  /** The strength of the penalty. */
  public static final RunOption<Double> L2 =
      of("--l2", "STRENGTH", OptionKind.notNegative(), "1.0")
          .in(Group.REGULARISATION)
          .described(
              "Strength s of the penalty s/2 |W|^2 on all weights, whose gradient s W is added to that of the loss.")
          .always();

  /** How weights begin. */
  public static final RunOption<InitialWeights> INIT_STD =
      of("--init-std", "STD", OptionKind.initialWeights(), "1e-4")
          .in(Group.NETWORK)
          .described(
              "Standard deviation of the initial weights, or he for sqrt(2 / inputs) of each layer, which networks of"
                  + " several layers need.")
          .always();

  /** How the weights of the last layer begin. */
  public static final RunOption<LastWeights> INIT_LAST =
      of("--init-last", "HOW", OptionKind.named(LastWeights.class), "same")
          .in(Group.NETWORK)
          .described(
              "Initial weights of the layer for the classes: same as those of the others, or zero.")
          .notOfReport();

  /** Of all random numbers. */
  public static final RunOption<Long> SEED =
      of("--seed", "SEED", OptionKind.whole(0, 0xFFFF_FFFFL), "1")
          .in(Group.TRAINING)
          .described(
              "Seed of the initial weights and the batches, 0 to 4294967295, whose numbers are those of NumPy's"
                  + " RandomState(SEED); and of dropout, mixup and augmentation.")
          .always();

  /** The numbers to compute with. */
  public static final RunOption<DType> DTYPE =
      of("--dtype", "TYPE", OptionKind.named(DType.class), "float32")
          .in(Group.NETWORK)
          .described("float32, or float64 to compare with NumPy.")
          .always();

  /** What is made of pixels. */
  public static final RunOption<HeadText> PREPROCESS =
      of("--preprocess", "ITEMS", OptionKind.head(), "mean")
          .in(Group.NETWORK)
          .described(
              "mean: pixels less the mean image; standardise: less each colour's mean, divided by its standard"
                  + " deviation (the weights may then begin larger, 1e-2 for example). After one of these or alone, in this"
                  + " order: contrast: each image less its mean, divided by its deviation; cosine(F,G,S): the F x F lowest"
                  + " frequencies of the brightness and G x G of two differences of colours; whiten(K,S): the K principal"
                  + " components. The last two are divided by the root of variance + S times the mean variance; such as"
                  + " \"contrast whiten(256,10)\".");

  /** The rule of the updates. */
  public static final RunOption<Rule> OPTIMIZER =
      of("--optimizer", "RULE", OptionKind.named(Rule.class), "sgd")
          .in(Group.OPTIMIZER)
          .described("sgd, adamw or lion.");

  /** Of gradient descent. */
  public static final RunOption<Double> MOMENTUM =
      of("--momentum", "FACTOR", OptionKind.below1(), "0")
          .in(Group.OPTIMIZER)
          .described("sgd: what is kept of the last update, in [0, 1).")
          .onlyWith(OPTIMIZER, Rule.SGD);

  /** Whether momentum looks ahead. */
  public static final RunOption<Boolean> NESTEROV =
      of("--nesterov", "", OptionKind.flag(), "false")
          .in(Group.OPTIMIZER)
          .described("sgd: Nesterov's form of --momentum.")
          .onlyWith(OPTIMIZER, Rule.SGD)
          .silentAboutDefault();

  /** How long the mean of gradients remembers. */
  public static final RunOption<Double> BETA1 =
      of("--beta1", "FACTOR", OptionKind.below1(), "0.9")
          .in(Group.OPTIMIZER)
          .described("adamw, lion: how much the update keeps of earlier gradients, in [0, 1).")
          .onlyWith(OPTIMIZER, Rule.ADAMW, Rule.LION);

  /** How long the mean of squares, or Lion's momentum, remembers. */
  public static final RunOption<Double> BETA2 =
      of("--beta2", "FACTOR", OptionKind.below1(), "0.999")
          .in(Group.OPTIMIZER)
          .described(
              "adamw: how much the mean of squares keeps; lion: how much its momentum does, in [0, 1).")
          .onlyWith(OPTIMIZER, Rule.ADAMW, Rule.LION)
          .except(Rule.LION, "0.99");

  /** What AdamW adds to the root of the mean of squares. */
  public static final RunOption<Double> EPSILON =
      of("--epsilon", "NUMBER", OptionKind.positive(), "1e-8")
          .in(Group.OPTIMIZER)
          .described("adamw: added to the root of the mean of squares.")
          .onlyWith(OPTIMIZER, Rule.ADAMW);

  /** The decay of weights beside the gradient. */
  public static final RunOption<Double> WEIGHT_DECAY =
      of("--weight-decay", "STRENGTH", OptionKind.notNegative(), "0.01")
          .in(Group.OPTIMIZER)
          .described(
              "adamw, lion: all weights are multiplied by 1 - rate STRENGTH beside the update, unlike --l2, whose"
                  + " gradient goes through it.")
          .onlyWith(OPTIMIZER, Rule.ADAMW, Rule.LION);

  /** The part of a target that goes to all classes. */
  public static final RunOption<Double> LABEL_SMOOTHING =
      of("--label-smoothing", "PART", OptionKind.below1(), "0")
          .in(Group.REGULARISATION)
          .described("The part of each target that is divided among all classes, in [0, 1).");

  /** How images are changed. */
  public static final RunOption<AugmentText> AUGMENT =
      of("--augment", "ITEMS", OptionKind.augment(), "none")
          .in(Group.REGULARISATION)
          .described(
              "Change training images at random, for example 'flip crop(4) cutout(8)': mirror every other, shift by up"
                  + " to 4 pixels, blank out a square of 8. flip(alternating) mirrors one half in even epochs, the other"
                  + " in odd ones; crop(4,reflect) has reflected edges; affine(shift=4,rotate=10,scale=0.1,stretch=0.1,"
                  + "shear=5) shifts by up to 4 pixels, turns by up to 10 degrees, makes larger or smaller by up to 0.1,"
                  + " wider or narrower, slanted, in one resampling; noise(8) adds normal noise of 8 grey levels.");

  /** How images are mixed. */
  public static final RunOption<Double> MIXUP =
      of("--mixup", "ALPHA", OptionKind.notNegative(), "0")
          .in(Group.REGULARISATION)
          .described(
              "Mix training images and their labels in pairs, with shares from Beta(ALPHA, ALPHA); 0 is none.");

  /** The largest norm of a gradient. */
  public static final RunOption<Double> CLIP_NORM =
      of("--clip-norm", "NORM", OptionKind.notNegative(), "0")
          .in(Group.REGULARISATION)
          .described(
              "Scale gradients down to this norm, over all parameters together and before --l2 adds to them; 0 is none.");

  /** The average of the parameters. */
  public static final RunOption<Double> EMA =
      of("--ema", "FACTOR", OptionKind.below1(), "0")
          .in(Group.REGULARISATION)
          .described(
              "Keep an average of the parameters, of which each iteration keeps FACTOR, and measure and write it too,"
                  + " to model-average.safetensors; 0 is none.");

  /** When to stop. */
  public static final RunOption<Long> EARLY_STOPPING =
      of("--early-stopping", "N", OptionKind.whole(0, Integer.MAX_VALUE), "0")
          .in(Group.REGULARISATION)
          .described(
              "Stop when validation accuracy, measured once an epoch, has not become better N times in a row, and keep"
                  + " the parameters with which it was best; 0 is never.");

  /** Images set aside. */
  public static final RunOption<Long> VALIDATION =
      of("--validation", "N", OptionKind.whole(1, Integer.MAX_VALUE), "1000")
          .in(Group.MEASURING)
          .described(
              "How many of the last training images are not learned from but set aside for validation.")
          .notOfReport();

  /** What is followed during training. */
  public static final RunOption<Measured> MEASURE =
      of("--measure", "IMAGES", OptionKind.named(Measured.class), "both")
          .in(Group.MEASURING)
          .described(
              "Whose loss and accuracy are measured during training: both training and validation images, or validation"
                  + " alone, which saves a third of the time.")
          .notOfReport();

  /** How often. */
  public static final RunOption<Long> MEASURE_EVERY =
      of("--measure-every", "N", OptionKind.whole(1, Integer.MAX_VALUE), "1")
          .in(Group.MEASURING)
          .described("Measure once in N epochs.")
          .notOfReport();

  /** Networks that predict together. */
  public static final RunOption<Long> MEMBERS =
      of("--members", "N", OptionKind.whole(1, 1000), "1")
          .in(Group.TRAINING)
          .described(
              "Train N networks one after another, each with a seed of its own made from --seed, whose first is that"
                  + " seed; model.safetensors is the mean of their predictions.")
          .notOfReport();

  /** Of which images a prediction is the mean. */
  public static final RunOption<Views> VIEWS =
      of("--views", "ITEMS", OptionKind.views(), "none")
          .in(Group.MEASURING)
          .described(
              "model.safetensors predicts with the mean over views of an image: "
                  + Views.ITEMS
                  + ".")
          .notOfReport();

  // What an option is.

  private final String name;
  private final String label;
  private final OptionKind<T> kind;
  private final String standardText;
  private final T standard;
  private Group group = Group.NETWORK;
  private String description = "";
  private boolean always;
  private boolean silent;
  private boolean ofReport = true;
  private @Nullable RunOption<?> condition;
  private List<Object> conditionValues = List.of();
  private @Nullable Object exception;
  private String exceptionalText = "";
  private T exceptional;

  private RunOption(String name, String label, OptionKind<T> kind, String standardText) {
    this.name = name;
    this.label = label;
    this.kind = kind;
    this.standardText = standardText;
    this.standard = kind.read(standardText);
    this.exceptional = standard;
    ALL.add(this);
  }

  /** An option whose value is this one if nobody gives another. */
  private static <T> RunOption<T> of(
      String name, String label, OptionKind<T> kind, String standard) {
    return new RunOption<>(name, label, kind, standard);
  }

  private RunOption<T> in(Group heading) {
    group = heading;
    return this;
  }

  private RunOption<T> described(String text) {
    description = text;
    return this;
  }

  /** One that is written even where it has its standard value: the report's own. */
  private RunOption<T> always() {
    always = true;
    return this;
  }

  /** One whose help says nothing of a default. */
  private RunOption<T> silentAboutDefault() {
    silent = true;
    return this;
  }

  /** One that {@code lamella report} does not have, as the report's runs all do the same in it. */
  private RunOption<T> notOfReport() {
    ofReport = false;
    return this;
  }

  /** One that has a meaning only where another has one of these values. */
  private RunOption<T> onlyWith(RunOption<?> other, Object... values) {
    condition = other;
    conditionValues = List.of(values);
    return this;
  }

  /** One whose standard value is another one where its condition has this value. */
  private RunOption<T> except(Object value, String other) {
    exception = value;
    exceptionalText = other;
    exceptional = kind.read(other);
    return this;
  }

  /** All options, in the order in which they are written. */
  public static List<RunOption<?>> all() {
    return List.copyOf(ALL);
  }

  /**
   * The options in a text, as they are typed: words in double quotes are one.
   *
   * @throws IllegalArgumentException if a word is no option, or an option has no value
   */
  public static Map<RunOption<?>, String> texts(String typed) {
    Map<RunOption<?>, String> texts = new LinkedHashMap<>();
    Iterator<String> words =
        WORD.matcher(typed)
            .results()
            .map(match -> match.group(1) == null ? match.group() : match.group(1))
            .iterator();
    while (words.hasNext()) {
      String word = words.next();
      RunOption<?> option =
          ALL.stream()
              .filter(any -> any.name.equals(word))
              .findFirst()
              .orElseThrow(() -> new IllegalArgumentException("unknown option '" + word + "'"));
      if (!option.label.isEmpty() && !words.hasNext()) {
        throw new IllegalArgumentException("option '" + word + "' has no value");
      }
      texts.put(option, option.label.isEmpty() ? "true" : words.next());
    }
    return texts;
  }

  /** For example {@code --learning-rate}. */
  public String name() {
    return name;
  }

  /**
   * What stands for the value in the help; empty for an option that has none. Options with
   * different candidates have different ones: a shell completes by them.
   */
  public String label() {
    return label;
  }

  /** The heading that it stands under. */
  public Group group() {
    return group;
  }

  /** What the value may be that has a list of names; empty if there is none. */
  public List<String> candidates() {
    return kind.candidates();
  }

  /** The help: what it does, and its default. */
  public String help() {
    String other = exception == null ? "" : ", of " + exception + " " + exceptionalText;
    return silent ? description : description + " Default: " + standardText + other + ".";
  }

  /** Whether {@code lamella report} has it, too. */
  public boolean isOfReport() {
    return ofReport;
  }

  /** Whether it is written where it has its standard value. */
  boolean isAlways() {
    return always;
  }

  /** The value where nobody gives one. */
  T standard(Experiment experiment) {
    if (this == WARM_UP
        && experiment.get(SCHEDULE) == Rates.ONE_CYCLE
        && experiment.knowsIterations()) {
      return kind.cast(Math.max(1L, experiment.iterations() / 20));
    }
    return condition != null && experiment.get(condition).equals(exception)
        ? exceptional
        : standard;
  }

  /** What this one depends on, if it does. */
  @Nullable RunOption<?> condition() {
    return condition;
  }

  /** Whether it has a meaning in an experiment. */
  boolean appliesTo(Experiment experiment) {
    if (this == ACTIVATION || this == HIDDEN) {
      return !experiment.isGiven(NETWORK);
    }
    if (this == ITERATIONS) {
      return !experiment.isGiven(EPOCHS);
    }
    return condition == null || conditionValues.contains(experiment.get(condition));
  }

  /** Why it has no meaning in an experiment. */
  String whyNot(Experiment experiment) {
    if (this == ITERATIONS) {
      return "--iterations and --epochs both say how long to train; leave one of them out";
    }
    if (condition == null) {
      return name + " goes with one hidden layer, leave it out beside --network";
    }
    List<String> values = conditionValues.stream().map(Object::toString).toList();
    return name
        + " goes with "
        + condition.name
        + " "
        + String.join(" or ", values)
        + ", not with "
        + experiment.get(condition)
        + (this == WEIGHT_DECAY ? "; for every optimiser there is --l2" : "");
  }

  OptionKind<T> kind() {
    return kind;
  }

  @Override
  public String toString() {
    return name;
  }
}
