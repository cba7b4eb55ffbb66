package lamella.contract;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;
import java.util.random.RandomGenerator;
import lamella.check.GradientReport;
import lamella.contract.Float32.Difference;
import lamella.contract.Subject.Overflow;
import lamella.core.DType;
import lamella.core.DoubleTensor;
import lamella.core.FloatTensor;
import lamella.core.Layer;
import lamella.core.Layers;
import lamella.core.Parameter;
import lamella.core.Pass;
import lamella.core.Shape;
import lamella.core.ShapeException;
import lamella.core.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * What {@link Layer} promises, one method per promise, in plain Java; {@link LayerContract} is the
 * same for jqwik.
 *
 * <p>Every method makes a layer with parameters of its own, computes with it, and throws an
 * AssertionError that names the layer and what is wrong. Immutable.
 */
public final class LayerChecks {
  /** For layers that take any shape. */
  private static final Shape[] COMMON_SHAPES = {
    Shape.of(4), Shape.of(1), Shape.of(3, 2), Shape.of(7)
  };

  /** Makes a layer, its parameters drawn from the generator. */
  @FunctionalInterface
  public interface Maker {
    /**
     * {@return a new layer}
     *
     * @param random draws the parameters
     */
    Layer layer(RandomGenerator random);
  }

  private final Maker maker;
  private final List<Shape> shapes;
  private final Traits traits;

  private LayerChecks(Maker maker, List<Shape> shapes, Traits traits) {
    this.maker = maker;
    this.shapes = shapes;
    this.traits = traits;
  }

  /**
   * {@return checks for layers that say themselves what input they take}
   *
   * @param maker makes the layer
   * @throws AssertionError if they do not; then {@link #of(Maker, Shape)} must be told
   */
  public static LayerChecks of(Maker maker) {
    return new LayerChecks(maker, shapesOf(maker), Traits.USUAL);
  }

  /**
   * {@return checks for layers that take examples of this shape}
   *
   * @param maker makes the layer
   * @param example the shape of one example
   */
  public static LayerChecks of(Maker maker, Shape example) {
    return new LayerChecks(maker, List.of(example), Traits.USUAL);
  }

  /**
   * {@return the same for a layer that is not defined everywhere: generated values are mapped by
   * this function}
   *
   * @param map from any number to one for which the layer is defined
   */
  public LayerChecks withDomain(DoubleUnaryOperator map) {
    return new LayerChecks(maker, shapes, traits.withDomain(map));
  }

  /** {@return the same for a layer whose output for an example depends on the rest of its batch} */
  public LayerChecks mixingRows() {
    return new LayerChecks(maker, shapes, traits.mixingRows());
  }

  /** {@return the same for a layer that computes otherwise on a pass for inference} */
  public LayerChecks differingInInference() {
    return new LayerChecks(maker, shapes, traits.differingInInference());
  }

  /**
   * {@return the same for a layer whose input is not to be changed a little, as one that takes
   * whole numbers for places in a table} Its input gradient must be 0.
   */
  public LayerChecks notDifferentiableByInput() {
    return new LayerChecks(maker, shapes, traits.notDifferentiableByInput());
  }

  /**
   * {@return the same for a layer that takes NaN for a missing value} It gives numbers for it, and
   * the gradient of that element is 0.
   */
  public LayerChecks takingMissingValues() {
    return new LayerChecks(maker, shapes, traits.takingMissingValues());
  }

  /**
   * {@return a new layer of those that are checked}
   *
   * @param random draws its parameters
   */
  public Layer layer(RandomGenerator random) {
    return maker.layer(random);
  }

  /**
   * {@return an input for which the layer is defined, of values of about 1 of either sign, float64
   * with values that float32 has too}
   *
   * @param shape of the batch
   * @param random draws it
   */
  public Tensor input(Shape shape, RandomGenerator random) {
    Tensor input = DoubleTensor.zeros(shape);
    for (int i = 0; i < input.size(); i++) {
      input.set(i, traits.defined(2 * random.nextGaussian()));
    }
    return input;
  }

  /** {@return the shapes of examples that these checks use} */
  public List<Shape> shapes() {
    return shapes;
  }

  private static List<Shape> shapesOf(Maker maker) {
    Layer layer = maker.layer(new SplittableRandom(0));
    List<Shape> accepted = new ArrayList<>();
    Shape named = null;
    for (Shape shape : COMMON_SHAPES) {
      try {
        layer.outputShape(shape.openBatch());
        accepted.add(shape);
      } catch (ShapeException e) {
        named = e.expected();
      }
    }
    if (accepted.size() == COMMON_SHAPES.length) {
      return accepted;
    }
    if (named != null && named.isOpen() && isAccepted(layer, named)) {
      return List.of(named.example());
    }
    if (!accepted.isEmpty()) {
      return accepted;
    }
    throw new AssertionError(
        layer
            + ": cannot tell which input it takes; override inputShape() (its ShapeException says it expects "
            + named
            + ")");
  }

  private static boolean isAccepted(Layer layer, Shape shape) {
    try {
      layer.outputShape(shape);
      return true;
    } catch (ShapeException e) {
      return false;
    }
  }

  /**
   * {@return a random case for these layers}
   *
   * @param random draws the case
   */
  public Example example(RandomGenerator random) {
    return Example.random(shapes.get(random.nextInt(shapes.size())), random);
  }

  /**
   * Every promise on one random case.
   *
   * @param random draws the case
   */
  public void all(RandomGenerator random) {
    Example example = example(random);
    numbers(example);
    threadsGiveTheSameBits(example);
    steadyStepAllocatesNothing(example);
  }

