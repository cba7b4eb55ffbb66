package lamella.onnx;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The operators that can be computed, in all of their versions. */
final class Operators {
  private Operators() {}

  /** The operator of a node; null if there is none, or none of this version. */
  static @Nullable Operator of(Node node) {
    if (!node.domain().isEmpty()) {
      return null;
    }
    return switch (node.operator()) {
      case "Identity" ->
          (which, inputs) -> {
            OnnxArray input = inputs.getFirst();
            if (input == null) {
              throw which.wrong("an input expected, found none");
            }
            return List.of(input);
          };
      default -> null;
    };
  }
}
