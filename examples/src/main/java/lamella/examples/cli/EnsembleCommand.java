package lamella.examples.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import lamella.core.Network;
import lamella.core.Parameter;
import lamella.core.io.FileFormatException;
import lamella.examples.EnsembleModel;
import lamella.examples.OpenModel;
import lamella.examples.Views;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code lamella ensemble}. */
@Command(
    name = "ensemble",
    abbreviateSynopsis = true,
    sortOptions = false,
    description = {
      "Makes one model of several, whose prediction is the mean of theirs, or of one over views of an image.",
      "",
      "Of classes the mean is that of the probabilities, of numbers that of the numbers. The models agree in inputs and"
          + " outputs: images of one size and layout, or columns of one table, and the same classes. Each file counts"
          + " the same. Every command takes the file that is written as it takes one of 'lamella train'; what prepares"
          + " the inputs of all models alike is in it once.",
      ""
    })
final class EnsembleCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;

  @Parameters(
      arity = "1..*",
      paramLabel = "MODEL",
      description =
          "Model files, or the directories that a model.safetensors is in; also of tables, and other ensembles.")
  private List<Path> models = List.of();

  @Mixin private ViewsOption views = new ViewsOption();

  @Option(
      names = "--out",
      paramLabel = "FILE",
      required = true,
      description = "The file to write, ensemble.safetensors for example.")
  private @Nullable Path out;

  @Option(names = "--replace", description = "Replace the file that is there.")
  private boolean replace;

  EnsembleCommand() {}

  @Override
  public Integer call() throws IOException {
    Path written = out;
    Views asked = views.views();
    if (written == null) {
      throw wrongUsage("missing required option: --out");
    }
    if (models.size() == 1 && asked == null) {
      throw wrongUsage("one model alone is no ensemble; name others, or say --views");
    }
    Map<String, Path> sources = new LinkedHashMap<>();
    List<EnsembleModel.Member> members = new ArrayList<>();
    for (Path named : models) {
      Path file = ModelOption.file(named);
      if (sources.put("the model " + file, file) != null) {
        throw wrongUsage(file + " is named twice");
      }
      members.add(EnsembleModel.Member.of(read(file)));
    }
    OutputFile.requireFree(written, replace, sources);
    EnsembleModel ensemble = EnsembleModel.of(members, asked);
    try {
      ensemble.write(written);
    } catch (IllegalArgumentException e) {
      throw new IOException(written + ": cannot be written: " + e.getMessage(), e);
    }
    Network network = ensemble.network();
    long numbers = 0;
    for (Parameter parameter : network.parameters()) {
      numbers += parameter.shape().size();
    }
    Output.of(spec)
        .printf(
            Locale.ROOT,
            "wrote %s: %s, %,d parameters, %s%n",
            written,
            EnsembleModel.describe(network),
            numbers,
            network.dtype());
    return 0;
  }

  private static OpenModel read(Path file) throws IOException {
    OpenModel model = OpenModel.read(file);
    if (!model.operators().isEmpty()) {
      throw new FileFormatException(
          file.toString(),
          "no layer is made of "
              + String.join(", ", model.operators())
              + ", so that no file of ours keeps it");
    }
    return model;
  }

  private ParameterException wrongUsage(String problem) {
    return new ParameterException(Output.filled(spec).commandLine(), problem);
  }
}
