package lamella.examples.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import lamella.examples.Experiment;
import lamella.examples.RunOption;
import picocli.CommandLine.IModelTransformer;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/**
 * What {@code train} and {@code report} have in common: how to train. The options are those of
 * {@link RunOption}, and so are their names, helps and checks.
 */
final class TrainingOptions {
  private TrainingOptions() {}

  /** Gives {@code train} all options. */
  static final class All implements IModelTransformer {
    All() {}

    @Override
    public CommandSpec transform(CommandSpec command) {
      return add(command, option -> true);
    }
  }

  /** Gives {@code report} its own, but for those that say which network, as it trains with four. */
  static final class WithoutNetwork implements IModelTransformer {
    WithoutNetwork() {}

    @Override
    public CommandSpec transform(CommandSpec command) {
      Set<RunOption<?>> network = Set.of(RunOption.ACTIVATION, RunOption.NETWORK);
      return add(command, option -> option.isOfReport() && !network.contains(option));
    }
  }

  private static CommandSpec add(CommandSpec command, Predicate<RunOption<?>> with) {
    for (RunOption<?> option : RunOption.all()) {
      if (with.test(option)) {
        command.addOption(spec(option));
      }
    }
    return command;
  }

  private static OptionSpec spec(RunOption<?> option) {
    OptionSpec.Builder builder =
        OptionSpec.builder(option.name()).description(escaped(option.help()));
    if (option.label().isEmpty()) {
      return builder.type(boolean.class).arity("0").build();
    }
    List<String> names = option.candidates();
    if (!names.isEmpty()) {
      builder.completionCandidates(names);
    }
    return builder.type(String.class).arity("1").paramLabel(option.label()).build();
  }

  /** As picocli's formats would have it, and as lines may end: not in {@code dropout(0.1)}. */
  private static String escaped(String text) {
    String escaped = text.replace("%", "%%");
    return escaped.indexOf('(') < 0
        ? escaped
        : escaped.replaceAll("(?<=\\w)\\(", GroupedHelp.NO_BREAK + "(");
  }

  /**
   * The experiment that a command's options describe.
   *
   * @throws ParameterException if one is wrong, or two do not go together
   */
  static Experiment experiment(CommandSpec command) {
    return experiment(command, Map.of());
  }

  /**
   * The experiment that a command's options describe, and a recipe's where they say nothing.
   *
   * @throws ParameterException if one is wrong, or two do not go together
   */
  static Experiment experiment(CommandSpec command, Map<RunOption<?>, String> recipe) {
    Map<RunOption<?>, String> texts = new LinkedHashMap<>();
    for (RunOption<?> option : RunOption.all()) {
      OptionSpec typed = command.commandLine().getParseResult().matchedOption(option.name());
      if (typed != null) {
        List<String> values = typed.originalStringValues();
        texts.put(option, values.isEmpty() ? "true" : values.getLast());
      }
    }
    try {
      return Experiment.of(texts, recipe);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(command.commandLine(), String.valueOf(e.getMessage()), e);
    }
  }
}
