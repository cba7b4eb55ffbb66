package lamella.examples.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Which trained models answer together: {@code --model}, once or more often. */
final class ModelsOption {
  @Spec(Spec.Target.MIXEE)
  private @Nullable CommandSpec spec;

  @Option(
      names = "--model",
      paramLabel = "FILE",
      description =
          "A model.safetensors that 'lamella train' or 'lamella ensemble' wrote, or one like it, or the directory it is"
              + " in; or an ONNX model of any program. Repeat it for the mean of several models' predictions. Default:"
              + " the newest that 'lamella train' wrote to lamella-out, lamella-out-2 and so on.")
  private List<Path> models = new ArrayList<>();

  ModelsOption() {}

  /**
   * The files; says on standard error which, if nobody named one.
   *
   * @throws IOException if none is named and none is found
   */
  List<Path> files() throws IOException {
    return models.isEmpty()
        ? List.of(ModelOption.newest(spec))
        : models.stream().map(ModelOption::file).toList();
  }
}
