package lamella.examples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code lamella train --recipe}. */
class RecipeCommandTest {
  private static final Pattern WORD = Pattern.compile("\"([^\"]*)\"|\\S+");

  /** So small that it is over at once. */
  private static final String SMALL =
      "--network \"4 gelu dropout(0.1)\" --batch-size 20 --preprocess mean --iterations 3";

  @TempDir Path directory;

  private record Outcome(int status, String out, String err) {}

  /** Words in double quotes are one, as a shell has it. */
  private static Outcome lamella(String typed) {
    List<String> words = new ArrayList<>();
    WORD.matcher(typed)
        .results()
        .forEach(match -> words.add(match.group(1) == null ? match.group() : match.group(1)));
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int status =
        Lamella.run(
            new PrintWriter(out, true), new PrintWriter(err, true), words.toArray(String[]::new));
    return new Outcome(status, out.toString(), err.toString());
  }

  private String lastLine(String typed, String out) {
    Outcome outcome = lamella(typed + " --out \"" + directory.resolve(out) + "\"");
    assertEquals(0, outcome.status, outcome.err);
    return outcome.out.lines().toList().getLast();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "--augmented", "--permutation-invariant --seed 3"})
  void whatIsPrintedIsACommandThatDoesTheSame(String kind) {
    String recipe = "train --recipe minute " + kind + " " + SMALL;
    Outcome printed = lamella(recipe + " --print-recipe");
    assertEquals(0, printed.status, printed.err);
    assertEquals(1, printed.out.lines().count(), printed.out);
    assertEquals("", printed.err);
    String command = printed.out.strip();
    assertTrue(command.startsWith("lamella train --network "), command);
    assertEquals(
        lastLine(recipe, "recipe"), lastLine(command.substring("lamella ".length()), "command"));
  }

  @Test
  void printingNeedsNoImagesAndSaysWhichWereMeant() {
    Path nowhere = directory.resolve("no where");
    Outcome printed =
        lamella("train --recipe hour --print-recipe --data \"" + nowhere + "\" --epochs 7");
    assertEquals(0, printed.status, printed.err);
    assertTrue(printed.out.contains(" --epochs 7 "), printed.out);
    assertTrue(
        printed.out.strip().endsWith(" --data \"" + nowhere.toAbsolutePath() + "\""), printed.out);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          minute 30s              | recipe minute in 30s instead of 1m: 10 of its 20 epochs | 10
          minute 1s               | recipe minute in 1s instead of 1m: 1 of its 20 epochs   | 1
          minute 1H30M            | recipe minute in 1H30M instead of 1m: 1800 of its 20 epochs | 1800
          minute 2m3s             | recipe minute in 2m3s instead of 1m: 41 of its 20 epochs | 41
          """)
  void aTimeLimitIsEpochs(String recipe, String said, String epochs) {
    Outcome printed =
        lamella("train --print-recipe --recipe " + recipe.replace(" ", " --time-limit "));
    // What is said has the numbers of today's recipe.
    long own = lamella.examples.Recipe.MINUTE.epochs(lamella.examples.Recipe.Kind.PLAIN);
    long expected = Math.max(1, Long.parseLong(epochs) * own / 20);
    assertEquals(
        said.replaceFirst("1m: \\d+ of its 20", "1m: " + expected + " of its " + own),
        printed.err.strip());
    assertTrue(printed.out.contains(" --epochs " + expected + " "), printed.out);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --recipe second                                  | invalid value for option '--recipe': expected one of minute, ten-minutes, hour, got second
          --recipe minute --augmented --permutation-invariant | --augmented changes where pixels lie, which --permutation-invariant does not use; leave one of them out
          --augmented                                      | --augmented needs --recipe, which is one of minute, ten-minutes, hour
          --print-recipe                                   | --print-recipe needs --recipe, which is one of minute, ten-minutes, hour
          --time-limit 5m                                  | --time-limit needs --recipe, whose epochs it multiplies; other trainings are as long as --epochs or --iterations say
          --recipe hour --time-limit 5m --epochs 3         | --time-limit says how many epochs the recipe has; leave out it or --epochs
          --recipe hour --time-limit 5m --iterations 3     | --time-limit says how many epochs the recipe has; leave out it or --iterations
          --recipe hour --time-limit 5                     | invalid value for option '--time-limit': expected a time such as 90s, 5m or 1h30m, got 5
          --recipe hour --time-limit 0s                    | invalid value for option '--time-limit': expected a time such as 90s, 5m or 1h30m, got 0s
          --recipe hour --time-limit 30m1h                 | invalid value for option '--time-limit': expected a time such as 90s, 5m or 1h30m, got 30m1h
          --recipe minute --resume nowhere                 | --resume goes on with the options that the run was begun with; leave out --recipe
          --time-limit 1m --resume nowhere                 | --resume goes on with the options that the run was begun with; leave out --time-limit
          --recipe minute --optimizer sgd --beta2 0.9      | --beta2 goes with --optimizer adamw or lion, not with sgd
          --recipe minute --iterations 1 --warm-up 2       | --warm-up must be at most the 1 iteration there are, got 2
          --epochs 1 --batch-size 40000 --warm-up 2        | --warm-up must be at most the 1 iteration there are, got 2
          """)
  void whatDoesNotGoTogetherIsWrongUsage(String options, String expected) {
    Outcome outcome =
        lamella("train --quiet --out \"" + directory.resolve("out") + "\" " + options);
    assertEquals(2, outcome.status, outcome.err);
    String last = outcome.err.lines().toList().getLast();
    assertEquals(
        "lamella train: " + expected, last.replaceFirst("(; see| \\(see) 'lamella .*", ""));
    assertEquals("", outcome.out);
  }

  @Test
  void moreImagesSetAsideThanThereAreIsOneLine() {
    Outcome outcome = lamella("train --quiet --validation 50000 --out \"" + directory + "/out\"");
    assertEquals(1, outcome.status);
    assertTrue(
        outcome.err.endsWith(
            "of 50000 training images at most 49999 can be set aside for validation, got"
                + " --validation 50000\n"),
        outcome.err);
  }
}
