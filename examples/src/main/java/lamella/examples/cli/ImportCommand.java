package lamella.examples.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import lamella.core.io.FileFormatException;
import lamella.core.io.ModelFile;
import lamella.examples.ModelKind;
import lamella.examples.OpenModel;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code lamella import}. */
@Command(
    name = "import",
    abbreviateSynopsis = true,
    sortOptions = false,
    description = {
      "Makes a model of ours out of an ONNX model of another program.",
      "",
      "The graph becomes a network of Lamella's layers, which the command shows, and is written as 'lamella train'"
          + " writes its own: a program can train it further, and every command takes it. A softmax at the end is no"
          + " layer then, but what the outputs mean. A graph with operators that no layer is made of is refused with a"
          + " list of them; 'lamella run' computes it as it is.",
      ""
    })
final class ImportCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;

  @Parameters(arity = "0..1", paramLabel = "MODEL", description = "The ONNX model.")
  private @Nullable Path model;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "The file to write, model.safetensors for example.")
  private @Nullable Path out;

  @Option(
      names = "--output",
      paramLabel = "NAME",
      description =
          "Stop at this value of the graph, one of several outputs or any on the way. 'lamella describe' lists them."
              + " Default: the one output of floats.")
  private @Nullable String output;

  @Option(names = "--replace", description = "Replace the file that is there.")
  private boolean replace;

  ImportCommand() {}

  @Override
  public Integer call() throws IOException {
    Path file = model;
    Path written = out;
    if (file == null || written == null) {
      throw new ParameterException(
          Output.filled(spec).commandLine(),
          file == null ? "missing required parameter: MODEL" : "missing required option: --out");
    }
    OutputFile.requireFree(written, replace, Map.of("the ONNX model", file));
    if (ModelKind.of(file) == ModelKind.NETWORK) {
      throw new FileFormatException(file.toString(), "is a model of ours already");
    }
    OpenModel opened = output == null ? OpenModel.read(file) : OpenModel.readOnnx(file, output);
    PrintWriter console = Output.of(spec);
    if (!opened.operators().isEmpty()) {
      throw new FileFormatException(
          file.toString(),
          "no layer is made of "
              + String.join(", ", opened.operators())
              + "; 'lamella run', 'predict' and 'serve' compute it as it is, and --output names a"
              + " value before it");
    }
    console.println(opened.network().summary());
    try {
      new ModelFile(opened.network(), Map.of(), metadata(opened)).write(written);
    } catch (IllegalArgumentException e) {
      throw FileFormatException.because(file.toString(), "", e);
    }
    console.println("wrote " + written + ": " + opened.network().dtype());
    return 0;
  }

  /** What the graph says of itself, less what only a file of ours may say. */
  private static Map<String, String> metadata(OpenModel opened) {
    Map<String, String> metadata = new LinkedHashMap<>();
    opened
        .metadata()
        .forEach((key, value) -> {
          if (!key.startsWith("lamella.")) {
            metadata.put(key, value);
          }
        });
    return metadata;
  }
}
