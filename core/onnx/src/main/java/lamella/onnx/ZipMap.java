package lamella.onnx;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The operator that gives each example's probabilities as a map by the classes' labels. Here its
 * output is the array of probabilities itself, a row for each example, and beside it there is one
 * more, the labels of the columns, whose name has {@code _labels} at its end.
 *
 * <p>Source: {@code ai.onnx.ml.ZipMap}, version 1.
 */
final class ZipMap {
  private static final String LABELS = "_labels";

  private ZipMap() {}

  static boolean is(Node node) {
    return node.domain().equals(Node.ML) && node.operator().equals("ZipMap");
  }

  /** Whether a value is the labels, the same for all examples. */
  static boolean isLabels(Node node, String output) {
    return is(node) && node.outputs().indexOf(output) == 1;
  }

  /** The same node with its second output; any other as it is. */
  static Node withLabels(Node node) {
    if (!is(node) || node.outputs().size() != 1) {
      return node;
    }
    String output = node.outputs().getFirst();
    return new Node(
        node.number(),
        node.name(),
        node.domain(),
        node.operator(),
        node.opset(),
        node.inputs(),
        List.of(output, output + LABELS),
        node.attributes());
  }

  /** What is known of its outputs. */
  static List<OnnxValue> values(Node node) {
    String name = node.outputs().getFirst();
    OnnxArray labels;
    try {
      labels = labels(node);
    } catch (IllegalArgumentException e) {
      return List.of(new OnnxValue(name, null, null, "of unknown type")); // running says why
    }
    OnnxValue.Dimension classes = new OnnxValue.Dimension(labels.size(), "");
    OnnxValue.Dimension examples = new OnnxValue.Dimension(OnnxValue.Dimension.OPEN, "");
    return List.of(
        new OnnxValue(name, OnnxType.FLOAT, List.of(examples, classes), OnnxType.FLOAT.toString()),
        new OnnxValue(name + LABELS, labels.type(), List.of(classes), labels.type().toString()));
  }

  /** The operator. */
  static List<OnnxArray> apply(Node node, List<@Nullable OnnxArray> inputs) {
    OnnxArray probabilities = inputs.isEmpty() ? null : inputs.getFirst();
    OnnxArray labels = labels(node);
    if (probabilities == null
        || probabilities.rank() < 1
        || probabilities.dimension(-1) != labels.size()) {
      throw node.wrong(
          "a probability for each of "
              + labels.size()
              + " classes expected in each row, got "
              + probabilities);
    }
    return List.of(
        probabilities.rank() == 1 ? probabilities.reshaped(1, labels.size()) : probabilities,
        labels);
  }

  private static OnnxArray labels(Node node) {
    String[] texts = node.texts("classlabels_strings");
    if (texts != null) {
      return OnnxArray.of(texts, texts.length);
    }
    long[] numbers = node.integers("classlabels_int64s");
    if (numbers == null) {
      throw node.wrong("labels of classes expected as an attribute, found none");
    }
    return OnnxArray.of(OnnxType.INT64, numbers, numbers.length);
  }
}
