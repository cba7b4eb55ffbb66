package lamella.layers;

import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import lamella.core.DType;
import lamella.core.Layer;
import lamella.core.Parameter;
import lamella.core.Parameter.Role;
import lamella.core.Pass;
import lamella.core.Products;
import lamella.core.RowLoop;
import lamella.core.Shape;
import lamella.core.ShapeException;
import lamella.core.Tensor;
import lamella.core.io.FileFormatException;
import lamella.core.io.LayerFormat;
import lamella.core.io.OnnxGraph;
import lamella.core.io.OnnxNode;
import org.jspecify.annotations.Nullable;

/**
 * Layer normalisation: y = x̂ gain + bias with x̂ = (x - mean) / sqrt(variance + ε), mean and
 * variance those of the row.
 *
 * <p>The variance is the mean of (x - mean)²: a second look at the row after its mean is known, in
 * float64, so that nothing cancels where the mean is large. A row is normalised by itself, whatever
 * else is in its batch, in training as in prediction.
 *
 * <p>Backward: with g = dy gain, dx = (g - mean(g) - x̂ mean(g x̂)) / sqrt(variance + ε); dgain +=
 * sum of the rows of dy x̂, dbias += sum of dy's rows.
 *
 * <p><b>Shapes:</b> x {@code [n, features]} {@code ->} y the same; gain and bias {@code
 * [features]}.
 *
 * <p><b>Parameters:</b> {@code gain} (1 at first) and {@code bias} (0 at first).
 *
 * <p>Source: J. L. Ba, J. R. Kiros, G. E. Hinton, "Layer normalization" (2016).
 */
public final class LayerNorm implements Layer {
  /** ε where none is given: PyTorch's. Keras has 1e-3. */
  public static final double EPSILON = 1e-5;

  /** The slots of what forward keeps for backward: x̂, and 1 / sqrt(variance + ε) of each row. */
  private static final int NORMALISED = 0;

  private static final int INVERSE = 1;

  private static final RowLoop GRADIENT = new Gradient();

  private final Parameter gain;
  private final Parameter bias;
  private final List<Parameter> parameters;
  private final double epsilon;
  private final RowLoop normalise;

  /**
   * A float32 layer.
   *
   * @param features the width of the input, at least 1
   * @throws IllegalArgumentException if it is below 1
   */
  public LayerNorm(int features) {
    this(DType.FLOAT32, features);
  }

  /**
   * A layer of either type.
   *
   * @param dtype the type of gain and bias
   * @param features the width of the input, at least 1
   * @throws IllegalArgumentException if it is below 1
   */
  public LayerNorm(DType dtype, int features) {
    this(dtype, features, EPSILON);
  }

  /**
   * A layer with an ε of one's own.
   *
   * @param dtype the type of gain and bias
   * @param features the width of the input, at least 1
   * @param epsilon is added to the variance, above 0
   * @throws IllegalArgumentException if there is no feature, or ε is not finite and above 0
   */
  public LayerNorm(DType dtype, int features, double epsilon) {
    this(
        Features.vector("LayerNorm", dtype, features, 1),
        Features.vector("LayerNorm", dtype, features, 0),
        Features.requireEpsilon("LayerNorm", epsilon));
  }

  private LayerNorm(Tensor gain, Tensor bias, double epsilon) {
    this.gain = new Parameter("gain", Role.GAIN, gain);
    this.bias = new Parameter("bias", Role.BIAS, bias);
    this.parameters = List.of(this.gain, this.bias);
    this.epsilon = epsilon;
    this.normalise = new Normalisation(epsilon);
  }

  /**
   * {@return a layer with these parameters, whose tensors are used and not copied}
   *
   * @param gain {@code [features]}
   * @param bias {@code [features]}
   * @throws IllegalArgumentException if gain is no vector or the types differ
   * @throws ShapeException if the shapes differ
   */
  public static LayerNorm of(Tensor gain, Tensor bias) {
    return of(gain, bias, EPSILON);
  }

  /**
   * {@return a layer with these parameters, whose tensors are used and not copied}
   *
   * @param gain {@code [features]}
   * @param bias {@code [features]}
   * @param epsilon is added to the variance, above 0
   * @throws IllegalArgumentException if gain is no vector, the types differ, or ε is not finite and
   *     above 0
   * @throws ShapeException if the shapes differ
   */
  public static LayerNorm of(Tensor gain, Tensor bias, double epsilon) {
    return new LayerNorm(
        Features.requireVector("LayerNorm gain", gain),
        Features.requireLike("LayerNorm bias", gain, bias),
        Features.requireEpsilon("LayerNorm", epsilon));
  }

  /** {@return the factors of the features} */
  public Parameter gain() {
    return gain;
  }

  /** {@return what is added to the features} */
  public Parameter bias() {
    return bias;
  }

  /** {@return ε, which is added to the variance} */
  public double epsilon() {
    return epsilon;
  }

  @Override
  public List<Parameter> parameters() {
    return parameters;
  }

  @Override
  public LayerNorm copy(UnaryOperator<Layer> copies) {
    return new LayerNorm(gain.value().copy(), bias.value().copy(), epsilon);
  }