  /**
   * Every promise that can be tested in a fraction of a millisecond, on one case.
   *
   * @param example a case
   */
  public void numbers(Example example) {
    parametersAreListed(example);
    layersInsideAreListed(example);
    layersInsideAreRun(example);
    inputAndOutputGradientStayUntouched(example);
    resultsAreTensorsOfThePass(example);
    gradientsAreCorrect(example);
    gradientsAreCorrectAtRoundValues(example);
    sameInputGivesTheSameBits(example);
    backwardIsLinear(example);
    gradientsAccumulate(example);
    parameterGradientsDoNotNeedTheInputGradient(example);
    rowsAreIndependent(example);
    partsOfABatchAreTheBatch(example);
    float32IsCloseToFloat64(example);
    nanGivesNan(example);
    predictionsAreAFunctionOfTheInput(example);
    predictionsDoNotDependOnTheBatch(example);
    wrongShapeNamesLayerAndShapes(example);
    backwardNeedsForward(example);
    passesDoNotDisturbEachOther(example);
    theLastForwardCounts(example);
    changedParametersAreUsed(example);
    anInputThatChangedIsRefused(example);
    aCopyIsOnItsOwn(example);
    randomNumbersAreThoseOfTheStep(example);
    statisticsChangeByCommitOnly(example);
    frozenParametersGetNoGradient(example);
  }

  // The promises.

  /**
   * Backward is the derivative of forward: input and parameters, float64, relative 1e-6.
   *
   * @param example a case
   */
  public void gradientsAreCorrect(Example example) {
    Subject subject = subject(example);
    if (!traits.isDifferentiableByInput()) {
      inputGradientIsZero(subject);
    }
    requireDecided(check(subject, subject.input, 0.05));
  }

  private static void inputGradientIsZero(Subject subject) {
    Tensor dy = subject.in(DType.FLOAT64).outputGradient(0);
    for (double value : Step.of(subject.layer, subject.input, dy).gradients.get(0)) {
      if (value != 0) {
        throw subject.error(
            "the gradient of the input is "
                + value
                + ", but the layer is not differentiable by its input; must be 0");
      }
    }
    subject.in(subject.own());
  }

  /**
   * What is right passes, and so does what is flat here, where both sides say 0; what could not be
   * decided does not, and says so.
   */
  static void requireDecided(GradientReport report) {
    if (report.skipped() > 0) {
      report.assertCorrect();
    }
    report.assertNotWrong();
  }

  /**
   * The same at 0, 1 and other values where kinks and special cases are; where there is no
   * derivative, the layer must be right beside that point, and a layer of one function there say
   * something between the slopes of the two sides.
   *
   * @param example a case
   */
  public void gradientsAreCorrectAtRoundValues(Example example) {
    Subject subject = subject(example);
    RandomGenerator random = example.random();
    double[] round = {0, 0, 1, -1, 2, -2, 3, -3, 0.5, -0.5, 6};
    Tensor input = subject.input.copy();
    for (int i = 0; i < input.size(); i++) {
      if (random.nextInt(3) == 0) {
        input.set(i, traits.domain().applyAsDouble(round[random.nextInt(round.length)]));
      }
    }
    if (isFinite(subject.in(DType.FLOAT64).forward(input))) {
      check(subject, input, 1).assertNotWrong();
    }
  }

  private static GradientReport check(Subject subject, Tensor input, double mostSkipped) {
    return subject
        .gradientCheck()
        .withMostSkipped(mostSkipped)
        .run(subject.layer, input, subject.random());
  }

  /**
   * float32 gives what float64 gives, as far as rounding allows: a few units in the last place of
   * the result; what the result changes by if inputs and parameters change in their last places;
   * and a few units in the last place of the largest number that it is made of, for this input and
   * parameters at which nothing is saturated.
   *
   * <p>So a sigmoid that keeps s and takes s (1 - s) for its slope passes, although all digits of 1
   * - s are lost where s is nearly 1: float32 has no s that would keep them, and next to the slopes
   * of 0.25 that this unit has elsewhere what is lost is in the last place.
   *
   * @param example a case
   */
  public void float32IsCloseToFloat64(Example example) {
    Subject subject = subject(example);
    Tensor dy = subject.outputGradient(0);
    subject.in(DType.FLOAT32);
    Step narrow = Step.of(subject.layer, subject.input.to(DType.FLOAT32), dy.to(DType.FLOAT32));
    subject.in(DType.FLOAT64);
    Step wide = Step.of(subject.layer, subject.input, dy);
    List<Step> typical = typicalSteps(subject, dy);
    double[][] slack = subject.sensitivity(narrow, wide, dy, 3, 0x1p-23);
    Difference difference = Float32.first(narrow, wide, typical, slack, 8);
    if (difference != null) {
      typical.addAll(unsaturatedSteps(subject, dy));
      difference = Float32.first(narrow, wide, typical, slack, 8);
    }
    if (difference != null) {
      // A unit at its kink is on either side by chance: look closer before complaining.
      double[][] more = subject.sensitivity(narrow, wide, dy, 64, 0x1p-21);
      difference = Float32.first(narrow, wide, typical, more, 4);
    }
    if (difference != null
        && (difference.isGross()
            || Difference.isSystematic(
                subject.errors(dy, difference.result(), difference.element())))) {
      throw subject.error("float32 differs from float64: " + difference);
    }
  }

