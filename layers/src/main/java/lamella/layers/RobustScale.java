package lamella.layers;

import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import lamella.core.Batch;
import lamella.core.DType;
import lamella.core.Dataset;
import lamella.core.DoubleTensor;
import lamella.core.Layer;
import lamella.core.Parameter;
import lamella.core.Parameter.Role;
import lamella.core.Pass;
import lamella.core.Preprocessing;
import lamella.core.RowLoop;
import lamella.core.Shape;
import lamella.core.ShapeException;
import lamella.core.Tensor;
import lamella.core.formula.Expression;
import lamella.core.formula.Formula;
import lamella.core.io.FileFormatException;
import lamella.core.io.LayerFormat;
import lamella.core.io.OnnxGraph;
import lamella.core.io.OnnxNode;
import org.jspecify.annotations.Nullable;

/**
 * Brings the numbers of a table on one scale, outliers too: z = (x - centre) factor with the centre
 * and the factor of each feature, y = z / sqrt(1 + (z / 3)²).
 *
 * <p>Near the centre y is nearly z, and it never leaves [-3, 3]. {@link #withAsinh} gives y =
 * asinh(z) = log(z + sqrt(1 + z²)) instead, which grows as a logarithm and keeps far values apart.
 * {@link #fit(Dataset)} takes the median for the centre, and for the factor 1 over the distance
 * between the quartiles: neither of them is moved by a few outliers.
 *
 * {@snippet file="SnippetsTest.java" region="robust-scale"}
 *
 * <p>A missing value, NaN, remains one: see {@link FillMissing}.
 *
 * <p>Backward: dx = dy factor (1 + (z / 3)²)<sup>-3/2</sup>, or dx = dy factor (1 +
 * z²)<sup>-1/2</sup>.
 *
 * <p><b>Shapes:</b> x {@code [n, features]} {@code ->} y the same; centre and factor {@code
 * [features]}.
 *
 * <p><b>Parameters:</b> {@code centre} and {@code factor}; both are statistics, which training
 * leaves alone.
 *
 * <p>Source: D. Holzmüller et al., "Better by default: strong pre-tuned MLPs and boosted trees on
 * tabular data" (2024).
 */
public final class RobustScale implements Preprocessing {
  /** Numbers that {@link #fit(Dataset)} holds at once, 8 bytes each; of one feature at least. */
  private static final int HELD = 1 << 23;

  /** Examples that it reads at once. */
  private static final int BATCH = 1000;

  /** Further out z is taken to be this: squares would overflow. */
  private static final double FAR = 1e9;

  private static final Formula CLIP =
      Formula.of((Expression z) -> near(z).over(ninth(z).plus(1).sqrt()))
          .withSlope((z, y) -> {
            Expression square = ninth(z).plus(1);
            return slope(z, Expression.of(1).over(square.times(square.sqrt())));
          });

  private static final Formula ASINH =
      Formula.of(
              (Expression z) -> {
                // log1p(|z| + sqrt(1 + z²) - 1), without cancellation.
                Expression rest = square(z).over(square(z).plus(1).sqrt().plus(1));
                Expression size = near(z).abs().plus(rest).log1p();
                return z.ifPositive(size, size.negated());
              })
          .withSlope((z, y) -> slope(z, Expression.of(1).over(square(z).plus(1).sqrt())));

  private static Expression near(Expression z) {
    return z.min(FAR).max(-FAR);
  }

  private static Expression square(Expression z) {
    return near(z).times(near(z));
  }

  private static Expression ninth(Expression z) {
    return square(z).times(1.0 / 9);
  }

  /** 0 where z is far. */
  private static Expression slope(Expression z, Expression slope) {
    return Expression.of(FAR).minus(z.abs()).ifPositive(slope, Expression.of(0));
  }

  /** z = (x - centre) factor. */
  private static final RowLoop SCALE =
      new RowLoop() {
        @Override
        protected void run(float[][] arrays, int from, int to, double[] lanes) {
          float[] z = arrays[0];
          float[] x = arrays[1];
          float[] centre = arrays[2];
          float[] factor = arrays[3];
          for (int i = from; i < to; i++) {
            z[i] = (x[i] - centre[i - from]) * factor[i - from];
          }
        }

        @Override
        protected void run(double[][] arrays, int from, int to, double[] lanes) {
          double[] z = arrays[0];
          double[] x = arrays[1];
          double[] centre = arrays[2];
          double[] factor = arrays[3];
          for (int i = from; i < to; i++) {
            z[i] = (x[i] - centre[i - from]) * factor[i - from];
          }
        }
      };

