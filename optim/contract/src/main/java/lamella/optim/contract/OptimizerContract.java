package lamella.optim.contract;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import lamella.contract.Allocation;
import lamella.core.DType;
import lamella.core.Gradients;
import lamella.core.Parameter;
import lamella.core.Parameter.Role;
import lamella.core.Pass;
import lamella.core.SavedState;
import lamella.core.Shape;
import lamella.core.Tensor;
import lamella.optim.Optimizer;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;

/**
 * The contract of {@link Optimizer}: it follows a rule that the test states in float64 for one
 * element, and deals with gradients, steps and penalties as it must. A test inherits from it and
 * says which optimiser, and its rule; it runs on jqwik.
 */
public abstract class OptimizerContract {
  private static final int STEPS = 8;

  /** For subclasses. */
  protected OptimizerContract() {}

  /** {@return a new optimiser} */
  protected abstract Optimizer optimizer();

  /**
   * {@return the learning rate of a step}
   *
   * @param step from 0
   */
  protected abstract double rate(long step);

  /**
   * The rule: what a step makes of one element.
   *
   * @param value before the step
   * @param gradient of the step
   * @param role weights only are penalised
   * @param step from 0
   * @param state four numbers of this element's own, 0 before the first step
   * @return the value after the step
   */
  protected abstract double rule(
      double value, double gradient, Role role, long step, double[] state);

  /** A weight and two biases with values and gradients, on a pass. */
  private static final class Case {
    final RandomGenerator random;
    final List<Parameter> parameters;
    final Pass pass = Pass.forTraining();

    Case(DType dtype, long seed) {
      random = new SplittableRandom(seed);
      Parameter weight = new Parameter("weight", Role.WEIGHT, values(dtype, Shape.of(4, 3)));
      Parameter bias = new Parameter("bias", Role.BIAS, values(dtype, Shape.of(3)));
      Parameter second = new Parameter("second weight", Role.WEIGHT, values(dtype, Shape.of(2)));
      parameters = List.of(weight, bias, second);
    }

    private Tensor values(DType dtype, Shape shape) {
      Tensor tensor = Tensor.zeros(dtype, shape);
      for (int i = 0; i < tensor.size(); i++) {
        tensor.set(i, (float) random.nextGaussian());
      }
      return tensor;
    }

    void fillGradient(Parameter parameter) {
      Tensor gradient = pass.gradient(parameter);
      for (int i = 0; i < gradient.size(); i++) {
        gradient.set(i, (float) random.nextGaussian());
      }
    }
  }

  /**
   * Every promise on one case.
   *
   * @param seed picks the case
   */
  public final void all(long seed) {
    countsStepsAndTellsTheNextRate(seed);
    usesGradientsUp(seed);
    leavesParametersWithoutGradientAlone(seed);
    biasesAreNotPenalised(seed);
    penaltyIsWhatTheStepDescends(seed);
    followsItsRule(seed);
    theOrderOfGradientsDoesNotMatter(seed);
    aSavedStateGoesOnAlike(seed);
    aStepAllocatesNothing(seed);
  }

  /**
   * Steps of a few parameters are those of the rule, in float32 and float64.
   *
   * @param seed picks the case
   */
  @Property(tries = 30, edgeCases = EdgeCasesMode.NONE)
  public void followsItsRule(@ForAll @LongRange(max = 10_000) long seed) {
    for (DType dtype : DType.values()) {
      Case chosen = new Case(dtype, seed);
      Optimizer optimizer = optimizer();
      List<double[]> expected = new ArrayList<>();
      List<double[][]> states = new ArrayList<>();
      for (Parameter parameter : chosen.parameters) {
        expected.add(parameter.value().toDoubleArray());
        states.add(new double[parameter.value().size()][4]);
      }
      for (int step = 0; step < STEPS; step++) {
        for (int p = 0; p < expected.size(); p++) {
          Parameter parameter = chosen.parameters.get(p);
          chosen.fillGradient(parameter);
          double[] gradient = chosen.pass.gradients().of(parameter).toDoubleArray();
          for (int i = 0; i < gradient.length; i++) {
            expected.get(p)[i] =
                rule(expected.get(p)[i], gradient[i], parameter.role(), step, states.get(p)[i]);
          }
        }
        optimizer.step(chosen.pass.gradients());
        for (int p = 0; p < expected.size(); p++) {
          requireClose(optimizer, chosen.parameters.get(p), step, expected.get(p));
        }
      }
    }
  }

  private static void requireClose(
      Optimizer optimizer, Parameter parameter, int step, double[] expected) {
    double tolerance = parameter.value().dtype() == DType.FLOAT64 ? 1e-12 : 1e-5;
    for (int i = 0; i < expected.length; i++) {
      double actual = parameter.value().get(i);
      require(
          Math.abs(actual - expected[i]) <= tolerance * Math.max(1, Math.abs(expected[i])),
          optimizer,
          "step "
              + step
              + " makes "
              + parameter
              + " ["
              + i
              + "] "
              + actual
              + ", its rule "
              + expected[i]);
    }
  }

