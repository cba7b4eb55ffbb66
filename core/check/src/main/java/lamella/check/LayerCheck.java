package lamella.check;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import lamella.check.GradientReport.TensorReport;
import lamella.core.DoubleTensor;
import lamella.core.Layer;
import lamella.core.Layers;
import lamella.core.Parameter;
import lamella.core.Pass;
import lamella.core.Shape;
import lamella.core.Tensor;
import org.jspecify.annotations.Nullable;

/** One run of a {@link GradientCheck} on a layer whose parameters are float64. */
final class LayerCheck {
  /** Of the largest gradient: what backward's own rounding may leave of one that is 0. */
  private static final double ROUNDING = 1e-11;

  private static final int REPEATS = 6;

  /**
   * Of what the layer draws: every pass here is in the same step, so that forward is a function.
   */
  private static final long SEED = 2025;

  private final GradientCheck settings;
  private final Layer layer;

  /** All of its parameters, and those that are trained. */
  private final List<Parameter> all;

  private final List<Parameter> parameters;
  private final DoubleTensor input;
  private final RandomGenerator random;
  private final List<TensorReport> tensors = new ArrayList<>();
  private final List<String> faults = new ArrayList<>();
  private final List<String> causes = new ArrayList<>();

  LayerCheck(GradientCheck settings, Layer layer, DoubleTensor input, RandomGenerator random) {
    this.settings = settings;
    this.layer = layer;
    this.all = layer.parameters();
    this.parameters = all.stream().filter(Parameter::isTrained).toList();
    this.input = input;
    this.random = random;
  }

  /** A gradient by the input, and by each parameter; null where backward gave none. */
  private static final class Parts {
    private final double @Nullable [] input;
    private final List<double @Nullable []> parameters;

    private Parts(double @Nullable [] input, List<double @Nullable []> parameters) {
      this.input = input;
      this.parameters = parameters;
    }
  }

  private static Pass pass() {
    return Pass.forGradients(SEED);
  }

  GradientReport run() {
    String step = "forward";
    try {
      double[] output = forwardAgainAndAgain();
      if (output != null) {
        step = "backward";
        DoubleTensor weights = weights(output.length);
        Parts gradient = gradients(weights);
        step = "a forward of slightly changed values";
        compare(gradient, weights, output);
        differsFrom(output, pass());
      }
    } catch (RuntimeException e) {
      faults.add(step + " threw " + e + at(e) + (all.isEmpty() ? "" : "\n" + mixedTypesHint(e)));
    }
    List<String> notCompared = new ArrayList<>();
    for (Parameter parameter : all) {
      if (!parameter.isTrained()) {
        notCompared.add(
            name(parameter) + (parameter.role().isTrainable() ? " (frozen)" : " (statistic)"));
      }
    }
    return new GradientReport(
        layer.toString(), tensors, faults, causes, notCompared, settings.mostSkipped());
  }

  private static String at(RuntimeException e) {
    StackTraceElement[] trace = e.getStackTrace();
    return trace.length == 0 ? "" : " at " + trace[0];
  }

  private static String mixedTypesHint(RuntimeException e) {
    boolean mixed =
        e instanceof ClassCastException || String.valueOf(e.getMessage()).contains("type");
    return mixed
        ? "    (the check converts all that parameters() lists to float64: is one missing in that list,"
            + " or is its tensor kept in a field of its own?)"
        : "";
  }

  /** The output, or null if there is no use in going on. */
  private double @Nullable [] forwardAgainAndAgain() {
    double[] before = input.toDoubleArray();
    Pass pass = pass();
    Tensor first = layer.forward(input, pass);
    Shape promised = layer.outputShape(input.shape());
    if (!promised.equals(first.shape())) {
      faults.add("outputShape says " + promised + ", but forward gives " + first.shape());
      return null;
    }
    double[] output = first.toDoubleArray();
    if (!Arrays.equals(before, input.array())) {
      faults.add("forward changes its input at " + firstDifference(before, input.array(), input));
      System.arraycopy(before, 0, input.array(), 0, before.length);
      return null;
    }
    for (int i = 0; i < output.length; i++) {
      if (!Double.isFinite(output[i])) {
        faults.add("output " + Comparison.place(promised, i) + " is " + output[i]);
        return null;
      }
    }
    for (int i = 0; i < REPEATS; i++) {
      if (differsFrom(output, i % 2 == 0 ? pass : pass())) {
        return null;
      }
    }
    return output;
  }

