package lamella.examples.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import lamella.examples.ModelRun;
import lamella.examples.RunnableModel;
import lamella.examples.Spelling;
import lamella.examples.numpy.ArrayFile;
import lamella.examples.numpy.ArrayWriter;
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
      "The arrays have the names of the model's inputs, which 'lamella describe' shows; where there is one of each, its"
          + " name makes no difference. That of a model of ours is 'input', with a row for each example, and what it"
          + " gives is 'output': what the network gives, before any softmax that is not a layer of its own. A model that"
          + " 'lamella train' wrote takes pixels, 0 to 255. An ONNX model gives what its graph does, in its types:"
          + " numbers, true and false, text.",
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

  @Option(
      names = "--output",
      paramLabel = "NAME",
      description =
          "Write this value, and no other that is not named so too: an output, or any value that an ONNX graph computes"
              + " on the way. What it does not need is not computed. Default: all outputs.")
  private List<String> outputNames = List.of();

  @Option(
      names = "--batch",
      converter = NumberConverters.Whole.class,
      paramLabel = "N",
      defaultValue = "1000",
      description =
          "Rows computed at once, where a model takes any number of them. Default: ${DEFAULT-VALUE}. A model in which"
              + " rows are not independent, with a mean over them for example, needs all at once.")
  private long batch;

  @Option(names = "--replace", description = "Replace the file that is there.")
  private boolean replace;

  @Mixin private UnpackedOption unpacked = new UnpackedOption();

  @Mixin private ThreadsOption threads = new ThreadsOption();

  RunCommand() {}

  @Override
  public Integer call() throws IOException {
    threads.use();
    Path inputs = required("--inputs", inputsFile);
    Path outputs = required("--outputs", outputsFile);
    if (batch < 1) {
      throw wrongUsage("--batch must be at least 1, got " + batch);
    }
    Path file = model.file();
    OutputFile.requireFree(
        outputs, replace, Map.of("the model", file, "the file of inputs", inputs));
    RunnableModel runnable = RunnableModel.read(file, outputNames, unpacked.isPacked());
    for (String note : runnable.notes()) {
      Output.errors(spec).println("lamella run: " + note);
    }
    ArrayWriter results;
    try (ArrayFile arrays = ArrayFile.open(inputs)) {
      int rows = (int) Math.min(batch, Integer.MAX_VALUE);
      results = ModelRun.compute(runnable, rows, inputs.toString(), arrays);
    }
    results.write(outputs);
    PrintWriter console = Output.of(spec);
    results
        .descriptions()
        .forEach((name, description) -> {
          console.println("wrote " + outputs + ": " + name + " " + description);
          long wrong = results.rowsNotFinite(name);
          if (wrong > 0) {
            Output.errors(spec)
                .println(
                    "lamella run: "
                        + wrong
                        + " of "
                        + results.rows(name)
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
        boolean mistaken = outputNames.stream().anyMatch(name -> name.matches(".+\\.np[yz]"));
        throw new IllegalArgumentException(
            "missing required option: "
                + option
                + (mistaken ? " (the file; --output names a value of the model)" : ""));
      }
      ArrayFile.requireKind(file);
      return file;
    } catch (IllegalArgumentException e) {
      boolean rows =
          option.equals("--inputs")
              && file != null
              && Spelling.lowerCase(file.toString()).endsWith(".csv");
      throw wrongUsage(
          e.getMessage() + (rows ? "; 'lamella table predict' takes rows of CSV" : ""));
    }
  }

  private ParameterException wrongUsage(String problem) {
    return new ParameterException(Output.filled(spec).commandLine(), problem);
  }
}
