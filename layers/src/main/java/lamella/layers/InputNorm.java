package lamella.layers;

import java.util.List;
import java.util.function.UnaryOperator;
import lamella.core.Batch;
import lamella.core.DType;
import lamella.core.Dataset;
import lamella.core.DoubleTensor;
import lamella.core.FloatTensor;
import lamella.core.Layer;
import lamella.core.Parameter;
import lamella.core.Parameter.Role;
import lamella.core.Pass;
import lamella.core.Preprocessing;
import lamella.core.Shape;
import lamella.core.ShapeException;
import lamella.core.Tensor;
import lamella.core.io.FileFormatException;
import lamella.core.io.LayerFormat;
import lamella.core.io.OnnxGraph;
import lamella.core.io.OnnxNode;
import org.jspecify.annotations.Nullable;

/**
 * Centres or standardises the inputs of a network: y = x - mean, or y = (x - mean) / deviation,
 * with a mean and a deviation of each feature that were taken from the training data.
 *
 * <p>At the head of a network it goes with it into files, exports and services. Difference and
 * quotient are rounded once each.
 *
 * {@snippet file="SnippetsTest.java" region="input-norm"}
 *
 * <p>Backward: dx = dy, or dx = dy / deviation.
 *
 * <p><b>Shapes:</b> x {@code [n, features...]} {@code ->} y the same; mean and deviation {@code
 * [features...]}.
 *
 * <p><b>Parameters:</b> {@code mean} and, unless the inputs are only centred, {@code deviation};
 * both are statistics, which training leaves alone.
 */
public final class InputNorm implements Preprocessing {
  /** Examples that {@link #fit} reads at once. */
  private static final int BATCH = 1000;

  private final Parameter mean;
  private final @Nullable Parameter deviation;
  private final List<Parameter> parameters;

  private InputNorm(Tensor mean, @Nullable Tensor deviation) {
    this.mean = new Parameter("mean", Role.STATISTIC, mean);
    this.deviation =
        deviation == null ? null : new Parameter("deviation", Role.STATISTIC, deviation);
    this.parameters =
        this.deviation == null ? List.of(this.mean) : List.of(this.mean, this.deviation);
  }

  /**
   * {@return a layer that subtracts this}
   *
   * @param mean of each feature; used, not copied
   * @throws IllegalArgumentException if a number is not finite
   */
  public static InputNorm centring(Tensor mean) {
    requireFinite(mean);
    return new InputNorm(mean, null);
  }

