package lamella.examples.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import lamella.core.DoubleTensor;
import lamella.core.Network;
import lamella.core.onnx.OnnxExport;
import lamella.examples.Model;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code lamella export}. */
@Command(
    name = "export",
    abbreviateSynopsis = true,
    sortOptions = false,
    description = {
      "Writes a trained model as an ONNX file, which most other runtimes open.",
      "",
      "Its input 'pixels' is [batch, 3072]: images of 32 x 32 pixels row by row, red, green and blue of each, as numbers"
          + " from 0 to 255. Its output 'logits' has a column for each class.",
      ""
    })
final class ExportCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--model",
      paramLabel = "FILE",
      required = true,
      description = "A model.safetensors that 'lamella train' wrote.")
  private Path model = Path.of("");

  @Option(
      names = "--onnx",
      paramLabel = "FILE",
      required = true,
      description = "The file to write; one that is there is replaced.")
  private Path onnx = Path.of("");

  @Option(
      names = "--softmax",
      description = "Add softmax: the output is then called 'probabilities'.")
  private boolean softmax;

  @Option(
      names = "--no-mean",
      description =
          "Leave the mean image out: the input is then called 'centred', pixels less the mean.")
  private boolean noMean;

  ExportCommand() {}

  @Override
  public Integer call() throws IOException {
    Model trained = Model.read(model);
    Network network = trained.network().network();
    String input = noMean ? "centred" : "pixels";
    String output = softmax ? "probabilities" : "logits";
    OnnxExport export =
        OnnxExport.of(network)
            .withNames(input, output)
            .withProducer("lamella", Lamella.versionOfLamella())
            .withMetadata(metadata(trained));
    if (!noMean) {
      export = export.withMean(DoubleTensor.of(network.inputShape(), trained.mean().values()));
    }
    if (softmax) {
      export = export.withSoftmax();
    }
    export.write(onnx);
    Output.of(spec)
        .printf(
            "wrote %s: %s %s[batch, %d] -> %s [batch, %d]%n",
            onnx,
            input,
            trained.network().dtype(),
            network.inputShape().last(),
            output,
            network.outputShape().last());
    return 0;
  }

  /** What the model file says of itself. */
  private static Map<String, String> metadata(Model model) {
    Map<String, String> metadata = new LinkedHashMap<>(model.origin());
    metadata.put("classes", String.join(",", model.classNames()));
    metadata.put("layout", Model.LAYOUT.toString());
    metadata.put("fingerprint", model.fingerprint());
    return metadata;
  }
}
