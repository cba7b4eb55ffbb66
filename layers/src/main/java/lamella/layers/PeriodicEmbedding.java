package lamella.layers;

import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import lamella.core.DType;
import lamella.core.DoubleTensor;
import lamella.core.FloatTensor;
import lamella.core.Layer;
import lamella.core.Parameter;
import lamella.core.Parameter.Role;
import lamella.core.Pass;
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
 * Gives a network more than one view of each number: beside x_j itself, sums of waves in x_j that
 * are learned, so that a dense layer behind it can tell near values apart.
 *
 * <p>Feature j has frequencies f_kj and phases p_kj, and of K waves it makes width - 1 numbers:
 *
 * <p>e_oj = b_oj + sum over k of w_okj cos(2π f_kj x_j + p_kj)
 *
 * <p>The outputs are x, then e_1 of all features, then e_2 of all, and so on.
 *
 * {@snippet file="SnippetsTest.java" region="periodic-embedding"}
 *
 * <p>Inputs are on one scale, see {@link RobustScale}; frequencies that begin large overfit.
 *
 * <p>Backward: with d_kj = -sin(2π f_kj x_j + p_kj) times the sum over o of w_okj dL/de_oj, dp +=
 * d, df += 2π d x, dw += cos(..) dL/de, db += dL/de, each summed over the examples in their order;
 * dx_j = dL/dy_j + 2π times the sum over k of d_kj f_kj.
 *
 * <p><b>Shapes:</b> x {@code [n, features]} {@code ->} y {@code [n, width * features]}.
 *
 * <p><b>Parameters:</b> {@code frequency} and {@code phase} {@code [frequencies, features]}, {@code
 * weight} {@code [width - 1, frequencies, features]} and {@code bias} {@code [width - 1,
 * features]}; no penalty and no decay falls on them.
 *
 * <p>Source: Y. Gorishniy et al., "On embeddings for numerical features in tabular deep learning"
 * (2022); with a phase and x itself, D. Holzmüller et al., "Better by default: strong pre-tuned
 * MLPs and boosted trees on tabular data" (2024).
 */
public final class PeriodicEmbedding implements Layer {
  private static final int FREQUENCIES = 16;
  private static final int WIDTH = 4;
  private static final double DEVIATION = 0.1;

  private static final double TURN = 2 * Math.PI;

  private final int features;
  private final int frequencies;

  /** Sums of waves of each feature: the width without x itself. */
  private final int sums;

  private final Parameter frequency;
  private final Parameter phase;
  private final Parameter weight;
  private final Parameter bias;
  private final List<Parameter> parameters;
  private final RowLoop angles = new Angles();
  private final RowLoop outputs = new Outputs();
  private final RowLoop waveGradients = new WaveGradients();
  private final RowLoop inputGradients = new InputGradients();

  /**
   * A float32 layer of 16 frequencies, drawn with deviation 0.1, and width 4.
   *
   * @param features the width of the input, at least 1
   * @param random where the numbers come from
   * @throws IllegalArgumentException if features is below 1
   */
  public PeriodicEmbedding(int features, RandomGenerator random) {
    this(DType.FLOAT32, features, FREQUENCIES, WIDTH, DEVIATION, random);
  }

  /**
   * A layer of either type. Frequencies are drawn from a normal distribution, phases evenly between
   * -π and π, weights and biases evenly between ±1 / sqrt(frequencies); one parameter after the
   * other, each in row-major order.
   *
   * @param dtype the type of the parameters
   * @param features the width of the input, at least 1
   * @param frequencies of each feature, at least 1
   * @param width how many outputs each feature has, itself among them, at least 2
   * @param deviation of the frequencies at first, above 0: how often a wave goes up and down where
   *     x changes by 1
   * @param random where the numbers come from
   * @throws IllegalArgumentException if one of them is out of range
   */
  public PeriodicEmbedding(
      DType dtype,
      int features,
      int frequencies,
      int width,
      double deviation,
      RandomGenerator random) {
    if (features < 1
        || frequencies < 1
        || width < 2
        || !(deviation > 0 && deviation < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "PeriodicEmbedding: features and frequencies must be at least 1, width at least 2 and"
              + " deviation finite and > 0, got "
              + features
              + ", "
              + frequencies
              + ", "
              + width
              + " and "
              + deviation);
    }
    Tensor frequency = Tensor.zeros(dtype, Shape.of(frequencies, features));
    for (int i = 0; i < frequency.size(); i++) {
      frequency.set(i, deviation * random.nextGaussian());
    }
    double bound = 1 / Math.sqrt(frequencies);
    Tensor phase = even(Tensor.zeros(dtype, frequency.shape()), Math.PI, random);
    Tensor weight =
        even(Tensor.zeros(dtype, Shape.of(width - 1, frequencies, features)), bound, random);
    Tensor bias = even(Tensor.zeros(dtype, Shape.of(width - 1, features)), bound, random);
    this(frequency, phase, weight, bias);
  }