  @Override
  public Shape outputShape(Shape input) {
    return Features.requireInput(this, gain.shape(), input);
  }

  @Override
  public Tensor forward(Tensor input, Pass pass) {
    Tensor output = pass.output(this, input);
    Tensor normalised = pass.isTraining() ? pass.buffer(this, NORMALISED, input.shape()) : output;
    normalise.over(
        output, input, normalised, pass.rowBuffer(this, INVERSE, 1), gain.value(), bias.value());
    return output;
  }

  @Override
  public @Nullable Tensor backward(Tensor outputGradient, Pass pass) {
    Tensor input = pass.recall(this, outputGradient);
    Tensor normalised = pass.buffer(this, NORMALISED, input.shape());
    if (pass.needsGradient(gain)) {
      boolean add = pass.hasGradient(gain);
      Products.sumRows(outputGradient, normalised, pass.gradientBuffer(gain), add);
    }
    if (pass.needsGradient(bias)) {
      boolean add = pass.hasGradient(bias);
      Products.sumRows(outputGradient, pass.gradientBuffer(bias), add);
    }
    if (!pass.needsInputGradient()) {
      return null;
    }
    Tensor inputGradient = pass.inputGradient(this);
    Tensor inverse = pass.rowBuffer(this, INVERSE, 1);
    GRADIENT.over(inputGradient, outputGradient, normalised, inverse, gain.value(), gain.value());
    return inputGradient;
  }

  /** Of y, x, x̂ (which may be y), the inverse deviations of the rows, gain and bias. */
  private static final class Normalisation extends RowLoop {
    private final double epsilon;

    private Normalisation(double epsilon) {
      this.epsilon = epsilon;
    }

    @Override
    protected void run(float[][] arrays, int from, int to, double[] lanes) {
      float[] y = arrays[0];
      float[] x = arrays[1];
      float[] normalised = arrays[2];
      float[] gain = arrays[4];
      float[] bias = arrays[5];
      int width = to - from;
      double mean = sum(x, from, to, lanes) / width;
      double variance = squares(x, from, to, mean, lanes) / width;
      double inverse = 1 / Math.sqrt(variance + epsilon);
      arrays[3][from / width] = (float) inverse;
      for (int i = from; i < to; i++) {
        normalised[i] = (float) ((x[i] - mean) * inverse);
      }
      for (int i = from; i < to; i++) {
        y[i] = normalised[i] * gain[i - from] + bias[i - from];
      }
    }

    @Override
    protected void run(double[][] arrays, int from, int to, double[] lanes) {
      double[] y = arrays[0];
      double[] x = arrays[1];
      double[] normalised = arrays[2];
      double[] gain = arrays[4];
      double[] bias = arrays[5];
      int width = to - from;
      double mean = sum(x, from, to, lanes) / width;
      double variance = squares(x, from, to, mean, lanes) / width;
      double inverse = 1 / Math.sqrt(variance + epsilon);
      arrays[3][from / width] = inverse;
      for (int i = from; i < to; i++) {
        normalised[i] = (x[i] - mean) * inverse;
      }
      for (int i = from; i < to; i++) {
        y[i] = normalised[i] * gain[i - from] + bias[i - from];
      }
    }
  }

  /** Of dx, dy, x̂, the inverse deviations of the rows and gain. */
  private static final class Gradient extends RowLoop {
    @Override
    protected void run(float[][] arrays, int from, int to, double[] lanes) {
      float[] dx = arrays[0];
      float[] dy = arrays[1];
      float[] normalised = arrays[2];
      float[] gain = arrays[4];
      int width = to - from;
      for (int i = from; i < to; i++) {
        dx[i] = dy[i] * gain[i - from];
      }
      double mean = sum(dx, from, to, lanes) / width;
      double slope = dot(dx, normalised, from, to, lanes) / width;
      double inverse = arrays[3][from / width];
      for (int i = from; i < to; i++) {
        dx[i] = (float) ((dx[i] - mean - normalised[i] * slope) * inverse);
      }
    }

    @Override
    protected void run(double[][] arrays, int from, int to, double[] lanes) {
      double[] dx = arrays[0];
      double[] dy = arrays[1];
      double[] normalised = arrays[2];
      double[] gain = arrays[4];
      int width = to - from;
      for (int i = from; i < to; i++) {
        dx[i] = dy[i] * gain[i - from];
      }
      double mean = sum(dx, from, to, lanes) / width;
      double slope = dot(dx, normalised, from, to, lanes) / width;
      double inverse = arrays[3][from / width];
      for (int i = from; i < to; i++) {
        dx[i] = (dx[i] - mean - normalised[i] * slope) * inverse;
      }
    }
  }

  /** How files keep this layer. */
  static LayerFormat<LayerNorm> format() {
    return LayerFormat.of(
            "lamella.LayerNorm",
            LayerNorm.class,
            saved -> of(saved.tensor("gain"), saved.tensor("bias"), saved.number("epsilon")))
        .withOption("epsilon", LayerNorm::epsilon)
        .withOnnx(LayerNorm::toOnnx)
        .fromOnnx("LayerNormalization", LayerNorm::fromNode)
        .fromOnnx("Add", LayerNorm::fromSum)
        .fromOnnx("Mul", product -> fromProduct(product, null));
  }

