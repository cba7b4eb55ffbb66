package lamella.examples.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import lamella.examples.Spelling;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Wrong usage in one line for the user, with what was probably meant. */
final class Mistakes {
  /** What other tools call our options. */
  private static final Map<String, String> ELSEWHERE =
      Map.ofEntries(
          Map.entry("--epochs", "--iterations"),
          Map.entry("--lr", "--learning-rate"),
          Map.entry("--batch", "--batch-size"),
          Map.entry("--units", "--hidden"),
          Map.entry("--layers", "--network"),
          Map.entry("--dropout", "--network"),
          Map.entry("--optim", "--optimizer"),
          Map.entry("--scheduler", "--schedule"),
          Map.entry("--lr-schedule", "--schedule"),
          Map.entry("--warmup-steps", "--warm-up"),
          Map.entry("--smoothing", "--label-smoothing"),
          Map.entry("--augmentation", "--augment"),
          Map.entry("--gradient-clipping", "--clip-norm"),
          Map.entry("--patience", "--early-stopping"),
          Map.entry("--inputs", "--preprocess"),
          Map.entry("--normalise", "--preprocess"),
          Map.entry("--label", "--target"),
          Map.entry("--drop", "--ignore"),
          Map.entry("--exclude", "--ignore"),
          Map.entry("--delimiter", "--separator"),
          Map.entry("--na-values", "--missing"),
          Map.entry("--ensemble", "--members"),
          Map.entry("--tta", "--views"),
          Map.entry("--encoding", "--charset"),
          Map.entry("--output", "--out"),
          Map.entry("--overwrite", "--replace"),
          Map.entry("--force", "--replace"));

  private Mistakes() {}

  /** What is wrong. */
  static String describe(ParameterException mistake) {
    if (mistake instanceof UnmatchedArgumentException unmatched
        && !unmatched.getUnmatched().isEmpty()) {
      return unknown(unmatched.getCommandLine(), unmatched.getUnmatched().getFirst());
    }
    // picocli puts the exception's class before its sentence.
    String message =
        String.valueOf(mistake.getMessage()).replaceFirst("\\([\\w.$]+Exception: ", "(");
    // picocli's sentences begin with a capital; ours stand behind the command's name.
    boolean capital = message.matches("[A-Z][a-z].*");
    return capital
        ? message.substring(0, 1).toLowerCase(Locale.ROOT) + message.substring(1)
        : message;
  }

  private static String unknown(CommandLine command, String word) {
    boolean option = word.startsWith("-");
    List<String> known = option ? options(command) : List.copyOf(command.getSubcommands().keySet());
    if (!option && known.isEmpty()) {
      return "unexpected argument '" + word + "'";
    }
    String name = option && word.contains("=") ? word.substring(0, word.indexOf('=')) : word;
    String nearest = Spelling.nearest(name, known);
    boolean theirs = nearest != null && command.getCommandSpec().findOption(nearest) == null;
    nearest = theirs ? ELSEWHERE.getOrDefault(nearest, nearest) : nearest;
    return "unknown "
        + (option ? "option '" : "command '")
        + name
        + "'"
        + (nearest == null ? "" : ", did you mean '" + nearest + "'?");
  }

  private static List<String> options(CommandLine command) {
    List<String> names = new ArrayList<>();
    for (OptionSpec option : command.getCommandSpec().options()) {
      if (!option.hidden()) {
        names.add(option.longestName());
      }
    }
    ELSEWHERE.forEach((theirs, ours) -> {
      if (names.contains(ours)) {
        names.add(theirs);
      }
    });
    return names;
  }
}
