package lamella.optim.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import lamella.core.Dataset;
import lamella.core.DoubleTensor;
import lamella.core.Gradients;
import lamella.core.Layer;
import lamella.core.Loss;
import lamella.core.Parameter;
import lamella.core.Parameter.Role;
import lamella.core.Pass;
import lamella.core.Sampler;
import lamella.core.Shape;
import lamella.core.Tensor;
import lamella.optim.AdamW;
import lamella.optim.Fit;
import lamella.optim.GradientClipping;
import lamella.optim.Lion;
import lamella.optim.Optimizer;
import lamella.optim.RuleOptimizer;
import lamella.optim.Schedule;
import lamella.optim.Sgd;
import lamella.optim.Slots;
import lamella.optim.Trainer;
import lamella.optim.TrainingListener;
import lamella.optim.WeightAverage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Faults that others have had in rules known by name: for each there is a check that says what must
 * hold, which the rule of this library keeps, and a rule with the fault, which it rejects.
 */
class NamedFaultsTest {
  /** λ of those that decay; η is 0.1 in the first step and 0.05 in the second. */
  private static final double DECAY = 0.3;

  private static final Schedule RATES = Schedule.steps(new long[] {1}, new double[] {0.1, 0.05});

  // Checks.

  private static void require(String promise, double expected, double actual) {
    if (!(Math.abs(actual - expected) <= 1e-12)) {
      throw new AssertionError(promise + ": expected " + expected + ", got " + actual);
    }
  }

  /** What becomes of one number of this role that begins with this value. */
  private static double after(Optimizer optimizer, Role role, double value, double... gradients) {
    Parameter parameter = new Parameter("it", role, DoubleTensor.of(Shape.of(1), value));
    Pass pass = Pass.forTraining();
    for (double gradient : gradients) {
      pass.gradient(parameter).fill(gradient);
      optimizer.step(pass.gradients());
    }
    return parameter.value().get(0);
  }

  private static void decay(Supplier<Optimizer> maker) {
    require(
        "decay must be no part of what the rule keeps, as a penalty is",
        1 - 0.1 * DECAY,
        after(maker.get(), Role.WEIGHT, 1, 0));
    for (Role role : List.of(Role.BIAS, Role.GAIN)) {
      require("decay must not fall on a " + role, 1, after(maker.get(), role, 1, 0));
    }
    require(
        "decay must follow the schedule",
        (1 - 0.1 * DECAY) * (1 - 0.05 * DECAY),
        after(maker.get(), Role.WEIGHT, 1, 0, 0));
  }

  private static void adamW(Supplier<Optimizer> maker) {
    decay(maker);
    require(
        "both means must be corrected for having begun at 0",
        -0.1, // but for epsilon, which is nothing beside this gradient
        after(maker.get(), Role.BIAS, 0, 1e8));
    require(
        "epsilon must be added to the root, after the correction",
        -0.1 * 1e-6 / (1e-6 + 1e-8),
        after(maker.get(), Role.BIAS, 0, 1e-6));
    require(
        "decay must come before the step",
        1 - 0.1 * DECAY - 0.1 * 0.5 / (0.5 + 1e-8),
        after(maker.get(), Role.WEIGHT, 1, 0.5));
  }

  private static void lion(Supplier<Optimizer> maker) {
    require("the sign of 0 must be 0", 1, after(maker.get(), Role.BIAS, 1, 0));
    decay(maker);
    // m = 0.01, then 0.9 m - 0.1 g = 0.009 - 0.02 is below 0; with m = 0.1 it were above.
    require(
        "the mean must be kept by beta2, not beta1",
        -0.1 + 0.05,
        after(maker.get(), Role.BIAS, 0, 1, -0.2));
    // m = 0.01; 0.9 m - 0.1 · 0.05 = 0.004 is above 0, the gradient is below.
    require(
        "the step must be the sign of a mean, not of the gradient",
        -0.1 - 0.05,
        after(maker.get(), Role.BIAS, 0, 1, -0.05));
  }

  private static void momentum(Supplier<Optimizer> maker) {
    require(
        "the rate must stand outside of the velocity",
        -0.1 - 0.05 * 1.9,
        after(maker.get(), Role.BIAS, 0, 1, 1));
  }

