package lamella.layers;

import java.math.BigDecimal;
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
import lamella.core.io.SavedLayer;
import org.jspecify.annotations.Nullable;

/**
 * Batch normalisation: y = x̂ gain + bias with x̂ = (x - mean) / sqrt(variance + ε), mean and
 * variance of each feature: in training those of the batch, in prediction running ones.
 *
 * <p>A batch is normalised by its variance Σ (x - mean)² / n. The running variance is moved towards
 * Σ (x - mean)² / (n - 1), an estimate without bias, and the running mean towards the batch's, both
 * by the momentum: running = (1 - momentum) running + momentum new. (These are PyTorch's
 * conventions; Keras's momentum is the weight of the old value.) They change when a step is
 * committed, see {@link Pass#commit}.
 *
 * <ul>
 *   <li>A batch of <b>one row</b> has no variance: its y is the bias, no gradient passes it, and
 *       the running statistics stay as they are.
 *   <li>A batch that is computed <b>in parts</b>, as gradients are accumulated, is normalised part
 *       by part, each by its own rows, and each moves the running statistics on; so parts do not
 *       give what the whole batch would.
 *   <li><b>Frozen</b> statistics are used as they are, in training as in prediction: a network that
 *       is trained no more, below a new last layer, computes what it always did.
 * </ul>
 *
 * <p>All sums over rows go from the first row to the last, whatever the number of threads.
 *
 * <p>Backward: dbias += Σ dy, dgain += Σ dy x̂ over the rows; dx = gain / sqrt(variance + ε) (dy -
 * Σ dy / n - x̂ Σ dy x̂ / n).
 *
 * <p><b>Shapes:</b> x {@code [n, features]} {@code ->} y the same; all parameters {@code
 * [features]}.
 *
 * <p><b>Parameters:</b> {@code gain} (1 at first), {@code bias} (0), and the statistics {@code
 * mean} (0) and {@code variance} (1).
 *
 * <p>Source: S. Ioffe, C. Szegedy, "Batch normalization: accelerating deep network training by
 * reducing internal covariate shift" (2015).
 */
public final class BatchNorm implements Layer {
  /** The momentum where none is given: PyTorch's. */
  public static final double MOMENTUM = 0.1;

  /** ε where none is given: PyTorch's. Keras has 1e-3. */
  public static final double EPSILON = 1e-5;

  // The slots of the pass: x̂; and vectors of a number for each feature.

  private static final int NORMALISED = 0;
  private static final int CENTRE = 1;
  private static final int VARIANCE = 2;
  private static final int INVERSE = 3;
  private static final int BIAS_SUM = 4;
  private static final int GAIN_SUM = 5;

  private static final RowLoop SUBTRACT = new Subtraction();
  private static final RowLoop NORMALISE = new Normalisation();
  private static final RowLoop GRADIENT = new Gradient();

  private final Parameter gain;
  private final Parameter bias;
  private final Parameter mean;
  private final Parameter variance;
  private final List<Parameter> parameters;
  private final double momentum;
  private final double epsilon;

  /**
   * A float32 layer.
   *
   * @param features the width of the input, at least 1
   * @throws IllegalArgumentException if it is below 1
   */
  public BatchNorm(int features) {
    this(DType.FLOAT32, features);
  }

  /**
   * A layer of either type.
   *
   * @param dtype the type of the parameters
   * @param features the width of the input, at least 1
   * @throws IllegalArgumentException if it is below 1
   */
  public BatchNorm(DType dtype, int features) {
    this(dtype, features, MOMENTUM, EPSILON);
  }