  /**
   * LayerNormalization; in float64, for which its ε is too short, and before it was there, what it
   * is made of.
   */
  private String toOnnx(OnnxGraph graph, String x) {
    if (graph.dtype() == DType.FLOAT32 && graph.opset() >= 17) {
      return graph.node(
          "LayerNormalization",
          Map.of("axis", -1, "epsilon", epsilon),
          x,
          graph.parameter(gain),
          graph.parameter(bias));
    }
    String normalised = normalised(graph, x, epsilon);
    String product = graph.node("Mul", normalised, graph.parameter(gain));
    return graph.node("Add", product, graph.parameter(bias));
  }

  /** (x - mean) / sqrt(variance + ε) of each row. */
  static String normalised(OnnxGraph graph, String x, double epsilon) {
    int[] last = {-1};
    String centred = graph.node("Sub", x, graph.reduction("ReduceMean", last, x));
    String variance = graph.reduction("ReduceMean", last, graph.node("Mul", centred, centred));
    String sum = graph.node("Add", variance, graph.constant("epsilon", epsilon));
    return graph.node("Div", centred, graph.node("Sqrt", sum));
  }

  private static @Nullable LayerNorm fromNode(OnnxNode node) throws FileFormatException {
    // Of [n, features], which is all that this layer takes, 1 is the last dimension as well.
    long axis = node.integer("axis", -1);
    if ((axis != -1 && axis != 1) || node.integer("stash_type", 1) != 1) {
      return null;
    }
    Tensor gain = node.constant(1);
    Tensor bias = node.hasInput(2) ? node.constant(2) : Tensor.zeros(gain.dtype(), gain.shape());
    return of(gain, bias, node.number("epsilon", EPSILON));
  }

  /** The nodes that {@link #toOnnx} makes. */
  private static @Nullable LayerNorm fromSum(OnnxNode sum) throws FileFormatException {
    int constant = sum.isConstant(0) ? 0 : 1;
    OnnxNode product = sum.input(1 - constant, "Mul");
    return product == null || !sum.isConstant(constant)
        ? null
        : fromProduct(product, sum.features(constant));
  }

  /** Those without the bias, which is 0 or comes from a sum behind them. */
  private static @Nullable LayerNorm fromProduct(OnnxNode product, @Nullable Tensor bias)
      throws FileFormatException {
    int constant = product.isConstant(0) ? 0 : 1;
    OnnxNode quotient = product.input(1 - constant, "Div");
    double epsilon = quotient == null ? 0 : epsilonOf(quotient);
    if (epsilon == 0 || !product.isConstant(constant)) {
      return null;
    }
    Tensor gain = product.features(constant);
    return of(gain, bias == null ? Tensor.zeros(gain.dtype(), gain.shape()) : bias, epsilon);
  }

  /** ε of (x - mean) / sqrt(variance + ε); 0 if a quotient is another. */
  static double epsilonOf(OnnxNode quotient) throws FileFormatException {
    OnnxNode centred = quotient.input(0, "Sub");
    OnnxNode root = quotient.input(1, "Sqrt");
    OnnxNode withEpsilon = root == null ? null : root.input(0, "Add");
    int constant = withEpsilon != null && withEpsilon.isConstant(0) ? 0 : 1;
    OnnxNode variance = withEpsilon == null ? null : withEpsilon.input(1 - constant, "ReduceMean");
    OnnxNode mean = centred == null ? null : centred.input(1, "ReduceMean");
    if (withEpsilon == null
        || variance == null
        || mean == null
        || !withEpsilon.isConstant(constant)
        || !isOfRows(mean)
        || !isOfRows(variance)
        || !isOfSquares(variance)) {
      return 0;
    }
    Tensor epsilon = withEpsilon.constant(constant);
    return epsilon.size() == 1 ? Features.number(epsilon) : 0;
  }

  /** Whether the mean is one of differences times themselves, or to the power of 2. */
  private static boolean isOfSquares(OnnxNode mean) throws FileFormatException {
    OnnxNode power = mean.input(0, "Pow");
    if (power != null) {
      Tensor exponent = power.constant(1);
      return exponent.size() == 1 && exponent.get(0) == 2 && power.input(0, "Sub") != null;
    }
    OnnxNode product = mean.input(0, "Mul");
    return product != null && product.input(0, "Sub") != null && product.input(1, "Sub") != null;
  }

  private static boolean isOfRows(OnnxNode mean) throws FileFormatException {
    List<Long> axes = mean.axes();
    mean.integer("noop_with_empty_axes", 0); // there are some
    return (axes.equals(List.of(-1L)) || axes.equals(List.of(1L)))
        && mean.integer("keepdims", 1) == 1;
  }

  /** For example {@code LayerNorm(256)}. */
  @Override
  public String toString() {
    String features = "LayerNorm(" + gain.shape().last();
    return features + (epsilon == EPSILON ? ")" : ", epsilon " + epsilon + ")");
  }
}