  private static Tensor even(Tensor tensor, double bound, RandomGenerator random) {
    for (int i = 0; i < tensor.size(); i++) {
      tensor.set(i, bound * (2 * random.nextDouble() - 1));
    }
    return tensor;
  }

  private PeriodicEmbedding(Tensor frequency, Tensor phase, Tensor weight, Tensor bias) {
    this.frequencies = frequency.shape().dimension(0);
    this.features = frequency.shape().last();
    this.sums = bias.shape().dimension(0);
    this.frequency = new Parameter("frequency", Role.GAIN, frequency);
    this.phase = new Parameter("phase", Role.BIAS, phase);
    this.weight = new Parameter("weight", Role.GAIN, weight);
    this.bias = new Parameter("bias", Role.BIAS, bias);
    this.parameters = List.of(this.frequency, this.phase, this.weight, this.bias);
  }

  /**
   * {@return a layer of these numbers, which are used and not copied}
   *
   * @param frequency {@code [frequencies, features]}
   * @param phase {@code [frequencies, features]}
   * @param weight {@code [width - 1, frequencies, features]}
   * @param bias {@code [width - 1, features]}
   * @throws IllegalArgumentException if a frequency or a bias is no matrix, or types differ
   * @throws ShapeException if shapes do not fit
   */
  public static PeriodicEmbedding of(Tensor frequency, Tensor phase, Tensor weight, Tensor bias) {
    if (frequency.shape().rank() != 2 || bias.shape().rank() != 2) {
      throw new IllegalArgumentException(
          "PeriodicEmbedding: expects frequency [frequencies, features] and bias [width - 1,"
              + " features], got "
              + frequency.shape()
              + " and "
              + bias.shape());
    }
    Shape shape = frequency.shape();
    int sums = bias.shape().dimension(0);
    require("phase", shape, phase, frequency.dtype());
    require("weight", Shape.of(sums, shape.dimension(0), shape.last()), weight, frequency.dtype());
    require("bias", Shape.of(sums, shape.last()), bias, frequency.dtype());
    return new PeriodicEmbedding(frequency, phase, weight, bias);
  }

  private static void require(String what, Shape expected, Tensor tensor, DType dtype) {
    if (!tensor.shape().equals(expected)) {
      throw new ShapeException("PeriodicEmbedding " + what, expected, tensor.shape());
    }
    if (tensor.dtype() != dtype) {
      throw new IllegalArgumentException(
          "PeriodicEmbedding "
              + what
              + ": expects type "
              + dtype
              + ", as frequency, got "
              + tensor.dtype());
    }
  }

  /** {@return how often waves go up and down where a feature changes by 1} */
  public Parameter frequency() {
    return frequency;
  }

  /** {@return where waves are at 0, in radians} */
  public Parameter phase() {
    return phase;
  }

  /** {@return what waves are multiplied by in sums} */
  public Parameter weight() {
    return weight;
  }

  /** {@return what is added to sums of waves} */
  public Parameter bias() {
    return bias;
  }

  @Override
  public List<Parameter> parameters() {
    return parameters;
  }

  @Override
  public PeriodicEmbedding copy(UnaryOperator<Layer> copies) {
    return new PeriodicEmbedding(
        frequency.value().copy(), phase.value().copy(), weight.value().copy(), bias.value().copy());
  }