  /**
   * A layer with a momentum and an ε of one's own.
   *
   * @param dtype the type of the parameters
   * @param features the width of the input, at least 1
   * @param momentum the weight of a batch in the running statistics, above 0 and at most 1
   * @param epsilon is added to the variance, above 0
   * @throws IllegalArgumentException if a number lies outside of its range
   */
  public BatchNorm(DType dtype, int features, double momentum, double epsilon) {
    this(
        Features.vector("BatchNorm", dtype, features, 1),
        Features.vector("BatchNorm", dtype, features, 0),
        Features.vector("BatchNorm", dtype, features, 0),
        Features.vector("BatchNorm", dtype, features, 1),
        momentum,
        epsilon);
  }

  private BatchNorm(
      Tensor gain, Tensor bias, Tensor mean, Tensor variance, double momentum, double epsilon) {
    if (!(momentum > 0 && momentum <= 1)) {
      throw new IllegalArgumentException(
          "BatchNorm: momentum, the weight of the new value, must lie in (0, 1], got " + momentum);
    }
    this.gain = new Parameter("gain", Role.GAIN, gain);
    this.bias = new Parameter("bias", Role.BIAS, bias);
    this.mean = new Parameter("mean", Role.STATISTIC, mean);
    this.variance = new Parameter("variance", Role.STATISTIC, variance);
    this.parameters = List.of(this.gain, this.bias, this.mean, this.variance);
    this.momentum = momentum;
    this.epsilon = Features.requireEpsilon("BatchNorm", epsilon);
  }

  /**
   * {@return a layer with these parameters, whose tensors are used and not copied}
   *
   * @param gain {@code [features]}, as the others are
   * @param bias of gain's type, as the others are
   * @param mean the running means
   * @param variance the running variances, not negative
   * @throws IllegalArgumentException if gain is no vector, the types differ, or a statistic is not
   *     finite or a variance negative
   * @throws ShapeException if the shapes differ
   */
  public static BatchNorm of(Tensor gain, Tensor bias, Tensor mean, Tensor variance) {
    return of(gain, bias, mean, variance, MOMENTUM, EPSILON);
  }

  /**
   * {@return a layer with these parameters, whose tensors are used and not copied}
   *
   * @param gain {@code [features]}, as the others are
   * @param bias of gain's type, as the others are
   * @param mean the running means
   * @param variance the running variances, not negative
   * @param momentum the weight of a batch in the running statistics, above 0 and at most 1
   * @param epsilon is added to the variance, above 0
   * @throws IllegalArgumentException if gain is no vector, the types differ, a statistic is not
   *     finite or a variance negative, or a number lies outside of its range
   * @throws ShapeException if the shapes differ
   */
  public static BatchNorm of(
      Tensor gain, Tensor bias, Tensor mean, Tensor variance, double momentum, double epsilon) {
    Features.requireVector("BatchNorm gain", gain);
    Features.requireLike("BatchNorm bias", gain, bias);
    requireFinite(Features.requireLike("BatchNorm mean", gain, mean), "mean", -Double.MAX_VALUE);
    requireFinite(Features.requireLike("BatchNorm variance", gain, variance), "variance", 0);
    return new BatchNorm(gain, bias, mean, variance, momentum, epsilon);
  }

  private static void requireFinite(Tensor statistic, String name, double least) {
    for (int j = 0; j < statistic.size(); j++) {
      double value = statistic.get(j);
      if (!(value >= least && value <= Double.MAX_VALUE)) {
        throw new IllegalArgumentException(
            "BatchNorm: "
                + name
                + " must be finite"
                + (least == 0 ? " and not negative" : "")
                + ", got "
                + value
                + " at feature "
                + j);
      }
    }
  }

  /** {@return the factors of the features} */
  public Parameter gain() {
    return gain;
  }

  /** {@return what is added to the features} */
  public Parameter bias() {
    return bias;
  }

  /** {@return the running means of the features} */
  public Parameter mean() {
    return mean;
  }

  /** {@return the running variances of the features} */
  public Parameter variance() {
    return variance;
  }

  /** {@return the weight of a batch in the running statistics} */
  public double momentum() {
    return momentum;
  }

  /** {@return ε, which is added to the variance} */
  public double epsilon() {
    return epsilon;
  }

