package lamella.examples;

import static lamella.core.io.FileFormatException.quote;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import lamella.core.DType;
import lamella.core.Network;
import lamella.core.Predictor;
import lamella.core.Shape;
import lamella.core.io.FileFormatException;
import lamella.onnx.OnnxArray;
import lamella.onnx.OnnxType;
import lamella.onnx.OnnxValue;

/**
 * A network as a function of named arrays: of {@code input}, which has a row for each example, it
 * gives {@code output}.
 */
final class NetworkModel implements RunnableModel {
  private static final String INPUT = "input";
  private static final String OUTPUT = "output";

  private final Network network;
  private final Predictor predictor;
  private final List<String> notes;

  private NetworkModel(Network network, List<String> notes, boolean packed) {
    this.network = network;
    this.notes = notes;
    this.predictor = Predictor.of(network).withPackedWeights(packed);
  }

  /**
   * Reads a file.
   *
   * @param outputs none, or its one output
   * @param packed whether weights are kept packed as well
   * @throws IOException if it is damaged, no model, or has no such output; says what is wrong
   */
  static NetworkModel read(Path file, List<String> outputs, boolean packed) throws IOException {
    for (String name : outputs) {
      if (!name.equals(OUTPUT)) {
        throw new FileFormatException(
            file.toString(), "no output " + quote(name) + ", has " + quote(OUTPUT));
      }
    }
    OpenModel model = OpenModel.read(file);
    return new NetworkModel(
        model.network(),
        model.table() == null
            ? List.of()
            : List.of(
                "a model of a table, which takes the numbers of encoded rows here; 'lamella table"
                    + " predict' takes rows of CSV"),
        packed);
  }

  @Override
  public List<String> notes() {
    return notes;
  }

  @Override
  public List<OnnxValue> inputs() {
    return List.of(value(INPUT, network.inputShape()));
  }

  @Override
  public List<OnnxValue> outputs() {
    return List.of(value(OUTPUT, network.outputShape()));
  }

  /** Many examples of this shape. */
  private OnnxValue value(String name, Shape example) {
    List<OnnxValue.Dimension> dimensions = new ArrayList<>();
    dimensions.add(new OnnxValue.Dimension(OnnxValue.Dimension.OPEN, "n"));
    for (int axis = 0; axis < example.rank(); axis++) {
      dimensions.add(new OnnxValue.Dimension(example.dimension(axis), ""));
    }
    OnnxType type = network.dtype() == DType.FLOAT64 ? OnnxType.DOUBLE : OnnxType.FLOAT;
    return new OnnxValue(name, type, dimensions, network.dtype().toString());
  }

  @Override
  public Map<String, OnnxArray> run(Map<String, OnnxArray> inputs) {
    OnnxArray input = inputs.get(INPUT);
    if (input == null) {
      throw new IllegalArgumentException(INPUT + ": expected an array, got none");
    }
    return Map.of(OUTPUT, OnnxArray.of(predictor.outputs(input.tensor())));
  }

  /** The network. */
  @Override
  public String toString() {
    return network.toString();
  }
}