  /**
   * {@return a layer that subtracts a mean and divides by a deviation}
   *
   * @param mean of each feature; used, not copied
   * @param deviation of each feature, above 0; used, not copied
   * @throws IllegalArgumentException if a number is not finite, a deviation is not above 0, or the
   *     two are of different types
   * @throws ShapeException if the two are of different shapes
   */
  public static InputNorm standardising(Tensor mean, Tensor deviation) {
    if (!deviation.shape().equals(mean.shape())) {
      throw new ShapeException("InputNorm deviation", mean.shape(), deviation.shape());
    }
    if (deviation.dtype() != mean.dtype()) {
      throw new IllegalArgumentException(
          "InputNorm: expects deviation of type "
              + mean.dtype()
              + ", as mean, got "
              + deviation.dtype());
    }
    requireFinite(mean);
    for (int i = 0; i < deviation.size(); i++) {
      if (!(deviation.get(i) > 0 && deviation.get(i) < Double.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException(
            "InputNorm: deviation must be finite and > 0, got "
                + deviation.get(i)
                + " at feature "
                + i
                + "; for a feature that is always the same use 1");
      }
    }
    return new InputNorm(mean, deviation);
  }

  private static void requireFinite(Tensor mean) {
    for (int i = 0; i < mean.size(); i++) {
      if (!Double.isFinite(mean.get(i))) {
        throw new IllegalArgumentException(
            "InputNorm: mean must be finite, got " + mean.get(i) + " at feature " + i);
      }
    }
  }

  /**
   * {@return a float32 layer that standardises inputs like these: with the mean of each feature,
   * and deviation² = (sum of (x - mean)²) / examples} A feature that is always the same becomes 0.
   *
   * @param data the training set, never the set a network is judged by; it is read twice
   * @throws IllegalArgumentException if it is empty, or an input is not finite; names the example
   */
  public static InputNorm fit(Dataset<?> data) {
    return fit(data, 0);
  }

  /**
   * {@return the same with deviation² = variance + s times the mean variance of the features, which
   * keeps features that vary little small} It is for features of which the small ones are mostly
   * noise, as the high frequencies of an image.
   *
   * @param data the training set, never the set a network is judged by; it is read twice
   * @param s 0 or more
   * @throws IllegalArgumentException if there are no examples, an input is not finite (names the
   *     example), or s is outside
   */
  public static InputNorm fit(Dataset<?> data, double s) {
    if (!(s >= 0 && s < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("InputNorm: s must be finite and >= 0, got " + s);
    }
    if (data.size() == 0) {
      throw new IllegalArgumentException("InputNorm: needs at least one example");
    }
    int features = data.exampleShape().size();
    double[] mean = averages(data, new double[features], false);
    double[] deviation = averages(data, mean, true);
    double sum = 0;
    for (double variance : deviation) {
      sum += variance;
    }
    double added = s * sum / features;
    for (int j = 0; j < features; j++) {
      double square = deviation[j] + added;
      deviation[j] = square == 0 ? 1 : Math.sqrt(square);
    }
    Shape shape = data.exampleShape();
    return standardising(
        DoubleTensor.of(shape, mean).to(DType.FLOAT32),
        DoubleTensor.of(shape, deviation).to(DType.FLOAT32));
  }

  /** The mean over all examples of x - centre, or of its square. */
  private static <T> double[] averages(Dataset<T> data, double[] centre, boolean squared) {
    double[] sums = new double[centre.length];
    for (int from = 0; from < data.size(); from += BATCH) {
      int[] indices = new int[Math.min(BATCH, data.size() - from)];
      for (int i = 0; i < indices.length; i++) {
        indices[i] = from + i;
      }
      Batch<T> batch = data.newBatch(indices.length, DType.FLOAT64);
      data.read(indices, batch);
      double[] x = ((DoubleTensor) batch.inputs()).array();
      for (int i = 0; i < indices.length; i++) {
        for (int j = 0; j < sums.length; j++) {
          double difference = x[i * sums.length + j] - centre[j];
          if (!Double.isFinite(difference)) {
            throw new IllegalArgumentException(
                "InputNorm: feature "
                    + j
                    + " of example "
                    + indices[i]
                    + " must be finite, got "
                    + x[i * sums.length + j]);
          }
          sums[j] += squared ? difference * difference : difference;
        }
      }
    }
    for (int j = 0; j < sums.length; j++) {
      sums[j] /= data.size();
    }
    return sums;
  }

  /** {@return the mean of each feature} */
  public Parameter mean() {
    return mean;
  }

  /** {@return what each difference is divided by; null where inputs are only centred} */
  public @Nullable Parameter deviation() {
    return deviation;
  }

  @Override
  public List<Parameter> parameters() {
    return parameters;
  }

  @Override
  public InputNorm copy(UnaryOperator<Layer> copies) {
    return new InputNorm(mean.value().copy(), deviation == null ? null : deviation.value().copy());
  }

  @Override
  public Shape outputShape(Shape input) {
    return Features.requireInput(this, mean.shape(), input);
  }

  @Override
  public Tensor forward(Tensor input, Pass pass) {
    Tensor output = pass.output(this, input);
    Tensor divisor = deviation == null ? null : deviation.value();
    switch (input) {
      case FloatTensor x ->
          normalise(
              x.array(),
              ((FloatTensor) mean.value()).array(),
              divisor instanceof FloatTensor d ? d.array() : null,
              ((FloatTensor) output).array());
      case DoubleTensor x ->
          normalise(
              x.array(),
              ((DoubleTensor) mean.value()).array(),
              divisor instanceof DoubleTensor d ? d.array() : null,
              ((DoubleTensor) output).array());
    }
    return output;
  }

  private static void normalise(float[] x, float[] m, float @Nullable [] d, float[] y) {
    for (int row = 0; row < x.length; row += m.length) {
      for (int j = 0; j < m.length; j++) {
        y[row + j] = x[row + j] - m[j];
      }
    }
    if (d != null) {
      divide(y, d, y);
    }
  }

  private static void divide(float[] x, float[] d, float[] y) {
    for (int row = 0; row < x.length; row += d.length) {
      for (int j = 0; j < d.length; j++) {
        y[row + j] = x[row + j] / d[j];
      }
    }
  }

  private static void normalise(double[] x, double[] m, double @Nullable [] d, double[] y) {
    for (int row = 0; row < x.length; row += m.length) {
      for (int j = 0; j < m.length; j++) {
        y[row + j] = x[row + j] - m[j];
      }
    }
    if (d != null) {
      divide(y, d, y);
    }
  }

  private static void divide(double[] x, double[] d, double[] y) {
    for (int row = 0; row < x.length; row += d.length) {
      for (int j = 0; j < d.length; j++) {
        y[row + j] = x[row + j] / d[j];
      }
    }
  }

  @Override
  public @Nullable Tensor backward(Tensor outputGradient, Pass pass) {
    pass.recall(this, outputGradient);
    if (!pass.needsInputGradient()) {
      return null;
    }
    Tensor inputGradient = pass.inputGradient(this);
    if (deviation == null) {
      inputGradient.copyFrom(outputGradient);
      return inputGradient;
    }
    switch (outputGradient) {
      case FloatTensor dy ->
          divide(
              dy.array(),
              ((FloatTensor) deviation.value()).array(),
              ((FloatTensor) inputGradient).array());
      case DoubleTensor dy ->
          divide(
              dy.array(),
              ((DoubleTensor) deviation.value()).array(),
              ((DoubleTensor) inputGradient).array());
    }
    return inputGradient;
  }

  /** How files keep this layer. */
  static LayerFormat<InputNorm> format() {
    return LayerFormat.of(
            "lamella.InputNorm",
            InputNorm.class,
            saved ->
                saved.text("divides").equals("true")
                    ? standardising(saved.tensor("mean"), saved.tensor("deviation"))
                    : centring(saved.tensor("mean")))
        .withOption("divides", norm -> norm.deviation != null)
        .withOnnx(InputNorm::toOnnx)
        .fromOnnx("Sub", InputNorm::fromDifference)
        .fromOnnx("Add", InputNorm::fromSum)
        .fromOnnx("Div", InputNorm::fromQuotient)
        .fromOnnx("ai.onnx.ml.Scaler", InputNorm::fromScaler);
  }

  /** Sub and, unless inputs are only centred, Div. */
  private String toOnnx(OnnxGraph graph, String x) {
    String centred = graph.node("Sub", x, graph.parameter(mean));
    return deviation == null ? centred : graph.node("Div", centred, graph.parameter(deviation));
  }

  private static @Nullable InputNorm fromDifference(OnnxNode difference)
      throws FileFormatException {
    return difference.isConstant(1) ? centring(difference.features(1)) : null;
  }

  /** x + c is x - (-c). */
  private static @Nullable InputNorm fromSum(OnnxNode sum) throws FileFormatException {
    int constant = sum.isConstant(0) ? 0 : 1;
    if (!sum.isConstant(constant)) {
      return null;
    }
    Tensor mean = sum.features(constant);
    for (int i = 0; i < mean.size(); i++) {
      mean.set(i, -mean.get(i));
    }
    return centring(mean);
  }

  /** (x - mean) / deviation, or x / deviation. */
  private static @Nullable InputNorm fromQuotient(OnnxNode quotient) throws FileFormatException {
    if (!quotient.isConstant(1)) {
      return null;
    }
    Tensor deviation = quotient.features(1);
    OnnxNode difference = quotient.input(0, "Sub");
    return standardising(
        difference == null || !difference.isConstant(1)
            ? Tensor.zeros(deviation.dtype(), deviation.shape())
            : difference.features(1),
        deviation);
  }

  /** (x - offset) scale, by which scikit-learn's scaler is written: its scale is 1 / deviation. */
  private static InputNorm fromScaler(OnnxNode scaler) throws FileFormatException {
    double[] offset = scaler.numbers("offset");
    double[] scale = scaler.numbers("scale");
    Tensor mean = Tensor.zeros(scaler.dtype(), scaler.example());
    Tensor deviation = Tensor.zeros(scaler.dtype(), scaler.example());
    for (int i = 0; i < mean.size(); i++) {
      mean.set(i, offset.length == 0 ? 0 : offset[offset.length == 1 ? 0 : i]);
      deviation.set(i, scale.length == 0 ? 1 : 1 / scale[scale.length == 1 ? 0 : i]);
    }
    return standardising(mean, deviation);
  }

  /** {@code InputNorm(mean)} or {@code InputNorm(mean, deviation)}. */
  @Override
  public String toString() {
    return deviation == null ? "InputNorm(mean)" : "InputNorm(mean, deviation)";
  }
}
