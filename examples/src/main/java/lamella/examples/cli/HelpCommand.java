package lamella.examples.cli;

import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** {@code lamella help}. */
@Command(
    name = "help",
    description = {"Shows what there is, or explains a command; the same as --help.", ""})
final class HelpCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;

  @Parameters(
      arity = "0..*",
      paramLabel = "COMMAND",
      description = "For example train, or data fetch. Default: all commands in short.")
  private List<String> words = List.of();

  HelpCommand() {}

  @Override
  public Integer call() {
    CommandSpec filled = Output.filled(spec);
    CommandLine command = filled.root().commandLine();
    for (String word : words) {
      CommandLine inner = command.getSubcommands().get(word);
      if (inner == null) {
        throw new UnmatchedArgumentException(command, List.of(word));
      }
      command = inner;
    }
    command.usage(filled.commandLine().getOut());
    return 0;
  }
}
