package lamella.examples.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import lamella.examples.RunOption;
import picocli.CommandLine.Help;
import picocli.CommandLine.IHelpSectionRenderer;
import picocli.CommandLine.Model.OptionSpec;

/** The options in the help of a command: those of a training under headings. */
final class GroupedHelp implements IHelpSectionRenderer {
  /** Keeps a line from ending where it stands; it is not shown. */
  static final String NO_BREAK = "\ufeff";

  private static final String RECIPE_HEADING = "Recipe";
  private static final List<String> RECIPE =
      List.of(
          "--recipe", "--augmented", "--permutation-invariant", "--time-limit", "--print-recipe");

  private static final String FILES_HEADING = "Files";
  private static final String OTHERS_HEADING = "Others";
  private static final List<String> FILES =
      List.of(
          "--out",
          "--replace",
          "--checkpoints",
          "--every",
          "--resume",
          "--no-page",
          "--tensorboard");

  /** The headings of the trainings of tables. */
  private static final Map<String, List<String>> TABLE = new LinkedHashMap<>();

  static {
    TABLE.put(
        "What is predicted, and from what",
        List.of("--target", "--task", "--log-target", "--ignore", "--kind"));
    TABLE.put(
        "Which rows",
        List.of(
            "--split",
            "--split-column",
            "--validation-share",
            "--test-share",
            "--folds",
            "--weights",
            "--balanced"));
    TABLE.put("Training", List.of("--epochs", "--patience", "--batch-size", "--members", "--seed"));
    TABLE.put(
        "How the file is written",
        List.of(
            "--separator",
            "--decimal-comma",
            "--decimal-point",
            "--missing",
            "--charset",
            "--no-header"));
  }

  GroupedHelp() {}

  @Override
  public String render(Help help) {
    boolean images = help.commandSpec().findOption(RunOption.ITERATIONS.name()) != null;
    boolean table = help.commandSpec().findOption("--target") != null;
    if (!images && !table) {
      return help.optionList();
    }
    Map<String, List<OptionSpec>> groups = new LinkedHashMap<>();
    if (table) {
      TABLE.keySet().forEach(heading -> groups.put(heading, new ArrayList<>()));
    } else {
      groups.put(RECIPE_HEADING, new ArrayList<>());
      for (RunOption.Group group : RunOption.Group.values()) {
        groups.put(group.toString(), new ArrayList<>());
      }
    }
    groups.put(FILES_HEADING, new ArrayList<>());
    groups.put(OTHERS_HEADING, new ArrayList<>());
    List<OptionSpec> all = help.commandSpec().options();
    for (OptionSpec option : all) {
      String name = option.longestName();
      String heading = table ? tableHeading(name) : heading(name);
      groups.computeIfAbsent(heading, none -> new ArrayList<>()).add(option);
    }
    groups.values().removeIf(List::isEmpty);
    StringBuilder text = new StringBuilder();
    groups.forEach((heading, options) -> {
      Help.Layout layout = help.createDefaultLayout(all, List.of(), help.colorScheme());
      options.forEach(option -> layout.addOption(option, help.parameterLabelRenderer()));
      text.append(String.format(text.isEmpty() ? "%s:%n" : "%n%s:%n", heading)).append(layout);
    });
    return text.toString().replace(NO_BREAK, "");
  }

  private static String tableHeading(String name) {
    for (Map.Entry<String, List<String>> heading : TABLE.entrySet()) {
      if (heading.getValue().contains(name)) {
        return heading.getKey();
      }
    }
    return FILES.contains(name) ? FILES_HEADING : OTHERS_HEADING;
  }

  private static String heading(String name) {
    if (RECIPE.contains(name)) {
      return RECIPE_HEADING;
    }
    if (name.equals("--data")) {
      return RunOption.Group.NETWORK.toString();
    }
    for (RunOption<?> option : RunOption.all()) {
      if (option.name().equals(name)) {
        return option.group().toString();
      }
    }
    return FILES.contains(name) ? FILES_HEADING : OTHERS_HEADING;
  }
}