  @Override
  public Shape outputShape(Shape input) {
    if (input.rank() != 2 || input.last() != features) {
      throw new ShapeException(this, Shape.of(features).openBatch(), input);
    }
    return input.withLast(Math.multiplyExact(features, sums + 1));
  }

  @Override
  public long multiplyAdds(Shape example) {
    return (long) features * frequencies * (sums + 1);
  }

  // On the pass, slot 0 holds the angles of all waves, slot 1 their cosines, in backward slot 2
  // the gradients of the cosines and slot 3 those of the angles.

  @Override
  public Tensor forward(Tensor input, Pass pass) {
    Tensor output = pass.output(this, input);
    Tensor angle = pass.rowBuffer(this, 0, frequencies * features);
    Tensor wave = pass.rowBuffer(this, 1, frequencies * features);
    angles.over(angle, input, frequency.value(), phase.value(), input, input);
    Cosine.VALUES.over(wave, angle);
    outputs.over(output, input, wave, weight.value(), bias.value(), input);
    return output;
  }

  @Override
  public @Nullable Tensor backward(Tensor outputGradient, Pass pass) {
    Tensor input = pass.recall(this, outputGradient);
    Tensor angle = pass.rowBuffer(this, 0, frequencies * features);
    Tensor wave = pass.rowBuffer(this, 1, frequencies * features);
    Tensor waveGradient = pass.rowBuffer(this, 2, frequencies * features);
    Tensor angleGradient = pass.rowBuffer(this, 3, frequencies * features);
    boolean needed = pass.needsInputGradient();
    if (needed || pass.needsGradient(frequency) || pass.needsGradient(phase)) {
      waveGradients.over(waveGradient, outputGradient, weight.value());
      Cosine.GRADIENTS.over(angleGradient, angle, waveGradient);
    }
    if (pass.needsGradient(frequency)) {
      addFrequencies(input, angleGradient, pass.gradient(frequency));
    }
    if (pass.needsGradient(phase)) {
      addRows(angleGradient, 0, pass.gradient(phase));
    }
    if (pass.needsGradient(weight)) {
      addWeights(wave, outputGradient, pass.gradient(weight));
    }
    if (pass.needsGradient(bias)) {
      addRows(outputGradient, features, pass.gradient(bias));
    }
    if (!needed) {
      return null;
    }
    Tensor inputGradient = pass.inputGradient(this);
    inputGradients.over(
        inputGradient, outputGradient, angleGradient, frequency.value(), angle, angle);
    return inputGradient;
  }

  // The loops, of one row each. Wave i is that of frequency i / features and feature i % features.

  private final class Angles extends RowLoop {
    @Override
    protected void run(float[][] arrays, int from, int to, double[] lanes) {
      float[] angle = arrays[0];
      float[] x = arrays[1];
      float[] frequency = arrays[2];
      float[] phase = arrays[3];
      int first = from / (to - from) * features;
      for (int i = 0; i < to - from; i += features) {
        for (int j = 0; j < features; j++) {
          angle[from + i + j] = x[first + j] * frequency[i + j] * (float) TURN + phase[i + j];
        }
      }
    }

    @Override
    protected void run(double[][] arrays, int from, int to, double[] lanes) {
      double[] angle = arrays[0];
      double[] x = arrays[1];
      double[] frequency = arrays[2];
      double[] phase = arrays[3];
      int first = from / (to - from) * features;
      for (int i = 0; i < to - from; i += features) {
        for (int j = 0; j < features; j++) {
          angle[from + i + j] = x[first + j] * frequency[i + j] * TURN + phase[i + j];
        }
      }
    }
  }

  private final class Outputs extends RowLoop {
    @Override
    protected void run(float[][] arrays, int from, int to, double[] lanes) {
      float[] y = arrays[0];
      float[] x = arrays[1];
      float[] wave = arrays[2];
      float[] weight = arrays[3];
      float[] bias = arrays[4];
      int row = from / (to - from);
      int waves = frequencies * features;
      System.arraycopy(x, row * features, y, from, features);
      System.arraycopy(bias, 0, y, from + features, sums * features);
      for (int o = 0; o < sums; o++) {
        int at = from + (o + 1) * features;
        for (int i = 0; i < waves; i += features) {
          for (int j = 0; j < features; j++) {
            y[at + j] = Math.fma(wave[row * waves + i + j], weight[o * waves + i + j], y[at + j]);
          }
        }
      }
    }

