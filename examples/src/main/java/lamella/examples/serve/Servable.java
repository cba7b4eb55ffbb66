package lamella.examples.serve;

import java.io.IOException;
import java.nio.file.Path;
import lamella.core.io.FileFormatException;
import lamella.examples.ModelKind;
import lamella.onnx.OnnxModel;

/** A model that a service answers for. */
public sealed interface Servable permits ServedModel, ServedGraph {
  /**
   * Reads a file: of a network, or of an ONNX graph that is none. Outputs of a graph that need
   * nodes that are not supported are left out, if there are others.
   *
   * @param name the model's, by which it is asked
   * @param file a model file
   * @param packed whether a network keeps its weights a second time, as they are read fastest
   * @throws FileFormatException if it is damaged or its parts do not fit; says what is wrong
   * @throws IOException if it cannot be read
   */
  static Servable read(String name, Path file, boolean packed) throws IOException {
    try {
      return ServedModel.read(name, file, packed);
    } catch (FileFormatException e) {
      if (ModelKind.of(file) == ModelKind.ONNX) {
        OnnxModel graph = OnnxModel.read(file);
        String[] outputs = graph.supportedOutputs().toArray(String[]::new);
        if (outputs.length > 0) {
          return new ServedGraph(name, graph.withOutputs(outputs));
        }
      }
      throw e;
    }
  }

  /** A file's name without its ending. */
  static String nameOf(Path file) {
    String name = file.toAbsolutePath().normalize().getFileName().toString();
    int point = name.lastIndexOf('.');
    return point > 0 ? name.substring(0, point) : name;
  }

  /** The name by which it is asked. */
  String name();

  /** Its name, what goes in and what comes out, as a JSON object. */
  String description();

  /** What goes in and what comes out, as a JSON object of the Open Inference Protocol. */
  String metadata();

  /**
   * Computes something, so that those who ask later do not wait for classes to be loaded and loops
   * to be compiled.
   *
   * @throws ArithmeticException if it cannot predict; says why
   */
  void warmUp();
}