  /**
   * Steps for inputs and parameters as they are and smaller, where nothing is saturated: what
   * numbers are usual in this layer; float64.
   */
  private List<Step> typicalSteps(Subject subject, Tensor dy) {
    List<Step> typical = new ArrayList<>();
    for (double share : new double[] {1, 0.5, 0.25, 0.1}) {
      subject.withParametersTimes(
          share,
          () -> {
            for (double size : new double[] {1, 0.3, 0.1, 0.03, 0.01, 1e-4, 0}) {
              Tensor x = ofSize(size, subject.input, subject.random());
              typical.add(Step.of(subject.layer, x, dy));
            }
          });
    }
    return typical;
  }

  /**
   * Steps for this very input, with one parameter smaller at a time until what follows it is not
   * saturated: how large the products of this input and its gradients may be; float64.
   */
  private static List<Step> unsaturatedSteps(Subject subject, Tensor dy) {
    List<Step> steps = new ArrayList<>();
    for (int parameter = 0; parameter < subject.parameters.size(); parameter++) {
      for (double share = 0.5; share > 1e-6; share *= 0.25) {
        subject.withParameterTimes(
            parameter, share, () -> steps.add(Step.of(subject.layer, subject.input, dy)));
      }
    }
    return steps;
  }

  /** The largest finite element of a gradient in some steps. */
  private static double largest(List<Step> steps, int gradient) {
    double largest = 0;
    for (Step step : steps) {
      for (double value : step.gradients.get(gradient)) {
        largest = Double.isFinite(value) ? Math.max(largest, Math.abs(value)) : largest;
      }
    }
    return largest;
  }

  /** The input with its signs, but values of about this size. */
  private Tensor ofSize(double size, Tensor input, RandomGenerator random) {
    Tensor result = Tensor.zeros(DType.FLOAT64, input.shape());
    for (int i = 0; i < result.size(); i++) {
      double value = size * (0.5 + random.nextDouble());
      result.set(i, traits.domain().applyAsDouble(input.get(i) < 0 ? -value : value));
    }
    return result;
  }

  /**
   * Backward is linear in dL/dy: of a sum it gives the sum, of 0 it gives 0.
   *
   * @param example a case
   */
  public void backwardIsLinear(Example example) {
    Subject subject = subject(example).in(DType.FLOAT64);
    RandomGenerator random = subject.random();
    double a = Math.pow(10, random.nextInt(-4, 5));
    double b = -0.75;
    Tensor first = subject.outputGradient(1);
    Tensor second = subject.outputGradient(2);
    Tensor both = first.copy();
    for (int i = 0; i < both.size(); i++) {
      both.set(i, a * first.get(i) + b * second.get(i));
    }
    Step one = Step.of(subject.layer, subject.input, first);
    Step two = Step.of(subject.layer, subject.input, second);
    Step sum = Step.of(subject.layer, subject.input, both);
    List<Step> typical = typicalSteps(subject, first);
    for (int k = 0; k < one.gradients.size(); k++) {
      String difference =
          differenceFromSum(
              one.gradients.get(k),
              a,
              two.gradients.get(k),
              b,
              sum.gradients.get(k),
              (a + Math.abs(b)) * largest(typical, k));
      if (difference != null) {
        throw subject.error(
            "backward is not linear in the output gradient: the gradient of "
                + subject.gradientName(k)
                + " for "
                + a
                + " dy1 "
                + b
                + " dy2 differs from the sum of both at "
                + difference);
      }
    }
    both.fill(0);
    Step zero = Step.of(subject.layer, subject.input, both);
    for (int k = 0; k < zero.gradients.size(); k++) {
      for (double value : zero.gradients.get(k)) {
        if (value != 0) {
          throw subject.error(
              "the gradient of "
                  + subject.gradientName(k)
                  + " is "
                  + value
                  + " for an output gradient of 0; must be 0");
        }
      }
    }
  }

  /**
   * A second backward adds to the parameters' gradients, whatever the size of its batch.
   *
   * @param example a case
   */
  public void gradientsAccumulate(Example example) {
    Subject subject = subject(example).in(DType.FLOAT64);
    Tensor otherInput = subject.otherInput(1);
    Tensor dy = subject.outputGradient(0);
    Tensor otherDy = subject.outputGradient(otherInput, 1);
    Step one = Step.of(subject.layer, subject.input, dy);
    Step two = Step.of(subject.layer, otherInput, otherDy);
    Pass pass = Passes.forGradients();
    Step.on(pass, subject.layer, subject.input, dy);
    Step both = Step.on(pass, subject.layer, otherInput, otherDy);
    for (int k = 1; k < one.gradients.size(); k++) {
      String difference =
          differenceFromSum(
              one.gradients.get(k), 1, two.gradients.get(k), 1, both.gradients.get(k), 0);
      if (difference != null) {
        boolean overwritten = Arrays.equals(both.gradients.get(k), two.gradients.get(k));
        throw subject.error(
            "after two backwards the gradient of "
                + subject.gradientName(k)
                + (overwritten ? " is overwritten instead of added: " : " is not the sum of both: ")
                + difference);
      }
    }
  }

  /**
   * The parts of a batch, computed one after another as parts of one step, give the outputs of the
   * whole and the sum of its gradients; of a layer that does not mix rows.
   *
   * @param example a case
   */
  public void partsOfABatchAreTheBatch(Example example) {
    if (!traits.mixesRows()) {
      PartChecks.partsOfABatchAreTheBatch(subject(example));
    }
  }

  /** Says where sum differs from a first + b second, beyond rounding; null if nowhere. */
  private static @Nullable String differenceFromSum(
      double[] first, double a, double[] second, double b, double[] sum, double scale) {
    double largest = scale;
    for (int i = 0; i < sum.length; i++) {
      largest = Math.max(largest, Math.abs(a * first[i]) + Math.abs(b * second[i]));
    }
    for (int i = 0; i < sum.length; i++) {
      double expected = a * first[i] + b * second[i];
      double size = Math.abs(a * first[i]) + Math.abs(b * second[i]);
      // Not finite: an overflow, whatever the sum.
      if (Double.isFinite(expected)
          && !(Math.abs(sum[i] - expected) <= 1e-10 * size + 1e-12 * largest)) {
        return "element " + i + ": expected " + expected + ", got " + sum[i];
      }
    }
    return null;
  }

