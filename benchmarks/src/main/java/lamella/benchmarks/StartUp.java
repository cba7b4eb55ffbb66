package lamella.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import lamella.core.Network;
import lamella.core.Predictor;
import lamella.core.Shape;
import lamella.core.io.ModelFile;
import lamella.core.io.OnnxExport;
import lamella.core.random.NumPyRandom;
import lamella.layers.Linear;
import lamella.layers.ReLU;
import lamella.onnx.OnnxImport;

/**
 * A process that reads a saved model, predicts once and ends, as a function in the cloud or a
 * command line does; {@link StartUps} times it beside others that do the same.
 */
public final class StartUp {
  /** The report's network, as each program calls its file. */
  static final String MODEL = "model.safetensors";

  static final String ONNX = "model.onnx";

  private StartUp() {}

  /**
   * {@code [--make | --onnx] DIR}: predicts with the model in it, which is made before, or read
   * from the ONNX file, if so asked.
   */
  public static void main(String[] args) throws IOException {
    Path directory = Path.of(args[args.length - 1]);
    if (args[0].equals("--make")) {
      make(directory);
    }
    Network network =
        args[0].equals("--onnx")
            ? OnnxImport.read(directory.resolve(ONNX)).network()
            : ModelFile.read(directory.resolve(MODEL)).network();
    Predictor predictor = Predictor.of(network);
    TimedProcess.fact("first class", predictor.classOf(Data.inputs(1, 3072)));
    reportMemory();
  }

  private static void make(Path directory) throws IOException {
    Files.createDirectories(directory);
    NumPyRandom random = new NumPyRandom(1);
    Network network =
        Network.of(
            Shape.of(3072), new Linear(3072, 64, random), new ReLU(), new Linear(64, 10, random));
    ModelFile.of(network).write(directory.resolve(MODEL));
    OnnxExport.of(network).withNames("x", "logits").write(directory.resolve(ONNX));
  }

  /** Prints the most memory the process ever had, in KiB, where Linux tells it. */
  public static void reportMemory() throws IOException {
    Path status = Path.of("/proc/self/status");
    List<String> lines = Files.isReadable(status) ? Files.readAllLines(status) : List.of();
    for (String line : lines) {
      if (line.startsWith("VmHWM:")) {
        TimedProcess.fact("peak memory", line.replaceAll("[^0-9]", ""));
      }
    }
  }
}