  /**
   * It counts its steps, and tells the learning rate of the next.
   *
   * @param seed picks the case
   */
  @Property(tries = 5, edgeCases = EdgeCasesMode.NONE)
  public void countsStepsAndTellsTheNextRate(@ForAll @LongRange(max = 10_000) long seed) {
    Case chosen = new Case(DType.FLOAT32, seed);
    Optimizer optimizer = optimizer();
    for (int step = 0; step < STEPS; step++) {
      require(
          optimizer.steps() == step,
          optimizer,
          "says " + optimizer.steps() + " steps after " + step);
      require(
          optimizer.learningRate() == rate(step),
          optimizer,
          "says learning rate "
              + optimizer.learningRate()
              + " for step "
              + step
              + ", expected "
              + rate(step));
      chosen.fillGradient(chosen.parameters.get(0));
      optimizer.step(chosen.pass.gradients());
    }
  }

  /**
   * A step without gradients is refused, and one with gradients clears them.
   *
   * @param seed picks the case
   */
  @Property(tries = 5, edgeCases = EdgeCasesMode.NONE)
  public void usesGradientsUp(@ForAll @LongRange(max = 10_000) long seed) {
    Case chosen = new Case(DType.FLOAT32, seed);
    Optimizer optimizer = optimizer();
    require(
        refusesToStep(optimizer, chosen.pass.gradients()),
        optimizer,
        "a step without gradients must throw an IllegalStateException");
    require(optimizer.steps() == 0, optimizer, "counts a step that it refused");
    chosen.fillGradient(chosen.parameters.get(0));
    chosen.fillGradient(chosen.parameters.get(1));
    optimizer.step(chosen.pass.gradients());
    require(
        chosen.pass.gradients().isEmpty(),
        optimizer,
        "does not clear the gradients after its step");
  }

  /**
   * A parameter without a gradient is left as it is, in later steps too.
   *
   * @param seed picks the case
   */
  @Property(tries = 5, edgeCases = EdgeCasesMode.NONE)
  public void leavesParametersWithoutGradientAlone(@ForAll @LongRange(max = 10_000) long seed) {
    Case chosen = new Case(DType.FLOAT32, seed);
    Optimizer optimizer = optimizer();
    // The second step meets a parameter that had a gradient before.
    for (Parameter parameter : chosen.parameters) {
      chosen.fillGradient(parameter);
    }
    optimizer.step(chosen.pass.gradients());
    double[] before = chosen.parameters.get(2).value().toDoubleArray();
    chosen.fillGradient(chosen.parameters.get(0));
    optimizer.step(chosen.pass.gradients());
    require(
        Arrays.equals(before, chosen.parameters.get(2).value().toDoubleArray()),
        optimizer,
        "changes a parameter that has no gradient");
  }

  /**
   * Biases neither shrink nor count in the penalty.
   *
   * @param seed picks the case
   */
  @Property(tries = 10, edgeCases = EdgeCasesMode.NONE)
  public void biasesAreNotPenalised(@ForAll @LongRange(max = 10_000) long seed) {
    Case chosen = new Case(DType.FLOAT64, seed);
    Optimizer optimizer = optimizer();
    Parameter bias = chosen.parameters.get(1);
    double penalty = optimizer.penalty(chosen.parameters);
    double[] before = bias.value().toDoubleArray();
    chosen.pass.gradient(bias);
    optimizer.step(chosen.pass.gradients());
    require(
        Arrays.equals(before, bias.value().toDoubleArray()),
        optimizer,
        "moves a bias whose gradient is 0: the penalty must fall on weights only");
    bias.value().fill(100);
    require(
        optimizer.penalty(chosen.parameters) == penalty, optimizer, "counts biases in its penalty");
  }

  /**
   * A first step with gradient 0 is -rate times the derivative of penalty().
   *
   * @param seed picks the case
   */
  @Property(tries = 10, edgeCases = EdgeCasesMode.NONE)
  public void penaltyIsWhatTheStepDescends(@ForAll @LongRange(max = 10_000) long seed) {
    Case chosen = new Case(DType.FLOAT64, seed);
    Optimizer optimizer = optimizer();
    Parameter weight = chosen.parameters.get(0);
    double[] slopes = new double[weight.value().size()];
    double[] before = weight.value().toDoubleArray();
    for (int i = 0; i < slopes.length; i++) {
      weight.value().set(i, before[i] + 0x1p-10);
      double above = optimizer.penalty(chosen.parameters);
      weight.value().set(i, before[i] - 0x1p-10);
      slopes[i] = (above - optimizer.penalty(chosen.parameters)) * 0x1p9;
      weight.value().set(i, before[i]);
    }
    chosen.pass.gradient(weight);
    optimizer.step(chosen.pass.gradients());
    for (int i = 0; i < slopes.length; i++) {
      double moved = (before[i] - weight.value().get(i)) / rate(0);
      require(
          Math.abs(moved - slopes[i]) <= 1e-9 * Math.max(1, Math.abs(slopes[i])),
          optimizer,
          "descends "
              + moved
              + " for a gradient of 0, but the derivative of its penalty is "
              + slopes[i]);
    }
  }

