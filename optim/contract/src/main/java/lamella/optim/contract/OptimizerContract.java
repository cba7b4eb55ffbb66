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
import lamella.optim.Group;
import lamella.optim.Optimizer;
import lamella.optim.RuleOptimizer;
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

  /**
   * {@return λ of the decay that is no part of the gradient but shrinks weights by itself, W = W (1
   * - η λ), as AdamW's} 0 by default.
   */
  protected double decay() {
    return 0;
  }

  /**
   * {@return whether a step is the learning rate times something that does not depend on it} True
   * by default; only then is the rate factor of a group checked by numbers.
   */
  protected boolean isProportionalToTheRate() {
    return true;
  }

  /** A weight, a bias and another weight with values and gradients, on a pass. */
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

    double[][] values() {
      return parameters.stream().map(p -> p.value().toDoubleArray()).toArray(double[][]::new);
    }

    void fillGradients() {
      parameters.forEach(this::fillGradient);
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
    aPenaltyIsAddedToTheGradient(seed);
    decayShrinksWeightsBeforeTheStep(seed);
    followsItsRule(seed);
    theOrderOfGradientsDoesNotMatter(seed);
    aSavedStateGoesOnAlike(seed);
    frozenParametersStay(seed);
    addedGradientsAreGradients(seed);
    goesOnInAnotherType(seed);
    groupsHaveFactors(seed);
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
   * What a first step makes of a weight with gradient 0 is what the rule makes, without a penalty,
   * of the derivative of penalty(), once the weight has decayed.
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
      double shrunk = before[i] * (1 - rate(0) * decay());
      double expected = before[i] - rule(shrunk, slopes[i], Role.BIAS, 0, new double[4]);
      double moved = before[i] - weight.value().get(i);
      require(
          Math.abs(moved - expected) <= 1e-9 * Math.max(rate(0), Math.abs(expected)),
          optimizer,
          "descends "
              + moved
              + " for a gradient of 0, but by the derivative of its penalty it is "
              + expected);
    }
  }

  /**
   * Where an optimiser extends {@link RuleOptimizer}: the penalty's gradient λ W is added to the
   * gradient of the loss, in each step and before anything is made of it.
   *
   * @param seed picks the case
   */
  @Property(tries = 5, edgeCases = EdgeCasesMode.NONE)
  public void aPenaltyIsAddedToTheGradient(@ForAll @LongRange(max = 10_000) long seed) {
    requireRegularised(seed, 0.7, 0, "l2 must add λ W to the gradient");
  }

  /**
   * Where an optimiser extends {@link RuleOptimizer}: decay multiplies weights by 1 - η λ before
   * the step, η the rate of this step, and changes nothing else.
   *
   * @param seed picks the case
   */
  @Property(tries = 5, edgeCases = EdgeCasesMode.NONE)
  public void decayShrinksWeightsBeforeTheStep(@ForAll @LongRange(max = 10_000) long seed) {
    requireRegularised(
        seed, 0, 0.7, "decay must multiply weights, and nothing else, by 1 - η λ before the step");
    requireRegularised(
        seed, 0.5, 0.7, "with decay, l2 must add λ W of the weight before it has decayed");
  }

  /** Compares with the optimiser without either, where both are done by hand. */
  private void requireRegularised(long seed, double l2, double decay, String promise) {
    if (!(optimizer() instanceof RuleOptimizer<?> rule)) {
      return;
    }
    Optimizer bare = rule.withL2(0).withDecay(0);
    Optimizer regularised = ((RuleOptimizer<?>) optimizer()).withL2(l2).withDecay(decay);
    Case byHand = new Case(DType.FLOAT64, seed);
    Case chosen = new Case(DType.FLOAT64, seed);
    for (int step = 0; step < STEPS; step++) {
      byHand.fillGradients();
      chosen.fillGradients();
      for (Parameter parameter : byHand.parameters) {
        Tensor value = parameter.value();
        Tensor gradient = byHand.pass.gradients().of(parameter);
        for (int i = 0; i < value.size() && parameter.role().isDecayed(); i++) {
          gradient.set(i, gradient.get(i) + l2 * value.get(i));
          value.set(i, value.get(i) * (1 - rate(step) * decay));
        }
      }
      bare.step(byHand.pass.gradients());
      regularised.step(chosen.pass.gradients());
      for (int p = 0; p < chosen.parameters.size(); p++) {
        Parameter parameter = chosen.parameters.get(p);
        double[] expected = byHand.parameters.get(p).value().toDoubleArray();
        for (int i = 0; i < expected.length; i++) {
          double actual = parameter.value().get(i);
          require(
              Math.abs(actual - expected[i]) <= 1e-9 * Math.max(1, Math.abs(expected[i])),
              regularised,
              promise
                  + ": step "
                  + step
                  + " makes "
                  + parameter
                  + " ["
                  + i
                  + "] "
                  + actual
                  + " instead of "
                  + expected[i]);
        }
      }
    }
  }

  /**
   * A parameter that is frozen stays, and does not count in the penalty, whatever the optimiser
   * keeps for it. When it is no longer frozen it goes on.
   *
   * @param seed picks the case
   */
  @Property(tries = 5, edgeCases = EdgeCasesMode.NONE)
  public void frozenParametersStay(@ForAll @LongRange(max = 10_000) long seed) {
    Case chosen = new Case(DType.FLOAT64, seed);
    Optimizer optimizer = optimizer();
    Parameter frozen = chosen.parameters.get(0);
    chosen.fillGradients();
    optimizer.step(chosen.pass.gradients());
    double[] before = frozen.value().toDoubleArray();
    frozen.freeze();
    for (int step = 0; step < 2; step++) {
      chosen.fillGradient(chosen.parameters.get(1));
      chosen.fillGradient(chosen.parameters.get(2));
      optimizer.step(chosen.pass.gradients());
    }
    require(
        Arrays.equals(before, frozen.value().toDoubleArray()),
        optimizer,
        "moves a frozen parameter");
    frozen.value().fill(100);
    require(
        optimizer.penalty(List.of(frozen)) == 0,
        optimizer,
        "counts a frozen parameter in its penalty");
    before = frozen.value().toDoubleArray();
    frozen.unfreeze();
    chosen.fillGradient(frozen);
    optimizer.step(chosen.pass.gradients());
    require(
        !Arrays.equals(before, frozen.value().toDoubleArray()),
        optimizer,
        "leaves a parameter that is no longer frozen as it is");
  }

  /**
   * Gradients may be added up from those of parts of a batch, and be others in each step.
   *
   * @param seed picks the case
   */
  @Property(tries = 5, edgeCases = EdgeCasesMode.NONE)
  public void addedGradientsAreGradients(@ForAll @LongRange(max = 10_000) long seed) {
    Case whole = new Case(DType.FLOAT32, seed);
    Case added = new Case(DType.FLOAT32, seed);
    Optimizer first = optimizer();
    Optimizer second = optimizer();
    for (int step = 0; step < STEPS; step++) {
      whole.fillGradients();
      added.fillGradients();
      // Halves, so that the sum is exact.
      Gradients sum = added.pass.gradients().copy();
      sum.scale(0.5);
      sum.add(sum.copy());
      added.pass.gradients().clear();
      first.step(whole.pass.gradients());
      second.step(sum);
    }
    require(
        Arrays.deepEquals(whole.values(), added.values()),
        first,
        "makes other steps of gradients that were added up elsewhere than of those of a pass");
  }

  /**
   * What is kept for a parameter follows it into another type.
   *
   * @param seed picks the case
   */
  @Property(tries = 5, edgeCases = EdgeCasesMode.NONE)
  public void goesOnInAnotherType(@ForAll @LongRange(max = 10_000) long seed) {
    Case wide = new Case(DType.FLOAT64, seed);
    Case widened = new Case(DType.FLOAT32, seed);
    Optimizer first = optimizer();
    Optimizer second = optimizer();
    for (int step = 0; step < STEPS; step++) {
      if (step == STEPS / 2) {
        widened.parameters.forEach(p -> p.convertTo(DType.FLOAT64));
      }
      wide.fillGradients();
      widened.fillGradients();
      first.step(wide.pass.gradients());
      second.step(widened.pass.gradients());
    }
    double[][] expected = wide.values();
    double[][] actual = widened.values();
    for (int p = 0; p < expected.length; p++) {
      for (int i = 0; i < expected[p].length; i++) {
        require(
            Math.abs(actual[p][i] - expected[p][i]) <= 1e-5 * Math.max(1, Math.abs(expected[p][i])),
            second,
            "does not go on when a parameter becomes float64: "
                + actual[p][i]
                + " instead of "
                + expected[p][i]);
      }
    }
  }

  /**
   * Where there are groups: those of a group take the rate times its factor, or stay where it is 0,
   * and decay times its factor; the others do not notice.
   *
   * @param seed picks the case
   */
  @Property(tries = 5, edgeCases = EdgeCasesMode.NONE)
  public void groupsHaveFactors(@ForAll @LongRange(max = 10_000) long seed) {
    if (!(optimizer() instanceof RuleOptimizer<?>)) {
      return;
    }
    Group group = Group.of("the first", (name, parameter) -> name.equals("weight"));
    double[][] before = new Case(DType.FLOAT64, seed).values();
    double[][] plain = step(optimizer(), seed);
    Optimizer slow = grouped(group.withRateFactor(0.5));
    double[][] slowed = step(slow, seed);
    for (int i = 0; i < before[0].length && isProportionalToTheRate(); i++) {
      double expected = 0.5 * (plain[0][i] - before[0][i]);
      double moved = slowed[0][i] - before[0][i];
      require(
          Math.abs(moved - expected) <= 1e-9 * Math.max(rate(0), Math.abs(expected)),
          slow,
          "ignores the rate factor of a group: moves by " + moved + ", expected " + expected);
    }
    Optimizer still = grouped(group.frozen());
    double[][] stood = step(still, seed);
    require(Arrays.equals(before[0], stood[0]), still, "moves a parameter of a frozen group");
    Optimizer bare = grouped(group.withDecayFactor(0));
    double[][] undecayed = step(bare, seed);
    for (int i = 0; i < before[0].length; i++) {
      double expected = rule(before[0][i], gradients(seed)[0][i], Role.BIAS, 0, new double[4]);
      require(
          Math.abs(undecayed[0][i] - expected) <= 1e-9 * Math.max(1, Math.abs(expected)),
          bare,
          "ignores the decay factor of a group: makes "
              + undecayed[0][i]
              + ", expected "
              + expected);
    }
    for (int p = 1; p < before.length; p++) {
      require(
          Arrays.equals(plain[p], slowed[p]) && Arrays.equals(plain[p], undecayed[p]),
          slow,
          "changes what is in no group otherwise than without groups");
    }
  }

  private Optimizer grouped(Group group) {
    return ((RuleOptimizer<?>) optimizer()).withGroup(group);
  }

  /** The values after one step. */
  private static double[][] step(Optimizer optimizer, long seed) {
    Case chosen = new Case(DType.FLOAT64, seed);
    chosen.fillGradients();
    optimizer.step(chosen.pass.gradients());
    return chosen.values();
  }

  /** The gradients of that step. */
  private static double[][] gradients(long seed) {
    Case chosen = new Case(DType.FLOAT64, seed);
    chosen.fillGradients();
    return chosen.parameters.stream()
        .map(p -> chosen.pass.gradients().of(p).toDoubleArray())
        .toArray(double[][]::new);
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
