package lamella.examples.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import lamella.examples.ModelDescription;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code lamella describe}. */
@Command(
    name = "describe",
    abbreviateSynopsis = true,
    sortOptions = false,
    description = {
      "Says what is in a model file: inputs and outputs, layers, parameters, metadata.",
      "",
      "Files of every kind: models of ours, ONNX models, checkpoints, and files of weights alone, in the safetensors"
          + " format or NumPy's. Which it is, its content says and not its name.",
      ""
    })
final class DescribeCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;

  @Parameters(arity = "0..1", paramLabel = "FILE", description = "The file; the same as --model.")
  private @Nullable Path file;

  @Mixin private ModelOption model = new ModelOption();

  @Option(names = "--json", description = "Print one JSON object, for programs.")
  private boolean json;

  DescribeCommand() {}

  @Override
  public Integer call() throws IOException {
    ModelDescription description = ModelDescription.of(model.fileOr(file));
    Output.of(spec).println(json ? description.toJson() : description.toText());
    return 0;
  }
}