  private boolean differsFrom(double[] output, Pass pass) {
    Tensor again = layer.forward(input, pass);
    if (Arrays.equals(output, again.toDoubleArray())) {
      return false;
    }
    faults.add(
        "two forwards of the same input differ at "
            + firstDifference(output, again.toDoubleArray(), again)
            + ": noise, or state kept between calls (random numbers come from pass.random)");
    return true;
  }

  private static String firstDifference(double[] expected, double[] actual, Tensor tensor) {
    for (int i = 0; i < expected.length; i++) {
      if (Double.doubleToLongBits(expected[i]) != Double.doubleToLongBits(actual[i])) {
        return Comparison.place(tensor.shape(), i) + ": " + expected[i] + ", then " + actual[i];
      }
    }
    throw new AssertionError("called for arrays that differ");
  }

  /** r: of either sign, none so small that it would hide an output. */
  private DoubleTensor weights(int size) {
    double[] weights = new double[size];
    for (int i = 0; i < size; i++) {
      weights[i] = (0.5 + random.nextDouble()) * (random.nextBoolean() ? 1 : -1);
    }
    return DoubleTensor.wrap(layer.outputShape(input.shape()), weights);
  }

  /**
   * Other values from the same range: the input's, turned round and, where it may be changed, a
   * little smaller.
   */
  private DoubleTensor decoy() {
    double[] values = input.toDoubleArray();
    double[] other = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      other[i] = (settings.byInput() ? 0.875 : 1) * values[values.length - 1 - i];
    }
    return DoubleTensor.wrap(input.shape(), other);
  }

  /**
   * One backward where values of other passes and steps are about: the pass has served another
   * input, and another pass runs between forward and backward.
   */
  private @Nullable Tensor backwardAmongOthers(Pass pass, Tensor outputGradient) {
    DoubleTensor decoy = decoy();
    layer.forward(decoy, pass);
    layer.backward(outputGradient.copy(), pass);
    pass.gradients().clear();
    layer.forward(input, pass);
    layer.forward(decoy, pass());
    return layer.backward(outputGradient, pass);
  }

  /** Backward's gradients, and what goes wrong besides numbers. */
  private Parts gradients(DoubleTensor weights) {
    Pass pass = pass();
    double[] inputBefore = input.toDoubleArray();
    List<double[]> parametersBefore = parameterValues();
    Tensor outputGradient = weights.copy();
    Tensor inputGradient = backwardAmongOthers(pass, outputGradient);

    if (!Arrays.equals(inputBefore, input.array())) {
      faults.add(
          "backward changes the input at " + firstDifference(inputBefore, input.array(), input));
      System.arraycopy(inputBefore, 0, input.array(), 0, inputBefore.length);
    }
    if (!Arrays.equals(weights.array(), outputGradient.toDoubleArray())) {
      faults.add(
          "backward changes the output gradient it is given at "
              + firstDifference(weights.array(), outputGradient.toDoubleArray(), outputGradient));
    }
    for (int i = 0; i < parametersBefore.size(); i++) {
      Parameter parameter = all.get(i);
      if (!Arrays.equals(parametersBefore.get(i), parameter.value().toDoubleArray())) {
        faults.add(
            "forward or backward changes the parameter "
                + name(parameter)
                + (parameter.role().isTrainable()
                    ? ""
                    : ", a statistic: write its new value to pass.update(it)"));
      }
    }
    Parts once = parts(inputGradient, pass);
    checkListed(pass);
    layer.forward(input, pass);
    layer.backward(weights.copy(), pass);
    checkAccumulation(once, pass);
    checkRepeated(once, weights);
    return once;
  }

  private List<double[]> parameterValues() {
    List<double[]> values = new ArrayList<>();
    for (Parameter parameter : all) {
      values.add(parameter.value().toDoubleArray());
    }
    return values;
  }

  private Parts parts(@Nullable Tensor inputGradient, Pass pass) {
    if (inputGradient == null) {
      faults.add("backward returned null although the input gradient is needed");
    } else if (!inputGradient.shape().equals(input.shape())) {
      faults.add(
          "backward returned an input gradient of shape "
              + inputGradient.shape()
              + " for an input of shape "
              + input.shape());
      inputGradient = null;
    }
    List<double @Nullable []> ofParameters = new ArrayList<>();
    for (int i = 0; i < parameters.size(); i++) {
      boolean present = pass.gradients().has(parameters.get(i));
      if (!present) {
        faults.add(
            "no gradient for the parameter "
                + name(i)
                + ": backward never adds to pass.gradient of it");
      }
      ofParameters.add(present ? pass.gradients().of(parameters.get(i)).toDoubleArray() : null);
    }
    return new Parts(inputGradient == null ? null : inputGradient.toDoubleArray(), ofParameters);
  }

  @SuppressWarnings("ReferenceEquality") // a parameter is itself, whatever it holds
  private void checkListed(Pass pass) {
    for (Parameter seen : pass.gradients().parameters()) {
      if (all.stream().noneMatch(listed -> listed == seen)) {
        faults.add(
            "backward adds a gradient for the parameter "
                + seen.name()
                + ", which is missing in parameters()");
      }
    }
  }

  /**
   * After a second, equal backward without clearing, every gradient must be twice the first; but
   * for rounding, which is all that there is of a gradient whose terms cancel, as that of a bias
   * before a normalisation of the batch: it is small next to the other gradients.
   */
  private void checkAccumulation(Parts once, Pass pass) {
    double rounding = rounding(once);
    for (int i = 0; i < parameters.size(); i++) {
      double[] first = once.parameters.get(i);
      if (first == null) {
        continue;
      }
      double[] both = pass.gradients().of(parameters.get(i)).toDoubleArray();
      double tolerance = Math.max(rounding, 1e-9 * largest(first));
      boolean isSum = true;
      for (int j = 0; j < first.length; j++) {
        isSum &= !(Math.abs(both[j] - 2 * first[j]) > tolerance);
      }
      if (!isSum) {
        faults.add(
            "the gradient of "
                + name(i)
                + (Arrays.equals(first, both)
                    ? " is overwritten instead of added: after a second backward it is still that of one"
                    : " is not the sum of both after a second backward"));
      }
    }
  }

  /**
   * What may remain of a gradient of 0 whose terms cancel: next to nothing of the largest gradient
   * of the layer.
   */
  private static double rounding(Parts gradient) {
    double largest = largest(gradient.input);
    for (double[] ofParameter : gradient.parameters) {
      largest = Math.max(largest, largest(ofParameter));
    }
    return ROUNDING * largest;
  }

  private static double largest(double @Nullable [] values) {
    double largest = 0;
    for (int i = 0; values != null && i < values.length; i++) {
      largest = Math.max(largest, Math.abs(values[i]));
    }
    return largest;
  }

  /** A backward like the first, on a pass of its own, must give the same numbers. */
  private void checkRepeated(Parts once, DoubleTensor weights) {
    List<double[]> again = gradientsHere(weights);
    if (again == null) {
      return;
    }
    for (int i = 0; i < again.size(); i++) {
      double[] first = i == 0 ? once.input : once.parameters.get(i - 1);
      if (first != null && !Arrays.equals(first, again.get(i))) {
        faults.add(
            "two backwards of the same input and output gradient differ in the gradient of "
                + (i == 0 ? "input" : name(i - 1))
                + ": noise, or state kept between calls");
      }
    }
  }

  /** Backward's gradients of input and parameters for what they hold now; null if one lacks. */
  private @Nullable List<double[]> gradientsHere(DoubleTensor weights) {
    Pass pass = pass();
    Tensor inputGradient = backwardAmongOthers(pass, weights.copy());
    if (inputGradient == null || inputGradient.size() != input.size()) {
      return null;
    }
    List<double[]> gradients = new ArrayList<>();
    gradients.add(inputGradient.toDoubleArray());
    for (Parameter parameter : parameters) {
      if (!pass.gradients().has(parameter)) {
        return null;
      }
      gradients.add(pass.gradients().of(parameter).toDoubleArray());
    }
    return gradients;
  }

  private void compare(Parts gradient, DoubleTensor weights, double[] output) {
    Pass probe = pass();
    Supplier<double[]> function = () -> ((DoubleTensor) layer.forward(input, probe)).array();
    List<double[]> arrays = new ArrayList<>();
    if (settings.byInput()) {
      arrays.add(input.array());
    }
    int first = arrays.size();
    for (Parameter parameter : parameters) {
      arrays.add(((DoubleTensor) parameter.value()).array());
    }
    Nearby nearby = new Nearby(arrays, function, () -> compared(gradientsHere(weights)));
    double rounding = isPlain() ? 0 : rounding(gradient);
    if (settings.byInput() && gradient.input != null) {
      Comparison comparison =
          compare(input, gradient.input, function, weights, output, nearby, 0, rounding);
      tensors.add(comparison.report("input", input.shape()));
      diagnose("input", input.shape(), comparison, weights, -1);
    }
    for (int i = 0; i < parameters.size(); i++) {
      double[] analytic = gradient.parameters.get(i);
      if (analytic != null) {
        DoubleTensor value = (DoubleTensor) parameters.get(i).value();
        Comparison comparison =
            compare(value, analytic, function, weights, output, nearby, first + i, rounding);
        tensors.add(comparison.report(name(i), value.shape()));
        diagnose(name(i), value.shape(), comparison, weights, i);
      }
    }
  }

  /** Those of the tensors that are compared. */
  private @Nullable List<double[]> compared(@Nullable List<double[]> gradients) {
    return gradients == null || settings.byInput()
        ? gradients
        : gradients.subList(1, gradients.size());
  }

  private Comparison compare(
      DoubleTensor tensor,
      double[] analytic,
      Supplier<double[]> function,
      DoubleTensor weights,
      double[] output,
      Nearby nearby,
      int place,
      double rounding) {
    return settings.compare(
        tensor.array(),
        analytic,
        function,
        weights.array(),
        output,
        nearby,
        place,
        isPlain(),
        rounding,
        random);
  }

  /** A layer without parameters or layers inside: its kinks are places of its input. */
  private boolean isPlain() {
    return all.isEmpty() && layer.layers().isEmpty();
  }

  private void diagnose(
      String name, Shape shape, Comparison comparison, DoubleTensor weights, int parameter) {
    if (!comparison.isWrongHere()) {
      return;
    }
    Diagnosis diagnosis = new Diagnosis(name, shape, input.shape(), parameter >= 0, comparison);
    causes.addAll(
        diagnosis.causes(
            (x, dy) -> {
              Pass pass = pass();
              layer.forward(x, pass);
              Tensor dx = layer.backward(dy, pass);
              return parameter < 0 ? dx : pass.gradients().of(parameters.get(parameter));
            },
            input,
            decoy(),
            weights));
  }

  private String name(int parameter) {
    return name(parameters.get(parameter));
  }

  /** The parameter's name, with its layer's path if there are layers inside. */
  private String name(Parameter parameter) {
    return layer.layers().isEmpty() ? parameter.name() : Layers.describe(layer, parameter);
  }
}