  /**
   * Without the gradient of the input, backward returns null, and the parameters' gradients have
   * the same bits.
   *
   * @param example a case
   */
  public void parameterGradientsDoNotNeedTheInputGradient(Example example) {
    Subject subject = subject(example);
    for (DType dtype : DType.values()) {
      subject.in(dtype);
      Tensor x = subject.input.to(dtype);
      Tensor dy = subject.outputGradient(0).to(dtype);
      Step full = Step.of(subject.layer, x, dy);
      Pass pass = Passes.forTraining();
      subject.layer.forward(x, pass);
      if (subject.layer.backward(dy, pass) != null) {
        throw subject.error(
            "backward returned an input gradient although pass.needsInputGradient() is false; must be null");
      }
      for (int i = 0; i < subject.parameters.size(); i++) {
        Parameter parameter = subject.parameters.get(i);
        if (!pass.gradients().has(parameter)) {
          throw subject.error(
              "no gradient for " + parameter.name() + " when the input gradient is not needed");
        }
        double[] without = pass.gradients().of(parameter).toDoubleArray();
        String difference = difference(full.gradients.get(i + 1), without);
        if (difference != null) {
          throw subject.error(
              "the gradient of "
                  + parameter.name()
                  + " changes when the input gradient is not needed: "
                  + difference);
        }
      }
    }
  }

  /**
   * Neither input nor output gradient nor parameters are changed.
   *
   * @param example a case
   */
  public void inputAndOutputGradientStayUntouched(Example example) {
    Subject subject = subject(example);
    for (DType dtype : DType.values()) {
      subject.in(dtype);
      for (Pass pass : new Pass[] {Passes.forTraining(), Passes.forGradients()}) {
        Tensor x = subject.input.to(dtype);
        Tensor dy = subject.outputGradient(0).to(dtype);
        double[] xBefore = x.toDoubleArray();
        double[] dyBefore = dy.toDoubleArray();
        List<double[]> parametersBefore = subject.parameterValues();
        subject.layer.forward(x, pass);
        subject.requireSame("forward changes its input", dtype, xBefore, x.toDoubleArray());
        subject.layer.backward(dy, pass);
        subject.requireSame("backward changes the input", dtype, xBefore, x.toDoubleArray());
        subject.requireSame(
            "backward changes the output gradient it is given",
            dtype,
            dyBefore,
            dy.toDoubleArray());
        List<double[]> parametersAfter = subject.parameterValues();
        for (int i = 0; i < parametersBefore.size(); i++) {
          subject.requireSame(
              "forward or backward changes the parameter "
                  + subject.all.get(i).name()
                  + (subject.all.get(i).role().isTrainable()
                      ? ""
                      : ", a statistic, whose new value belongs into pass.update(it)"),
              dtype,
              parametersBefore.get(i),
              parametersAfter.get(i));
        }
      }
    }
  }

  /**
   * What forward and backward return belongs to the pass and nobody else, has the promised shape,
   * and is written in full each time.
   *
   * @param example a case
   */
  public void resultsAreTensorsOfThePass(Example example) {
    Subject subject = subject(example);
    Layer layer = subject.layer;
    for (DType dtype : DType.values()) {
      subject.in(dtype);
      Tensor x = subject.input.to(dtype);
      Tensor dy = subject.outputGradient(0).to(dtype);
      Pass pass = Passes.forGradients();
      Tensor y = layer.forward(x, pass);
      Shape promised = layer.outputShape(x.shape());
      if (!promised.equals(y.shape())) {
        throw subject.error("outputShape promises " + promised + ", forward gives " + y.shape());
      }
      Shape open = layer.outputShape(subject.shape.openBatch());
      if (!open.accepts(promised)) {
        throw subject.error(
            "outputShape gives "
                + open
                + " for an open batch, but "
                + promised
                + " for "
                + x.shape());
      }
      if (y.dtype() != dtype) {
        throw subject.error(
            "gives an output of type " + y.dtype() + " for an input of type " + dtype);
      }
      if (sharesElements(x, y)) {
        throw subject.error("forward returns its input; the output must be a tensor of the pass");
      }
      double[] output = y.toDoubleArray();
      Tensor dx = layer.backward(dy, pass);
      if (dx == null) {
        throw subject.error("backward returned null although pass.needsInputGradient() is true");
      }
      if (!dx.shape().equals(x.shape()) || dx.dtype() != dtype) {
        throw subject.error("backward returned " + dx + " as gradient of the input " + x);
      }
      if (sharesElements(dx, dy)) {
        throw subject.error(
            "backward returns the output gradient; dL/dx must be a tensor of the pass");
      }
      if (sharesElements(dx, x)) {
        throw subject.error("backward returns the input as its gradient");
      }
      double[] inputGradient = dx.toDoubleArray();
      if (dx != y) {
        y.fill(Double.NaN);
      }
      dx.fill(Double.NaN);
      subject.requireSame(
          "forward does not overwrite all of its output on a used pass, or draws random numbers that"
              + " are not those of pass.random",
          dtype,
          output,
          layer.forward(x, pass).toDoubleArray());
      subject.requireSame(
          "backward does not overwrite all of the input gradient on a used pass",
          dtype,
          inputGradient,
          Step.snapshot(layer.backward(dy, pass)));
    }
  }

