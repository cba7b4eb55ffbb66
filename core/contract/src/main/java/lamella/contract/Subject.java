package lamella.contract;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import lamella.check.GradientCheck;
import lamella.core.DType;
import lamella.core.Layer;
import lamella.core.Parameter;
import lamella.core.Pass;
import lamella.core.Shape;
import lamella.core.Tensor;

/** A layer under test with an input for it. */
final class Subject {
  final Layer layer;

  /** All of its parameters, and those that are trained. */
  final List<Parameter> all;

  final List<Parameter> parameters;

  /** float64, with values that float32 has too. */
  final Tensor input;

  final Shape shape;
  final long seed;
  final Traits traits;
  private final DType own;

  Subject(Layer layer, Tensor input, long seed, Traits traits) {
    this.layer = layer;
    this.traits = traits;
    this.all = layer.parameters();
    this.parameters = all.stream().filter(Parameter::isTrained).toList();
    this.input = input;
    this.shape = input.shape().example();
    this.seed = seed;
    this.own = all.isEmpty() ? DType.FLOAT32 : all.get(0).value().dtype();
  }

  /** The type that the layer was made with. */
  DType own() {
    return own;
  }

  /** Converts the parameters; their values are float32's, so nothing is lost. */
  Subject in(DType dtype) {
    for (Parameter parameter : all) {
      parameter.convertTo(dtype);
    }
    return this;
  }

  /** The output as training computes it, on a pass of its own. */
  Tensor forward(Tensor x) {
    return layer.forward(x, Passes.forTraining());
  }

  GradientCheck gradientCheck() {
    GradientCheck check = new GradientCheck();
    return traits.isDifferentiableByInput() ? check : check.withoutInput();
  }

  RandomGenerator random() {
    return new SplittableRandom(seed ^ 0x5DEECE66DL);
  }

  /**
   * As training leaves parameters: changed by up to a third, and none exactly 0. A bias that is 0
   * hides what is done with it. Statistics, which may be variances, do not become negative by it.
   */
  void varyParameters() {
    RandomGenerator random = random();
    for (Parameter parameter : all) {
      Tensor value = parameter.value();
      for (int i = 0; i < value.size(); i++) {
        double old = value.get(i);
        double part = random.nextDouble(-0.3, 0.3);
        if (old == 0 && !parameter.role().isTrainable()) {
          part = Math.abs(part);
        }
        value.set(i, (float) (old == 0 ? Math.copySign(0.1, part) + part : old * (1 + part)));
      }
    }
  }

  /** An exception on the way becomes an error that names the layer. */
  void requireThatItComputes() {
    for (DType dtype : DType.values()) {
      String step = "forward";
      try {
        in(dtype);
        Pass pass = Passes.forGradients();
        Tensor x = input.to(dtype);
        layer.forward(x, pass);
        step = "backward";
        layer.backward(outputGradient(0).to(dtype), pass);
        step = "a prediction";
        layer.forward(x);
      } catch (RuntimeException e) {
        throw new AssertionError(
            layer
                + ": "
                + step
                + " throws "
                + e
                + " for a "
                + dtype
                + " input of shape "
                + input.shape()
                + ", which outputShape accepts"
                + (String.valueOf(e.getMessage()).contains("type")
                    ? " (parameters() are converted to that type: is one missing in the list?)"
                    : ""),
            e);
      }
    }
    in(own);
  }

  /** What kind of output the input gives. */
  enum Overflow {
    /** Finite, with room for sums and gradients below float32's 3.4e38. */
    NONE,
    /** Infinite or nearly. */
    LARGE,
    /** Not a number. */
    NAN
  }

  /** The worst that the input gives, in both types. */
  Overflow overflow() {
    Overflow worst = Overflow.NONE;
    for (DType dtype : DType.values()) {
      in(dtype);
      Tensor y = forward(input.to(dtype));
      for (int i = 0; i < y.size(); i++) {
        if (Double.isNaN(y.get(i))) {
          in(own);
          return Overflow.NAN;
        }
        worst = Math.abs(y.get(i)) < 1e30 ? worst : Overflow.LARGE;
      }
    }
    in(own);
    return worst;
  }

  /** An output gradient for the input: of either sign and size 0.5 to 1.5. */
  Tensor outputGradient(int which) {
    return outputGradient(input, which);
  }