    @Override
    protected void run(double[][] arrays, int from, int to, double[] lanes) {
      double[] y = arrays[0];
      double[] x = arrays[1];
      double[] wave = arrays[2];
      double[] weight = arrays[3];
      double[] bias = arrays[4];
      int row = from / (to - from);
      int waves = frequencies * features;
      System.arraycopy(x, row * features, y, from, features);
      System.arraycopy(bias, 0, y, from + features, sums * features);
      for (int o = 0; o < sums; o++) {
        int at = from + (o + 1) * features;
        for (int i = 0; i < waves; i += features) {
          for (int j = 0; j < features; j++) {
            y[at + j] = Math.fma(wave[row * waves + i + j], weight[o * waves + i + j], y[at + j]);
          }
        }
      }
    }
  }

  private final class WaveGradients extends RowLoop {
    @Override
    protected void run(float[][] arrays, int from, int to, double[] lanes) {
      float[] gradient = arrays[0];
      float[] dy = arrays[1];
      float[] weight = arrays[2];
      int row = from / (to - from);
      int waves = to - from;
      for (int i = 0; i < waves; i += features) {
        for (int j = 0; j < features; j++) {
          float sum = 0;
          for (int o = 0; o < sums; o++) {
            int at = row * (sums + 1) * features + (o + 1) * features + j;
            sum = Math.fma(dy[at], weight[o * waves + i + j], sum);
          }
          gradient[from + i + j] = sum;
        }
      }
    }

    @Override
    protected void run(double[][] arrays, int from, int to, double[] lanes) {
      double[] gradient = arrays[0];
      double[] dy = arrays[1];
      double[] weight = arrays[2];
      int row = from / (to - from);
      int waves = to - from;
      for (int i = 0; i < waves; i += features) {
        for (int j = 0; j < features; j++) {
          double sum = 0;
          for (int o = 0; o < sums; o++) {
            int at = row * (sums + 1) * features + (o + 1) * features + j;
            sum = Math.fma(dy[at], weight[o * waves + i + j], sum);
          }
          gradient[from + i + j] = sum;
        }
      }
    }
  }

  private final class InputGradients extends RowLoop {
    @Override
    protected void run(float[][] arrays, int from, int to, double[] lanes) {
      float[] dx = arrays[0];
      float[] dy = arrays[1];
      float[] angleGradient = arrays[2];
      float[] frequency = arrays[3];
      int row = from / features;
      int waves = frequencies * features;
      for (int j = 0; j < features; j++) {
        float sum = 0;
        for (int i = j; i < waves; i += features) {
          sum = Math.fma(angleGradient[row * waves + i], frequency[i], sum);
        }
        dx[from + j] = Math.fma(sum, (float) TURN, dy[row * (sums + 1) * features + j]);
      }
    }

    @Override
    protected void run(double[][] arrays, int from, int to, double[] lanes) {
      double[] dx = arrays[0];
      double[] dy = arrays[1];
      double[] angleGradient = arrays[2];
      double[] frequency = arrays[3];
      int row = from / features;
      int waves = frequencies * features;
      for (int j = 0; j < features; j++) {
        double sum = 0;
        for (int i = j; i < waves; i += features) {
          sum = Math.fma(angleGradient[row * waves + i], frequency[i], sum);
        }
        dx[from + j] = Math.fma(sum, TURN, dy[row * (sums + 1) * features + j]);
      }
    }
  }

  // Sums over the rows, each a chain from the first row to the last.

  private void addFrequencies(Tensor x, Tensor angleGradient, Tensor gradient) {
    int waves = frequencies * features;
    int rows = x.shape().dimension(0);
    switch (x) {
      case FloatTensor floats ->
          addFrequencies(rows, waves, floats.array(), floats(angleGradient), floats(gradient));
      case DoubleTensor doubles ->
          addFrequencies(rows, waves, doubles.array(), doubles(angleGradient), doubles(gradient));
    }
    gradient.markChanged();
  }

