package lamella.examples.cli;

import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import lamella.core.Compute;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IHelpSectionRenderer;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/**
 * The command line {@code lamella}.
 *
 * <p>Exit status 0: done; 1: something went wrong; 2: wrong usage. Whatever goes wrong is one line
 * on standard error.
 */
@Command(
    name = "lamella",
    description = "Trains and uses dense networks; repeats a report on CIFAR-10.",
    versionProvider = Lamella.Version.class,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      TrainCommand.class,
      ReportCommand.class,
      EvaluateCommand.class,
      PredictCommand.class,
      RunCommand.class,
      ServeCommand.class,
      ExportCommand.class,
      DataCommand.class,
      HelpCommand.class,
      CompletionCommand.class
    },
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:done",
      "1:something went wrong; one line on standard error says what",
      "2:wrong usage; one line on standard error says what",
      "130, 143:a training was interrupted by Ctrl-C, or ended by the system; it can be resumed"
    },
    footer = {
      "",
      "'lamella COMMAND --help' explains a command. The environment variable LAMELLA_OPTS takes options"
          + " for the JVM, such as -Xmx4g."
    })
public final class Lamella implements Runnable {
  /** System property: {@code true} shows the stack trace of an error. */
  private static final String DEBUG = "lamella.debug";

  @Spec private @Nullable CommandSpec spec;

  @SuppressWarnings("UnusedVariable") // picocli acts on it
  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      scope = ScopeType.INHERIT,
      description = "Show this help and exit.")
  private boolean help;

  @SuppressWarnings("UnusedVariable") // picocli acts on it
  @Option(
      names = {"-V", "--version"},
      versionHelp = true,
      description = "Show the versions of Lamella and of the JDK, and how it computes; exit.")
  private boolean version;

  Lamella() {}

  /** Runs a command and ends the JVM with its exit status. */
  public static void main(String[] args) {
    // Reading and drawing images needs no display, and must not look for one.
    System.setProperty("java.awt.headless", "true");
    // Whatever the libraries print is the same in every country.
    Locale.setDefault(Locale.ROOT);
    PrintWriter out = writer(System.out);
    PrintWriter err = writer(System.err);
    int status = run(out, err, args);
    out.flush();
    err.flush();
    System.exit(status);
  }

  private static PrintWriter writer(PrintStream stream) {
    return new PrintWriter(new OutputStreamWriter(stream, stream.charset()), true);
  }

  /** Runs a command; returns its exit status. */
  static int run(PrintWriter out, PrintWriter err, String... args) {
    CommandLine commandLine =
        new CommandLine(new Lamella())
            .setOut(out)
            .setErr(err)
            .setUsageHelpAutoWidth(true)
            .setParameterExceptionHandler(Lamella::wrongUsage)
            .setExecutionExceptionHandler(
                (exception, failed, parsed) -> failure(failed.getErr(), failed, exception));
    Map<String, IHelpSectionRenderer> sections = commandLine.getHelpSectionMap();
    sections.put(UsageMessageSpec.SECTION_KEY_OPTION_LIST, new GroupedHelp());
    commandLine.setHelpSectionMap(sections);
    try {
      return commandLine.execute(renamed(args));
    } catch (OutOfMemoryError e) {
      return failure(err, commandLine, e);
    }
  }

  /** The arguments with {@code --iterations} for {@code --steps}, the library's word for it. */
  private static String[] renamed(String[] args) {
    return Arrays.stream(args)
        .map(arg -> arg.matches("--steps(=.*)?") ? arg.replace("--steps", "--iterations") : arg)
        .toArray(String[]::new);
  }

  @Override
  public void run() {
    if (spec != null) {
      throw new ParameterException(spec.commandLine(), "a command is missing");
    }
  }

  private static int wrongUsage(ParameterException exception, String[] args) {
    CommandLine command = exception.getCommandLine();
    String name = command.getCommandSpec().qualifiedName();
    String mistake = oneLine(Mistakes.describe(exception));
    String help = "see '" + name + " --help'";
    command
        .getErr()
        .println(name + ": " + mistake + (mistake.endsWith("?") ? " (" + help + ")" : "; " + help));
    return 2;
  }

  private static int failure(PrintWriter err, CommandLine command, Throwable failure) {
    err.println(
        command.getCommandSpec().qualifiedName() + ": " + oneLine(Failures.describe(failure)));
    if (Boolean.getBoolean(DEBUG)) {
      failure.printStackTrace(err);
    }
    return 1;
  }

  private static String oneLine(@Nullable String message) {
    return message == null
        ? "unknown error"
        : message.strip().replaceAll("\\s*\\R\\s*", "; ").replaceAll("\\p{Cntrl}", "?");
  }

  /** The version of Lamella, for example {@code 0.1.0}. */
  static String versionOfLamella() {
    return Lamella.class.getModule().getDescriptor() == null
        ? "(class path)"
        : Lamella.class.getModule().getDescriptor().rawVersion().orElse("(unversioned)");
  }

  static final class Version implements IVersionProvider {
    Version() {}

    @Override
    public String[] getVersion() {
      return new String[] {
        "lamella " + versionOfLamella(),
        "JDK " + Runtime.version() + " (" + System.getProperty("java.vendor") + ")",
        Compute.description() + ", " + Charset.defaultCharset()
      };
    }
  }
}