  private static void nesterov(Supplier<Optimizer> maker) {
    require(
        "the step must look ahead by the new velocity: g + momentum v",
        -0.1 * 1.9,
        after(maker.get(), Role.BIAS, 0, 1));
  }

  private static void cosine(Supplier<Schedule> maker) {
    Schedule schedule = maker.get();
    require("the rate must not depend on what was asked before", 0.5, schedule.at(2));
    require("the first rate must be the largest", 1, schedule.at(0));
    require("the rate must follow half a cosine", 0.8535533905932737, schedule.at(1));
    require("the rate must stay at the last after all steps", 0, schedule.at(4));
    require("the rate must stay at the last after all steps", 0, schedule.at(8));
  }

  private static void warmUp(Supplier<Schedule> maker) {
    require("the first step must not have the rate 0", 0.25, maker.get().at(0));
    require("the last step of the warm-up must have the peak", 1, maker.get().at(3));
    require("what follows must begin with its own first step", 1, maker.get().at(4));
    require("what follows must begin with its own first step", 0.5, maker.get().at(6));
  }

  /** An average of numbers that come one after another. */
  private interface Average {
    /** The average after all of them, the first being there from the start. */
    double of(double... values);
  }

  private static void average(Supplier<Average> maker) {
    require("what does not change must be its own average", 3, maker.get().of(3, 3, 3));
    require(
        "the first decay must be 2/11, so that the beginning is soon forgotten",
        12 - 2 / 11.0 * 11,
        maker.get().of(1, 12));
    require("an average of d = 0.5 must come to use d", AVERAGE, maker.get().of(RAMP));
  }

  private static final double[] RAMP = new double[30];
  private static final double AVERAGE;

  static {
    double expected = 0;
    for (int t = 1; t < RAMP.length; t++) {
      RAMP[t] = t;
      double d = Math.min(0.5, (1.0 + t) / (10.0 + t));
      expected = d * expected + (1 - d) * t;
    }
    AVERAGE = expected;
  }

  /** Makes the gradients of a step shorter. */
  private interface Clip {
    /** A weight of 1 with l2 0.5, rate 0.1 and gradient 4, clipped to 2, after one step. */
    double step();
  }

  private static void clipping(Supplier<Clip> maker) {
    require(
        "the gradient of the loss alone must be clipped, before the penalty's is added",
        1 - 0.1 * (2 + 0.5),
        maker.get().step());
  }

  // The rules of this library.

  @Test
  void theRulesOfThisLibraryHaveNoneOfTheFaults() {
    adamW(() -> AdamW.of(RATES).withDecay(DECAY));
    lion(() -> Lion.of(RATES).withDecay(DECAY));
    momentum(() -> Sgd.of(RATES).withMomentum(0.9));
    nesterov(() -> Sgd.of(RATES).withMomentum(0.9).withNesterov());
    decay(() -> Sgd.of(RATES).withMomentum(0.9).withDecay(DECAY));
    cosine(() -> Schedule.cosine(1, 0, 4));
    warmUp(() -> Schedule.warmUp(4).then(Schedule.cosine(1, 0, 4)));
    average(() -> NamedFaultsTest::averaged);
    clipping(() -> NamedFaultsTest::clipped);
    adamW(() -> new ByFormula(NamedFaultsTest::correctAdamW));
    lion(() -> new ByFormula(NamedFaultsTest::correctLion));
  }

  private static double averaged(double... values) {
    One network = new One(values[0]);
    WeightAverage average = WeightAverage.of(0.5);
    train(
        network, new Following(values), values.length - 1, trainer -> trainer.withAverage(average));
    average.copyTo(network);
    return network.weight.value().get(0);
  }

  private static double clipped() {
    One network = new One(1);
    train(
        network,
        Sgd.of(0.1).withL2(0.5),
        1,
        trainer -> trainer.withListeners(GradientClipping.byNorm(2)));
    return network.weight.value().get(0);
  }

  /** Trains with a gradient of 4 in each step. */
  private static void train(
      Layer network, Optimizer optimizer, int steps, UnaryOperator<Trainer<Tensor>> more) {
    Tensor one = DoubleTensor.of(Shape.of(1, 1), 1);
    more.apply(Trainer.of(network, new FourTimes(), optimizer).withBatchSize(1).withSteps(steps))
        .fit(Dataset.of(one, one), Sampler.stateless(indices -> indices[0] = 0));
  }

