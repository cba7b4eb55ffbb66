package lamella.examples.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import lamella.core.Fingerprint;
import lamella.core.Network;
import lamella.core.Outputs;
import lamella.core.Shape;
import lamella.core.io.Npz;
import lamella.core.io.OnnxExport;
import lamella.core.io.Parameters;
import lamella.examples.EnsembleModel;
import lamella.examples.Model;
import lamella.examples.OpenModel;
import lamella.table.TableModel;
import lamella.table.Task;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code lamella export}. */
@Command(
    name = "export",
    abbreviateSynopsis = true,
    sortOptions = false,
    description = {
      "Writes a model as an ONNX file, which most other runtimes open, or as an NPZ file for NumPy.",
      "",
      "Of a model that 'lamella train' wrote the ONNX file's input 'pixels' is [batch, numbers of an image], for example"
          + " [batch, 3072] of CIFAR-10's: the pixels row by row, red, green and blue or grey of each, as numbers from 0 to"
          + " 255. Its output 'logits' has a column for"
          + " each class. Of a model of a table's rows the input 'rows' is [batch, columns] as TableSchema.encode gives it,"
          + " numbers, NaN where one is missing, and categories as 1, 2, ... in the order in which the file's metadata 'table' has"
          + " them, 0 where one is missing or new; the output is 'probabilities', or 'value'. Of another model they are 'input' and"
          + " 'output'.",
      ""
    })
final class ExportCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;

  @Mixin private ModelOption model = new ModelOption();

  @Option(names = "--onnx", paramLabel = "FILE", description = "An ONNX file to write.")
  private @Nullable Path onnx;

  @Option(
      names = "--npz",
      paramLabel = "FILE",
      description =
          "An NPZ file to write: arrays 0.mean, 1.weight, 1.bias, 3.weight, 3.bias, by the positions of the layers.")
  private @Nullable Path npz;

  @Option(names = "--replace", description = "Replace files that are there.")
  private boolean replace;

  @Option(
      names = "--softmax",
      description = "ONNX: add softmax; the output is then called 'probabilities'.")
  private boolean softmax;

  @Option(
      names = "--no-mean",
      description =
          "ONNX: leave the first layer out, which subtracts the mean image; the input is then called 'centred'.")
  private boolean noMean;

  @Option(
      names = "--opset",
      paramLabel = "N",
      description =
          "ONNX: write operators of version N, from 13 to 20 (default: 20), for a program that does not read newer ones.")
  private @Nullable Integer opset;

  ExportCommand() {}

  @Override
  public Integer call() throws IOException {
    if (onnx == null && npz == null) {
      throw wrongUsage("missing required option: --onnx or --npz");
    }
    if (onnx == null && (softmax || noMean || opset != null)) {
      throw wrongUsage("--softmax, --no-mean and --opset go with --onnx");
    }
    if (opset != null && (opset < 13 || opset > 20)) {
      throw wrongUsage("--opset must be from 13 to 20, got " + opset);
    }
    Path file = model.file();
    requireFree(onnx, file);
    requireFree(npz, file);
    if (onnx != null && npz != null && same(onnx, npz)) {
      throw wrongUsage("--onnx and --npz name one file: " + onnx);
    }
    OpenModel trained = OpenModel.read(file);
    if (onnx != null) {
      writeOnnx(trained, file, onnx);
    }
    if (npz != null) {
      writeNpz(trained, npz);
    }
    return 0;
  }

  private void requireFree(@Nullable Path file, Path source) throws IOException {
    if (file != null) {
      OutputFile.requireFree(file, replace, Map.of("the model", source));
    }
  }

  private static boolean same(Path one, Path other) {
    return one.toAbsolutePath().normalize().equals(other.toAbsolutePath().normalize());
  }

  private ParameterException wrongUsage(String problem) {
    return new ParameterException(Output.filled(spec).commandLine(), problem);
  }

  private void writeNpz(OpenModel model, Path file) throws IOException {
    Npz arrays = Npz.ofTensors(Parameters.of(model.network()));
    arrays.write(file);
    Output.of(spec).println("wrote " + file + ": " + arrays);
  }

  private void writeOnnx(OpenModel trained, Path source, Path file) throws IOException {
    TableModel table = trained.table();
    if (table != null && noMean) {
      throw wrongUsage("--no-mean goes with a model of images; " + source + " is one of a table");
    }
    Network network = noMean ? trained.network().withoutHead() : trained.network();
    boolean ofImages = trained.metadata().containsKey(Model.LAYOUT_KEY);
    boolean probabilities = softmax || (table != null && isClassifier(table));
    String input = table != null ? "rows" : !ofImages ? "input" : noMean ? "centred" : "pixels";
    String output = probabilities ? "probabilities" : ofImages ? "logits" : "output";
    if (table != null && !isClassifier(table)) {
      output = table.schema().target().logarithm() ? "logarithm" : "value";
    }
    OnnxExport export =
        OnnxExport.of(network)
            .withNames(input, output)
            .withProducer("lamella", Lamella.versionOfLamella())
            .withMetadata(metadata(trained));
    boolean areProbabilities = table != null && network.outputs() == Outputs.PROBABILITIES;
    if (probabilities && !areProbabilities) {
      export = export.withSoftmax();
    }
    if (opset != null) {
      export = export.withOpset(opset);
    }
    try {
      export.write(file);
    } catch (IllegalArgumentException e) {
      // A layer, of somebody else's, that has no ONNX form.
      throw new IOException(source + ": " + e.getMessage(), e);
    }
    Output.of(spec)
        .printf(
            Locale.ROOT,
            "wrote %s: %s, %s %s -> %s %s%n",
            file,
            network.dtype(),
            input,
            batch(network.inputShape()),
            output,
            batch(network.outputShape()));
  }

  private static boolean isClassifier(TableModel table) {
    return table.schema().target().task() == Task.CLASSIFICATION;
  }

  private static String batch(Shape example) {
    return example.openBatch().toString().replaceFirst("n", "batch");
  }

  /** What the model file says of itself. */
  private static Map<String, String> metadata(OpenModel model) {
    Map<String, String> metadata = new LinkedHashMap<>(model.metadata());
    // Of a model of images these stand at the end.
    for (String key : List.of(Model.CLASSES, Model.IMAGE_KEY, Model.LAYOUT_KEY)) {
      String text = metadata.remove(key);
      if (text != null) {
        metadata.put(key, text);
      }
    }
    if (metadata.remove(Model.FINGERPRINT) != null) {
      metadata.put(Model.FINGERPRINT, Fingerprint.of(EnsembleModel.trained(model.network())));
    }
    return metadata;
  }
}
