package lamella.layers;

import java.util.List;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import lamella.core.DType;
import lamella.core.DoubleTensor;
import lamella.core.FloatTensor;
import lamella.core.Initializer;
import lamella.core.Layer;
import lamella.core.Parameter;
import lamella.core.Parameter.Role;
import lamella.core.Pass;
import lamella.core.Products;
import lamella.core.Shape;
import lamella.core.ShapeException;
import lamella.core.Tensor;
import lamella.core.io.FileFormatException;
import lamella.core.io.LayerFormat;
import lamella.core.io.OnnxNode;
import org.jspecify.annotations.Nullable;

/**
 * A dense layer: y = x W + b.
 *
 * {@snippet file="SnippetsTest.java" region="linear"}
 *
 * <p>Backward: dW += xᵀ dy, db += sum of dy's rows, dx = dy Wᵀ.
 *
 * <p><b>Shapes:</b> x {@code [n, inputs]} {@code ->} y {@code [n, outputs]}; W {@code [inputs,
 * outputs]}, b {@code [outputs]}.
 *
 * <p><b>Parameters:</b> {@code weight} (W) and {@code bias} (b, 0 at first).
 */
public final class Linear implements Layer {
  private final int inputs;
  private final int outputs;
  private final Parameter weight;
  private final Parameter bias;
  private final List<Parameter> parameters;

  /**
   * A float32 layer with weights as {@link Initializer#he} draws them.
   *
   * @param inputs the width of the input, at least 1
   * @param outputs the width of the output, at least 1
   * @param random where the numbers come from
   */
  public Linear(int inputs, int outputs, RandomGenerator random) {
    this(inputs, outputs, Initializer.he(), random);
  }

  /**
   * A float32 layer.
   *
   * @param inputs the width of the input, at least 1
   * @param outputs the width of the output, at least 1
   * @param initializer draws W in row-major order
   * @param random where the numbers come from
   */
  public Linear(int inputs, int outputs, Initializer initializer, RandomGenerator random) {
    this(DType.FLOAT32, inputs, outputs, initializer, random);
  }

  /**
   * A layer of either type.
   *
   * @param dtype the type of W and b
   * @param inputs the width of the input, at least 1
   * @param outputs the width of the output, at least 1
   * @param initializer draws W in row-major order
   * @param random where the numbers come from
   * @throws IllegalArgumentException if inputs or outputs is below 1
   */
  public Linear(
      DType dtype, int inputs, int outputs, Initializer initializer, RandomGenerator random) {
    if (inputs < 1 || outputs < 1) {
      throw new IllegalArgumentException(
          "Linear: inputs and outputs must be at least 1, got " + inputs + " -> " + outputs);
    }
    Tensor values = Tensor.zeros(dtype, Shape.of(inputs, outputs));
    initializer.fill(values, inputs, outputs, random);
    this(values, Tensor.zeros(dtype, Shape.of(outputs)));
  }

  private Linear(Tensor weight, Tensor bias) {
    this.inputs = weight.shape().dimension(0);
    this.outputs = weight.shape().dimension(1);
    this.weight = new Parameter("weight", Role.WEIGHT, weight);
    this.bias = new Parameter("bias", Role.BIAS, bias);
    this.parameters = List.of(this.weight, this.bias);
  }

  /**
   * {@return a layer with these parameters, whose tensors are used and not copied}
   *
   * @param weight W, {@code [inputs, outputs]}
   * @param bias b, {@code [outputs]}; {@code [1, outputs]} and {@code [outputs, 1]} will do
   * @throws IllegalArgumentException if W is no matrix or the types differ
   * @throws ShapeException if b has not as many elements as W has columns
   */
  public static Linear of(Tensor weight, Tensor bias) {
    if (weight.shape().rank() != 2) {
      throw new IllegalArgumentException(
          "Linear: expects weight [inputs, outputs], got " + weight.shape());
    }
    Shape expected = Shape.of(weight.shape().last());
    Tensor vector = isVector(bias.shape(), expected) ? reshaped(bias, expected) : bias;
    if (!vector.shape().equals(expected)) {
      throw new ShapeException("Linear bias", expected, bias.shape());
    }
    if (bias.dtype() != weight.dtype()) {
      throw new IllegalArgumentException(
          "Linear: expects bias of type " + weight.dtype() + ", as weight, got " + bias.dtype());
    }
    return new Linear(weight, vector);
  }

  /** Whether a shape is {@code [1, n]} or {@code [n, 1]}, as many write a vector. */
  private static boolean isVector(Shape shape, Shape expected) {
    return shape.rank() == 2
        && shape.size() == expected.size()
        && (shape.dimension(0) == 1 || shape.dimension(1) == 1);
  }

  /** The same elements, not copied. */
  static Tensor reshaped(Tensor tensor, Shape shape) {
    return switch (tensor) {
      case FloatTensor floats -> FloatTensor.wrap(shape, floats.array());
      case DoubleTensor doubles -> DoubleTensor.wrap(shape, doubles.array());
    };
  }

