package lamella.onnx;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URLDecoder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A node, its inputs and the outputs that it must have, as operators_golden.py writes them.
 *
 * @param line where it begins in the file
 */
record OperatorCase(
    int line, Node node, List<@Nullable OnnxArray> inputs, List<OnnxArray> outputs) {

  static List<OperatorCase> read(BufferedReader file) throws IOException {
    List<OperatorCase> cases = new ArrayList<>();
    int number = 0;
    for (String line = file.readLine(); line != null; line = file.readLine()) {
      number++;
      String[] words = line.split(" ", -1);
      if (words[0].equals("case")) {
        cases.add(begun(number, words));
        continue;
      }
      OperatorCase last = cases.getLast();
      String[] array = Arrays.copyOfRange(words, 1, words.length);
      if (words[0].equals("in")) {
        last.inputs.add(array[0].equals("-") ? null : array(array));
        last.node.inputs().add(array[0].equals("-") ? "" : "in" + last.inputs.size());
      } else {
        last.outputs.add(array(array));
        last.node.outputs().add("out" + last.outputs.size());
      }
    }
    return cases;
  }

  private static OperatorCase begun(int line, String[] words) {
    String domain = "";
    Map<String, Object> attributes = new LinkedHashMap<>();
    for (int i = 3; i < words.length; i++) {
      int equals = words[i].indexOf('=');
      if (equals < 0) {
        domain = words[i];
      } else {
        attributes.put(words[i].substring(0, equals), attribute(words[i].substring(equals + 1)));
      }
    }
    Node node =
        new Node(
            0,
            "n" + line,
            domain,
            words[1],
            Integer.parseInt(words[2]),
            new ArrayList<>(),
            new ArrayList<>(),
            attributes);
    return new OperatorCase(line, node, new ArrayList<>(), new ArrayList<>());
  }

  private static Object attribute(String text) {
    int colon = text.indexOf(':');
    String value = text.substring(colon + 1);
    List<String> values = value.isEmpty() ? List.of() : List.of(value.split(";", -1));
    return switch (text.substring(0, colon)) {
      case "f" -> (float) number(value);
      case "i" -> Long.valueOf(value);
      case "s" -> text(value);
      case "fs" -> values.stream().map(v -> (float) number(v)).toList();
      case "is" -> values.stream().map(Long::valueOf).toList();
      case "ss" -> values.stream().map(OperatorCase::text).toList();
      default -> array(value.split(";", -1));
    };
  }

  private static String text(String encoded) {
    return URLDecoder.decode(encoded.substring(1).replace("+", "%2B"), UTF_8);
  }

  private static double number(String text) {
    return switch (text) {
      case "nan" -> Double.NaN;
      case "inf" -> Double.POSITIVE_INFINITY;
      case "-inf" -> Double.NEGATIVE_INFINITY;
      default -> Double.parseDouble(text);
    };
  }

  private static float single(String text) {
    return Character.isLetter(text.charAt(text.length() - 1))
        ? (float) number(text)
        : Float.parseFloat(text);
  }

  private static OnnxArray array(String[] words) {
    int bracket = words[0].indexOf('[');
    String name = words[0].substring(0, bracket);
    String sizes = words[0].substring(bracket + 1, words[0].length() - 1);
    int[] dimensions =
        sizes.isEmpty()
            ? new int[0]
            : Arrays.stream(sizes.split(",")).mapToInt(Integer::parseInt).toArray();
    OnnxType type =
        Arrays.stream(OnnxType.values())
            .filter(t -> t.toString().equals(name))
            .findFirst()
            .orElseThrow();
    Object elements = Numbers.make(type, words.length - 1);
    for (int i = 0; i < words.length - 1; i++) {
      String word = words[i + 1];
      switch (elements) {
        case float[] floats -> floats[i] = single(word);
        case double[] doubles -> doubles[i] = number(word);
        case long[] longs ->
            longs[i] =
                type == OnnxType.UINT64 ? Long.parseUnsignedLong(word) : Long.parseLong(word);
        default -> ((String[]) elements)[i] = text(word);
      }
    }
    return OnnxArray.of(type, elements, dimensions);
  }

  /** What the node gives. */
  List<OnnxArray> computed() {
    Operator operator = Operators.of(node);
    if (operator == null) {
      throw node.wrong(Operators.reason(node));
    }
    return operator.apply(node, inputs);
  }

  /** How one array differs from another by more than is allowed; empty if it does not. */
  static String difference(OnnxArray expected, OnnxArray found, DoubleUnaryOperator allowed) {
    if (!expected.toString().equals(found.toString())) {
      return "expected " + expected + ", found " + found;
    }
    for (int i = 0; i < expected.size(); i++) {
      boolean same;
      if (expected.type().isFloat()) {
        double e = Numbers.at(expected, i);
        double f = Numbers.at(found, i);
        same =
            Double.isNaN(e)
                ? Double.isNaN(f)
                : e == f || Math.abs(e - f) <= allowed.applyAsDouble(e);
      } else if (expected.type() == OnnxType.STRING) {
        same = expected.strings()[i].equals(found.strings()[i]);
      } else {
        same = expected.longs()[i] == found.longs()[i];
      }
      if (!same) {
        return "element "
            + i
            + ": expected "
            + element(expected, i)
            + ", found "
            + element(found, i);
      }
    }
    return "";
  }

  private static Object element(OnnxArray array, int index) {
    return switch (array.type().storage()) {
      case FLOATS -> array.floats()[index];
      case DOUBLES -> array.doubles()[index];
      case LONGS -> array.longs()[index];
      case STRINGS -> array.strings()[index];
    };
  }
}