  /** Four times the output. */
  private static final class FourTimes implements Loss<Tensor> {
    @Override
    public double value(Tensor output, Tensor target) {
      return 4 * output.get(0);
    }

    @Override
    public double valueAndGradient(Tensor output, Tensor target, Tensor outputGradient) {
      outputGradient.fill(4);
      return value(output, target);
    }
  }

  /** y = w x. */
  private static final class One implements Layer {
    private final Parameter weight;

    private One(double value) {
      weight = new Parameter("weight", Role.WEIGHT, DoubleTensor.of(Shape.of(1), value));
    }

    @Override
    public List<Parameter> parameters() {
      return List.of(weight);
    }

    @Override
    public Shape outputShape(Shape input) {
      return input;
    }

    @Override
    public Tensor forward(Tensor input, Pass pass) {
      Tensor output = pass.output(this, input);
      output.set(0, weight.value().get(0) * input.get(0));
      return output;
    }

    @Override
    public Tensor backward(Tensor outputGradient, Pass pass) {
      Tensor input = pass.recall(this, outputGradient);
      Tensor gradient = pass.gradient(weight);
      gradient.set(0, gradient.get(0) + outputGradient.get(0) * input.get(0));
      return null;
    }
  }

  /** Sets a weight to given values, one after another. */
  private static final class Following implements Optimizer {
    private final double[] values;
    private int steps;

    private Following(double... values) {
      this.values = values;
    }

    @Override
    public void step(Gradients gradients) {
      gradients.parameters().getFirst().value().fill(values[++steps]);
      gradients.clear();
    }

    @Override
    public long steps() {
      return steps;
    }

    @Override
    public double learningRate() {
      return 1;
    }

    @Override
    public double penalty(List<Parameter> parameters) {
      return 0;
    }
  }

  // Rules with one fault each.

  /** What a step makes of a number, and of two that are kept for it. */
  private interface Formula {
    double next(double w, double g, double[] kept, RuleOptimizer.Step now);
  }

  private static final class ByFormula extends RuleOptimizer<ByFormula> {
    private final Formula formula;

    private ByFormula(Formula formula) {
      this(Settings.of(RATES).withDecay(DECAY), formula);
    }

    private ByFormula(Settings settings, Formula formula) {
      super(settings);
      this.formula = formula;
    }

    @Override
    protected ByFormula with(Settings changed) {
      return new ByFormula(changed, formula);
    }

    @Override
    protected void update(Parameter parameter, Tensor gradient, Slots kept, Step now) {
      Tensor first = kept.of("first");
      Tensor second = kept.of("second");
      for (int i = 0; i < gradient.size(); i++) {
        double[] both = {first.get(i), second.get(i)};
        parameter
            .value()
            .set(i, formula.next(parameter.value().get(i), gradient.get(i), both, now));
        first.set(i, both[0]);
        second.set(i, both[1]);
      }
    }
  }

  private static double correctAdamW(double w, double g, double[] kept, RuleOptimizer.Step now) {
    return w * now.shrink() - now.rate() * adamsStep(g, kept, now);
  }

  private static double adamsStep(double g, double[] kept, RuleOptimizer.Step now) {
    double t = now.updates() + 1.0;
    keep(g, kept);
    double mean = kept[0] / (1 - Math.pow(0.9, t));
    return mean / (Math.sqrt(kept[1] / (1 - Math.pow(0.999, t))) + 1e-8);
  }

  private static void keep(double g, double[] kept) {
    kept[0] = 0.9 * kept[0] + 0.1 * g;
    kept[1] = 0.999 * kept[1] + 0.001 * g * g;
  }

  private static double correctLion(double w, double g, double[] kept, RuleOptimizer.Step now) {
    double mean = kept[0];
    kept[0] = 0.99 * mean + 0.01 * g;
    return w * now.shrink() - now.rate() * Math.signum(0.9 * mean + 0.1 * g);
  }

  /** A fault, what the check says of it, and the check of a rule that has it. */
  record Fault(String name, String message, Runnable check) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static final List<Fault> FAULTS = new ArrayList<>();

  private static <R> void fault(
      String name, String message, Consumer<Supplier<R>> check, Supplier<R> wrong) {
    FAULTS.add(new Fault(name, message, () -> check.accept(wrong)));
  }