  Tensor outputGradient(Tensor x, int which) {
    RandomGenerator random = new SplittableRandom(seed + 31L * which + 7);
    Tensor gradient = Tensor.zeros(DType.FLOAT64, layer.outputShape(x.shape()));
    for (int i = 0; i < gradient.size(); i++) {
      gradient.set(i, (float) ((0.5 + random.nextDouble()) * (random.nextBoolean() ? 1 : -1)));
    }
    return gradient;
  }

  /** Another input with values from the same range, and so many rows more. */
  Tensor otherInput(int moreRows) {
    int n = input.shape().dimension(0) + moreRows;
    Tensor other = Tensor.zeros(DType.FLOAT64, shape.batch(n));
    for (int i = 0; i < other.size(); i++) {
      other.set(i, traits.defined(0.875 * input.get((i * 7 + 3) % input.size())));
    }
    return other;
  }

  /** A larger batch of the input's rows, turned by a number of elements. */
  Tensor repeated(int rows, int turn) {
    Tensor other = Tensor.zeros(DType.FLOAT64, shape.batch(rows));
    for (int i = 0; i < other.size(); i++) {
      other.set(i, input.get((i + turn) % input.size()));
    }
    return other;
  }

  /** Values of the input in another shape. */
  Tensor valuesOf(Shape other) {
    Tensor result = Tensor.zeros(DType.FLOAT64, other);
    for (int i = 0; i < result.size(); i++) {
      double value = input.get(i % input.size());
      // No two elements equal, so that a mixed-up index shows.
      result.set(i, traits.defined(value * (1 + 0.01 * Math.floorDiv(i, input.size()))));
    }
    return result;
  }

  /** A batch of one. */
  Tensor row(Tensor batch, int row) {
    Tensor result = Tensor.zeros(batch.dtype(), batch.shape().example().batch(1));
    for (int i = 0; i < result.size(); i++) {
      result.set(i, batch.get(row * result.size() + i));
    }
    return result;
  }

  /** Whether some output changes when this element does. */
  boolean matters(Tensor x, int index) {
    double value = x.get(index);
    double[] before = layer.forward(x).toDoubleArray();
    boolean changes = false;
    for (double other : new double[] {0.5 * value, -value, 1, -1, 3 * value}) {
      x.set(index, traits.defined(other));
      double[] after = layer.forward(x).toDoubleArray();
      changes |= LayerChecks.difference(before, after) != null;
    }
    x.set(index, value);
    return changes;
  }

  /**
   * What output and gradients change by, at most, if input, parameters and output gradient change
   * by so much of themselves: in float64, which shows how the result depends on them, and in
   * float32, which shows how numbers inside are rounded as well.
   */
  double[][] sensitivity(Step narrow, Step wide, Tensor dy, int tries, double relative) {
    double[][] most = new double[wide.gradients.size() + 1][];
    most[0] = new double[wide.output.length];
    for (int k = 0; k < wide.gradients.size(); k++) {
      most[k + 1] = new double[wide.gradients.get(k).length];
    }
    RandomGenerator random = random();
    List<Tensor> originals = new ArrayList<>();
    for (Parameter parameter : parameters) {
      originals.add(parameter.value());
    }
    for (int t = 0; t < 2 * tries; t++) {
      DType dtype = t % 2 == 0 ? DType.FLOAT64 : DType.FLOAT32;
      in(dtype);
      for (int i = 0; i < parameters.size(); i++) {
        parameters.get(i).setValue(shaken(originals.get(i), relative, random).to(dtype));
      }
      Tensor x =
          (traits.isDifferentiableByInput() ? shaken(input, relative, random) : input).to(dtype);
      Step step = Step.of(layer, x, shaken(dy, relative, random).to(dtype));
      Step base = dtype == DType.FLOAT64 ? wide : narrow;
      grow(most[0], base.output, step.output);
      for (int k = 0; k < base.gradients.size(); k++) {
        grow(most[k + 1], base.gradients.get(k), step.gradients.get(k));
      }
    }
    for (int i = 0; i < parameters.size(); i++) {
      parameters.get(i).setValue(originals.get(i));
    }
    in(DType.FLOAT64);
    return most;
  }

