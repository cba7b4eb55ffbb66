package lamella.layers;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import lamella.core.DType;
import lamella.core.Initializer;
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
 * A dense layer of each member of an ensemble in one network. The members share the matrix and
 * differ in factors: y_m = ((x_m r_m) W) s_m + b_m for member m, r_m and s_m factors of single
 * inputs and outputs.
 *
 * {@snippet file="SnippetsTest.java" region="ensemble-linear"}
 *
 * <p>So k members cost the arithmetic of k networks, but hardly more parameters than one, and
 * together they are better than as many networks of their own. The first such layer of a network is
 * given one input, which it gives to all members; with random signs for its factors r ({@link
 * #withRandomSigns}) they are different from the start. Behind the last one each member has a
 * {@link Linear} of its own, a part of {@link Columns}; the loss is {@code EachMember}'s and the
 * prediction that of {@link MemberMean}.
 *
 * <p>Backward: with g_m = dy_m s_m, dW += the sum over m of (x_m r_m)ᵀ g_m, ds_m += sum of the rows
 * of dy_m ((x_m r_m) W), db_m += sum of dy_m's rows, dr_m += sum of the rows of x_m (g_m Wᵀ), dx_m
 * = (g_m Wᵀ) r_m; where x is the same for all members, dx is the sum of these.
 *
 * <p><b>Shapes:</b> x {@code [n, k * inputs]}, those of the first member, then those of the second,
 * and so on; or x {@code [n, inputs]}, the same for all; {@code ->} y {@code [n, k * outputs]}. W
 * {@code [inputs, outputs]}, r {@code [k * inputs]}, s and b {@code [k * outputs]}.
 *
 * <p><b>Parameters:</b> {@code weight} (W), {@code inputGain} (r) and {@code outputGain} (s), 1 at
 * first, and {@code bias} (b), 0 at first. Decay falls on W only.
 *
 * <p>Source: Y. Wen, D. Tran, J. Ba, "BatchEnsemble: an alternative approach to efficient ensemble
 * and lifelong learning" (2020); for tables, Y. Gorishniy et al., "TabM: advancing tabular deep
 * learning with parameter-efficient ensembling" (2024).
 */
public final class EnsembleLinear implements Layer {
  private final int members;
  private final int inputs;
  private final int outputs;
  private final Parameter weight;
  private final Parameter inputGain;
  private final Parameter outputGain;
  private final Parameter bias;
  private final List<Parameter> parameters;

  /** The loops of inputs that each member has for itself, and of those that all share. */
  private final Loops own = new Loops(false);

  private final Loops shared = new Loops(true);
  private final RowLoop outputLoop = new OutputLoop();
  private final RowLoop gradientLoop = new GradientLoop();

  /**
   * A float32 layer with weights as {@link Initializer#he} draws them.
   *
   * @param members how many there are, at least 1
   * @param inputs of each, at least 1
   * @param outputs of each, at least 1
   * @param random where the numbers come from
   */
  public EnsembleLinear(int members, int inputs, int outputs, RandomGenerator random) {
    this(DType.FLOAT32, members, inputs, outputs, Initializer.he(), random);
  }

  /**
   * A layer of either type.
   *
   * @param dtype the type of the parameters
   * @param members how many there are, at least 1
   * @param inputs of each, at least 1
   * @param outputs of each, at least 1
   * @param initializer draws W in row-major order
   * @param random where the numbers come from
   * @throws IllegalArgumentException if one of the numbers is below 1
   */
  public EnsembleLinear(
      DType dtype,
      int members,
      int inputs,
      int outputs,
      Initializer initializer,
      RandomGenerator random) {
    if (members < 1 || inputs < 1 || outputs < 1) {
      throw new IllegalArgumentException(
          "EnsembleLinear: members, inputs and outputs must be at least 1, got "
              + members
              + " of "
              + inputs
              + " -> "
              + outputs);
    }
    Tensor weight = Tensor.zeros(dtype, Shape.of(inputs, outputs));
    initializer.fill(weight, inputs, outputs, random);
    Tensor inputGain = Tensor.zeros(dtype, Shape.of(Math.multiplyExact(members, inputs)));
    Tensor outputGain = Tensor.zeros(dtype, Shape.of(Math.multiplyExact(members, outputs)));
    inputGain.fill(1);
    outputGain.fill(1);
    this(weight, inputGain, outputGain, Tensor.zeros(dtype, outputGain.shape()));
  }

  private EnsembleLinear(Tensor weight, Tensor inputGain, Tensor outputGain, Tensor bias) {
    this.inputs = weight.shape().dimension(0);
    this.outputs = weight.shape().last();
    this.members = inputGain.size() / inputs;
    this.weight = new Parameter("weight", Role.WEIGHT, weight);
    this.inputGain = new Parameter("inputGain", Role.GAIN, inputGain);
    this.outputGain = new Parameter("outputGain", Role.GAIN, outputGain);
    this.bias = new Parameter("bias", Role.BIAS, bias);
    this.parameters = List.of(this.weight, this.inputGain, this.outputGain, this.bias);
  }

  /**
   * {@return a layer with these parameters, whose tensors are used and not copied}
   *
   * @param weight W, {@code [inputs, outputs]}
   * @param inputGain r, {@code [k * inputs]}
   * @param outputGain s, {@code [k * outputs]}
   * @param bias b, {@code [k * outputs]}
   * @throws IllegalArgumentException if W is no matrix, or types differ
   * @throws ShapeException if the others are no vectors of as many members
   */
  public static EnsembleLinear of(Tensor weight, Tensor inputGain, Tensor outputGain, Tensor bias) {
    if (weight.shape().rank() != 2) {
      throw new IllegalArgumentException(
          "EnsembleLinear: expects weight [inputs, outputs], got " + weight.shape());
    }
    int inputs = weight.shape().dimension(0);
    if (inputGain.shape().rank() != 1 || inputGain.size() % inputs != 0) {
      throw new ShapeException(
          "EnsembleLinear inputGain of one or more members", Shape.of(inputs), inputGain.shape());
    }
    Shape expected = Shape.of(inputGain.size() / inputs * weight.shape().last());
    require("inputGain", inputGain.shape(), inputGain, weight.dtype());
    require("outputGain", expected, outputGain, weight.dtype());
    require("bias", expected, bias, weight.dtype());
    return new EnsembleLinear(weight, inputGain, outputGain, bias);
  }

  private static void require(String what, Shape expected, Tensor tensor, DType dtype) {
    if (!tensor.shape().equals(expected)) {
      throw new ShapeException("EnsembleLinear " + what, expected, tensor.shape());
    }
    if (tensor.dtype() != dtype) {
      throw new IllegalArgumentException(
          "EnsembleLinear: expects "
              + what
              + " of type "
              + dtype
              + ", as weight, got "
              + tensor.dtype());
    }
  }

  /**
   * {@return this layer, with 1 or -1 for each factor r, one as probable as the other} For the
   * first one of a network, before training.
   *
   * @param random where the signs come from
   */
  public EnsembleLinear withRandomSigns(RandomGenerator random) {
    Tensor gain = inputGain.value();
    for (int i = 0; i < gain.size(); i++) {
      gain.set(i, random.nextDouble() < 0.5 ? -1 : 1);
    }
    return this;
  }

  /** {@return how many members there are} */
  public int members() {
    return members;
  }

  /** {@return W, {@code [inputs, outputs]}} */
  public Parameter weight() {
    return weight;
  }

  /** {@return r, the factors of the members' inputs} */
  public Parameter inputGain() {
    return inputGain;
  }

  /** {@return s, the factors of the members' outputs} */
  public Parameter outputGain() {
    return outputGain;
  }

  /** {@return b, what is added to the members' outputs} */
  public Parameter bias() {
    return bias;
  }

  @Override
  public List<Parameter> parameters() {
    return parameters;
  }

  @Override
  public EnsembleLinear copy(UnaryOperator<Layer> copies) {
    return new EnsembleLinear(
        weight.value().copy(),
        inputGain.value().copy(),
        outputGain.value().copy(),
        bias.value().copy());
  }

  @Override
  public Shape outputShape(Shape input) {
    if (input.rank() != 2 || (input.last() != inputs && input.last() != members * inputs)) {
      throw new ShapeException(this, Shape.of(members * inputs).openBatch(), input);
    }
    return input.withLast(members * outputs);
  }

  /** Each member multiplies with W. */
  @Override
  public long multiplyAdds(Shape example) {
    return (long) members * inputs * outputs;
  }

  // On the pass: the rows of all members, one after the other, times r; their products with W; the
  // same as rows of all outputs; of backward g, g Wᵀ, and what r's gradient is the sum of.

  @Override
  public Tensor forward(Tensor input, Pass pass) {
    Tensor output = pass.output(this, input);
    Tensor scaled = pass.rowBuffer(this, 0, members, inputs);
    Tensor product = pass.rowBuffer(this, 1, members, outputs);
    Tensor kept = pass.isTraining() ? pass.rowBuffer(this, 2, members * outputs) : output;
    loops(input).scale.over(scaled, input, inputGain.value());
    pass.multiply(scaled, weight, null, product);
    outputLoop.over(kept, output, product, outputGain.value(), bias.value(), product);
    output.markChanged();
    return output;
  }

  private Loops loops(Tensor input) {
    return input.shape().last() == members * inputs ? own : shared;
  }

  @Override
  public @Nullable Tensor backward(Tensor outputGradient, Pass pass) {
    Tensor input = pass.recall(this, outputGradient);
    boolean needed = pass.needsInputGradient();
    boolean gains = pass.needsGradient(inputGain);
    if (pass.needsGradient(bias)) {
      boolean add = pass.hasGradient(bias);
      Products.sumRows(outputGradient, pass.gradientBuffer(bias), add);
    }
    if (pass.needsGradient(outputGain)) {
      boolean add = pass.hasGradient(outputGain);
      Tensor kept = pass.rowBuffer(this, 2, members * outputs);
      Products.sumRows(outputGradient, kept, pass.gradientBuffer(outputGain), add);
    }
    if (!needed && !gains && !pass.needsGradient(weight)) {
      return null;
    }
    Tensor g = pass.rowBuffer(this, 3, members, outputs);
    gradientLoop.over(g, outputGradient, outputGain.value());
    if (pass.needsGradient(weight)) {
      boolean add = pass.hasGradient(weight);
      Tensor scaled = pass.rowBuffer(this, 0, members, inputs);
      Products.multiplyTransposedLeft(scaled, g, pass.gradientBuffer(weight), add);
    }
    if (!needed && !gains) {
      return null;
    }
    Tensor back = pass.rowBuffer(this, 4, members, inputs);
    Products.multiplyTransposedRight(g, weight.value(), back);
    if (gains) {
      boolean add = pass.hasGradient(inputGain);
      Tensor terms = pass.rowBuffer(this, 5, members * inputs);
      loops(input).gain.over(terms, back, input);
      Products.sumRows(terms, pass.gradientBuffer(inputGain), add);
    }
    if (!needed) {
      return null;
    }
    Tensor inputGradient = pass.inputGradient(this);
    loops(input).input.over(inputGradient, back, inputGain.value());
    return inputGradient;
  }

  // The loops. Those of inputs are of a row of one member, number row % members of its example.

  private final class Loops {
    /** scaled = x r. */
    final RowLoop scale;

    /** What r's gradient is the sum of: back x. */
    final RowLoop gain;

    /** dx = back r, or the sum of it over the members. */
    final RowLoop input;

    Loops(boolean isShared) {
      scale = new ScaleLoop(isShared);
      gain = new GainLoop(isShared);
      input = isShared ? new SharedInputLoop() : new InputLoop();
    }
  }

  private final class ScaleLoop extends RowLoop {
    private final boolean isShared;

    ScaleLoop(boolean isShared) {
      this.isShared = isShared;
    }

    @Override
    protected void run(float[][] arrays, int from, int to, double[] lanes) {
      float[] scaled = arrays[0];
      float[] x = arrays[1];
      float[] gain = arrays[2];
      int row = from / inputs;
      int first = isShared ? row / members * inputs : from;
      int factor = row % members * inputs;
      for (int i = 0; i < inputs; i++) {
        scaled[from + i] = x[first + i] * gain[factor + i];
      }
    }

    @Override
    protected void run(double[][] arrays, int from, int to, double[] lanes) {
      double[] scaled = arrays[0];
      double[] x = arrays[1];
      double[] gain = arrays[2];
      int row = from / inputs;
      int first = isShared ? row / members * inputs : from;
      int factor = row % members * inputs;
      for (int i = 0; i < inputs; i++) {
        scaled[from + i] = x[first + i] * gain[factor + i];
      }
    }
  }

  /** Of a row of all members. */
  private final class GainLoop extends RowLoop {
    private final boolean isShared;

    GainLoop(boolean isShared) {
      this.isShared = isShared;
    }

    @Override
    protected void run(float[][] arrays, int from, int to, double[] lanes) {
      float[] terms = arrays[0];
      float[] back = arrays[1];
      float[] x = arrays[2];
      int shared = from / members;
      for (int at = from; at < to; at += inputs) {
        int first = isShared ? shared : at;
        for (int i = 0; i < inputs; i++) {
          terms[at + i] = back[at + i] * x[first + i];
        }
      }
    }

    @Override
    protected void run(double[][] arrays, int from, int to, double[] lanes) {
      double[] terms = arrays[0];
      double[] back = arrays[1];
      double[] x = arrays[2];
      int shared = from / members;
      for (int at = from; at < to; at += inputs) {
        int first = isShared ? shared : at;
        for (int i = 0; i < inputs; i++) {
          terms[at + i] = back[at + i] * x[first + i];
        }
      }
    }
  }

  /** Of a row of all members. */
  private static final class InputLoop extends RowLoop {
    @Override
    protected void run(float[][] arrays, int from, int to, double[] lanes) {
      float[] dx = arrays[0];
      float[] back = arrays[1];
      float[] gain = arrays[2];
      for (int i = from; i < to; i++) {
        dx[i] = back[i] * gain[i - from];
      }
    }

    @Override
    protected void run(double[][] arrays, int from, int to, double[] lanes) {
      double[] dx = arrays[0];
      double[] back = arrays[1];
      double[] gain = arrays[2];
      for (int i = from; i < to; i++) {
        dx[i] = back[i] * gain[i - from];
      }
    }
  }

  /** Of a row of the input. */
  private final class SharedInputLoop extends RowLoop {
    @Override
    protected void run(float[][] arrays, int from, int to, double[] lanes) {
      float[] dx = arrays[0];
      float[] back = arrays[1];
      float[] gain = arrays[2];
      Arrays.fill(dx, from, to, 0);
      for (int m = 0; m < members; m++) {
        int at = (from / inputs * members + m) * inputs;
        for (int i = 0; i < inputs; i++) {
          dx[from + i] = Math.fma(back[at + i], gain[m * inputs + i], dx[from + i]);
        }
      }
    }

    @Override
    protected void run(double[][] arrays, int from, int to, double[] lanes) {
      double[] dx = arrays[0];
      double[] back = arrays[1];
      double[] gain = arrays[2];
      Arrays.fill(dx, from, to, 0);
      for (int m = 0; m < members; m++) {
        int at = (from / inputs * members + m) * inputs;
        for (int i = 0; i < inputs; i++) {
          dx[from + i] = Math.fma(back[at + i], gain[m * inputs + i], dx[from + i]);
        }
      }
    }
  }

  /** y = product s + b; kept = product. */
  private static final class OutputLoop extends RowLoop {
    @Override
    protected void run(float[][] arrays, int from, int to, double[] lanes) {
      float[] kept = arrays[0];
      float[] y = arrays[1];
      float[] product = arrays[2];
      float[] gain = arrays[3];
      float[] bias = arrays[4];
      for (int i = from; i < to; i++) {
        float value = product[i];
        kept[i] = value;
        y[i] = Math.fma(value, gain[i - from], bias[i - from]);
      }
    }

    @Override
    protected void run(double[][] arrays, int from, int to, double[] lanes) {
      double[] kept = arrays[0];
      double[] y = arrays[1];
      double[] product = arrays[2];
      double[] gain = arrays[3];
      double[] bias = arrays[4];
      for (int i = from; i < to; i++) {
        double value = product[i];
        kept[i] = value;
        y[i] = Math.fma(value, gain[i - from], bias[i - from]);
      }
    }
  }

  /** g = dy s. */
  private final class GradientLoop extends RowLoop {
    @Override
    protected void run(float[][] arrays, int from, int to, double[] lanes) {
      float[] g = arrays[0];
      float[] dy = arrays[1];
      float[] gain = arrays[2];
      int factor = from / outputs % members * outputs;
      for (int i = from; i < to; i++) {
        g[i] = dy[i] * gain[factor + i - from];
      }
    }

    @Override
    protected void run(double[][] arrays, int from, int to, double[] lanes) {
      double[] g = arrays[0];
      double[] dy = arrays[1];
      double[] gain = arrays[2];
      int factor = from / outputs % members * outputs;
      for (int i = from; i < to; i++) {
        g[i] = dy[i] * gain[factor + i - from];
      }
    }
  }

  // Files.

  /** How files keep this layer. */
  static LayerFormat<EnsembleLinear> format() {
    return LayerFormat.of(
            "lamella.EnsembleLinear",
            EnsembleLinear.class,
            saved ->
                of(
                    saved.tensor("weight"),
                    saved.tensor("inputGain"),
                    saved.tensor("outputGain"),
                    saved.tensor("bias")))
        .withOnnx(EnsembleLinear::toOnnx)
        .fromOnnx("Flatten", EnsembleLinear::fromOnnx);
  }

  /**
   * Flatten(MatMul(Reshape(x) r, W) s + b), in {@code [n, k, inputs]} and {@code [n, k, outputs]};
   * where all members share the input, the first is {@code [n, 1, inputs]}, which the product with
   * r repeats.
   */
  private String toOnnx(OnnxGraph graph, String x) {
    String shape = graph.node("Constant", Map.of("value_ints", new int[] {0, -1, inputs}));
    String rows = graph.node("Reshape", x, shape);
    String gains = graph.constant("inputGain", matrix(inputGain, inputs));
    String scaled = graph.node("Mul", rows, gains);
    String product = graph.node("MatMul", scaled, graph.parameter(weight));
    String outputGains = graph.constant("outputGain", matrix(outputGain, outputs));
    String times = graph.node("Mul", product, outputGains);
    String sum = graph.node("Add", times, graph.constant("bias", matrix(bias, outputs)));
    return graph.node("Flatten", Map.of("axis", 1), sum);
  }

  private static Tensor matrix(Parameter vector, int width) {
    return Linear.reshaped(vector.value(), Shape.of(vector.shape().size() / width, width));
  }

  private static @Nullable EnsembleLinear fromOnnx(OnnxNode flatten) throws FileFormatException {
    OnnxNode sum = flatten.integer("axis", 1) == 1 ? flatten.input(0, "Add") : null;
    OnnxNode times = sum == null ? null : sum.input(0, "Mul");
    OnnxNode product = times == null ? null : times.input(0, "MatMul");
    OnnxNode scaled = product == null ? null : product.input(0, "Mul");
    OnnxNode rows = scaled == null ? null : scaled.input(0, "Reshape");
    if (sum == null
        || times == null
        || product == null
        || scaled == null
        || rows == null
        || !sum.isConstant(1)
        || !times.isConstant(1)
        || !product.isConstant(1)
        || !scaled.isConstant(1)
        || !rows.isConstant(1)) {
      return null;
    }
    Tensor weight = product.constant(1);
    Tensor inputGain = scaled.constant(1);
    Tensor outputGain = times.constant(1);
    Tensor bias = sum.constant(1);
    if (weight.shape().rank() != 2
        || inputGain.shape().rank() != 2
        || inputGain.shape().last() != weight.shape().dimension(0)
        || !rows.integers(1).equals(List.of(0L, -1L, (long) inputGain.shape().last()))) {
      return null;
    }
    Shape expected = Shape.of(inputGain.shape().dimension(0), weight.shape().last());
    return outputGain.shape().equals(expected) && bias.shape().equals(expected)
        ? of(weight, vector(inputGain), vector(outputGain), vector(bias))
        : null;
  }

  private static Tensor vector(Tensor tensor) {
    return Linear.reshaped(tensor, Shape.of(tensor.size()));
  }

  /** For example {@code EnsembleLinear(32 of 256 -> 256)}. */
  @Override
  public String toString() {
    return "EnsembleLinear(" + members + " of " + inputs + " -> " + outputs + ")";
  }
}
