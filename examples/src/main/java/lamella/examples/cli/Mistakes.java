package lamella.examples.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
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
          Map.entry("--weight-decay", "--l2"),
          Map.entry("--units", "--hidden"),
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
    String nearest = nearest(name, known);
    nearest = nearest == null ? null : ELSEWHERE.getOrDefault(nearest, nearest);
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

  /** The known word that is most like this one, or null if none is like it. */
  static @Nullable String nearest(String word, List<String> known) {
    String nearest = null;
    int best = Math.max(2, word.length() / 3) + 1;
    for (String candidate : known) {
      int distance = distance(plain(word), plain(candidate));
      if (distance < best && distance < plain(candidate).length() - 1) {
        best = distance;
        nearest = candidate;
      }
    }
    return nearest;
  }

  private static String plain(String word) {
    return word.toLowerCase(Locale.ROOT).replaceAll("[-_]", "");
  }

  /**
   * The fewest letters to insert, delete, replace, or swap with their neighbours that make one word
   * the other (optimal string alignment).
   */
  private static int distance(String a, String b) {
    int[][] d = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          d[i][j] = i + j;
          continue;
        }
        int replaced = d[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        d[i][j] = Math.min(replaced, Math.min(d[i - 1][j], d[i][j - 1]) + 1);
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
        }
      }
    }
    return d[a.length()][b.length()];
  }
}
