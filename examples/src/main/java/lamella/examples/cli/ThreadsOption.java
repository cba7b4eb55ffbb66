package lamella.examples.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code --threads}. */
final class ThreadsOption {
  private static final long MOST = 1024;

  @Spec(Spec.Target.MIXEE)
  private @Nullable CommandSpec spec;

  @Option(
      names = "--threads",
      converter = NumberConverters.Whole.class,
      paramLabel = "N",
      description =
          "Threads to compute with; changes no bit of any result. Default: all processors.")
  private @Nullable Long threads;

  ThreadsOption() {}

  /**
   * From here on it holds.
   *
   * @throws ParameterException if the value is out of its range
   */
  void use() {
    if (threads == null) {
      return;
    }
    if (threads < 1 || threads > MOST) {
      throw new ParameterException(
          Output.filled(spec).commandLine(),
          "--threads must lie in [1, " + MOST + "], got " + threads);
    }
    System.setProperty("lamella.threads", threads.toString());
  }
}