  /** dx = factor times what is left of dL/dz. */
  private static final RowLoop MULTIPLY =
      new RowLoop() {
        @Override
        protected void run(float[][] arrays, int from, int to, double[] lanes) {
          float[] dx = arrays[0];
          float[] dz = arrays[1];
          float[] factor = arrays[2];
          for (int i = from; i < to; i++) {
            dx[i] = dz[i] * factor[i - from];
          }
        }

        @Override
        protected void run(double[][] arrays, int from, int to, double[] lanes) {
          double[] dx = arrays[0];
          double[] dz = arrays[1];
          double[] factor = arrays[2];
          for (int i = from; i < to; i++) {
            dx[i] = dz[i] * factor[i - from];
          }
        }
      };

  private final Parameter centre;
  private final Parameter factor;
  private final List<Parameter> parameters;
  private final boolean isAsinh;

  private RobustScale(Tensor centre, Tensor factor, boolean isAsinh) {
    this.centre = new Parameter("centre", Role.STATISTIC, centre);
    this.factor = new Parameter("factor", Role.STATISTIC, factor);
    this.parameters = List.of(this.centre, this.factor);
    this.isAsinh = isAsinh;
  }

  /**
   * {@return a layer of these numbers}
   *
   * @param centre of each feature; used, not copied
   * @param factor of each feature; used, not copied
   * @throws IllegalArgumentException if they are no vectors, a number is not finite, or the two are
   *     of different types
   * @throws ShapeException if the two are of different shapes
   */
  public static RobustScale of(Tensor centre, Tensor factor) {
    if (!factor.shape().equals(centre.shape())) {
      throw new ShapeException("RobustScale factor", centre.shape(), factor.shape());
    }
    if (factor.dtype() != centre.dtype()) {
      throw new IllegalArgumentException(
          "RobustScale: expects factor of type "
              + centre.dtype()
              + ", as centre, got "
              + factor.dtype());
    }
    return new RobustScale(
        Features.requireFinite("RobustScale centre", centre),
        Features.requireFinite("RobustScale factor", factor),
        false);
  }

  /**
   * {@return a layer of the same centre and factor, whose tensors it shares, that gives asinh(z)}
   * It is for features with outliers that tell something by how far out they are.
   */
  public RobustScale withAsinh() {
    return new RobustScale(centre.value(), factor.value(), true);
  }

  /**
   * {@return a float32 layer for inputs like these: centre is the median of a feature, and factor 1
   * / (q - p) with its quartiles p and q, at which a quarter of the values is smaller and a quarter
   * larger} Where p = q, factor is 1 / the median of the distances from the centre that are not 0.
   * A feature that is always the same becomes 0. Missing values, NaN, are left out; a feature that
   * has no others becomes 0.
   *
   * <p>Between two values, median and quartiles are interpolated: the quantile of share s of n
   * values in order is the one at place s (n - 1), counted from 0.
   *
   * @param data the training set, never the set a network is judged by; it is read once, or once
   *     for each 8 million numbers
   * @throws IllegalArgumentException if it is empty, or an input is infinite; names the example
   */
  public static RobustScale fit(Dataset<?> data) {
    int examples = data.size();
    if (examples == 0) {
      throw new IllegalArgumentException("RobustScale: needs at least one example");
    }
    Shape shape = data.exampleShape();
    int features = shape.size();
    double[] centre = new double[features];
    double[] factor = new double[features];
    int held = Math.min(features, Math.max(1, HELD / examples));
    for (int first = 0; first < features; first += held) {
      double[][] values = values(data, first, Math.min(features, first + held));
      for (int j = 0; j < values.length; j++) {
        fit(values[j], first + j, centre, factor);
      }
    }
    return of(
        DoubleTensor.wrap(shape, centre).to(DType.FLOAT32),
        DoubleTensor.wrap(shape, factor).to(DType.FLOAT32));
  }

  /**
   * {@return the same for a tensor of examples}
   *
   * @param inputs {@code [n, features]}
   * @throws IllegalArgumentException if it is no matrix, or an input is infinite
   */
  public static RobustScale fit(Tensor inputs) {
    if (inputs.shape().rank() != 2) {
      throw new IllegalArgumentException(
          "RobustScale: expects [n, features], got " + inputs.shape());
    }
    return fit(Dataset.of(inputs, new int[inputs.shape().dimension(0)]));
  }

  /** The values of some features, one feature after the other. */
  private static <T> double[][] values(Dataset<T> data, int first, int end) {
    double[][] values = new double[end - first][data.size()];
    int features = data.exampleShape().size();
    for (int from = 0; from < data.size(); from += BATCH) {
      int[] indices = new int[Math.min(BATCH, data.size() - from)];
      for (int i = 0; i < indices.length; i++) {
        indices[i] = from + i;
      }
      Batch<T> batch = data.newBatch(indices.length, DType.FLOAT64);
      data.read(indices, batch);
      double[] x = ((DoubleTensor) batch.inputs()).array();
      for (int i = 0; i < indices.length; i++) {
        for (int j = first; j < end; j++) {
          double value = x[i * features + j];
          if (Double.isInfinite(value)) {
            throw new IllegalArgumentException(
                "RobustScale: feature "
                    + j
                    + " of example "
                    + indices[i]
                    + " must be finite, or NaN where it is missing, got "
                    + value);
          }
          values[j - first][from + i] = value;
        }
      }
    }
    return values;
  }