  /**
   * float32's error of one number for inputs and parameters a few percent from these, positive
   * where it is too large.
   */
  double[] errors(Tensor dy, int result, int element) {
    RandomGenerator random = random();
    List<Tensor> originals = new ArrayList<>();
    for (Parameter parameter : parameters) {
      originals.add(parameter.value());
    }
    double[] errors = new double[64];
    for (int t = 0; t < errors.length; t++) {
      Tensor x = traits.isDifferentiableByInput() ? about(input, random) : input;
      for (int i = 0; i < parameters.size(); i++) {
        parameters.get(i).setValue(about(originals.get(i), random));
      }
      double wide = Step.of(layer, x, dy).result(result)[element];
      in(DType.FLOAT32);
      Step step = Step.of(layer, x.to(DType.FLOAT32), dy.to(DType.FLOAT32));
      errors[t] = step.result(result)[element] - wide;
    }
    for (int i = 0; i < parameters.size(); i++) {
      parameters.get(i).setValue(originals.get(i));
    }
    in(DType.FLOAT64);
    return errors;
  }

  /** Up to 5 % more or less, exact in float32. */
  private static Tensor about(Tensor tensor, RandomGenerator random) {
    Tensor result = Tensor.zeros(DType.FLOAT64, tensor.shape());
    for (int i = 0; i < result.size(); i++) {
      result.set(i, (float) (tensor.get(i) * random.nextDouble(0.95, 1.05)));
    }
    return result;
  }

  /** Runs something while all parameters are a share of themselves. */
  void withParametersTimes(double share, Runnable work) {
    List<Tensor> originals = new ArrayList<>();
    for (Parameter parameter : parameters) {
      Tensor original = parameter.value();
      Tensor part = original.copy();
      for (int i = 0; i < part.size(); i++) {
        part.set(i, share * part.get(i));
      }
      originals.add(original);
      parameter.setValue(part);
    }
    work.run();
    for (int i = 0; i < parameters.size(); i++) {
      parameters.get(i).setValue(originals.get(i));
    }
  }

  /** Runs something while one parameter is a share of itself. */
  void withParameterTimes(int parameter, double share, Runnable work) {
    Tensor original = parameters.get(parameter).value();
    Tensor part = original.copy();
    for (int i = 0; i < part.size(); i++) {
      part.set(i, share * part.get(i));
    }
    parameters.get(parameter).setValue(part);
    work.run();
    parameters.get(parameter).setValue(original);
  }

  private static Tensor shaken(Tensor tensor, double relative, RandomGenerator random) {
    Tensor result = tensor.copy();
    for (int i = 0; i < result.size(); i++) {
      result.set(i, result.get(i) * (1 + (random.nextBoolean() ? relative : -relative)));
    }
    return result;
  }

  private static void grow(double[] most, double[] base, double[] other) {
    for (int i = 0; i < most.length; i++) {
      double change = Math.abs(other[i] - base[i]);
      most[i] = Double.isNaN(change) ? Double.POSITIVE_INFINITY : Math.max(most[i], change);
    }
  }

  List<double[]> parameterValues() {
    List<double[]> values = new ArrayList<>();
    for (Parameter parameter : all) {
      values.add(parameter.value().toDoubleArray());
    }
    return values;
  }

  /** What {@link Step#gradients} has at this place. */
  String gradientName(int k) {
    return k == 0 ? "the input" : parameters.get(k - 1).name();
  }

  AssertionError error(String text) {
    return new AssertionError(layer + ": " + text);
  }

  void requireSame(String otherwise, DType dtype, double[] expected, double[] actual) {
    String difference = LayerChecks.difference(expected, actual);
    if (difference != null) {
      throw error(otherwise + " (" + dtype + "), " + difference);
    }
  }

  void requireSame(String otherwise, DType dtype, Step expected, Step actual) {
    requireSame(otherwise + ": output", dtype, expected.output, actual.output);
    for (int k = 0; k < expected.gradients.size(); k++) {
      requireSame(
          otherwise + ": gradient of " + gradientName(k),
          dtype,
          expected.gradients.get(k),
          actual.gradients.get(k));
    }
  }

  void requireIllegalState(String what, Tensor dy, Pass pass) {
    try {
      layer.backward(dy, pass);
    } catch (IllegalStateException e) {
      return;
    } catch (RuntimeException e) {
      throw error(
          what + " throws " + e + "; must be an IllegalStateException (pass.recall does it)");
    }
    throw error(
        what + " is not refused; must throw an IllegalStateException (pass.recall does it)");
  }
}
