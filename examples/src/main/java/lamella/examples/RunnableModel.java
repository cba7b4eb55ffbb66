package lamella.examples;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import lamella.onnx.OnnxArray;
import lamella.onnx.OnnxValue;

/** A model as a function of named arrays. */
public interface RunnableModel {

  /**
   * Reads a model file of any kind.
   *
   * @param outputs what is to be computed: outputs, or what an ONNX graph computes on the way; all
   *     outputs if none is named
   * @param packed whether a network's weights are kept packed as well, which takes twice the memory
   * @throws IOException if it is damaged, no model, has no such output, or cannot be read; says
   *     what is wrong
   */
  static RunnableModel read(Path file, List<String> outputs, boolean packed) throws IOException {
    return ModelKind.of(file) == ModelKind.ONNX
        ? GraphModel.read(file, outputs)
        : NetworkModel.read(file, outputs, packed);
  }

  /** What it is given. */
  List<OnnxValue> inputs();

  /** What it may be given. */
  default List<OnnxValue> optionalInputs() {
    return List.of();
  }

  /** What it gives. */
  List<OnnxValue> outputs();

  /** What the user should know of it, in lines. */
  default List<String> notes() {
    return List.of();
  }

  /**
   * Computes the outputs.
   *
   * @param inputs by name
   * @return the outputs by name
   * @throws IllegalArgumentException if an input does not fit; names it and what was expected
   */
  Map<String, OnnxArray> run(Map<String, OnnxArray> inputs);
}
