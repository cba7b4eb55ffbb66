package lamella.examples.cli;

import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.util.List;
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
    description =
        "Trains and uses dense networks, of images and of tables; repeats a report on CIFAR-10.",
    versionProvider = Lamella.Version.class,
    synopsisSubcommandLabel = "COMMAND",
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
  /** The commands, in the order of the help. */
  private static final List<String> COMMANDS =
      List.of(
          "train",
          "report",
          "evaluate",
          "predict",
          "run",
          "describe",
          "import",
          "serve",
          "export",
          "ensemble",
          "table",
          "data",
          "help",
          "generate-completion");

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
    PrintWriter out = new Output.Standard(System.out);
    PrintWriter err = new Output.Standard(System.err);
    int status = run(out, err, args);
    out.flush();
    err.flush();
    System.exit(status);
  }

  private static Object command(String name) {
    return switch (name) {
      case "train" -> new TrainCommand();
      case "report" -> new ReportCommand();
      case "evaluate" -> new EvaluateCommand();
      case "predict" -> new PredictCommand();
      case "run" -> new RunCommand();
      case "describe" -> new DescribeCommand();
      case "import" -> new ImportCommand();
      case "serve" -> new ServeCommand();
      case "export" -> new ExportCommand();
      case "ensemble" -> new EnsembleCommand();
      case "table" -> new TableCommand();
      case "data" -> new DataCommand();
      case "help" -> new HelpCommand();
      case "generate-completion" -> new CompletionCommand();
      default -> throw new IllegalArgumentException(name);
    };
  }

  /**
   * The command line for these words. It has the commands that they may mean, and not all of them:
   * making a command and its options takes a while.
   */
  static CommandLine commandLine(String... args) {
    CommandLine commandLine = new CommandLine(new Lamella());
    for (String name : needed(args)) {
      // Here and now, so that its model is transformed.
      CommandLine command = new CommandLine(command(name));
      commandLine.addSubcommand(name, command);
      if (name.equals(TableCommand.NAME)) {
        TableCommand.addCommands(command, args);
      }
    }
    return commandLine;
  }

  private static List<String> needed(String... args) {
    String first = args.length == 0 ? "" : args[0];
    if (args.length == 1 && (first.equals("--version") || first.equals("-V"))) {
      return List.of();
    }
    boolean explained = args.length == 2 && first.equals("help") && COMMANDS.contains(args[1]);
    if (explained) {
      return List.of(first, args[1]);
    }
    boolean itself =
        COMMANDS.contains(first) && !first.equals("help") && !first.equals("generate-completion");
    return itself ? List.of(first) : COMMANDS;
  }

  /** Runs a command; returns its exit status. */
  static int run(PrintWriter out, PrintWriter err, String... args) {
    CommandLine commandLine =
        commandLine(args)
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
    String[] renamed = args.clone();
    for (int i = 0; i < args.length; i++) {
      if (args[i].equals("--steps") || args[i].startsWith("--steps=")) {
        renamed[i] = args[i].replace("--steps", "--iterations");
      }
    }
    return renamed;
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