  /** gain, bias, mean, variance. */
  @Override
  public List<Parameter> parameters() {
    return parameters;
  }

  @Override
  public BatchNorm copy(UnaryOperator<Layer> copies) {
    return new BatchNorm(
        gain.value().copy(),
        bias.value().copy(),
        mean.value().copy(),
        variance.value().copy(),
        momentum,
        epsilon);
  }

  @Override
  public Shape outputShape(Shape input) {
    return Features.requireInput(this, gain.shape(), input);
  }

  /** Whether the batch's own statistics are used. */
  private boolean usesBatch(Pass pass) {
    return pass.isTraining() && !(mean.isFrozen() && variance.isFrozen());
  }

  @Override
  public Tensor forward(Tensor input, Pass pass) {
    Tensor output = pass.output(this, input);
    Tensor normalised = pass.isTraining() ? pass.buffer(this, NORMALISED, input.shape()) : output;
    if (usesBatch(pass)) {
      measure(input, normalised, pass);
    } else {
      SUBTRACT.over(normalised, input, mean.value());
    }
    Tensor inverse = vector(INVERSE, pass);
    Tensor used = usesBatch(pass) ? vector(VARIANCE, pass) : variance.value();
    for (int j = 0; j < used.size(); j++) {
      inverse.set(j, 1 / Math.sqrt(used.get(j) + epsilon));
    }
    NORMALISE.over(output, normalised, inverse, gain.value(), bias.value(), bias.value());
    return output;
  }

  private Tensor vector(int slot, Pass pass) {
    return pass.buffer(this, slot, gain.shape());
  }

  /**
   * Centres the batch, and updates the running statistics. The mean of what is centred by a mean is
   * what rounding has left of it; it is subtracted, too.
   */
  private void measure(Tensor input, Tensor centred, Pass pass) {
    int rows = input.shape().dimension(0);
    Tensor batchMean = vector(CENTRE, pass);
    Products.sumRows(input, batchMean, false);
    divide(batchMean, rows);
    SUBTRACT.over(centred, input, batchMean);
    Tensor rest = vector(VARIANCE, pass);
    Products.sumRows(centred, rest, false);
    divide(rest, rows);
    SUBTRACT.over(centred, centred, rest);
    for (int j = 0; j < rest.size(); j++) {
      batchMean.set(j, batchMean.get(j) + rest.get(j));
    }
    Tensor batchVariance = vector(VARIANCE, pass);
    Products.sumRows(centred, centred, batchVariance, false);
    if (rows > 1) {
      Tensor runningMean = pass.update(mean);
      Tensor runningVariance = pass.update(variance);
      for (int j = 0; j < batchMean.size(); j++) {
        double unbiased = batchVariance.get(j) / (rows - 1);
        runningMean.set(j, moved(runningMean.get(j), batchMean.get(j)));
        runningVariance.set(j, moved(runningVariance.get(j), unbiased));
      }
    }
    divide(batchVariance, rows);
  }

  private double moved(double running, double ofBatch) {
    return (1 - momentum) * running + momentum * ofBatch;
  }

  private static void divide(Tensor sums, int rows) {
    for (int j = 0; j < sums.size(); j++) {
      sums.set(j, sums.get(j) / rows);
    }
  }

