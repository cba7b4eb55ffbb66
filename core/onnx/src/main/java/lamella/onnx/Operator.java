package lamella.onnx;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What computes the outputs of a node from its inputs. Without state: any thread may use it. */
@FunctionalInterface
interface Operator {

  /**
   * Computes the outputs.
   *
   * @param node with its attributes
   * @param inputs in the node's order; null for one that is left out. Not changed
   * @return as many as the node has outputs, or more; they may share the elements of an input
   * @throws IllegalArgumentException by {@link Node#wrong} if the inputs do not fit
   */
  List<OnnxArray> apply(Node node, List<@Nullable OnnxArray> inputs);
}
