package lamella.onnx;

import static lamella.core.io.FileFormatException.plain;
import static lamella.core.io.FileFormatException.quote;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A node of a graph: an operator, and the names of what it is applied to and of what it gives.
 *
 * @param number how many nodes come before it in the file
 * @param name of its own; often empty
 * @param domain of the operator; empty for ONNX's own, {@code ai.onnx.ml} for that of machine
 *     learning
 * @param operator for example {@code Gemm}
 * @param opset the version of the domain's operators that the model asks for
 * @param inputs names of values; empty for one that is left out
 * @param outputs likewise
 * @param attributes each a Float, Long, String, OnnxArray, a List of Float, Long or String, or
 *     {@link #UNREADABLE}
 */
record Node(
    int number,
    String name,
    String domain,
    String operator,
    int opset,
    List<String> inputs,
    List<String> outputs,
    Map<String, Object> attributes) {

  /** What an attribute has that no operator here asks for: a graph, for example. */
  static final Object UNREADABLE = new Object();

  /** ONNX's domain for machine learning, of which scikit-learn's exporter makes use. */
  static final String ML = "ai.onnx.ml";

  boolean has(String attribute) {
    return attributes.containsKey(attribute);
  }

  float number(String attribute, float otherwise) {
    return attributes.get(attribute) == null ? otherwise : get(attribute, Float.class, "a float");
  }

  long integer(String attribute, long otherwise) {
    return attributes.get(attribute) == null ? otherwise : get(attribute, Long.class, "an integer");
  }

  String text(String attribute, String otherwise) {
    return attributes.get(attribute) == null ? otherwise : get(attribute, String.class, "a text");
  }

  /** An attribute that is an array; null where it is left out. */
  @Nullable OnnxArray array(String attribute) {
    return attributes.get(attribute) == null ? null : get(attribute, OnnxArray.class, "an array");
  }

  /** An attribute that is some integers; null where it is left out. */
  long @Nullable [] integers(String attribute) {
    List<?> list = list(attribute, Long.class, "integers");
    return list == null ? null : list.stream().mapToLong(Long.class::cast).toArray();
  }

  /** An attribute that is some floats; null where it is left out. */
  float @Nullable [] numbers(String attribute) {
    List<?> list = list(attribute, Float.class, "floats");
    if (list == null) {
      return null;
    }
    float[] numbers = new float[list.size()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = (Float) list.get(i);
    }
    return numbers;
  }

  /** An attribute that is some texts; null where it is left out. */
  String @Nullable [] texts(String attribute) {
    List<?> list = list(attribute, String.class, "texts");
    return list == null ? null : list.stream().map(String.class::cast).toArray(String[]::new);
  }

  private @Nullable List<?> list(String attribute, Class<?> of, String expected) {
    if (attributes.get(attribute) == null) {
      return null;
    }
    List<?> list = get(attribute, List.class, expected);
    if (!list.stream().allMatch(of::isInstance)) {
      throw wrong(expected + " expected as attribute " + quote(attribute));
    }
    return list;
  }

  private <T> T get(String attribute, Class<T> as, String expected) {
    Object value = attributes.get(attribute);
    if (!as.isInstance(value)) {
      throw wrong(expected + " expected as attribute " + quote(attribute));
    }
    return as.cast(value);
  }

  /** Something about this node that is not as its operator expects it. */
  IllegalArgumentException wrong(String problem) {
    return new IllegalArgumentException(who() + ": " + problem);
  }

  /** For example {@code node "0.Gemm" Gemm}. */
  String who() {
    return "node "
        + (name.isEmpty() ? "" : quote(name) + " ")
        + (domain.isEmpty() ? "" : plain(domain) + ".")
        + plain(operator);
  }
}