  private void addFrequencies(
      int rows, int waves, float[] x, float[] angleGradient, float[] gradient) {
    for (int row = 0; row < rows; row++) {
      for (int i = 0; i < waves; i += features) {
        for (int j = 0; j < features; j++) {
          gradient[i + j] +=
              angleGradient[row * waves + i + j] * x[row * features + j] * (float) TURN;
        }
      }
    }
  }

  private void addFrequencies(
      int rows, int waves, double[] x, double[] angleGradient, double[] gradient) {
    for (int row = 0; row < rows; row++) {
      for (int i = 0; i < waves; i += features) {
        for (int j = 0; j < features; j++) {
          gradient[i + j] += angleGradient[row * waves + i + j] * x[row * features + j] * TURN;
        }
      }
    }
  }

  private void addWeights(Tensor wave, Tensor dy, Tensor gradient) {
    int rows = wave.shape().dimension(0);
    switch (wave) {
      case FloatTensor floats -> addWeights(rows, floats.array(), floats(dy), floats(gradient));
      case DoubleTensor doubles ->
          addWeights(rows, doubles.array(), doubles(dy), doubles(gradient));
    }
    gradient.markChanged();
  }

  private void addWeights(int rows, float[] wave, float[] dy, float[] gradient) {
    int waves = frequencies * features;
    for (int row = 0; row < rows; row++) {
      for (int o = 0; o < sums; o++) {
        int at = (row * (sums + 1) + o + 1) * features;
        for (int i = 0; i < waves; i += features) {
          for (int j = 0; j < features; j++) {
            int place = o * waves + i + j;
            gradient[place] = Math.fma(wave[row * waves + i + j], dy[at + j], gradient[place]);
          }
        }
      }
    }
  }

  private void addWeights(int rows, double[] wave, double[] dy, double[] gradient) {
    int waves = frequencies * features;
    for (int row = 0; row < rows; row++) {
      for (int o = 0; o < sums; o++) {
        int at = (row * (sums + 1) + o + 1) * features;
        for (int i = 0; i < waves; i += features) {
          for (int j = 0; j < features; j++) {
            int place = o * waves + i + j;
            gradient[place] = Math.fma(wave[row * waves + i + j], dy[at + j], gradient[place]);
          }
        }
      }
    }
  }

  /** gradient += the sum of the rows of dy from a column on. */
  private static void addRows(Tensor dy, int column, Tensor gradient) {
    int rows = dy.shape().dimension(0);
    int width = dy.shape().last();
    switch (dy) {
      case FloatTensor floats -> {
        float[] from = floats.array();
        float[] sums = floats(gradient);
        for (int row = 0; row < rows; row++) {
          for (int i = 0; i < sums.length; i++) {
            sums[i] += from[row * width + column + i];
          }
        }
      }
      case DoubleTensor doubles -> {
        double[] from = doubles.array();
        double[] sums = doubles(gradient);
        for (int row = 0; row < rows; row++) {
          for (int i = 0; i < sums.length; i++) {
            sums[i] += from[row * width + column + i];
          }
        }
      }
    }
    gradient.markChanged();
  }

  private static float[] floats(Tensor tensor) {
    return ((FloatTensor) tensor).array();
  }

  private static double[] doubles(Tensor tensor) {
    return ((DoubleTensor) tensor).array();
  }

  // Files.

  /** How files keep this layer. */
  static LayerFormat<PeriodicEmbedding> format() {
    return LayerFormat.of(
            "lamella.PeriodicEmbedding",
            PeriodicEmbedding.class,
            saved ->
                of(
                    saved.tensor("frequency"),
                    saved.tensor("phase"),
                    saved.tensor("weight"),
                    saved.tensor("bias")))
        .withOnnx(PeriodicEmbedding::toOnnx)
        .fromOnnx("Concat", PeriodicEmbedding::fromOnnx);
  }