  @Override
  public @Nullable Tensor backward(Tensor outputGradient, Pass pass) {
    Tensor input = pass.recall(this, outputGradient);
    Tensor normalised = pass.buffer(this, NORMALISED, input.shape());
    Tensor biasSum = vector(BIAS_SUM, pass);
    Tensor gainSum = vector(GAIN_SUM, pass);
    boolean dependsOnSums = usesBatch(pass) && pass.needsInputGradient();
    if (dependsOnSums || pass.needsGradient(bias)) {
      Products.sumRows(outputGradient, biasSum, false);
      add(bias, biasSum, pass);
    }
    if (dependsOnSums || pass.needsGradient(gain)) {
      Products.sumRows(outputGradient, normalised, gainSum, false);
      add(gain, gainSum, pass);
    }
    if (!pass.needsInputGradient()) {
      return null;
    }
    if (dependsOnSums) {
      int rows = input.shape().dimension(0);
      divide(biasSum, rows);
      divide(gainSum, rows);
    } else {
      biasSum.fill(0);
      gainSum.fill(0);
    }
    Tensor factor = vector(INVERSE, pass);
    for (int j = 0; j < factor.size(); j++) {
      factor.set(j, factor.get(j) * gain.value().get(j));
    }
    Tensor inputGradient = pass.inputGradient(this);
    GRADIENT.over(inputGradient, outputGradient, normalised, factor, biasSum, gainSum);
    return inputGradient;
  }

  private static void add(Parameter parameter, Tensor sums, Pass pass) {
    if (pass.needsGradient(parameter)) {
      Tensor gradient = pass.gradient(parameter);
      for (int j = 0; j < sums.size(); j++) {
        gradient.set(j, gradient.get(j) + sums.get(j));
      }
    }
  }

  /** Of the difference, x and what is subtracted from each row. */
  private static final class Subtraction extends RowLoop {
    @Override
    protected void run(float[][] arrays, int from, int to, double[] lanes) {
      float[] difference = arrays[0];
      float[] x = arrays[1];
      float[] mean = arrays[2];
      for (int i = from; i < to; i++) {
        difference[i] = x[i] - mean[i - from];
      }
    }

    @Override
    protected void run(double[][] arrays, int from, int to, double[] lanes) {
      double[] difference = arrays[0];
      double[] x = arrays[1];
      double[] mean = arrays[2];
      for (int i = from; i < to; i++) {
        difference[i] = x[i] - mean[i - from];
      }
    }
  }

  /** Of y, x - mean, which becomes x̂ unless it is y itself, the inverse deviations, gain, bias. */
  private static final class Normalisation extends RowLoop {
    @Override
    protected void run(float[][] arrays, int from, int to, double[] lanes) {
      float[] y = arrays[0];
      float[] normalised = arrays[1];
      float[] inverse = arrays[2];
      float[] gain = arrays[3];
      float[] bias = arrays[4];
      for (int i = from; i < to; i++) {
        int j = i - from;
        float value = normalised[i] * inverse[j];
        normalised[i] = value;
        y[i] = value * gain[j] + bias[j];
      }
    }

    @Override
    protected void run(double[][] arrays, int from, int to, double[] lanes) {
      double[] y = arrays[0];
      double[] normalised = arrays[1];
      double[] inverse = arrays[2];
      double[] gain = arrays[3];
      double[] bias = arrays[4];
      for (int i = from; i < to; i++) {
        int j = i - from;
        double value = normalised[i] * inverse[j];
        normalised[i] = value;
        y[i] = value * gain[j] + bias[j];
      }
    }
  }

  /** Of dx, dy, x̂, gain / deviation, and the means of dy and of dy x̂. */
  private static final class Gradient extends RowLoop {
    @Override
    protected void run(float[][] arrays, int from, int to, double[] lanes) {
      float[] dx = arrays[0];
      float[] dy = arrays[1];
      float[] normalised = arrays[2];
      float[] factor = arrays[3];
      float[] mean = arrays[4];
      float[] slope = arrays[5];
      for (int i = from; i < to; i++) {
        int j = i - from;
        dx[i] = factor[j] * (dy[i] - mean[j] - normalised[i] * slope[j]);
      }
    }

    @Override
    protected void run(double[][] arrays, int from, int to, double[] lanes) {
      double[] dx = arrays[0];
      double[] dy = arrays[1];
      double[] normalised = arrays[2];
      double[] factor = arrays[3];
      double[] mean = arrays[4];
      double[] slope = arrays[5];
      for (int i = from; i < to; i++) {
        int j = i - from;
        dx[i] = factor[j] * (dy[i] - mean[j] - normalised[i] * slope[j]);
      }
    }
  }