  /** How files keep this layer. */
  static LayerFormat<Linear> format() {
    return LayerFormat.of(
            "lamella.Linear",
            Linear.class,
            saved -> Linear.of(saved.tensor("weight"), saved.tensor("bias")))
        .withOnnx((linear, graph, x) ->
            graph.node("Gemm", x, graph.parameter(linear.weight), graph.parameter(linear.bias)))
        .fromOnnx("Gemm", Linear::fromGemm)
        .fromOnnx("MatMul", product -> fromProduct(product, null))
        .fromOnnx("Add", Linear::fromSum);
  }

  /**
   * y = α x W + β b, where W may be transposed, as PyTorch has it, and b left out; α W and β b are
   * rounded once.
   */
  private static @Nullable Linear fromGemm(OnnxNode gemm) throws FileFormatException {
    double alpha = gemm.number("alpha", 1);
    double beta = gemm.number("beta", 1);
    gemm.integer("broadcast", 0); // before version 7, where b is no matrix
    if (gemm.integer("transA", 0) != 0) {
      return null;
    }
    Tensor stored = gemm.constant(1);
    Tensor weight = gemm.integer("transB", 0) == 0 ? stored : transposed(stored);
    times(weight, alpha);
    Tensor bias = gemm.hasInput(2) ? gemm.constant(2) : null;
    return with(weight, bias == null ? null : times(bias, beta));
  }

  /** y = x W; b comes from a sum behind it. */
  private static @Nullable Linear fromProduct(OnnxNode product, @Nullable Tensor bias)
      throws FileFormatException {
    return product.isConstant(1) ? with(product.constant(1), bias) : null;
  }

  /** y = x W + b, or b + x W. */
  private static @Nullable Linear fromSum(OnnxNode sum) throws FileFormatException {
    int constant = sum.isConstant(0) ? 0 : 1;
    OnnxNode product = sum.input(1 - constant, "MatMul");
    // Before version 7 b may be said to stand at another dimension than the last.
    sum.integer("broadcast", 0);
    if (product == null || !sum.isConstant(constant) || sum.integer("axis", -1) != -1) {
      return null;
    }
    return fromProduct(product, sum.constant(constant));
  }

  /** The layer of W and b; b may be left out, be one number, or have dimensions of size 1. */
  private static @Nullable Linear with(Tensor weight, @Nullable Tensor bias) {
    if (weight.shape().rank() != 2) {
      return null;
    }
    int outputs = weight.shape().last();
    Tensor vector = Tensor.zeros(weight.dtype(), Shape.of(outputs));
    if (bias != null && bias.dtype() != weight.dtype()) {
      return null;
    }
    if (bias != null && bias.size() == 1) {
      vector.fill(bias.get(0));
    } else if (bias != null) {
      if (bias.size() != outputs || bias.shape().last() != outputs) {
        return null;
      }
      vector = reshaped(bias, Shape.of(outputs));
    }
    return of(weight, vector);
  }

  private static Tensor times(Tensor tensor, double factor) {
    for (int i = 0; factor != 1 && i < tensor.size(); i++) {
      tensor.set(i, tensor.get(i) * factor);
    }
    return tensor;
  }

  private static Tensor transposed(Tensor tensor) {
    if (tensor.shape().rank() != 2) {
      throw new IllegalArgumentException(
          "Linear: expects weight [outputs, inputs], got " + tensor.shape());
    }
    int rows = tensor.shape().dimension(0);
    int columns = tensor.shape().dimension(1);
    Tensor result = Tensor.zeros(tensor.dtype(), Shape.of(columns, rows));
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        result.set(column * rows + row, tensor.get(row * columns + column));
      }
    }
    return result;
  }

  /** {@return the weights W, {@code [inputs, outputs]}} */
  public Parameter weight() {
    return weight;
  }

  /** {@return the biases b, {@code [outputs]}} */
  public Parameter bias() {
    return bias;
  }

  /** {@return the width of the input} */
  public int inputs() {
    return inputs;
  }

  /** {@return the width of the output} */
  public int outputs() {
    return outputs;
  }

  /** W, b. */
  @Override
  public List<Parameter> parameters() {
    return parameters;
  }

  @Override
  public Linear copy(UnaryOperator<Layer> copies) {
    return new Linear(weight.value().copy(), bias.value().copy());
  }

  @Override
  public Shape outputShape(Shape input) {
    Shape expected = Shape.batchOf(inputs);
    if (!expected.accepts(input)) {
      throw new ShapeException(this, expected, input);
    }
    return input.withLast(outputs);
  }

  @Override
  public Tensor forward(Tensor input, Pass pass) {
    Tensor output = pass.output(this, input);
    pass.multiply(input, weight, bias, output);
    return output;
  }

  @Override
  public @Nullable Tensor backward(Tensor outputGradient, Pass pass) {
    Tensor input = pass.recall(this, outputGradient);
    pass.addProduct(weight, input, outputGradient);
    if (pass.needsGradient(bias)) {
      boolean add = pass.hasGradient(bias);
      Products.sumRows(outputGradient, pass.gradientBuffer(bias), add);
    }
    if (!pass.needsInputGradient()) {
      return null;
    }
    Tensor inputGradient = pass.inputGradient(this);
    Products.multiplyTransposedRight(outputGradient, weight.value(), inputGradient);
    return inputGradient;
  }

  /** For example {@code Linear(3072 -> 64)}. */
  @Override
  public String toString() {
    return "Linear(" + inputs + " -> " + outputs + ")";
  }
}