  @SuppressWarnings("ReferenceEquality") // the very same array
  static boolean sharesElements(Tensor a, Tensor b) {
    return switch (a) {
      case FloatTensor x -> b instanceof FloatTensor y && x.array() == y.array();
      case DoubleTensor x -> b instanceof DoubleTensor y && x.array() == y.array();
    };
  }

  /**
   * The same input gives the same bits: on a fresh pass, on a used one, after other batches, and
   * with another pass in between.
   *
   * @param example a case
   */
  public void sameInputGivesTheSameBits(Example example) {
    Subject subject = subject(example);
    Layer layer = subject.layer;
    for (DType dtype : DType.values()) {
      subject.in(dtype);
      Tensor x = subject.input.to(dtype);
      Tensor dy = subject.outputGradient(0).to(dtype);
      Step fresh = Step.of(layer, x, dy);
      subject.requireSame("gives other bits the second time", dtype, fresh, Step.of(layer, x, dy));
      Pass pass = Passes.forGradients();
      for (int more = 0; more < 3; more++) {
        Tensor other = subject.otherInput(more).to(dtype);
        Step.on(pass, layer, other, subject.outputGradient(other, 3).to(dtype));
        pass.gradients().clear();
        subject.requireSame(
            "gives other bits on a pass that was used for another input",
            dtype,
            fresh,
            Step.on(pass, layer, x, dy));
        pass.gradients().clear();
      }
      Tensor other = subject.otherInput(0).to(dtype);
      layer.forward(x, pass);
      layer.forward(other, Passes.forTraining());
      Tensor dx = layer.backward(dy, pass);
      subject.requireSame(
          "gives other gradients if another pass runs between forward and backward (is something of a call"
              + " kept in a field?)",
          dtype,
          fresh,
          Step.snapshot(layer, fresh.output, dx, pass));
    }
  }

  /**
   * Threads that share the layer, each with its own pass, get the bits that one alone gets.
   *
   * @param example a case
   */
  public void threadsGiveTheSameBits(Example example) {
    Subject subject = subject(example);
    DType dtype = subject.own();
    Tensor[] inputs = new Tensor[Threads.COUNT];
    Tensor[] gradients = new Tensor[Threads.COUNT];
    Step[] expected = new Step[Threads.COUNT];
    for (int i = 0; i < Threads.COUNT; i++) {
      inputs[i] = subject.repeated(16, i).to(dtype);
      gradients[i] = subject.outputGradient(inputs[i], i).to(dtype);
      expected[i] = Step.of(subject.layer, inputs[i], gradients[i]);
    }
    Throwable thrown =
        Threads.run(i -> {
          // Made here, used there: a pass belongs to the first thread that uses it.
          Pass pass = Passes.forGradients();
          return () -> {
            Step actual = Step.on(pass, subject.layer, inputs[i], gradients[i]);
            pass.gradients().clear();
            subject.requireSame(
                "gives other bits when " + Threads.COUNT + " threads share it",
                dtype,
                expected[i],
                actual);
          };
        });
    if (thrown instanceof AssertionError e) {
      throw e;
    }
    if (thrown != null) {
      throw subject.error("throws when " + Threads.COUNT + " threads share it: " + thrown);
    }
  }

  /** What to look for: the number of bytes alone tells nobody. */
  private static final String ALLOCATES =
      " (look for new tensors, arrays and shapes, which pass.buffer and pass.rowBuffer keep from call to call; lists that"
          + " parameters() or layers() make anew; streams, iterators, boxed numbers, lambdas and"
          + " texts)";

  /**
   * Once every shape has been seen, neither training nor prediction allocates a byte, nor do
   * batches of two sizes in turn.
   *
   * @param example a case
   */
  public void steadyStepAllocatesNothing(Example example) {
    Subject subject = subject(example);
    DType dtype = subject.own();
    Tensor x = subject.input.to(dtype);
    Tensor dy = subject.outputGradient(0).to(dtype);
    Pass training = Passes.forGradients();
    long bytes =
        Allocation.perStep(() -> {
          subject.layer.forward(x, training);
          subject.layer.backward(dy, training);
          training.gradients().clear();
        });
    if (bytes > 0) {
      throw subject.error(
          "allocates " + bytes + " bytes per steady training step; must be 0" + ALLOCATES);
    }
    Pass inference = Pass.forInference();
    bytes = Allocation.perStep(() -> subject.layer.forward(x, inference));
    if (bytes > 0) {
      throw subject.error(
          "allocates " + bytes + " bytes per steady prediction; must be 0" + ALLOCATES);
    }
    Tensor other = subject.otherInput(1).to(dtype);
    Tensor otherDy = subject.outputGradient(other, 0).to(dtype);
    bytes =
        Allocation.perStep(() -> {
          subject.layer.forward(x, training);
          subject.layer.backward(dy, training);
          subject.layer.forward(other, training);
          subject.layer.backward(otherDy, training);
          training.gradients().clear();
        });
    if (bytes > 0) {
      throw subject.error(
          "allocates "
              + bytes
              + " bytes when batches of two sizes take turns, as the last of an epoch does; must be"
              + " 0"
              + ALLOCATES);
    }
  }