  private static void fault(
      String name, String message, Consumer<Supplier<Optimizer>> check, Formula wrong) {
    fault(name, message, check, () -> new ByFormula(wrong));
  }

  static List<Fault> faults() {
    FAULTS.clear();
    faultsOfAdamW();
    faultsOfLion();
    faultsOfMomentum();
    faultsOfSchedules();
    faultsOfAverages();
    return FAULTS;
  }

  private static void faultsOfAdamW() {
    String corrected = "both means must be corrected for having begun at 0: ";
    String epsilon = "epsilon must be added to the root, after the correction: ";
    fault(
        "AdamW with epsilon inside of the root",
        epsilon,
        NamedFaultsTest::adamW,
        (w, g, kept, now) -> {
          double t = now.updates() + 1.0;
          keep(g, kept);
          double mean = kept[0] / (1 - Math.pow(0.9, t));
          double root = Math.sqrt(kept[1] / (1 - Math.pow(0.999, t)) + 1e-8);
          return w * now.shrink() - now.rate() * mean / root;
        });
    fault(
        "AdamW with epsilon before the correction",
        epsilon,
        NamedFaultsTest::adamW,
        (w, g, kept, now) -> {
          double t = now.updates() + 1.0;
          keep(g, kept);
          double rate = now.rate() * Math.sqrt(1 - Math.pow(0.999, t)) / (1 - Math.pow(0.9, t));
          return w * now.shrink() - rate * kept[0] / (Math.sqrt(kept[1]) + 1e-8);
        });
    fault(
        "AdamW without the correction of its means",
        corrected,
        NamedFaultsTest::adamW,
        (w, g, kept, now) -> {
          keep(g, kept);
          return w * now.shrink() - now.rate() * kept[0] / (Math.sqrt(kept[1]) + 1e-8);
        });
    fault(
        "AdamW that corrects the mean of the gradients only",
        corrected,
        NamedFaultsTest::adamW,
        (w, g, kept, now) -> {
          keep(g, kept);
          double mean = kept[0] / (1 - Math.pow(0.9, now.updates() + 1.0));
          return w * now.shrink() - now.rate() * mean / (Math.sqrt(kept[1]) + 1e-8);
        });
    fault(
        "AdamW that decays after its step",
        "decay must come before the step: ",
        NamedFaultsTest::adamW,
        (w, g, kept, now) -> (w - now.rate() * adamsStep(g, kept, now)) * now.shrink());
    fault(
        "AdamW whose decay does not follow the schedule",
        "decay must follow the schedule: ",
        NamedFaultsTest::adamW,
        (w, g, kept, now) ->
            w * (now.shrink() < 1 ? 1 - 0.1 * DECAY : 1) - now.rate() * adamsStep(g, kept, now));
    fault(
        "AdamW that decays biases and gains",
        "decay must not fall on a BIAS: ",
        NamedFaultsTest::adamW,
        (w, g, kept, now) -> w * (1 - now.rate() * DECAY) - now.rate() * adamsStep(g, kept, now));
    fault(
        "Adam's penalty taken for AdamW's decay",
        "decay must be no part of what the rule keeps, as a penalty is: ",
        NamedFaultsTest::adamW,
        (w, g, kept, now) -> {
          double decay = now.shrink() < 1 ? DECAY : 0;
          return w - now.rate() * adamsStep(g + decay * w, kept, now);
        });
  }

  private static void faultsOfLion() {
    fault(
        "Lion with a sign of 0 that is 1",
        "the sign of 0 must be 0: ",
        NamedFaultsTest::lion,
        (w, g, kept, now) -> {
          double mean = kept[0];
          kept[0] = 0.99 * mean + 0.01 * g;
          return w * now.shrink() - now.rate() * (0.9 * mean + 0.1 * g >= 0 ? 1 : -1);
        });
    fault(
        "Lion whose mean is kept by beta1",
        "the mean must be kept by beta2, not beta1: ",
        NamedFaultsTest::lion,
        (w, g, kept, now) -> {
          kept[0] = 0.9 * kept[0] + 0.1 * g;
          return w * now.shrink() - now.rate() * Math.signum(kept[0]);
        });
    fault(
        "Lion by the sign of the gradient",
        "the step must be the sign of a mean, not of the gradient: ",
        NamedFaultsTest::lion,
        (w, g, kept, now) -> w * now.shrink() - now.rate() * Math.signum(g));
  }

