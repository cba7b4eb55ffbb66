package lamella.examples.cli;

import static lamella.examples.cli.TableRuns.lamella;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Wrong usage of the commands for tables: one line, status 2, nothing done. */
class TableUsageTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          table                                                  | table: a command is missing: describe, train, evaluate, predict or folds
          table trian                                            | table: unknown command 'trian', did you mean 'train'?
          table describe                                         | table describe: missing required parameter: 'FILE'
          table train x.csv                                      | table train: missing required option: --target
          table train --target a                                 | table train: missing required parameter: 'FILE', the rows to train with
          table train x.csv --target a --task guess              | table train: invalid value for option '--task': expected classification or regression, got guess
          table train x.csv --target a --task classification --log-target | table train: --log-target goes with --task regression
          table train x.csv --target a --task regression --balanced | table train: --balanced goes with --task classification
          table train x.csv --target a --epochs 0                | table train: --epochs must lie in [1, 1000000], got 0
          table train x.csv --target a --batch-size 99999999999  | table train: --batch-size must lie in [1, 16777216], got 99999999999
          table train x.csv --target a --members 0               | table train: --members must lie in [1, 1024], got 0
          table train x.csv --target a --patience -1             | table train: --patience must lie in [1, 1000000], got -1
          table train x.csv --target a --validation-share 1      | table train: --validation-share must lie between 0 and 1, got 1.0
          table train x.csv --target a --validation-share NaN    | table train: --validation-share must lie between 0 and 1, got NaN
          table train x.csv --target a --test-share -0.1         | table train: --test-share must be at least 0 and below 1, got -0.1
          table train x.csv --target a --test-share 0.9          | table train: --validation-share and --test-share leave no rows to train with
          table train x.csv --target a --split s --split-column c | table train: --split and --split-column both say which rows are for what; give one of them
          table train x.csv --target a --split s --test-share 0.1 | table train: --split says which rows are for what; leave out --test-share
          table train x.csv --target a --kind b                  | table train: invalid value for option '--kind': expected COLUMN=KIND, got b
          table train x.csv --target a --kind b=letter           | table train: invalid value for option '--kind': expected one of number, category, date, text, constant, id, got letter
          table train x.csv --target a --separator ab            | table train: invalid value for option '--separator': expected a character such as ; or 'tab', got ab
          table train x.csv --target a --decimal-comma --decimal-point | table train: --decimal-comma and --decimal-point both say how numbers are written; give one of them
          table train x.csv --target a --charset utf-9           | table train: invalid value for option '--charset': expected UTF-8, ISO-8859-1, windows-1252 or another, got utf-9
          table train x.csv --target a --threads 0               | table train: --threads must lie in [1, 1024], got 0
          table train x.csv --target a --epoch 5                 | table train: unknown option '--epoch', did you mean '--epochs'?
          table train x.csv --label a                            | table train: unknown option '--label', did you mean '--target'?
          table train x.csv --target a --delimiter ;             | table train: unknown option '--delimiter', did you mean '--separator'?
          table train x.csv --target a --every 3                 | table train: --every needs --checkpoints or --resume
          table evaluate x.csv --model m --part test             | table evaluate: --part goes with --split or --split-column
          table evaluate x.csv --model m --split s --part all    | table evaluate: invalid value for option '--part': expected train, validation, test, got all
          table predict --model m                                | table predict: missing required parameter: 'FILE'
          table predict x.csv --model m --keep-all --keep a      | table predict: --keep-all keeps all columns; leave out --keep
          table folds x.csv --target a --folds 1                 | table folds: --folds must lie in [2, 1000], got 1
          table folds x.csv                                      | table folds: missing required option: --target
          """)
  void isOneLine(String line, String expected) {
    TableRuns.Outcome outcome = lamella((Object[]) line.strip().split(" +", -1));
    String command = expected.substring(0, expected.indexOf(':'));
    String help = "see 'lamella " + command + " --help'";
    assertEquals(
        "lamella " + expected + (expected.endsWith("?") ? " (" + help + ")" : "; " + help),
        outcome.failure(2));
  }

  @Test
  void helpIsGroupedAndTheSameBothWays() {
    String out = lamella("table", "train", "--help").done().out();
    int at = 0;
    for (String heading :
        List.of(
            "Usage: lamella table train",
            "What is predicted, and from what:",
            "--target",
            "Which rows:",
            "--split",
            "Training:",
            "--epochs",
            "How the file is written:",
            "--separator",
            "Files:",
            "--out",
            "Others:",
            "--threads")) {
      at = out.indexOf(heading, at);
      assertTrue(at >= 0, heading + " is not where it should be in " + out);
    }
    assertEquals(out, lamella("help", "table", "train").done().out());
    assertTrue(lamella("table", "--help").done().out().contains("predict"));
  }

  @Test
  void aCommandIsMadeWithoutTheOthers() {
    assertEquals(
        List.of("predict"),
        List.copyOf(
            Lamella.commandLine("table", "predict", "x.csv")
                .getSubcommands()
                .get("table")
                .getSubcommands()
                .keySet()));
    assertEquals(
        5, Lamella.commandLine("table").getSubcommands().get("table").getSubcommands().size());
  }
}