  /**
   * A NaN in the input is not lost: some output that depends on the element is NaN; or, where the
   * layer is not differentiable by its input, forward refuses it by an IllegalArgumentException
   * that says NaN. A layer that takes NaN for a missing value gives numbers for it instead.
   *
   * @param example a case
   */
  public void nanGivesNan(Example example) {
    Subject subject = subject(example);
    if (traits.takesMissingValues()) {
      missingValuesAreTaken(subject);
      return;
    }
    RandomGenerator random = subject.random();
    for (DType dtype : DType.values()) {
      subject.in(dtype);
      Tensor x = subject.input.to(dtype);
      for (int tries = 0; tries < 4; tries++) {
        int index = random.nextInt(x.size());
        if (!subject.matters(x, index)) {
          continue;
        }
        double value = x.get(index);
        x.set(index, Double.NaN);
        Tensor y;
        try {
          y = subject.layer.forward(x);
        } catch (IllegalArgumentException e) {
          if (!traits.isDifferentiableByInput() && String.valueOf(e.getMessage()).contains("NaN")) {
            x.set(index, value);
            continue;
          }
          throw subject.error("input element " + index + " is NaN, and forward throws " + e);
        }
        boolean any = false;
        for (int i = 0; i < y.size(); i++) {
          any |= Double.isNaN(y.get(i));
        }
        if (!any) {
          throw subject.error(
              "input element "
                  + index
                  + " is NaN, but no output is ("
                  + dtype
                  + "): NaN in must give NaN out");
        }
        x.set(index, value);
      }
    }
  }

  private static void missingValuesAreTaken(Subject subject) {
    RandomGenerator random = subject.random();
    for (DType dtype : DType.values()) {
      subject.in(dtype);
      Tensor x = subject.input.to(dtype);
      Tensor dy = subject.outputGradient(0).to(dtype);
      for (int tries = 0; tries < 4; tries++) {
        int index = random.nextInt(x.size());
        x.set(index, Double.NaN);
        String missing = "input element " + index + " is missing (NaN, " + dtype + "), and ";
        Step step = Step.of(subject.layer, x, dy);
        for (double value : step.output) {
          if (Double.isNaN(value)) {
            throw subject.error(missing + "an output is NaN, which must be a number");
          }
        }
        for (int k = 0; k < step.gradients.size(); k++) {
          for (double value : step.gradients.get(k)) {
            if (Double.isNaN(value)) {
              throw subject.error(
                  missing + "the gradient of " + subject.gradientName(k) + " is NaN");
            }
          }
        }
        if (step.gradients.get(0)[index] != 0) {
          throw subject.error(
              missing + "its gradient is " + step.gradients.get(0)[index] + "; must be 0");
        }
      }
    }
    subject.in(subject.own());
  }

  /**
   * An input of a shape that the layer does not take throws a ShapeException with the layer and
   * both shapes, from outputShape as from forward; a shape that it says it takes, it computes.
   *
   * @param example a case
   */
  public void wrongShapeNamesLayerAndShapes(Example example) {
    Subject subject = subject(example);
    DType dtype = subject.own();
    Shape right = subject.input.shape();
    for (Shape shape : otherShapes(right)) {
      Tensor input = subject.valuesOf(shape).to(dtype);
      if (isAcceptedOrRefusedWell(subject, shape)) {
        // Layers that take any shape are tested with several anyway.
        if (shapes.size() == 1) {
          computesWhatItAccepts(subject, input);
        }
        continue;
      }
      Pass used = Passes.forTraining();
      subject.layer.forward(subject.input.to(dtype), used);
      for (Pass pass : new Pass[] {Passes.forTraining(), Pass.forInference(), used}) {
        try {
          subject.layer.forward(input, pass);
        } catch (RuntimeException e) {
          requireGoodShapeException(subject, "forward", shape, e);
          continue;
        }
        throw subject.error(
            "forward takes an input of shape " + shape + ", which outputShape refuses");
      }
    }
    Pass pass = Passes.forGradients();
    Tensor y = subject.layer.forward(subject.input.to(dtype), pass);
    Shape wrong = y.shape().withLast(y.shape().last() + 1);
    try {
      subject.layer.backward(Tensor.zeros(dtype, wrong), pass);
    } catch (ShapeException e) {
      return;
    } catch (RuntimeException e) {
      throw subject.error(
          "an output gradient of shape "
              + wrong
              + " throws "
              + e
              + "; must be a ShapeException (pass.recall does it)");
    }
    throw subject.error(
        "backward takes an output gradient of shape "
            + wrong
            + " for an output of shape "
            + y.shape());
  }

  private static List<Shape> otherShapes(Shape right) {
    List<Shape> shapes = new ArrayList<>();
    if (right.rank() > 1) {
      shapes.add(right.withLast(right.last() + 1));
      shapes.add(right.withLast(2 * right.last()));
      if (right.last() > 1) {
        shapes.add(right.withLast(right.last() - 1));
      }
      shapes.add(Shape.of(right.dimension(0)));
    }
    int[] deeper = new int[right.rank() + 1];
    for (int axis = 0; axis < right.rank(); axis++) {
      deeper[axis] = right.dimension(axis);
    }
    deeper[right.rank()] = 2;
    shapes.add(Shape.of(deeper));
    return shapes;
  }

  private static boolean isAcceptedOrRefusedWell(Subject subject, Shape shape) {
    try {
      subject.layer.outputShape(shape);
      return true;
    } catch (RuntimeException e) {
      requireGoodShapeException(subject, "outputShape", shape, e);
      return false;
    }
  }

  private static boolean namesOneOf(Layer layer, String text) {
    return text.contains(layer.toString())
        || layer.layers().stream().anyMatch(inside -> namesOneOf(inside, text));
  }

