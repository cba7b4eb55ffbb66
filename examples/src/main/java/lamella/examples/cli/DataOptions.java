package lamella.examples.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which images: {@code --data}. */
final class DataOptions {
  @Option(
      names = "--data",
      paramLabel = "DIR|FILE",
      description =
          "CIFAR-10's binary version: a directory with its files, or the official archive as it is; or IDX files, as MNIST"
              + " and Fashion-MNIST have, compressed by gzip or not, of images of any size: their directory, or one of"
              + " them. Default: what the environment variable CIFAR10_HOME names, else what 'lamella data fetch'"
              + " downloaded, else a built-in set of drawn images.")
  private @Nullable Path data;

  DataOptions() {}

  /** The images; says on {@code out} which they are. */
  Images open(PrintWriter out) throws IOException {
    return open(Images.VALIDATION, out, out);
  }

  /**
   * The images.
   *
   * @param validation how many of the last training images are for validation
   * @param out told which they are
   * @param notes told where they are drawn because there are no others
   */
  Images open(int validation, PrintWriter out, PrintWriter notes) throws IOException {
    return Images.open(data, validation, out, notes);
  }

  /** The option as it was given, to be given again: empty if it was not. */
  List<String> arguments() {
    return data == null ? List.of() : List.of("--data", data.toAbsolutePath().toString());
  }
}
