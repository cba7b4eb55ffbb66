package lamella.examples;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import lamella.core.io.FileFormatException;
import lamella.onnx.OnnxArray;
import lamella.onnx.OnnxModel;
import lamella.onnx.OnnxValue;

/** An ONNX model as a function of named arrays: of its own inputs it gives its own outputs. */
final class GraphModel implements RunnableModel {
  private final OnnxModel model;
  private final List<String> notes;

  private GraphModel(OnnxModel model, List<String> notes) {
    this.model = model;
    this.notes = notes;
  }

  /**
   * Reads a file.
   *
   * @param outputs any values of the graph; none for its outputs, but for those that cannot be
   *     computed
   * @throws IOException if it is damaged, has no such value, or none can be computed; says why
   */
  static GraphModel read(Path file, List<String> outputs) throws IOException {
    OnnxModel whole = OnnxModel.read(file);
    OnnxModel model = outputs.isEmpty() ? whole : withOutputs(whole, outputs);
    List<String> supported = model.supportedOutputs();
    if (supported.size() == model.outputs().size()) {
      return new GraphModel(model, List.of());
    }
    List<OnnxModel.Unsupported> unsupported = model.unsupported();
    String why =
        unsupported.isEmpty()
            ? "its type is not one of arrays"
            : unsupported.getFirst()
                + (unsupported.size() > 1 ? ", and " + (unsupported.size() - 1) + " more" : "");
    if (supported.isEmpty() || !outputs.isEmpty()) {
      throw new FileFormatException(
          file.toString(),
          "cannot be computed: "
              + why
              + "; 'lamella describe' lists the values that --output can name instead");
    }
    List<String> left = new ArrayList<>();
    for (OnnxValue output : model.outputs()) {
      if (!supported.contains(output.name())) {
        left.add(output.name());
      }
    }
    return new GraphModel(
        withOutputs(model, supported),
        List.of("leaving out " + String.join(", ", left) + ", which cannot be computed: " + why));
  }

  private static OnnxModel withOutputs(OnnxModel model, List<String> names)
      throws FileFormatException {
    try {
      return model.withOutputs(names.toArray(String[]::new));
    } catch (IllegalArgumentException e) {
      throw new FileFormatException(model.file(), problem(model, e));
    }
  }

  /** What a model's message says behind the file's name. */
  private static String problem(OnnxModel model, IllegalArgumentException e) {
    String message = String.valueOf(e.getMessage());
    String file = model.file() + ": ";
    return message.startsWith(file) ? message.substring(file.length()) : message;
  }

  @Override
  public List<OnnxValue> inputs() {
    return model.inputs();
  }

  @Override
  public List<OnnxValue> optionalInputs() {
    return model.optionalInputs();
  }

  @Override
  public List<OnnxValue> outputs() {
    return model.outputs();
  }

  @Override
  public List<String> notes() {
    return notes;
  }

  @Override
  public Map<String, OnnxArray> run(Map<String, OnnxArray> inputs) {
    try {
      return model.run(inputs);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(problem(model, e), e);
    }
  }

  /** The file, its inputs and outputs. */
  @Override
  public String toString() {
    return model.toString();
  }
}
