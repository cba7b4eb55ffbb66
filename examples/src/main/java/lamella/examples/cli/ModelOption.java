package lamella.examples.cli;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import lamella.examples.Activation;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Which trained model: {@code --model}. */
final class ModelOption {
  @Spec(Spec.Target.MIXEE)
  private @Nullable CommandSpec spec;

  @Option(
      names = "--model",
      paramLabel = "FILE",
      description =
          "A model.safetensors that 'lamella train' wrote, or one like it, or the directory it is in; or an ONNX model"
              + " of any program. Default: the newest that 'lamella train' wrote to lamella-out, lamella-out-2 and so on.")
  private @Nullable Path model;

  ModelOption() {}

  /**
   * The file; says on standard error which, if nobody named it.
   *
   * @throws IOException if none is named and none is found
   */
  Path file() throws IOException {
    Path named = model;
    return named != null ? file(named) : newest(spec);
  }

  /**
   * The same for a command that takes it without the option, too.
   *
   * @param argument given without the option; null if there is none
   * @throws ParameterException if it is given both ways
   */
  Path fileOr(@Nullable Path argument) throws IOException {
    if (argument != null && model != null) {
      throw new ParameterException(
          Output.filled(spec).commandLine(),
          "the model is named twice: " + argument + " and --model " + model);
    }
    return argument == null ? file() : file(argument);
  }

  /** The file that is named, or the one in the directory that is named. */
  static Path file(Path named) {
    Path inside = named.resolve(OutputDirectory.MODEL);
    return Files.isDirectory(named) && Files.exists(inside) ? inside : named;
  }

  /** The newest file of runs that were not told where to write; says on standard error which. */
  static Path newest(@Nullable CommandSpec spec) throws IOException {
    List<Path> found = found("");
    if (found.isEmpty()) {
      List<Path> reports = found(Activation.RELU.toString());
      throw new IOException(
          "no "
              + OutputOptions.DEFAULT.resolve(OutputDirectory.MODEL)
              + " here; train a network with 'lamella train', or name a file with --model"
              + (reports.isEmpty() ? "" : ", " + reports.getLast() + " for example"));
    }
    CommandSpec filled = Output.filled(spec);
    Output.errors(filled).println(filled.qualifiedName() + ": taking --model " + found.getLast());
    return found.getLast();
  }

  /**
   * The models in the directories that runs take by themselves, the one written last at the end.
   */
  private static List<Path> found(String inside) throws IOException {
    List<Path> models = new ArrayList<>();
    Map<Path, FileTime> times = new HashMap<>();
    try (DirectoryStream<Path> directories =
        Files.newDirectoryStream(
            Path.of(""), name -> OutputDirectory.isNumbered(OutputOptions.DEFAULT, name))) {
      for (Path directory : directories) {
        Path file = directory.resolve(inside).resolve(OutputDirectory.MODEL);
        if (Files.exists(file)) {
          models.add(file);
          times.put(file, Files.getLastModifiedTime(file));
        }
      }
    }
    models.sort(
        Comparator.comparing((Path file) -> times.getOrDefault(file, FileTime.fromMillis(0)))
            .thenComparingInt(file -> file.toString().length())
            .thenComparing(Path::toString));
    return models;
  }
}
