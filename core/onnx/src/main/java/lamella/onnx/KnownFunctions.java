package lamella.onnx;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import lamella.core.Activation;
import lamella.core.DType;
import lamella.core.DoubleTensor;
import lamella.core.Elementwise;
import lamella.core.Layer;
import lamella.core.Pass;
import lamella.core.Shape;
import lamella.core.Tensor;
import lamella.core.io.FileFormatException;
import lamella.core.io.LayerFormat;
import org.jspecify.annotations.Nullable;

/**
 * Finds functions of single numbers by what they compute: nodes that make one number of each number
 * are computed at many places and compared with the layers that formats make without arguments.
 * However a program spells GELU, it is found.
 */
final class KnownFunctions {
  /** Longer functions are not looked for. */
  private static final int MOST_NODES = 24;

  // A function may differ by so much, absolute and relative, as rounding lets it.
  private static final double FLOAT32 = 2e-6;
  private static final double FLOAT64 = 1e-11;

  /** Beyond, what is written may overflow where the layer does not. */
  private static final double FAR = 30;

  private static final int FEW = 8;

  /** Operators that make one number of each number. */
  private static final Set<String> OPERATORS =
      Set.of(
          "Abs",
          "Add",
          "And",
          "Cast",
          "Celu",
          "Clip",
          "Div",
          "Elu",
          "Erf",
          "Exp",
          "Gelu",
          "Greater",
          "GreaterOrEqual",
          "HardSigmoid",
          "HardSwish",
          "Identity",
          "LeakyRelu",
          "Less",
          "LessOrEqual",
          "Log",
          "Max",
          "Min",
          "Mish",
          "Mul",
          "Neg",
          "Not",
          "Or",
          "PRelu",
          "Pow",
          "Reciprocal",
          "Relu",
          "Selu",
          "Sigmoid",
          "Sign",
          "Sin",
          "Cos",
          "Atan",
          "Softplus",
          "Softsign",
          "Sqrt",
          "Sub",
          "Sum",
          "Swish",
          "Tanh",
          "ThresholdedRelu",
          "Where");

  /** A layer and the name of its input. */
  record Found(Layer layer, String input) {}

  private final Values values;
  private final List<LayerFormat<?>> formats;
  private final Tensor places;

  /** The first of them. */
  private final Tensor few;

  private final Pass pass = Pass.forInference();
  private @Nullable List<Supplier<? extends Layer>> suppliers;

  /** Those made so far. */
  private final List<@Nullable Layer> layers = new ArrayList<>();

  /** What they are at the first places. */
  private final List<double[]> known = new ArrayList<>();

  KnownFunctions(Values values, DType dtype, List<LayerFormat<?>> formats) {
    this.values = values;
    this.formats = formats;
    double[] all = numbers();
    this.places = DoubleTensor.of(Shape.of(all.length), all).to(dtype);
    this.few = DoubleTensor.of(Shape.of(FEW), Arrays.copyOf(all, FEW)).to(dtype);
  }

  /** Whether a layer is a function of single numbers. */
  static boolean isFunction(Layer layer) {
    return (layer instanceof Activation || layer instanceof Elementwise)
        && layer.parameters().isEmpty();
  }

  /** The function of most nodes that ends with the one that gives a value; null if none does. */
  @Nullable Found find(String value) throws FileFormatException {
    Set<String> open = new HashSet<>(Set.of(value));
    // Where all nodes up to there are a function of one value: its name, and how many nodes.
    Deque<Map.Entry<String, Integer>> beginnings = new ArrayDeque<>();
    List<Node> order = new ArrayList<>();
    while (order.size() < MOST_NODES) {
      String last = "";
      for (String each : open) {
        last = last.isEmpty() || values.position(each) > values.position(last) ? each : last;
      }
      Node node = values.node(last);
      if (node == null || !isElementwise(node, last)) {
        break;
      }
      open.remove(last);
      for (String input : node.inputs()) {
        if (!input.isEmpty() && !values.isConstant(input)) {
          open.add(input);
        }
      }
      order.add(node);
      if (open.size() == 1) {
        beginnings.push(Map.entry(open.iterator().next(), order.size()));
      }
    }
    for (Map.Entry<String, Integer> beginning : beginnings) {
      List<Node> part = order.subList(0, beginning.getValue());
      Layer layer = isInteresting(part) ? layer(part.reversed(), beginning.getKey(), value) : null;
      if (layer != null) {
        return new Found(layer, beginning.getKey());
      }
    }
    return null;
  }

