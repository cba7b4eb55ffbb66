package lamella.layers;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import lamella.core.DoubleTensor;
import lamella.core.FloatTensor;
import lamella.core.Layer;
import lamella.core.NormalQuantile;
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
 * A broken line for each feature: between two neighbouring knots a and b of the feature, where it
 * has the values v and w, y = v + (w - v) (x - a) / (b - a).
 *
 * <p>Below the first knot y is the first value, above the last knot the last one.
 *
 * <p>{@link #halfwayToNormal} draws a line that spreads a table's numbers more evenly: where many
 * of them lie it is steep, and where few lie flat. It is meant behind {@link
 * RobustScale#withAsinh}.
 *
 * <p>A missing value, NaN, remains one: see {@link FillMissing}.
 *
 * <p>Backward: dx = dy times the slope of the line at x, on a knot that of the line to its right.
 *
 * <p><b>Shapes:</b> x {@code [n, features]} {@code ->} y the same; knots and values {@code
 * [features, knots]}.
 *
 * <p><b>Parameters:</b> {@code knots} and {@code values}; both are statistics, which training
 * leaves alone.
 */
public final class PiecewiseLinear implements Preprocessing {
  /** How far beyond the first and the last number a fitted line goes on. */
  private static final double BEYOND = 8;

  /** Normal quantiles are taken of shares between this and one less this. */
  private static final double LEAST_SHARE = 0.001;

  private final Parameter knots;
  private final Parameter values;
  private final List<Parameter> parameters;

  private PiecewiseLinear(Tensor knots, Tensor values) {
    this.knots = new Parameter("knots", Role.STATISTIC, knots);
    this.values = new Parameter("values", Role.STATISTIC, values);
    this.parameters = List.of(this.knots, this.values);
  }

  /**
   * {@return a layer of these lines}
   *
   * @param knots of each feature, at least two, each larger than the one before; used, not copied
   * @param values at the knots; used, not copied
   * @throws IllegalArgumentException if knots are no matrix, are too few or do not rise, a number
   *     is not finite, or the two are of different types
   * @throws ShapeException if the two are of different shapes
   */
  public static PiecewiseLinear of(Tensor knots, Tensor values) {
    Shape shape = knots.shape();
    if (shape.rank() != 2 || shape.last() < 2) {
      throw new IllegalArgumentException(
          "PiecewiseLinear knots: expects [features, knots] with 2 knots or more, got " + shape);
    }
    if (!values.shape().equals(shape)) {
      throw new ShapeException("PiecewiseLinear values", shape, values.shape());
    }
    if (values.dtype() != knots.dtype()) {
      throw new IllegalArgumentException(
          "PiecewiseLinear: expects values of type "
              + knots.dtype()
              + ", as knots, got "
              + values.dtype());
    }
    int count = shape.last();
    for (int i = 0; i < knots.size(); i++) {
      requireFinite("knots", knots, i);
      requireFinite("values", values, i);
      if (i % count > 0 && knots.get(i) <= knots.get(i - 1)) {
        throw new IllegalArgumentException(
            "PiecewiseLinear knots: must rise, got "
                + knots.get(i)
                + " after "
                + knots.get(i - 1)
                + " at feature "
                + i / count);
      }
    }
    return new PiecewiseLinear(knots, values);
  }

  private static void requireFinite(String what, Tensor tensor, int index) {
    if (!Double.isFinite(tensor.get(index))) {
      throw new IllegalArgumentException(
          "PiecewiseLinear "
              + what
              + ": must be finite, got "
              + tensor.get(index)
              + " at feature "
              + index / tensor.shape().last());
    }
  }

  /**
   * {@return a float32 layer for inputs like these, whose lines go half of the way from the numbers
   * to numbers that are normally distributed} The knots are the quantiles of the shares 0, 1 /
   * pieces, 2 / pieces, ..., 1 of a feature's numbers, each of which is one of the numbers. The
   * value at a knot x is (x + z) / 2, where z is the normal quantile of the share of numbers below
   * x, those that equal it counted half, and at least 0.001 and at most 0.999. Beyond the least and
   * the largest number the line goes on with slope 1/2, over a distance of 8.
   *
   * <p>Missing values, NaN, are left out; a feature that has no others keeps half of its numbers.
   *
   * @param inputs {@code [n, features]} of the training set, never of the set a network is judged
   *     by, on about the scale of a normal distribution
   * @param pieces at least 1
   * @throws IllegalArgumentException if it is no matrix, an input is infinite, or pieces is below 1
   */
  public static PiecewiseLinear halfwayToNormal(Tensor inputs, int pieces) {
    if (inputs.shape().rank() != 2) {
      throw new IllegalArgumentException(
          "PiecewiseLinear: expects [n, features], got " + inputs.shape());
    }
    if (pieces < 1) {
      throw new IllegalArgumentException(
          "PiecewiseLinear: the number of pieces must be at least 1, got " + pieces);
    }
    int features = inputs.shape().last();
    int count = pieces + 3;
    FloatTensor knots = FloatTensor.zeros(Shape.of(features, count));
    FloatTensor values = FloatTensor.zeros(knots.shape());
    for (int j = 0; j < features; j++) {
      draw(ordered(inputs, j), pieces, j * count, knots.array(), values.array());
    }
    return of(knots, values);
  }

  /** The numbers of a feature in order, without those that are missing. */
  private static float[] ordered(Tensor inputs, int feature) {
    int features = inputs.shape().last();
    float[] numbers = new float[inputs.shape().dimension(0)];
    int n = 0;
    for (int row = 0; row < numbers.length; row++) {
      float x = (float) inputs.get(row * features + feature);
      if (Float.isInfinite(x)) {
        throw new IllegalArgumentException(
            "PiecewiseLinear: feature "
                + feature
                + " of example "
                + row
                + " must be finite, or NaN where it is missing, got "
                + x);
      }
      if (!Float.isNaN(x)) {
        numbers[n] = x + 0f; // -0 is 0
        n++;
      }
    }
    float[] ordered = Arrays.copyOf(numbers, n);
    Arrays.sort(ordered);
    return ordered;
  }

  /** One knot before the numbers, those of the numbers, and those after them. */
  private static void draw(float[] ordered, int pieces, int at, float[] knots, float[] values) {
    int n = ordered.length;
    int end = at + pieces + 3;
    int next = at + 1;
    for (int i = 0; i <= pieces && n > 0; i++) {
      // The least number that at least this share is not above; whole numbers, as products of
      // shares are not exact.
      int place = (int) Math.max(0, ((long) i * n + pieces - 1) / pieces - 1);
      float knot = ordered[place];
      if (next > at + 1 && knot == knots[next - 1]) {
        continue;
      }
      int below = place;
      while (below > 0 && ordered[below - 1] == knot) {
        below--;
      }
      int above = place + 1;
      while (above < n && ordered[above] == knot) {
        above++;
      }
      double share = (below + above) / 2.0 / n;
      share = Math.min(1 - LEAST_SHARE, Math.max(LEAST_SHARE, share));
      knots[next] = knot;
      values[next] = (float) ((knot + NormalQuantile.of(share)) / 2);
      next++;
    }
    if (n == 0) {
      next++; // a knot at 0 of value 0
    }
    // So that further knots differ in float32 from the numbers' own.
    float beyond = (float) Math.max(BEYOND, Math.abs(knots[next - 1]) / 1000);
    goOn(knots, values, at + 1, at, -Math.max((float) BEYOND, Math.abs(knots[at + 1]) / 1000));
    for (int last = next - 1; next < end; next++) {
      goOn(knots, values, last, next, beyond * (next - last));
    }
  }

  private static void goOn(float[] knots, float[] values, int from, int to, float distance) {
    knots[to] = knots[from] + distance;
    values[to] = values[from] + (knots[to] - knots[from]) / 2;
  }

  /** {@return where the lines of each feature begin and end} */
  public Parameter knots() {
    return knots;
  }

  /** {@return y at the knots} */
  public Parameter values() {
    return values;
  }

  @Override
  public List<Parameter> parameters() {
    return parameters;
  }

  @Override
  public PiecewiseLinear copy(UnaryOperator<Layer> copies) {
    return new PiecewiseLinear(knots.value().copy(), values.value().copy());
  }

  @Override
  public Shape outputShape(Shape input) {
    return Features.requireInput(this, Shape.of(knots.shape().dimension(0)), input);
  }

  @Override
  public Tensor forward(Tensor input, Pass pass) {
    Tensor output = pass.output(this, input);
    int features = input.shape().last();
    int count = knots.shape().last();
    switch (input) {
      case FloatTensor floats -> {
        float[] x = floats.array();
        float[] y = ((FloatTensor) output).array();
        float[] a = ((FloatTensor) knots.value()).array();
        float[] v = ((FloatTensor) values.value()).array();
        for (int i = 0; i < input.size(); i++) {
          int first = i % features * count;
          int k = place(a, first, first + count, x[i]);
          if (k < first) {
            y[i] = v[first];
          } else if (k == first + count - 1) {
            y[i] = x[i] >= a[k] ? v[k] : x[i]; // else NaN
          } else {
            y[i] = v[k] + (v[k + 1] - v[k]) * ((x[i] - a[k]) / (a[k + 1] - a[k]));
          }
        }
      }
      case DoubleTensor doubles -> {
        double[] x = doubles.array();
        double[] y = ((DoubleTensor) output).array();
        double[] a = ((DoubleTensor) knots.value()).array();
        double[] v = ((DoubleTensor) values.value()).array();
        for (int i = 0; i < input.size(); i++) {
          int first = i % features * count;
          int k = place(a, first, first + count, x[i]);
          if (k < first) {
            y[i] = v[first];
          } else if (k == first + count - 1) {
            y[i] = x[i] >= a[k] ? v[k] : x[i]; // else NaN
          } else {
            y[i] = v[k] + (v[k + 1] - v[k]) * ((x[i] - a[k]) / (a[k + 1] - a[k]));
          }
        }
      }
    }
    output.markChanged();
    return output;
  }

  /** The last of these knots that is not above x; the one before them if all are. */
  private static int place(float[] knots, int from, int to, float x) {
    int low = from;
    int high = to;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (knots[middle] > x) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low - 1;
  }

  private static int place(double[] knots, int from, int to, double x) {
    int low = from;
    int high = to;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (knots[middle] > x) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low - 1;
  }

  @Override
  public @Nullable Tensor backward(Tensor outputGradient, Pass pass) {
    Tensor input = pass.recall(this, outputGradient);
    if (!pass.needsInputGradient()) {
      return null;
    }
    Tensor inputGradient = pass.inputGradient(this);
    int features = input.shape().last();
    int count = knots.shape().last();
    switch (input) {
      case FloatTensor floats -> {
        float[] x = floats.array();
        float[] dx = ((FloatTensor) inputGradient).array();
        float[] dy = ((FloatTensor) outputGradient).array();
        float[] a = ((FloatTensor) knots.value()).array();
        float[] v = ((FloatTensor) values.value()).array();
        for (int i = 0; i < input.size(); i++) {
          int first = i % features * count;
          int k = place(a, first, first + count, x[i]);
          boolean outside = k < first || k == first + count - 1;
          dx[i] = outside ? 0 : dy[i] * ((v[k + 1] - v[k]) / (a[k + 1] - a[k]));
        }
      }
      case DoubleTensor doubles -> {
        double[] x = doubles.array();
        double[] dx = ((DoubleTensor) inputGradient).array();
        double[] dy = ((DoubleTensor) outputGradient).array();
        double[] a = ((DoubleTensor) knots.value()).array();
        double[] v = ((DoubleTensor) values.value()).array();
        for (int i = 0; i < input.size(); i++) {
          int first = i % features * count;
          int k = place(a, first, first + count, x[i]);
          boolean outside = k < first || k == first + count - 1;
          dx[i] = outside ? 0 : dy[i] * ((v[k + 1] - v[k]) / (a[k + 1] - a[k]));
        }
      }
    }
    inputGradient.markChanged();
    return inputGradient;
  }

  // Files.

  /** How files keep this layer. */
  static LayerFormat<PiecewiseLinear> format() {
    return LayerFormat.of(
            "lamella.PiecewiseLinear",
            PiecewiseLinear.class,
            saved -> of(saved.tensor("knots"), saved.tensor("values")))
        .withOnnx(PiecewiseLinear::toOnnx)
        .fromOnnx("Add", PiecewiseLinear::fromSum);
  }

  /** The first value, and of each piece what it rises by, times the part of it that x is past. */
  private String toOnnx(OnnxGraph graph, String x) {
    int last = knots.shape().last() - 1;
    String begin = graph.constant("begin", columns(knots.value(), 0, last));
    String end = graph.constant("end", columns(knots.value(), 1, last));
    String from = graph.constant("from", columns(values.value(), 0, last));
    String to = graph.constant("to", columns(values.value(), 1, last));
    String axis = graph.node("Constant", Map.of("value_ints", new int[] {2}));
    String difference = graph.node("Sub", graph.node("Unsqueeze", x, axis), begin);
    String part = graph.node("Div", difference, graph.node("Sub", end, begin));
    String past = graph.node("Max", part, graph.constant("none", 0));
    String within = graph.node("Min", past, graph.constant("whole", 1));
    String rise = graph.node("Mul", within, graph.node("Sub", to, from));
    String sum = graph.reduction("ReduceSum", new int[] {2}, rise);
    String first =
        graph.constant(
            "first", columns(values.value(), 0, 1).reshape(Shape.of(knots.shape().dimension(0))));
    return graph.node("Add", graph.node("Squeeze", sum, axis), first);
  }

  /** Some columns of a matrix, as a matrix of its own. */
  private static Tensor columns(Tensor matrix, int first, int count) {
    int rows = matrix.shape().dimension(0);
    int width = matrix.shape().last();
    Tensor columns = Tensor.zeros(matrix.dtype(), Shape.of(rows, count));
    for (int i = 0; i < columns.size(); i++) {
      columns.set(i, matrix.get(i / count * width + first + i % count));
    }
    return columns;
  }

  private static @Nullable PiecewiseLinear fromSum(OnnxNode add) throws FileFormatException {
    OnnxNode squeeze = add.isConstant(1) ? add.input(0, "Squeeze") : null;
    OnnxNode sum = squeeze == null ? null : squeeze.input(0, "ReduceSum");
    OnnxNode rise = sum == null ? null : sum.input(0, "Mul");
    OnnxNode within = rise == null ? null : rise.input(0, "Min");
    OnnxNode past =
        within == null || !RobustScale.isNumber(within, 1) ? null : within.input(0, "Max");
    OnnxNode part = past == null || !RobustScale.isNumber(past, 0) ? null : past.input(0, "Div");
    OnnxNode difference = part == null ? null : part.input(0, "Sub");
    OnnxNode unsqueeze = difference == null ? null : difference.input(0, "Unsqueeze");
    OnnxNode values = rise == null ? null : rise.input(1, "Sub");
    OnnxNode knots = part == null ? null : part.input(1, "Sub");
    if (squeeze == null
        || sum == null
        || difference == null
        || unsqueeze == null
        || values == null
        || knots == null) {
      return null;
    }
    List<Long> third = List.of(2L);
    if (!squeeze.integers(1).equals(third)
        || !unsqueeze.integers(1).equals(third)
        || !sum.axes().equals(third)
        || sum.integer("keepdims", 1) != 1) {
      return null;
    }
    Tensor joinedKnots = joined(knots.constant(1), knots.constant(0));
    Tensor joinedValues = joined(values.constant(1), values.constant(0));
    Tensor begin = difference.constant(1);
    Tensor first = add.features(1);
    if (joinedKnots == null
        || joinedValues == null
        || !joinedKnots.shape().equals(joinedValues.shape())
        || !isColumns(begin, joinedKnots)
        || !isColumns(first.reshape(Shape.of(first.size(), 1)), joinedValues)) {
      return null;
    }
    return of(joinedKnots, joinedValues);
  }

  /** All columns of two matrices, of which the second begins with the first's second column. */
  private static @Nullable Tensor joined(Tensor begins, Tensor ends) {
    Shape shape = begins.shape();
    if (shape.rank() != 2 || !ends.shape().equals(shape)) {
      return null;
    }
    int count = shape.last();
    Tensor joined = Tensor.zeros(begins.dtype(), Shape.of(shape.dimension(0), count + 1));
    for (int i = 0; i < joined.size(); i++) {
      int row = i / (count + 1);
      int column = i % (count + 1);
      double end = column == 0 ? 0 : ends.get(row * count + column - 1);
      joined.set(i, column < count ? begins.get(row * count + column) : end);
      if (column > 0 && joined.get(i) != end) {
        return null;
      }
    }
    return joined;
  }

  /** Whether a matrix is the first columns of another. */
  private static boolean isColumns(Tensor matrix, Tensor whole) {
    Shape shape = matrix.shape();
    return shape.rank() == 2
        && shape.dimension(0) == whole.shape().dimension(0)
        && shape.last() <= whole.shape().last()
        && Arrays.equals(columns(whole, 0, shape.last()).toDoubleArray(), matrix.toDoubleArray());
  }

  /** For example {@code PiecewiseLinear(6, 35 knots)}. */
  @Override
  public String toString() {
    return "PiecewiseLinear("
        + knots.shape().dimension(0)
        + ", "
        + knots.shape().last()
        + " knots)";
  }
}