  private static void faultsOfMomentum() {
    fault(
        "Nesterov's momentum by the old velocity",
        "the step must look ahead by the new velocity: ",
        NamedFaultsTest::nesterov,
        (w, g, kept, now) -> {
          double old = kept[0];
          kept[0] = 0.9 * old + g;
          return w - now.rate() * (g + 0.9 * old);
        });
    fault(
        "momentum with the rate inside of the velocity",
        "the rate must stand outside of the velocity: ",
        NamedFaultsTest::momentum,
        (w, g, kept, now) -> {
          kept[0] = 0.9 * kept[0] + now.rate() * g;
          return w - kept[0];
        });
    NamedFaultsTest.<Clip>fault(
        "clipping after the penalty's gradient was added",
        "the gradient of the loss alone must be clipped, before the penalty's is added: ",
        NamedFaultsTest::clipping,
        () -> NamedFaultsTest::clippedWithItsPenalty);
  }

  /** The penalty's gradient is added by a listener before the one that clips. */
  private static double clippedWithItsPenalty() {
    One network = new One(1);
    TrainingListener penalty =
        new TrainingListener() {
          @Override
          public void beforeUpdate(Fit fit) {
            Tensor gradient = fit.gradients().of(network.weight);
            gradient.set(0, gradient.get(0) + 0.5 * network.weight.value().get(0));
          }
        };
    train(
        network,
        Sgd.of(0.1),
        1,
        trainer -> trainer.withListeners(penalty, GradientClipping.byNorm(2)));
    return network.weight.value().get(0);
  }

  /** Every rate from the one that was asked for before. */
  private static final class Recursive implements Schedule {
    private double rate = 1;

    @Override
    public double at(long step) {
      rate *= step == 0 ? 1 : (1 + Math.cos(Math.PI * step / 4)) / (1 + Math.cos(Math.PI / 4));
      return rate;
    }
  }

  private static void faultsOfSchedules() {
    NamedFaultsTest.<Schedule>fault(
        "a cosine by the rate before",
        "the rate must not depend on what was asked before: ",
        NamedFaultsTest::cosine,
        Recursive::new);
    NamedFaultsTest.<Schedule>fault(
        "a cosine that begins again after all steps",
        "the rate must stay at the last after all steps: ",
        NamedFaultsTest::cosine,
        () -> step -> (1 + Math.cos(Math.PI * step / 4)) / 2);
    NamedFaultsTest.<Schedule>fault(
        "a warm-up whose first rate is 0",
        "the first step must not have the rate 0: ",
        NamedFaultsTest::warmUp,
        () -> step -> step < 4 ? step / 4.0 : Schedule.cosine(1, 0, 4).at(step - 4));
    NamedFaultsTest.<Schedule>fault(
        "a warm-up that takes the place of the first steps of what follows",
        "what follows must begin with its own first step: ",
        NamedFaultsTest::warmUp,
        () -> step -> step < 4 ? (step + 1) / 4.0 : Schedule.cosine(1, 0, 8).at(step));
  }

  private static double average(double start, double[] values, boolean growing) {
    double average = start;
    for (int t = 1; t < values.length; t++) {
      double d = growing ? Math.min(0.5, (1.0 + t) / (10.0 + t)) : 0.5;
      average = d * average + (1 - d) * values[t];
    }
    return average;
  }

  private static void faultsOfAverages() {
    NamedFaultsTest.<Average>fault(
        "an average that begins at 0 without a correction",
        "what does not change must be its own average: ",
        NamedFaultsTest::average,
        () -> values -> average(0, values, true));
    NamedFaultsTest.<Average>fault(
        "an average that has its full decay from the start",
        "the first decay must be 2/11",
        NamedFaultsTest::average,
        () -> values -> average(values[0], values, false));
  }

  @ParameterizedTest
  @MethodSource("faults")
  void aFaultIsRejectedByAMessageThatNamesIt(Fault fault) {
    String message = assertThrows(AssertionError.class, fault.check::run).getMessage();
    String start = message.substring(0, Math.min(message.length(), fault.message.length()));
    assertEquals(fault.message, start, message);
  }
}