  /**
   * Concat(x, Cos(Gather(x) frequency 2π + phase) W + bias): Gather repeats x for each frequency,
   * and W has the weight of wave k of feature j for sum o in row k and j, column o and j, and is 0
   * elsewhere.
   */
  private String toOnnx(OnnxGraph graph, String x) {
    int waves = frequencies * features;
    int[] columns = new int[waves];
    for (int i = 0; i < waves; i++) {
      columns[i] = i % features;
    }
    String indices = graph.node("Constant", Map.of("value_ints", columns));
    String repeated = graph.node("Gather", Map.of("axis", 1), x, indices);
    String times = graph.node("Mul", repeated, graph.constant("frequency", row(frequency)));
    String turns = graph.node("Mul", times, graph.constant("turn", TURN));
    String angle = graph.node("Add", turns, graph.constant("phase", row(phase)));
    Tensor matrix = Tensor.zeros(graph.dtype(), Shape.of(waves, sums * features));
    for (int o = 0; o < sums; o++) {
      for (int i = 0; i < waves; i++) {
        int place = i * sums * features + o * features + i % features;
        matrix.set(place, weight.value().get(o * waves + i));
      }
    }
    String wave = graph.node("Cos", angle);
    String sum = graph.node("MatMul", wave, graph.constant("weight", matrix));
    String embedded = graph.node("Add", sum, graph.constant("bias", row(bias)));
    return graph.node("Concat", Map.of("axis", 1), x, embedded);
  }

  private static Tensor row(Parameter parameter) {
    return Linear.reshaped(parameter.value(), Shape.of(parameter.shape().size()));
  }

  private static @Nullable PeriodicEmbedding fromOnnx(OnnxNode concat) throws FileFormatException {
    OnnxNode biased = concat.inputs() == 2 ? concat.input(1, "Add") : null;
    OnnxNode sum = biased == null ? null : biased.input(0, "MatMul");
    OnnxNode wave = sum == null ? null : sum.input(0, "Cos");
    OnnxNode angle = wave == null ? null : wave.input(0, "Add");
    OnnxNode turns = angle == null ? null : angle.input(0, "Mul");
    OnnxNode times = turns == null ? null : turns.input(0, "Mul");
    OnnxNode gather = times == null ? null : times.input(0, "Gather");
    if (biased == null
        || sum == null
        || angle == null
        || turns == null
        || times == null
        || gather == null
        || !biased.isConstant(1)
        || !sum.isConstant(1)
        || !angle.isConstant(1)
        || !turns.isConstant(1)
        || !times.isConstant(1)
        || !gather.isConstant(1)
        || concat.integer("axis", 0) != 1
        || gather.integer("axis", 0) != 1) {
      return null;
    }
    Tensor frequency = times.constant(1);
    Tensor phase = angle.constant(1);
    Tensor matrix = sum.constant(1);
    Tensor bias = biased.constant(1);
    Tensor turn = turns.constant(1);
    List<Long> columns = gather.integers(1);
    int waves = columns.size();
    int features = 0;
    while (features < waves && columns.get(features) == features) {
      features++;
    }
    if (features == 0
        || waves % features != 0
        || bias.size() % features != 0
        || frequency.size() != waves
        || phase.size() != waves
        || !matrix.shape().equals(Shape.of(waves, bias.size()))
        || turn.size() != 1
        || turn.get(0) != (turn.dtype() == DType.FLOAT32 ? (float) TURN : TURN)) {
      return null;
    }
    int sums = bias.size() / features;
    Tensor weight = Tensor.zeros(matrix.dtype(), Shape.of(sums, waves / features, features));
    for (int i = 0; i < waves; i++) {
      if (columns.get(i) != i % features) {
        return null;
      }
      for (int column = 0; column < bias.size(); column++) {
        double value = matrix.get(i * bias.size() + column);
        if (column % features == i % features) {
          weight.set(column / features * waves + i, value);
        } else if (value != 0) {
          return null;
        }
      }
    }
    Shape shape = Shape.of(waves / features, features);
    return of(
        Linear.reshaped(frequency, shape),
        Linear.reshaped(phase, shape),
        weight,
        Linear.reshaped(bias, Shape.of(sums, features)));
  }

  /** For example {@code PeriodicEmbedding(9 -> 36)}. */
  @Override
  public String toString() {
    return "PeriodicEmbedding(" + features + " -> " + features * (sums + 1) + ")";
  }
}
