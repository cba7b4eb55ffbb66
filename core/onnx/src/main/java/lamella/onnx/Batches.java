package lamella.onnx;

import static lamella.core.io.FileFormatException.quote;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * More or fewer examples than a file says, for graphs that can be run for that number of examples
 * only: they are run for as many at a time, and what they give is put together.
 */
final class Batches {
  /** The inputs are as the file says. */
  static final int AS_GIVEN = 0;

  private Batches() {}

  /**
   * How many examples at a time the file says that there are; {@link #AS_GIVEN} if so many are
   * given, or any number may be.
   *
   * @throws IllegalArgumentException if inputs are not as the file says otherwise
   */
  static int size(Graph graph, Map<String, OnnxArray> given) {
    boolean others = false;
    Map<String, OnnxValue> declared = declared(graph, given);
    for (OnnxValue input : declared.values()) {
      OnnxArray array = array(given, input);
      List<OnnxValue.Dimension> dimensions = input.dimensions();
      boolean fits = input.type() == null || array.type() == input.type();
      fits &= dimensions == null || dimensions.size() == array.rank();
      for (int i = 0; fits && dimensions != null && i < dimensions.size(); i++) {
        int size = dimensions.get(i).size();
        boolean same = size == OnnxValue.Dimension.OPEN || size == array.dimension(i);
        if (i == 0 && isBatch(input)) {
          others |= !same;
        } else {
          fits &= same;
        }
      }
      if (!fits) {
        throw new IllegalArgumentException(
            graph.file()
                + ": input "
                + quote(input.name())
                + ": expects "
                + input.description()
                + (isBatch(input) ? " with any number of examples" : "")
                + ", got "
                + array);
      }
    }
    return others ? common(graph, declared, given) : AS_GIVEN;
  }

  /** Of the inputs that are given. */
  private static Map<String, OnnxValue> declared(Graph graph, Map<String, OnnxArray> given) {
    Map<String, OnnxValue> declared = new LinkedHashMap<>();
    for (OnnxValue input : graph.inputs()) {
      declared.put(input.name(), input);
    }
    for (OnnxValue input : graph.defaults().values()) {
      if (given.containsKey(input.name())) {
        declared.put(input.name(), input);
      }
    }
    return declared;
  }

  private static OnnxArray array(Map<String, OnnxArray> given, OnnxValue input) {
    OnnxArray array = given.get(input.name());
    if (array == null) {
      throw new IllegalStateException(quote(input.name()) + " is not given");
    }
    return array;
  }

  /** Whether the first dimension is of a size that may be another. */
  private static boolean isBatch(OnnxValue input) {
    List<OnnxValue.Dimension> dimensions = input.dimensions();
    return dimensions != null && dimensions.size() > 1 && !dimensions.getFirst().isOpen();
  }

  /** The size that all inputs have in the file. */
  private static int common(
      Graph graph, Map<String, OnnxValue> declared, Map<String, OnnxArray> given) {
    Map<Integer, String> sizes = new TreeMap<>();
    Map<Integer, String> examples = new TreeMap<>();
    for (OnnxValue input : declared.values()) {
      List<OnnxValue.Dimension> dimensions = input.dimensions();
      if (dimensions != null && isBatch(input)) {
        sizes.put(dimensions.getFirst().size(), input.name());
        examples.put(array(given, input).dimension(0), input.name());
      }
    }
    if (sizes.size() > 1 || examples.size() > 1 || examples.containsKey(0)) {
      throw new IllegalArgumentException(
          graph.file()
              + ": other numbers of examples than the file's can be given if all inputs have one"
              + " number in the file and one when they are given; expected "
              + declared.values()
              + ", got "
              + given);
    }
    return sizes.keySet().iterator().next();
  }

  /** Runs a graph for all examples. */
  static Map<String, OnnxArray> run(
      Graph graph, Plan plan, Map<String, OnnxArray> given, int batch, long limit) {
    Map<String, OnnxValue> declared = declared(graph, given);
    int examples = 0;
    for (OnnxValue input : declared.values()) {
      examples = isBatch(input) ? array(given, input).dimension(0) : examples;
    }
    Map<String, List<OnnxArray>> parts = new LinkedHashMap<>();
    for (int first = 0; first < examples; first += batch) {
      Map<String, OnnxArray> part = new LinkedHashMap<>(given);
      for (OnnxValue input : declared.values()) {
        if (isBatch(input)) {
          part.put(input.name(), rows(array(given, input), first, batch));
        }
      }
      plan.run(part, limit)
          .forEach((name, array) -> parts.computeIfAbsent(name, n -> new ArrayList<>()).add(array));
    }
    Map<String, OnnxArray> results = new LinkedHashMap<>();
    for (Map.Entry<String, List<OnnxArray>> part : parts.entrySet()) {
      String name = part.getKey();
      Node giver = graph.node(name);
      boolean constant = plan.isConstant(name) || (giver != null && ZipMap.isLabels(giver, name));
      results.put(
          name,
          constant
              ? part.getValue().getFirst()
              : joined(graph, name, part.getValue(), batch, examples));
    }
    return results;
  }

  /** Some rows; where there are too few, the last one again. */
  private static OnnxArray rows(OnnxArray array, int first, int count) {
    int[] dimensions = array.dimensions();
    int rows = dimensions[0];
    int row = array.size() / rows;
    dimensions[0] = count;
    Object some = Numbers.make(array.type(), Math.multiplyExact(count, row));
    for (int i = 0; i < count; i++) {
      int from = Math.min(first + i, rows - 1) * row;
      System.arraycopy(array.elements(), from, some, i * row, row);
    }
    return OnnxArray.of(array.type(), some, dimensions);
  }

  private static OnnxArray joined(
      Graph graph, String name, List<OnnxArray> parts, int batch, int examples) {
    OnnxArray first = parts.getFirst();
    for (OnnxArray part : parts) {
      if (part.rank() < 1
          || part.dimension(0) != batch
          || !part.toString().equals(first.toString())) {
        throw new IllegalArgumentException(
            graph.file()
                + ": output "
                + quote(name)
                + " is "
                + part
                + " and so has no row for each of "
                + batch
                + " examples: other numbers of them than the file's cannot be given");
      }
    }
    int[] dimensions = first.dimensions();
    int row = first.size() / batch;
    dimensions[0] = examples;
    Object all = Numbers.make(first.type(), Math.multiplyExact(examples, row));
    for (int i = 0; i < parts.size(); i++) {
      int rows = Math.min(batch, examples - i * batch);
      System.arraycopy(parts.get(i).elements(), 0, all, i * batch * row, rows * row);
    }
    return OnnxArray.of(first.type(), all, dimensions);
  }
}
