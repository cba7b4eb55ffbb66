package lamella.examples.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import lamella.core.Tensor;
import lamella.core.io.FileFormatException;
import lamella.examples.NamedArrays;
import lamella.examples.RunnableModel;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code lamella run}. */
@Command(
    name = "run",
    abbreviateSynopsis = true,
    sortOptions = false,
    description = {
      "Computes a model, of any inputs and outputs, on arrays of NumPy's.",
      "",
      "The inputs have a row for each example: an array 'input', or the only one in the file, of floats or whole"
          + " numbers. The outputs are what the network gives, before any softmax that is not a layer of its own: an"
          + " array 'output' of the model's type. A model that 'lamella train' wrote takes pixels, 0 to 255.",
      ""
    })
final class RunCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;

  @Mixin private ModelOption model = new ModelOption();

  @Option(
      names = "--inputs",
      paramLabel = "FILE",
      description = "An .npz file, or an .npy file for a single array.")
  private @Nullable Path inputsFile;

  @Option(
      names = "--outputs",
      paramLabel = "FILE",
      description = "The file to write: .npz, or .npy for a single array.")
  private @Nullable Path outputsFile;

  @Option(names = "--replace", description = "Replace the file that is there.")
  private boolean replace;

  @Mixin private ThreadsOption threads = new ThreadsOption();

  RunCommand() {}

  @Override
  public Integer call() throws IOException {
    threads.use();
    Path inputs = required("--inputs", inputsFile);
    Path outputs = required("--outputs", outputsFile);
    Path file = model.file();
    OutputFile.requireFree(
        outputs, replace, Map.of("the model", file, "the file of inputs", inputs));
    RunnableModel runnable = RunnableModel.read(file);
    Map<String, Tensor> results = run(runnable, inputs);
    NamedArrays.write(outputs, results);
    PrintWriter console = Output.of(spec);
    results.forEach((name, tensor) -> {
      console.println("wrote " + outputs + ": " + name + " " + tensor);
      int wrong = RunnableModel.rowsNotFinite(tensor);
      if (wrong > 0) {
        Output.errors(spec)
            .println(
                "lamella run: "
                    + wrong
                    + " of "
                    + tensor.shape().dimension(0)
                    + " rows of "
                    + name
                    + " have numbers that are not finite");
      }
    });
    return 0;
  }

  private Path required(String option, @Nullable Path file) {
    try {
      if (file == null) {
        throw new IllegalArgumentException("missing required option: " + option);
      }
      NamedArrays.requireKind(file);
      return file;
    } catch (IllegalArgumentException e) {
      throw new ParameterException(
          Output.filled(spec).commandLine(), String.valueOf(e.getMessage()), e);
    }
  }

  private static Map<String, Tensor> run(RunnableModel runnable, Path inputs) throws IOException {
    Map<String, Tensor> arrays = NamedArrays.read(inputs, runnable.inputs());
    try {
      return runnable.run(arrays);
    } catch (IllegalArgumentException e) {
      throw new FileFormatException(inputs.toString(), String.valueOf(e.getMessage()));
    }
  }
}