  /** Takes centre and factor of one feature from its values, which are put in order. */
  private static void fit(double[] values, int feature, double[] centre, double[] factor) {
    Arrays.sort(values); // NaN is last
    int n = values.length;
    while (n > 0 && Double.isNaN(values[n - 1])) {
      n--;
    }
    if (n == 0) {
      return;
    }
    double median = quantile(values, n, 0.5);
    double distance = quantile(values, n, 0.75) - quantile(values, n, 0.25);
    if (distance == 0) {
      distance = medianDistance(Arrays.copyOf(values, n), median);
    }
    centre[feature] = median;
    // Of numbers that are hardly apart it would be infinite in float32.
    factor[feature] = distance == 0 ? 0 : Math.min(1 / distance, Float.MAX_VALUE);
  }

  /** The median of the distances from a number that are not 0; 0 if there are none. */
  private static double medianDistance(double[] values, double from) {
    int n = 0;
    for (double value : values) {
      if (value != from) {
        values[n] = Math.abs(value - from);
        n++;
      }
    }
    Arrays.sort(values, 0, n);
    return n == 0 ? 0 : quantile(values, n, 0.5);
  }

  /** As NumPy takes it, rounding included. */
  private static double quantile(double[] ordered, int n, double share) {
    double place = share * (n - 1);
    int below = (int) place;
    double part = place - below;
    double a = ordered[below];
    double b = ordered[Math.min(below + 1, n - 1)];
    return part < 0.5 ? a + (b - a) * part : b - (b - a) * (1 - part);
  }

  /** {@return what is subtracted from each feature} */
  public Parameter centre() {
    return centre;
  }

  /** {@return what each difference is multiplied by} */
  public Parameter factor() {
    return factor;
  }

  @Override
  public List<Parameter> parameters() {
    return parameters;
  }

  @Override
  public RobustScale copy(UnaryOperator<Layer> copies) {
    return new RobustScale(centre.value().copy(), factor.value().copy(), isAsinh);
  }

  @Override
  public Shape outputShape(Shape input) {
    return Features.requireInput(this, centre.shape(), input);
  }

  @Override
  public Tensor forward(Tensor input, Pass pass) {
    Tensor output = pass.output(this, input);
    Tensor z = pass.buffer(this, 0, input.shape());
    SCALE.over(z, input, centre.value(), factor.value(), input, input);
    bend().values(z, output);
    return output;
  }

  @Override
  public @Nullable Tensor backward(Tensor outputGradient, Pass pass) {
    Tensor input = pass.recall(this, outputGradient);
    if (!pass.needsInputGradient()) {
      return null;
    }
    Tensor z = pass.buffer(this, 0, input.shape());
    Tensor inputGradient = pass.inputGradient(this);
    bend().gradients(z, z, outputGradient, inputGradient);
    MULTIPLY.over(inputGradient, inputGradient, factor.value());
    return inputGradient;
  }

  private Formula bend() {
    return isAsinh ? ASINH : CLIP;
  }

  // Files.

  /** How files keep this layer. */
  static LayerFormat<RobustScale> format() {
    return LayerFormat.of(
            "lamella.RobustScale",
            RobustScale.class,
            saved -> {
              RobustScale scale = of(saved.tensor("centre"), saved.tensor("factor"));
              return saved.text("asinh").equals("true") ? scale.withAsinh() : scale;
            })
        .withOption("asinh", scale -> scale.isAsinh)
        .withOnnx(RobustScale::toOnnx)
        .fromOnnx("Div", RobustScale::fromQuotient)
        .fromOnnx("Asinh", asinh -> asinh(fromNear(asinh.input(0, "Max"))))
        .fromOnnx("Mul", RobustScale::fromProduct);
  }

