package lamella.examples.cli;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import lamella.examples.Recipe;
import lamella.examples.RunOption;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code --recipe}, and which one of its kinds, and how long. */
final class RecipeOptions {
  private static final Pattern TIME =
      Pattern.compile("(?:(\\d{1,6})h)?(?:(\\d{1,8})m)?(?:(\\d{1,9})s)?");

  @Spec(Spec.Target.MIXEE)
  private @Nullable CommandSpec spec;

  @Option(
      names = "--recipe",
      paramLabel = "RECIPE",
      completionCandidates = Names.class,
      description =
          "A training that goes far on CIFAR-10 in its time on two cores: minute, ten-minutes or hour. It stands for"
              + " options of this command; those given beside it replace its own.")
  private @Nullable String recipe;

  @Option(names = "--augmented", description = "The recipe that changes training images at random.")
  private boolean augmented;

  @Option(
      names = "--permutation-invariant",
      description = "The recipe that does not use which pixels are neighbours.")
  private boolean permutationInvariant;

  @Option(
      names = "--time-limit",
      paramLabel = "TIME",
      description =
          "Give the recipe as many epochs as fit, in proportion, into this time instead of its own: 90s, 5m, 1h30m. The"
              + " clock decides nothing.")
  private @Nullable String timeLimit;

  @Option(
      names = "--print-recipe",
      description = "Print the command that the recipe stands for, and train nothing.")
  private boolean printRecipe;

  /** For completion. */
  static final class Names implements Iterable<String> {
    Names() {}

    @Override
    public Iterator<String> iterator() {
      return Recipe.names().iterator();
    }
  }

  RecipeOptions() {}

  /** Whether the command is to be printed only. */
  boolean isOnlyPrinted() {
    return printRecipe;
  }

  /**
   * Checks that nothing of a recipe is said where a run goes on.
   *
   * @throws ParameterException if it is
   */
  void requireNone() {
    String given = recipe != null ? "--recipe" : partOfRecipe();
    if (given != null) {
      throw wrong(
          "--resume goes on with the options that the run was begun with; leave out " + given);
    }
  }

  private @Nullable String partOfRecipe() {
    return augmented
        ? "--augmented"
        : permutationInvariant
            ? "--permutation-invariant"
            : timeLimit != null ? "--time-limit" : printRecipe ? "--print-recipe" : null;
  }

  /**
   * The options that the recipe stands for; none if no recipe was given.
   *
   * @param told how the time limit changes it
   * @throws ParameterException if what was given does not go together
   */
  Map<RunOption<?>, String> options(PrintWriter told) {
    if (recipe == null) {
      requireNothingOfRecipe();
      return Map.of();
    }
    if (augmented && permutationInvariant) {
      throw wrong(
          "--augmented changes where pixels lie, which --permutation-invariant does not use; leave one of them out");
    }
    Recipe chosen = chosen(recipe);
    Recipe.Kind kind =
        augmented
            ? Recipe.Kind.AUGMENTED
            : permutationInvariant ? Recipe.Kind.PERMUTATION_INVARIANT : Recipe.Kind.PLAIN;
    return timeLimit == null ? chosen.options(kind) : within(timeLimit, chosen, kind, told);
  }

  private void requireNothingOfRecipe() {
    if (timeLimit != null) {
      throw wrong(
          "--time-limit needs --recipe, whose epochs it multiplies; other trainings are as long as --epochs or"
              + " --iterations say");
    }
    String given = partOfRecipe();
    if (given != null) {
      throw wrong(given + " needs --recipe, which is one of " + String.join(", ", Recipe.names()));
    }
  }

  private Recipe chosen(String name) {
    try {
      return Recipe.of(name);
    } catch (IllegalArgumentException e) {
      throw wrong("invalid value for option '--recipe': " + e.getMessage());
    }
  }

  private Map<RunOption<?>, String> within(
      String typed, Recipe chosen, Recipe.Kind kind, PrintWriter told) {
    for (RunOption<?> option : new RunOption<?>[] {RunOption.EPOCHS, RunOption.ITERATIONS}) {
      if (Output.filled(spec).commandLine().getParseResult().hasMatchedOption(option.name())) {
        throw wrong(
            "--time-limit says how many epochs the recipe has; leave out it or " + option.name());
      }
    }
    Map<RunOption<?>, String> options = new LinkedHashMap<>(chosen.options(kind, time(typed)));
    told.printf(
        Locale.ROOT,
        "recipe %s in %s instead of %s: %s of its %d epochs%n",
        chosen,
        typed,
        written(chosen.time()),
        options.get(RunOption.EPOCHS),
        chosen.epochs(kind));
    return options;
  }

  private Duration time(String typed) {
    Matcher parts = TIME.matcher(typed.strip().toLowerCase(Locale.ROOT));
    Duration time = Duration.ZERO;
    if (parts.matches()) {
      time = Duration.ofHours(number(parts.group(1)));
      time = time.plusMinutes(number(parts.group(2))).plusSeconds(number(parts.group(3)));
    }
    if (time.isZero()) {
      throw wrong(
          "invalid value for option '--time-limit': expected a time such as 90s, 5m or 1h30m, got "
              + typed);
    }
    return time;
  }

  private static long number(@Nullable String digits) {
    return digits == null ? 0 : Long.parseLong(digits);
  }

  private static String written(Duration time) {
    return time.toMinutes() % 60 == 0 ? time.toHours() + "h" : time.toMinutes() + "m";
  }

  private ParameterException wrong(String message) {
    return new ParameterException(Output.filled(spec).commandLine(), message);
  }
}
