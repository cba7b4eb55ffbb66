package lamella.examples.cli;

import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code lamella table}. */
@Command(
    name = TableCommand.NAME,
    description = {
      "From a CSV file to a model that predicts its rows.",
      "",
      "describe FILE shows what is in a file, train FILE --target COLUMN trains a model that predicts a column, evaluate"
          + " measures it on other rows, predict adds its predictions to any number of rows, and folds tells how good"
          + " such a model is by training several, each tested on the rows it has not seen. 'lamella describe', 'lamella"
          + " export' and 'lamella serve' take the models, too.",
      ""
    },
    synopsisSubcommandLabel = "COMMAND")
final class TableCommand implements Runnable {
  static final String NAME = "table";

  private static final List<String> COMMANDS =
      List.of("describe", "train", "evaluate", "predict", "folds");

  @Spec private @Nullable CommandSpec spec;

  TableCommand() {}

  /** Adds the one command that these words name; all of them where that cannot be told. */
  static void addCommands(CommandLine table, String... args) {
    int at = List.of(args).indexOf(NAME) + 1;
    boolean one = at > 0 && at < args.length && COMMANDS.contains(args[at]);
    for (String name : one ? List.of(args[at]) : COMMANDS) {
      table.addSubcommand(name, new CommandLine(command(name)));
    }
  }

  private static Object command(String name) {
    return switch (name) {
      case "describe" -> new TableDescribeCommand();
      case "train" -> new TableTrainCommand();
      case "evaluate" -> new TableEvaluateCommand();
      case "predict" -> new TablePredictCommand();
      case "folds" -> new TableFoldsCommand();
      default -> throw new IllegalArgumentException(name);
    };
  }

  @Override
  public void run() {
    throw new ParameterException(
        Output.filled(spec).commandLine(),
        "a command is missing: " + String.join(", ", COMMANDS.subList(0, 4)) + " or folds");
  }
}