  private String toOnnx(OnnxGraph graph, String x) {
    String difference = graph.node("Sub", x, graph.parameter(centre));
    String z = graph.node("Mul", difference, graph.parameter(factor));
    String below = graph.node("Min", z, graph.constant("most", FAR));
    String near = graph.node("Max", below, graph.constant("least", -FAR));
    if (isAsinh && graph.dtype() == DType.FLOAT32) {
      return graph.node("Asinh", near);
    }
    String square = graph.node("Mul", near, near);
    if (isAsinh) {
      // onnxruntime has the operator in float32 only.
      String one = graph.constant("one", 1);
      String root = graph.node("Sqrt", graph.node("Add", square, one));
      String rest = graph.node("Div", square, graph.node("Add", root, one));
      String size = graph.node("Add", graph.node("Abs", near), rest);
      String log = graph.node("Log", graph.node("Add", size, one));
      return graph.node("Mul", graph.node("Sign", near), log);
    }
    String ninth = graph.node("Mul", square, graph.constant("ninth", 1.0 / 9));
    String sum = graph.node("Add", ninth, graph.constant("one", 1));
    return graph.node("Div", near, graph.node("Sqrt", sum));
  }

  private static @Nullable RobustScale fromQuotient(OnnxNode quotient) throws FileFormatException {
    OnnxNode root = quotient.input(1, "Sqrt");
    OnnxNode sum = root == null ? null : root.input(0, "Add");
    OnnxNode ninth = sum == null || !isNumber(sum, 1) ? null : sum.input(0, "Mul");
    OnnxNode square = ninth == null || !isNumber(ninth, 1.0 / 9) ? null : ninth.input(0, "Mul");
    if (square == null) {
      return null;
    }
    RobustScale scale = fromNear(quotient.input(0, "Max"));
    return scale == null || !scale.isSquared(square) ? null : scale;
  }

  /** Sign(near) Log(Abs(near) + square / (Sqrt(square + 1) + 1) + 1). */
  private static @Nullable RobustScale fromProduct(OnnxNode product) throws FileFormatException {
    OnnxNode sign = product.input(0, "Sign");
    OnnxNode log = sign == null ? null : product.input(1, "Log");
    OnnxNode more = log == null ? null : log.input(0, "Add");
    OnnxNode sum = more == null || !isNumber(more, 1) ? null : more.input(0, "Add");
    OnnxNode size = sum == null ? null : sum.input(0, "Abs");
    OnnxNode rest = sum == null ? null : sum.input(1, "Div");
    if (sign == null || size == null || rest == null) {
      return null;
    }
    RobustScale scale = fromNear(sign.input(0, "Max"));
    OnnxNode square = rest.input(0, "Mul");
    OnnxNode divisor = rest.input(1, "Add");
    OnnxNode root = divisor == null || !isNumber(divisor, 1) ? null : divisor.input(0, "Sqrt");
    OnnxNode inner = root == null ? null : root.input(0, "Add");
    OnnxNode again = inner == null || !isNumber(inner, 1) ? null : inner.input(0, "Mul");
    return scale == null
            || !scale.isSame(fromNear(size.input(0, "Max")))
            || !scale.isSquared(square)
            || !scale.isSquared(again)
        ? null
        : scale.withAsinh();
  }

  private static @Nullable RobustScale asinh(@Nullable RobustScale scale) {
    return scale == null ? null : scale.withAsinh();
  }

  /** Whether a node multiplies what this scales with itself. */
  private boolean isSquared(@Nullable OnnxNode square) throws FileFormatException {
    return square != null
        && isSame(fromNear(square.input(0, "Max")))
        && isSame(fromNear(square.input(1, "Max")));
  }

  /** Of Max(Min((x - centre) factor, FAR), -FAR). */
  private static @Nullable RobustScale fromNear(@Nullable OnnxNode near)
      throws FileFormatException {
    OnnxNode below = near == null || !isNumber(near, -FAR) ? null : near.input(0, "Min");
    OnnxNode product = below == null || !isNumber(below, FAR) ? null : below.input(0, "Mul");
    if (product == null || !product.isConstant(1)) {
      return null;
    }
    OnnxNode difference = product.input(0, "Sub");
    return difference == null || !difference.isConstant(1)
        ? null
        : of(difference.features(1), product.features(1));
  }

  /** Whether the second input of a node is this number. */
  static boolean isNumber(OnnxNode node, double expected) throws FileFormatException {
    if (!node.isConstant(1)) {
      return false;
    }
    Tensor number = node.constant(1);
    Tensor rounded = Tensor.zeros(number.dtype(), number.shape());
    rounded.fill(expected);
    return number.size() == 1 && number.get(0) == rounded.get(0);
  }

  private boolean isSame(@Nullable RobustScale other) {
    return other != null
        && Arrays.equals(centre.value().toDoubleArray(), other.centre.value().toDoubleArray())
        && Arrays.equals(factor.value().toDoubleArray(), other.factor.value().toDoubleArray());
  }

  /** For example {@code RobustScale(6)} or {@code RobustScale(6, asinh)}. */
  @Override
  public String toString() {
    return "RobustScale(" + centre.shape().last() + (isAsinh ? ", asinh)" : ")");
  }
}
