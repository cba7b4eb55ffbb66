package lamella.onnx;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import lamella.core.Layer;
import lamella.core.Parameter;
import lamella.core.Pass;
import lamella.core.Shape;
import lamella.core.ShapeException;
import lamella.core.Tensor;
import lamella.core.io.FileFormatException;

/**
 * Nodes of an ONNX model that no layer is made of, computed one by one as the model has them. For
 * prediction: it has no backward, is no part of a model file, and is not exported.
 *
 * <p><b>Shapes:</b> as the model has them.
 *
 * <p><b>Parameters:</b> the model's constants that these nodes need; all are statistics, which
 * training leaves alone.
 */
public final class OperatorLayer implements Layer {
  /** Beyond so many operators, only their number is printed. */
  private static final int PRINTED = 5;

  private final Plan plan;
  private final List<Node> nodes;
  private final String from;
  private final String to;
  private final OnnxType type;
  private final Shape input;
  private final Shape output;

  /** The dimensions of an example in the file. */
  private final int[] dimensions;

  /** How many examples the graph is run for at once; 0 for any number. */
  private final int batch;

  private final boolean hasBatch;
  private final List<Parameter> parameters;

  OperatorLayer(Values values, String from, String to, Shape input, Shape output)
      throws FileFormatException {
    this.from = from;
    this.to = to;
    this.input = input;
    this.output = output;
    this.batch = values.batch();
    this.hasBatch = values.hasBatch();
    Shape example = values.example(from);
    OnnxType own = values.type(from);
    if (example == null || own == null) {
      throw new IllegalStateException(from + ": is not known");
    }
    OnnxType inFile = values.input().type();
    boolean half = inFile == OnnxType.FLOAT16 || inFile == OnnxType.BFLOAT16;
    this.type = half && inFile != null ? inFile : own;
    this.dimensions = new int[example.rank()];
    Arrays.setAll(dimensions, example::dimension);
    this.nodes = Plan.needed(values.graph(), List.of(to), Set.of(from));
    this.parameters = half ? List.of() : parameters(values);
    Set<String> given = new HashSet<>(Set.of(from));
    parameters.forEach(parameter -> given.add(parameter.name()));
    try {
      this.plan = new Plan(values.graph(), List.of(to), given);
    } catch (FileFormatException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      throw FileFormatException.because(
          values.graph().file(), "", new IllegalArgumentException(e.getMessage(), e));
    }
  }

  /** A copy of a layer, with parameters of its own. */
  private OperatorLayer(OperatorLayer other) {
    this.plan = other.plan;
    this.nodes = other.nodes;
    this.from = other.from;
    this.to = other.to;
    this.type = other.type;
    this.input = other.input;
    this.output = other.output;
    this.dimensions = other.dimensions;
    this.batch = other.batch;
    this.hasBatch = other.hasBatch;
    List<Parameter> copies = new ArrayList<>();
    for (Parameter parameter : other.parameters) {
      copies.add(new Parameter(parameter.name(), parameter.role(), parameter.value().copy()));
    }
    this.parameters = List.copyOf(copies);
  }

  private List<Parameter> parameters(Values values) throws FileFormatException {
    Set<String> names = new LinkedHashSet<>();
    nodes.forEach(node -> names.addAll(node.inputs()));
    List<Parameter> found = new ArrayList<>();
    for (String name : names) {
      if (values.graph().isConstant(name) && !name.equals(from)) {
        OnnxArray array = values.array(name);
        boolean floats = array.type() == OnnxType.FLOAT || array.type() == OnnxType.DOUBLE;
        if (floats && array.size() > 1) {
          found.add(new Parameter(name, Parameter.Role.STATISTIC, values.tensor(name)));
        }
      }
    }
    return List.copyOf(found);
  }

  /** {@return the names of the operators, in the order in which they are computed} */
  public List<String> operators() {
    return nodes.stream().map(Node::operator).toList();
  }

  @Override
  public List<Parameter> parameters() {
    return parameters;
  }

  @Override
  public Shape outputShape(Shape shape) {
    Shape expected = input.openBatch();
    if (!expected.accepts(shape)) {
      throw new ShapeException(this, expected, shape);
    }
    return shape.isOpen() ? output.openBatch() : output.batch(shape.dimension(0));
  }

  @Override
  public OperatorLayer copy(UnaryOperator<Layer> copies) {
    return new OperatorLayer(this);
  }

  @Override
  public Tensor forward(Tensor x, Pass pass) {
    Tensor y = pass.output(this, x);
    int n = x.shape().dimension(0);
    int step = !hasBatch ? 1 : batch == 0 ? n : batch;
    for (int row = 0; row < n; row += step) {
      OnnxArray result = run(x, row, step);
      int rows = Math.min(step, n - row);
      if (result.size() != step * output.size()) {
        throw new IllegalStateException(
            this + ": expects " + output + " of each of " + step + " examples, computed " + result);
      }
      int at = row * output.size();
      int count = rows * output.size();
      switch (result.type().storage()) {
        case FLOATS -> {
          for (int i = 0; i < count; i++) {
            y.set(at + i, result.floats()[i]);
          }
        }
        case DOUBLES -> {
          for (int i = 0; i < count; i++) {
            y.set(at + i, result.doubles()[i]);
          }
        }
        default -> throw new IllegalStateException(this + ": computed " + result);
      }
    }
    return y;
  }

  /** Runs the graph for some rows; those that are not there are rows of zeros. */
  private OnnxArray run(Tensor x, int row, int rows) {
    int size = rows * input.size();
    int first = row * input.size();
    int there = Math.min(size, x.size() - first);
    int[] shape = new int[dimensions.length + (hasBatch ? 1 : 0)];
    shape[0] = rows;
    System.arraycopy(dimensions, 0, shape, hasBatch ? 1 : 0, dimensions.length);
    OnnxArray array =
        switch (type.storage()) {
          case DOUBLES -> {
            double[] numbers = new double[size];
            for (int i = 0; i < there; i++) {
              numbers[i] = x.get(first + i);
            }
            yield OnnxArray.of(numbers, shape);
          }
          case FLOATS -> {
            float[] numbers = new float[size];
            for (int i = 0; i < there; i++) {
              numbers[i] = (float) x.get(first + i);
            }
            yield Numbers.rounded(type, numbers, shape);
          }
          default -> {
            long[] numbers = new long[size];
            for (int i = 0; i < there; i++) {
              numbers[i] = (long) x.get(first + i);
            }
            yield OnnxArray.of(type, numbers, shape);
          }
        };
    Map<String, OnnxArray> given = new HashMap<>();
    given.put(from, array);
    for (Parameter parameter : parameters) {
      given.put(parameter.name(), OnnxArray.of(parameter.value()));
    }
    OnnxArray result = plan.run(given, Room.usual()).get(to);
    if (result == null) {
      throw new IllegalStateException(this + ": " + to + " is not computed");
    }
    return result;
  }

  /**
   * Refuses.
   *
   * @throws UnsupportedOperationException always
   */
  @Override
  public Tensor backward(Tensor outputGradient, Pass pass) {
    throw new UnsupportedOperationException(
        this
            + ": computes operators of an ONNX model as they are, and has no gradient; a network"
            + " can be trained from the layers behind it, or of its own layers alone");
  }

  /** For example {@code OperatorLayer(Split, Tanh)}. */
  @Override
  public String toString() {
    String names =
        nodes.size() > PRINTED
            ? nodes.size() + " operators"
            : nodes.stream().map(Node::operator).collect(Collectors.joining(", "));
    return "OperatorLayer(" + names + ")";
  }
}
