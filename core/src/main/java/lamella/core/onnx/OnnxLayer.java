package lamella.core.onnx;

import lamella.core.Layer;

/**
 * A layer that can be exported to ONNX.
 *
 * <p>A layer that is one of ONNX's operators says so in a line:
 *
 * {@snippet :
 * public String toOnnx(OnnxGraph graph, String input) {
 *   return graph.node("Softplus", input);
 * }
 * }
 */
public interface OnnxLayer extends Layer {

  /**
   * Adds to the graph what computes this layer's output.
   *
   * @param graph to be added to
   * @param input the name of the layer's input
   * @return the name of the layer's output: of a node, or the input itself
   */
  String toOnnx(OnnxGraph graph, String input);
}