  /**
   * A new optimiser that is given the state of one in the middle goes on as that does.
   *
   * @param seed picks the case
   */
  @Property(tries = 10, edgeCases = EdgeCasesMode.NONE)
  public void aSavedStateGoesOnAlike(@ForAll @LongRange(max = 10_000) long seed) {
    for (DType dtype : DType.values()) {
      Case whole = new Case(dtype, seed);
      Case resumed = new Case(dtype, seed);
      Optimizer first = optimizer();
      Optimizer second = optimizer();
      for (int step = 0; step < STEPS; step++) {
        for (Case chosen : List.of(whole, resumed)) {
          chosen.parameters.stream().skip(step % 2).forEach(chosen::fillGradient);
        }
        first.step(whole.pass.gradients());
        second.step(resumed.pass.gradients());
        SavedState state = SavedState.of(resumed.parameters);
        second.save(state);
        second = optimizer();
        second.load(state);
        goOnElsewhere(state, resumed);
        require(
            second.steps() == step + 1 && second.learningRate() == rate(step + 1),
            second,
            "does not save how many steps it has taken");
        for (int p = 0; p < whole.parameters.size(); p++) {
          require(
              Arrays.equals(
                  whole.parameters.get(p).value().toDoubleArray(),
                  resumed.parameters.get(p).value().toDoubleArray()),
              second,
              "goes on otherwise than the one whose state it was given: save does not save all");
        }
      }
    }
  }

  /** Another optimiser is given the same state and takes a step, which must disturb nobody. */
  private void goOnElsewhere(SavedState state, Case chosen) {
    List<Tensor> values = new ArrayList<>();
    for (Parameter parameter : chosen.parameters) {
      values.add(parameter.value().copy());
      chosen.pass.gradient(parameter).fill(1);
    }
    Optimizer other = optimizer();
    other.load(state);
    other.step(chosen.pass.gradients());
    for (int p = 0; p < values.size(); p++) {
      chosen.parameters.get(p).value().copyFrom(values.get(p));
    }
  }

  /**
   * In whatever order layers have added gradients, and whichever parameters have none.
   *
   * @param seed picks the case
   */
  @Property(tries = 10, edgeCases = EdgeCasesMode.NONE)
  public void theOrderOfGradientsDoesNotMatter(@ForAll @LongRange(max = 10_000) long seed) {
    Case forwards = new Case(DType.FLOAT64, seed);
    Case backwards = new Case(DType.FLOAT64, seed);
    Optimizer first = optimizer();
    Optimizer second = optimizer();
    int count = forwards.parameters.size();
    for (int step = 0; step < STEPS; step++) {
      for (int p = step % 2; p < count; p++) {
        forwards.fillGradient(forwards.parameters.get(p));
      }
      for (int p = count - 1; p >= step % 2; p--) {
        backwards
            .pass
            .gradient(backwards.parameters.get(p))
            .copyFrom(forwards.pass.gradients().of(forwards.parameters.get(p)));
      }
      first.step(forwards.pass.gradients());
      second.step(backwards.pass.gradients());
    }
    for (int p = 0; p < count; p++) {
      require(
          Arrays.equals(
              forwards.parameters.get(p).value().toDoubleArray(),
              backwards.parameters.get(p).value().toDoubleArray()),
          first,
          "depends on the order in which gradients were added");
    }
  }

  /**
   * Once each parameter has been seen, a step allocates nothing.
   *
   * @param seed picks the case
   */
  @Property(tries = 2, edgeCases = EdgeCasesMode.NONE)
  public void aStepAllocatesNothing(@ForAll @LongRange(max = 10_000) long seed) {
    Case chosen = new Case(DType.FLOAT32, seed);
    Optimizer optimizer = optimizer();
    long bytes =
        Allocation.perStep(() -> {
          chosen.pass.gradient(chosen.parameters.get(0));
          chosen.pass.gradient(chosen.parameters.get(1));
          optimizer.step(chosen.pass.gradients());
        });
    require(bytes == 0, optimizer, "allocates " + bytes + " bytes per steady step; must be 0");
  }

  private static boolean refusesToStep(Optimizer optimizer, Gradients gradients) {
    try {
      optimizer.step(gradients);
      return false;
    } catch (IllegalStateException e) {
      return true;
    }
  }

  private static void require(boolean condition, Optimizer optimizer, String message) {
    if (!condition) {
      throw new AssertionError(optimizer + ": " + message);
    }
  }
}