  private static void requireGoodShapeException(
      Subject subject, String method, Shape shape, RuntimeException e) {
    if (!(e instanceof ShapeException refusal)) {
      throw subject.error(
          method
              + " of an input of shape "
              + shape
              + " throws "
              + e
              + "; must be a ShapeException");
    }
    String text = String.valueOf(e.getMessage());
    // A container may name the layer inside, let it speak for itself, or name it in its own text.
    int end = Math.max(0, text.indexOf(": "));
    boolean named =
        namesOneOf(subject.layer, text)
            || text.matches("layer [0-9.]+ .+")
            || (end > 0 && subject.layer.toString().contains(text.substring(0, end)));
    if (!named
        || !text.contains(refusal.expected().toString())
        || !text.contains(shape.toString())) {
      throw subject.error(
          method
              + "'s ShapeException for "
              + shape
              + " must name the layer (or one inside it that layers() names), the shape expected and"
              + " that shape, but says: "
              + text);
    }
    if (!refusal.actual().equals(shape)) {
      throw subject.error(method + " is given " + shape + ", but its ShapeException says: " + text);
    }
  }

  private void computesWhatItAccepts(Subject subject, Tensor input) {
    String accepted = "outputShape accepts an input of shape " + input.shape() + ", but ";
    try {
      Tensor y = subject.forward(input);
      if (!isFinite(y)) {
        return;
      }
    } catch (RuntimeException e) {
      throw subject.error(accepted + "forward throws " + e);
    }
    Subject other = new Subject(subject.layer, input.to(DType.FLOAT64), subject.seed, traits);
    try {
      if (!traits.mixesRows()) {
        rowsAreIndependent(other.in(DType.FLOAT64));
      }
      check(other, other.input, 1).assertNotWrong();
    } catch (AssertionError e) {
      throw new AssertionError(
          subject.layer + ": " + accepted + "computes it wrongly: " + e.getMessage(), e);
    } catch (RuntimeException e) {
      throw subject.error(accepted + "it throws " + e);
    } finally {
      subject.in(subject.own());
    }
  }

  /**
   * Backward without a forward before it throws an IllegalStateException; each forward serves one
   * backward.
   *
   * @param example a case
   */
  public void backwardNeedsForward(Example example) {
    Subject subject = subject(example);
    DType dtype = subject.own();
    Tensor x = subject.input.to(dtype);
    Tensor dy = subject.outputGradient(0).to(dtype);
    subject.requireIllegalState("backward before forward", dy, Passes.forGradients());
    Pass used = Passes.forGradients();
    subject.layer.forward(x, used);
    subject.layer.backward(dy, used);
    subject.requireIllegalState("a second backward for one forward", dy, used);
    // A container without parameters has nothing to do there, and nobody inside to refuse.
    if (!subject.parameters.isEmpty()) {
      Pass inference = Pass.forInference();
      subject.layer.forward(x, inference);
      subject.requireIllegalState("backward on a pass for inference", dy, inference);
    }
  }

  /**
   * The output and gradients of a batch are those of its rows, one by one.
   *
   * @param example a case
   */
  public void rowsAreIndependent(Example example) {
    if (!traits.mixesRows()) {
      rowsAreIndependent(subject(example).in(DType.FLOAT64));
    }
  }

  private static void rowsAreIndependent(Subject subject) {
    Layer layer = subject.layer;
    Tensor x = subject.input;
    int n = x.shape().dimension(0);
    Tensor dy = subject.outputGradient(x, 0);
    Step batch = Step.of(layer, x, dy);
    double[][] sums = new double[subject.parameters.size()][];
    for (int row = 0; row < n; row++) {
      Step alone = Step.ofPart(layer, subject.row(x, row), subject.row(dy, row), row);
      String where =
          " of row " + row + " in a batch of " + n + " differs from that of the row alone: ";
      String hint =
          " (a layer that mixes rows on purpose says so: mixesRows; one that draws random numbers asks"
              + " pass.random for those of the very row)";
      String output = rowDifference(batch.output, row, alone.output);
      if (output != null) {
        throw subject.error("the output" + where + output + hint);
      }
      String gradient = rowDifference(batch.gradients.get(0), row, alone.gradients.get(0));
      if (gradient != null) {
        throw subject.error("the input gradient" + where + gradient + hint);
      }
      for (int k = 0; k < sums.length; k++) {
        double[] own = alone.gradients.get(k + 1);
        sums[k] = sums[k] == null ? new double[own.length] : sums[k];
        for (int i = 0; i < own.length; i++) {
          sums[k][i] += own[i];
        }
      }
    }
    for (int k = 0; k < sums.length; k++) {
      double[] whole = batch.gradients.get(k + 1);
      String difference = rowDifference(whole, 0, sums[k]);
      if (difference != null) {
        throw subject.error(
            "the gradient of "
                + subject.gradientName(k + 1)
                + " for a batch of "
                + n
                + " is not the sum of those of its rows: "
                + difference);
      }
    }
  }

  static @Nullable String rowDifference(double[] batch, int row, double[] alone) {
    double largest = 0;
    for (double value : alone) {
      largest = Double.isFinite(value) ? Math.max(largest, Math.abs(value)) : largest;
    }
    for (int i = 0; i < alone.length; i++) {
      double inBatch = batch[row * alone.length + i];
      if (Double.isFinite(alone[i]) && !(Math.abs(inBatch - alone[i]) <= 1e-9 * largest)) {
        return "element " + i + " is " + inBatch + " instead of " + alone[i];
      }
    }
    return null;
  }