  /** Sums and products with numbers alone are no function that anybody looks for. */
  private static boolean isInteresting(List<Node> nodes) {
    for (Node node : nodes) {
      switch (node.operator()) {
        case "Add", "Cast", "Identity", "Sub", "Neg" -> {}
        case "Div", "Mul" -> {
          if (nodes.size() > 3) {
            return true; // x times itself
          }
        }
        default -> {
          return true;
        }
      }
    }
    return false;
  }

  private boolean isElementwise(Node node, String value) throws FileFormatException {
    if (!node.domain().isEmpty()
        || !OPERATORS.contains(node.operator())
        || !node.outputs().getFirst().equals(value)) {
      return false;
    }
    for (String input : node.inputs()) {
      if (values.isConstant(input) && values.array(input).size() != 1) {
        return false;
      }
    }
    return true;
  }

  private @Nullable Layer layer(List<Node> nodes, String from, String to)
      throws FileFormatException {
    Tensor x = places;
    Map<String, OnnxArray> computed = new HashMap<>();
    computed.put(from, OnnxArray.of(x));
    for (Node node : nodes) {
      List<@Nullable OnnxArray> inputs = new ArrayList<>();
      for (String input : node.inputs()) {
        OnnxArray array = computed.get(input);
        inputs.add(array != null || input.isEmpty() ? array : number(values.array(input)));
      }
      try {
        Operator operator = values.graph().isFunction(node) ? null : Operators.of(node);
        if (operator == null) {
          return null;
        }
        computed.put(node.outputs().getFirst(), operator.apply(node, inputs).getFirst());
      } catch (IllegalArgumentException e) {
        return null; // whoever computes it is told
      }
    }
    OnnxArray array = computed.get(to);
    if (array == null || array.size() != x.size() || !array.type().isFloat()) {
      return null;
    }
    double[] y = array.tensor().toDoubleArray();
    for (int i = 0; i < suppliers().size(); i++) {
      Layer layer = layer(i);
      // Few places show that most are others.
      if (layer != null
          && isSame(few, known.get(i), y)
          && isSame(x, layer.forward(x).toDoubleArray(), y)) {
        return layer;
      }
    }
    return null;
  }

  /** The same number without dimensions, so that places of any are a vector. */
  private static OnnxArray number(OnnxArray array) {
    return array.reshaped();
  }

  private static boolean isSame(Tensor x, double[] ours, double[] theirs) {
    double tolerance = x.dtype() == DType.FLOAT32 ? FLOAT32 : FLOAT64;
    for (int i = 0; i < ours.length; i++) {
      boolean overflow = !Double.isFinite(theirs[i]) && Math.abs(x.get(i)) > FAR;
      double difference = Math.abs(ours[i] - theirs[i]);
      if (!overflow && !(difference <= tolerance + tolerance * Math.abs(ours[i]))) {
        return false;
      }
    }
    return true;
  }

  private List<Supplier<? extends Layer>> suppliers() {
    if (suppliers == null) {
      List<Supplier<? extends Layer>> all = new ArrayList<>();
      formats.forEach(format -> all.addAll(format.constructors()));
      suppliers = all;
    }
    return suppliers;
  }

  /** One of the layers; null if it is no function of single numbers. */
  private @Nullable Layer layer(int place) {
    if (place == layers.size()) {
      Layer layer = suppliers().get(place).get();
      boolean function = isFunction(layer);
      layers.add(function ? layer : null);
      known.add(function ? layer.forward(few, pass).toDoubleArray() : new double[0]);
    }
    return layers.get(place);
  }

  /** Close to each other where functions bend, and far out; first a few that tell most apart. */
  private static double[] numbers() {
    List<Double> numbers = new ArrayList<>(List.of(-3.3, -2.5, -1.0, -0.4, 0.3, 1.2, 2.9, 0.0));
    for (double x = 0.03; x < 12; x += 0.13) {
      numbers.add(x);
      numbers.add(-x);
    }
    for (double x = 1e-6; x < 1e12; x *= 1.7) {
      numbers.add(x);
      numbers.add(-x);
    }
    return numbers.stream().mapToDouble(Double::doubleValue).toArray();
  }
}