  /** How files keep this layer. */
  static LayerFormat<BatchNorm> format() {
    return LayerFormat.of("lamella.BatchNorm", BatchNorm.class, BatchNorm::fromFile)
        .withOption("momentum", BatchNorm::momentum)
        .withOption("epsilon", BatchNorm::epsilon)
        .withOnnx(BatchNorm::toOnnx)
        .fromOnnx("BatchNormalization", BatchNorm::fromNode)
        .fromOnnx("Add", BatchNorm::fromSum);
  }

  private static BatchNorm fromFile(SavedLayer saved) throws FileFormatException {
    return of(
        saved.tensor("gain"),
        saved.tensor("bias"),
        saved.tensor("mean"),
        saved.tensor("variance"),
        saved.number("momentum"),
        saved.number("epsilon"));
  }

  /**
   * BatchNormalization, whose momentum is the weight of the old value; in float64, for which its ε
   * is too short, what it is made of.
   */
  private String toOnnx(OnnxGraph graph, String x) {
    if (graph.dtype() == DType.FLOAT32) {
      return graph.node(
          "BatchNormalization",
          Map.of("epsilon", epsilon, "momentum", oneMinus(momentum)),
          x,
          graph.parameter(gain),
          graph.parameter(bias),
          graph.parameter(mean),
          graph.parameter(variance));
    }
    String centred = graph.node("Sub", x, graph.parameter(mean));
    String sum = graph.node("Add", graph.parameter(variance), graph.constant("epsilon", epsilon));
    String normalised = graph.node("Div", centred, graph.node("Sqrt", sum));
    String product = graph.node("Mul", normalised, graph.parameter(gain));
    return graph.node("Add", product, graph.parameter(bias));
  }

  /** Of decimals: 1 - 0.9 is 0.1. */
  private static double oneMinus(double number) {
    return BigDecimal.ONE.subtract(BigDecimal.valueOf(number)).doubleValue();
  }

  private static @Nullable BatchNorm fromNode(OnnxNode node) throws FileFormatException {
    if (node.integer("training_mode", 0) != 0
        || node.integer("spatial", 1) != 1
        || node.integer("is_test", 1) == 0) {
      return null;
    }
    double old = node.number("momentum", 0.9);
    return of(
        node.constant(1),
        node.constant(2),
        node.constant(3),
        node.constant(4),
        old >= 0 && old < 1 ? oneMinus(old) : MOMENTUM,
        node.number("epsilon", EPSILON));
  }

  /** The nodes that {@link #toOnnx} makes in float64. */
  private static @Nullable BatchNorm fromSum(OnnxNode sum) throws FileFormatException {
    OnnxNode product = sum.input(0, "Mul");
    OnnxNode quotient = product == null ? null : product.input(0, "Div");
    OnnxNode centred = quotient == null ? null : quotient.input(0, "Sub");
    OnnxNode root = quotient == null ? null : quotient.input(1, "Sqrt");
    OnnxNode withEpsilon = root == null ? null : root.input(0, "Add");
    if (product == null
        || centred == null
        || withEpsilon == null
        || !withEpsilon.isConstant(0)
        || !withEpsilon.isConstant(1)) {
      return null;
    }
    Tensor epsilon = withEpsilon.constant(1);
    return epsilon.size() == 1
        ? of(
            product.constant(1),
            sum.constant(1),
            centred.constant(1),
            withEpsilon.constant(0),
            MOMENTUM,
            Features.number(epsilon))
        : null;
  }

  /** For example {@code BatchNorm(256)}. */
  @Override
  public String toString() {
    return "BatchNorm("
        + gain.shape().last()
        + (momentum == MOMENTUM ? "" : ", momentum " + momentum)
        + (epsilon == EPSILON ? "" : ", epsilon " + epsilon)
        + ")";
  }
}