  /**
   * parameters() gives the same parameters in the same order at every call, with finite values and
   * with names that tell them apart.
   *
   * @param example a case
   */
  @SuppressWarnings("ReferenceEquality") // a parameter is itself, whatever it holds
  public void parametersAreListed(Example example) {
    Layer layer = maker.layer(example.random());
    List<Parameter> first = layer.parameters();
    List<Parameter> second = layer.parameters();
    boolean same = first.size() == second.size();
    for (int i = 0; same && i < first.size(); i++) {
      same = first.get(i) == second.get(i);
    }
    if (!same) {
      throw new AssertionError(layer + ": parameters() gives other parameters at the second call");
    }
    try {
      Layers.parameters(layer);
    } catch (IllegalArgumentException e) {
      throw new AssertionError(e.getMessage(), e);
    }
    for (Parameter parameter : first) {
      if (parameter.name().isBlank()) {
        throw new AssertionError(layer + ": a parameter has no name");
      }
      if (!isFinite(parameter.value())) {
        throw new AssertionError(
            layer + ": initial value of " + parameter.name() + " is not finite");
      }
    }
  }

  /**
   * A prediction is a function of its input, and what training computes, unless the layer differs
   * in inference.
   *
   * @param example a case
   */
  public void predictionsAreAFunctionOfTheInput(Example example) {
    InferenceChecks.predictionsAreAFunctionOfTheInput(subject(example));
  }

  /**
   * In inference each example is predicted by itself, also by a layer that mixes rows in training;
   * but for one that mixes rows and does not differ in inference.
   *
   * @param example a case
   */
  public void predictionsDoNotDependOnTheBatch(Example example) {
    InferenceChecks.predictionsDoNotDependOnTheBatch(subject(example));
  }

  /**
   * What a layer draws in training is a function of the pass's seed and step, whatever the pass was
   * used for before; layers that draw nothing keep this anyway.
   *
   * @param example a case
   */
  public void randomNumbersAreThoseOfTheStep(Example example) {
    RandomChecks.randomNumbersAreThoseOfTheStep(subject(example));
  }

  /**
   * Statistics change by {@link Pass#commit} only, to finite values that do not depend on what the
   * pass was used for before; predictions leave them alone.
   *
   * @param example a case
   */
  public void statisticsChangeByCommitOnly(Example example) {
    StatisticChecks.statisticsChangeByCommitOnly(subject(example));
  }

  /**
   * Whatever is frozen, the other gradients have the same bits, and frozen parameters stay as they
   * are.
   *
   * @param example a case
   */
  public void frozenParametersGetNoGradient(Example example) {
    FreezingChecks.frozenParametersGetNoGradient(subject(example));
  }

  /**
   * What a pass gave stays as it is while other passes run, in whatever order.
   *
   * @param example a case
   */
  public void passesDoNotDisturbEachOther(Example example) {
    UseChecks.passesDoNotDisturbEachOther(subject(example));
  }

  /**
   * A backward belongs to the last forward of its pass, whatever was forwarded before.
   *
   * @param example a case
   */
  public void theLastForwardCounts(Example example) {
    UseChecks.theLastForwardCounts(subject(example));
  }

  /**
   * What an optimiser does to parameters shows at once, in forward and in backward.
   *
   * @param example a case
   */
  public void changedParametersAreUsed(Example example) {
    UseChecks.changedParametersAreUsed(subject(example));
  }

  /**
   * Backward after the input was changed refuses, or is still right.
   *
   * @param example a case
   */
  public void anInputThatChangedIsRefused(Example example) {
    UseChecks.anInputThatChangedIsRefused(subject(example));
  }

  /**
   * The parameters of the layers inside are among a container's own, each once.
   *
   * @param example a case
   */
  public void layersInsideAreListed(Example example) {
    ContainerChecks.layersInsideAreListed(maker.layer(example.random()));
  }

  /**
   * What layers() names is what forward runs, at the same positions.
   *
   * @param example a case
   */
  public void layersInsideAreRun(Example example) {
    ContainerChecks.layersInsideAreRun(subject(example));
  }

  /**
   * A copy, if there is one, computes the same, and shares no parameter with the original.
   *
   * @param example a case
   */
  public void aCopyIsOnItsOwn(Example example) {
    UseChecks.aCopyIsOnItsOwn(subject(example));
  }

  // Making subjects.

  /** A layer with varied parameters, and an input for which its output is finite in both types. */
  private Subject subject(Example example) {
    Layer layer = maker.layer(example.random());
    Tensor input = example.input().copy();
    for (int i = 0; i < input.size(); i++) {
      input.set(i, traits.defined(input.get(i)));
    }
    Subject subject = new Subject(layer, input, example.seed(), traits);
    subject.varyParameters();
    subject.requireThatItComputes();
    String nan = null;
    for (int tries = 0; tries < 12; tries++) {
      Overflow overflow = subject.overflow();
      if (overflow == Overflow.NONE) {
        if (nan != null) {
          throw subject.error(nan);
        }
        return subject;
      }
      if (overflow == Overflow.NAN && nan == null) {
        nan = "the output is NaN for a finite input, " + new Example(input.copy(), example.seed());
      }
      for (int i = 0; i < input.size(); i++) {
        input.set(i, traits.defined(0.1 * input.get(i)));
      }
    }
    throw subject.error(
        "the output is not finite for "
            + example
            + " and smaller inputs (a layer that is not defined everywhere says where it is: domain)");
  }

  static boolean isFinite(Tensor tensor) {
    for (int i = 0; i < tensor.size(); i++) {
      if (!Double.isFinite(tensor.get(i))) {
        return false;
      }
    }
    return true;
  }

  static @Nullable String difference(double[] expected, double[] actual) {
    if (expected.length != actual.length) {
      return actual.length + " elements instead of " + expected.length;
    }
    for (int i = 0; i < expected.length; i++) {
      if (Double.doubleToLongBits(expected[i]) != Double.doubleToLongBits(actual[i])) {
        return "element " + i + ": expected " + expected[i] + ", got " + actual[i];
      }
    }
    return null;
  }
}
