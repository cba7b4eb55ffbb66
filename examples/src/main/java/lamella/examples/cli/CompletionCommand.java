package lamella.examples.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code lamella generate-completion}. */
@Command(
    name = "generate-completion",
    description = {
      "Prints a script with which bash and zsh complete commands and options.",
      "",
      "For this shell: source <(lamella generate-completion)",
      ""
    })
final class CompletionCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;

  CompletionCommand() {}

  @Override
  public Integer call() {
    CommandSpec filled = Output.filled(spec);
    filled
        .commandLine()
        .getOut()
        .println(AutoComplete.bash(filled.root().name(), filled.root().commandLine()));
    return 0;
  }
}
