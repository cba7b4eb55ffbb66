package lamella.optim.contract;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import lamella.core.DType;
import lamella.core.Gradients;
import lamella.core.Parameter;
import lamella.core.Parameter.Role;
import lamella.core.SavedState;
import lamella.core.Shape;
import lamella.core.Tensor;
import lamella.optim.Optimizer;
import lamella.optim.RuleOptimizer;
import lamella.optim.Slots;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Wrong optimisers: the contract rejects every one of them, and says what is wrong. */
class MutantOptimizersTest {
  private static final double RATE = 0.1;
  private static final double L2 = 0.3;
  private static final double MOMENTUM = 0.8;

  /** A correct SGD with penalty and momentum in plain loops, cut into pieces for mutants. */
  private static class Descent implements Optimizer {
    private final IdentityHashMap<Parameter, Tensor> velocities = new IdentityHashMap<>();
    long steps;

    @Override
    public void step(Gradients gradients) {
      refuseEmpty(gradients);
      List<Parameter> parameters = gradients.parameters();
      for (int p = 0; p < parameters.size(); p++) {
        Parameter parameter = parameters.get(p);
        if (gradients.has(parameter)) {
          update(parameter, gradients.of(parameter));
        }
      }
      steps++;
      clear(gradients);
    }

    void refuseEmpty(Gradients gradients) {
      if (gradients.isEmpty()) {
        throw new IllegalStateException(this + ": no gradients");
      }
    }

    void clear(Gradients gradients) {
      gradients.clear();
    }

    void update(Parameter parameter, Tensor gradient) {
      Tensor velocity = velocity(parameter);
      Tensor value = parameter.value();
      for (int i = 0; i < value.size(); i++) {
        double v = velocity(velocity.get(i), gradient.get(i) + l2(parameter) * value.get(i));
        velocity.set(i, v);
        value.set(i, value.get(i) - rate(steps) * v);
      }
    }

    Tensor velocity(Parameter parameter) {
      Tensor velocity = velocities.get(parameter);
      if (velocity == null) {
        velocity = Tensor.zeros(DType.FLOAT64, parameter.shape());
        velocities.put(parameter, velocity);
      }
      return velocity;
    }

    double velocity(double v, double gradient) {
      return MOMENTUM * v + gradient;
    }

    double l2(Parameter parameter) {
      return parameter.role() == Role.WEIGHT ? L2 : 0;
    }

    double rate(long step) {
      return RATE / (1 + step);
    }

    @Override
    public long steps() {
      return steps;
    }

    @Override
    public double learningRate() {
      return RATE / (1 + steps);
    }

    @Override
    public double penalty(List<Parameter> parameters) {
      double sum = 0;
      for (Parameter parameter : parameters) {
        for (int i = 0; i < parameter.value().size(); i++) {
          double value = parameter.value().get(i);
          sum += parameter.isTrained() ? 0.5 * l2(parameter) * value * value : 0;
        }
      }
      return sum;
    }

    @Override
    public void save(SavedState state) {
      state.put("steps", steps);
      for (int i = 0; i < state.parameters().size(); i++) {
        state.put("velocity." + i, velocity(state.parameters().get(i)));
      }
    }

    @Override
    public void load(SavedState state) {
      steps = state.integer("steps", 0, Long.MAX_VALUE);
      for (int i = 0; i < state.parameters().size(); i++) {
        Parameter parameter = state.parameters().get(i);
        velocity(parameter).copyFrom(state.tensor("velocity." + i, parameter.shape()));
      }
    }

    @Override
    public String toString() {
      return "Descent";
    }
  }

  /** The same on the base of optimisers. */
  private static class Ruled extends RuleOptimizer<Ruled> {
    Ruled(Settings settings) {
      super(settings);
    }

    Ruled() {
      this(ruled());
    }

    static Settings ruled() {
      return Settings.of(step -> RATE / (1 + step)).withL2(L2);
    }

    /** For mutants: in place of this class. */
    Ruled like(Settings settings) {
      return new Ruled(settings);
    }

    @Override
    protected final Ruled with(Settings changed) {
      return like(changed);
    }

    @Override
    protected void update(Parameter parameter, Tensor gradient, Slots kept, Step now) {
      Tensor value = parameter.value();
      Tensor velocity = kept.of("velocity");
      descend(value, gradient, velocity, rate(now), l2(parameter, now), now.shrink());
    }

    double rate(Step now) {
      return now.rate();
    }

    double l2(Parameter parameter, Step now) {
      return now.l2();
    }

    void descend(
        Tensor value, Tensor gradient, Tensor velocity, double rate, double l2, double shrink) {
      for (int i = 0; i < value.size(); i++) {
        double v = MOMENTUM * velocity.get(i) + gradient.get(i) + l2 * value.get(i);
        velocity.set(i, v);
        value.set(i, value.get(i) * shrink - rate * v);
      }
    }
  }

  record Mutant(String fault, String message, Supplier<Optimizer> maker) {
    @Override
    public String toString() {
      return fault;
    }
  }

  private static final class Contract extends OptimizerContract {
    private final Supplier<Optimizer> maker;

    Contract(Supplier<Optimizer> maker) {
      this.maker = maker;
    }

    @Override
    protected Optimizer optimizer() {
      return maker.get();
    }

    @Override
    protected double rate(long step) {
      return RATE / (1 + step);
    }

    @Override
    protected double rule(double value, double gradient, Role role, long step, double[] state) {
      state[0] = MOMENTUM * state[0] + gradient + (role == Role.WEIGHT ? L2 * value : 0);
      return value - rate(step) * state[0];
    }
  }

  @Test
  void theUnharmedOptimiserIsNotRejected() {
    for (int seed = 0; seed < 50; seed++) {
      new Contract(Descent::new).all(seed);
      new Contract(Ruled::new).all(seed);
    }
  }

  @ParameterizedTest
  @MethodSource("mutants")
  void isRejectedByAMessageThatNamesTheFault(Mutant mutant) {
    String message = rejection(mutant.maker);
    if (message == null) {
      fail("not rejected");
    } else {
      assertTrue(Pattern.compile(mutant.message).matcher(message).find(), message);
    }
  }

  private static @Nullable String rejection(Supplier<Optimizer> maker) {
    try {
      for (int seed = 0; seed < 5; seed++) {
        new Contract(maker).all(seed);
      }
      return null;
    } catch (AssertionError e) {
      return e.getMessage();
    }
  }

  private static final String RULE = "Descent: step \\d makes .* its rule";

  static List<Mutant> mutants() {
    return List.of(
        new Mutant(
            "penalises biases",
            "moves a bias whose gradient is 0",
            () ->
                new Descent() {
                  @Override
                  double l2(Parameter parameter) {
                    return L2;
                  }
                }),
        new Mutant(
            "counts biases in the penalty",
            "counts biases in its penalty",
            () ->
                new Descent() {
                  @Override
                  public double penalty(List<Parameter> parameters) {
                    double sum = super.penalty(parameters);
                    for (Parameter parameter : parameters) {
                      sum += parameter.role() == Role.BIAS ? parameter.value().get(0) : 0;
                    }
                    return sum;
                  }
                }),
        new Mutant(
            "penalty without the half",
            "derivative of its penalty",
            () ->
                new Descent() {
                  @Override
                  public double penalty(List<Parameter> parameters) {
                    return 2 * super.penalty(parameters);
                  }
                }),
        new Mutant(
            "no decay of weights",
            "derivative of its penalty",
            () ->
                new Descent() {
                  private boolean inPenalty;

                  @Override
                  public double penalty(List<Parameter> parameters) {
                    inPenalty = true;
                    double sum = super.penalty(parameters);
                    inPenalty = false;
                    return sum;
                  }

                  @Override
                  double l2(Parameter parameter) {
                    return inPenalty ? super.l2(parameter) : 0;
                  }
                }),
        new Mutant(
            "sign of momentum",
            RULE,
            () ->
                new Descent() {
                  @Override
                  double velocity(double v, double gradient) {
                    return -MOMENTUM * v + gradient;
                  }
                }),
        new Mutant(
            "momentum damps the gradient",
            "derivative of its penalty|" + RULE,
            () ->
                new Descent() {
                  @Override
                  double velocity(double v, double gradient) {
                    return MOMENTUM * v + (1 - MOMENTUM) * gradient;
                  }
                }),
        new Mutant(
            "forgets its velocity",
            RULE,
            () ->
                new Descent() {
                  @Override
                  Tensor velocity(Parameter parameter) {
                    Tensor velocity = super.velocity(parameter);
                    velocity.fill(0);
                    return velocity;
                  }
                }),
        new Mutant(
            "one velocity for parameters of a size",
            RULE,
            () ->
                new Descent() {
                  private final Tensor shared = Tensor.zeros(DType.FLOAT64, Shape.of(12));

                  @Override
                  Tensor velocity(Parameter parameter) {
                    return shared;
                  }
                }),
        new Mutant(
            "ascends",
            "derivative of its penalty|" + RULE,
            () ->
                new Descent() {
                  @Override
                  double rate(long step) {
                    return -super.rate(step);
                  }
                }),
        new Mutant(
            "rate of the next step",
            "derivative of its penalty|" + RULE,
            () ->
                new Descent() {
                  @Override
                  double rate(long step) {
                    return super.rate(step + 1);
                  }
                }),
        new Mutant(
            "rate of the step before",
            RULE,
            () ->
                new Descent() {
                  @Override
                  double rate(long step) {
                    return super.rate(Math.max(0, step - 1));
                  }
                }),
        new Mutant(
            "tells the rate of the last step",
            "says learning rate",
            () ->
                new Descent() {
                  @Override
                  public double learningRate() {
                    return rate(Math.max(0, steps - 1));
                  }
                }),
        new Mutant(
            "does not count",
            "says 0 steps after 1",
            () ->
                new Descent() {
                  @Override
                  public long steps() {
                    return 0;
                  }
                }),
        new Mutant(
            "keeps the gradients",
            "does not clear the gradients",
            () ->
                new Descent() {
                  @Override
                  void clear(Gradients gradients) {}
                }),
        new Mutant(
            "steps without gradients",
            "must throw an IllegalStateException",
            () ->
                new Descent() {
                  @Override
                  void refuseEmpty(Gradients gradients) {}
                }),
        new Mutant(
            "moves on without a gradient",
            "has no gradient",
            () ->
                new Descent() {
                  private final List<Parameter> seen = new ArrayList<>();

                  @Override
                  public void step(Gradients gradients) {
                    for (Parameter parameter : gradients.parameters()) {
                      if (!seen.contains(parameter)) {
                        seen.add(parameter);
                      }
                    }
                    super.step(gradients);
                    for (Parameter parameter : seen) {
                      parameter.value().set(0, parameter.value().get(0) * 0.999);
                    }
                  }
                }),
        new Mutant(
            "leaves the last element",
            "derivative of its penalty|" + RULE,
            () ->
                new Descent() {
                  @Override
                  void update(Parameter parameter, Tensor gradient) {
                    int last = parameter.value().size() - 1;
                    double before = parameter.value().get(last);
                    super.update(parameter, gradient);
                    parameter.value().set(last, before);
                  }
                }),
        new Mutant(
            "wrong in float32 only",
            RULE,
            () ->
                new Descent() {
                  @Override
                  void update(Parameter parameter, Tensor gradient) {
                    if (parameter.value().dtype() == DType.FLOAT32) {
                      gradient.set(0, gradient.get(0) * 1.01);
                    }
                    super.update(parameter, gradient);
                  }
                }),
        new Mutant(
            "saves no velocities",
            "save does not save all",
            () ->
                new Descent() {
                  @Override
                  public void save(SavedState state) {
                    state.put("steps", steps);
                  }

                  @Override
                  public void load(SavedState state) {
                    steps = state.integer("steps", 0, Long.MAX_VALUE);
                  }
                }),
        new Mutant(
            "saves nothing",
            "does not save how many steps",
            () ->
                new Descent() {
                  @Override
                  public void save(SavedState state) {}

                  @Override
                  public void load(SavedState state) {}
                }),
        new Mutant(
            "allocates",
            "allocates \\d+ bytes",
            () ->
                new Descent() {
                  @Override
                  void update(Parameter parameter, Tensor gradient) {
                    super.update(parameter, gradient.copy());
                  }
                }),
        new Mutant(
            "knows velocities by their place among the gradients",
            "depends on the order in which gradients were added",
            () ->
                new Descent() {
                  private final List<Tensor> places = new ArrayList<>();
                  private int place;

                  @Override
                  void clear(Gradients gradients) {
                    super.clear(gradients);
                    place = 0;
                  }

                  @Override
                  Tensor velocity(Parameter parameter) {
                    while (places.size() <= place) {
                      places.add(Tensor.zeros(DType.FLOAT64, Shape.of(12)));
                    }
                    return places.get(place);
                  }

                  @Override
                  void update(Parameter parameter, Tensor gradient) {
                    super.update(parameter, gradient);
                    place++;
                  }
                }),
        new Mutant(
            "takes smaller steps for parameters that come later",
            RULE + "|derivative of its penalty|says learning rate",
            () ->
                new Descent() {
                  private int place;

                  @Override
                  void update(Parameter parameter, Tensor gradient) {
                    place++;
                    super.update(parameter, gradient);
                  }

                  @Override
                  void clear(Gradients gradients) {
                    super.clear(gradients);
                    place = 0;
                  }

                  @Override
                  double rate(long step) {
                    return super.rate(step) / Math.max(1, place);
                  }
                }),
        new Mutant(
            "goes on in the tensors of the state it was given",
            "goes on otherwise than the one whose state it was given",
            () ->
                new Descent() {
                  private final IdentityHashMap<Parameter, Tensor> given = new IdentityHashMap<>();

                  @Override
                  Tensor velocity(Parameter parameter) {
                    Tensor velocity = given.get(parameter);
                    return velocity == null ? super.velocity(parameter) : velocity;
                  }

                  @Override
                  public void load(SavedState state) {
                    steps = state.integer("steps", 0, Long.MAX_VALUE);
                    for (int i = 0; i < state.parameters().size(); i++) {
                      Parameter parameter = state.parameters().get(i);
                      given.put(parameter, state.tensor("velocity." + i, parameter.shape()));
                    }
                  }
                }),
        new Mutant(
            "loads its steps and counts from 0",
            "does not save how many steps",
            () ->
                new Descent() {
                  @Override
                  public void load(SavedState state) {
                    super.load(state);
                    steps = 0;
                  }
                }),
        new Mutant(
            "counts a step that it refuses",
            "counts a step that it refused",
            () ->
                new Descent() {
                  @Override
                  void refuseEmpty(Gradients gradients) {
                    steps += gradients.isEmpty() ? 1 : 0;
                    super.refuseEmpty(gradients);
                  }
                }),
        new Mutant(
            "counts a step twice",
            "says 2 steps after 1",
            () ->
                new Descent() {
                  @Override
                  void clear(Gradients gradients) {
                    super.clear(gradients);
                    steps++;
                  }
                }),
        new Mutant(
            "moves frozen parameters by what it keeps for them",
            "moves a frozen parameter",
            () ->
                new Descent() {
                  private final List<Parameter> seen = new ArrayList<>();

                  @Override
                  void update(Parameter parameter, Tensor gradient) {
                    super.update(parameter, gradient);
                    if (!seen.contains(parameter)) {
                      seen.add(parameter);
                    }
                    for (Parameter other : seen) {
                      if (other.isFrozen()) {
                        other.value().set(0, other.value().get(0) - velocity(other).get(0));
                      }
                    }
                  }
                }),
        new Mutant(
            "counts frozen parameters in the penalty",
            "counts a frozen parameter in its penalty",
            () ->
                new Descent() {
                  @Override
                  public double penalty(List<Parameter> parameters) {
                    double sum = 0;
                    for (Parameter parameter : parameters) {
                      sum += 0.5 * l2(parameter) * parameter.value().sumOfSquares();
                    }
                    return sum;
                  }
                }),
        new Mutant(
            "never goes on with what was frozen",
            "no longer frozen",
            () ->
                new Descent() {
                  private final List<Parameter> frozen = new ArrayList<>();

                  @Override
                  public double penalty(List<Parameter> parameters) {
                    for (Parameter parameter : parameters) {
                      if (parameter.isFrozen()) {
                        frozen.add(parameter);
                      }
                    }
                    return super.penalty(parameters);
                  }

                  @Override
                  void update(Parameter parameter, Tensor gradient) {
                    if (!frozen.contains(parameter)) {
                      super.update(parameter, gradient);
                    }
                  }
                }),
        new Mutant(
            "reads the gradients where they lay in the first step",
            "added up elsewhere|" + RULE,
            () ->
                new Descent() {
                  private final IdentityHashMap<Parameter, Tensor> first = new IdentityHashMap<>();

                  @Override
                  void update(Parameter parameter, Tensor gradient) {
                    Tensor known = first.putIfAbsent(parameter, gradient);
                    super.update(parameter, known == null ? gradient : known);
                  }
                }),
        new Mutant(
            "begins its velocity anew in another type",
            "does not go on when a parameter becomes float64",
            () ->
                new Descent() {
                  private final IdentityHashMap<Parameter, DType> types = new IdentityHashMap<>();

                  @Override
                  Tensor velocity(Parameter parameter) {
                    DType now = parameter.value().dtype();
                    Tensor velocity = super.velocity(parameter);
                    if (types.getOrDefault(parameter, now) != now) {
                      velocity.fill(0);
                    }
                    types.put(parameter, now);
                    return velocity;
                  }
                }),
        new Mutant(
            "takes the rate of the schedule where a group has its own",
            "ignores the rate factor of a group",
            () -> new WithScheduledRate(Ruled.ruled())),
        new Mutant(
            "a penalty by the settings where a group has its own",
            "l2 must add λ W|ignores the decay factor of a group",
            () -> new WithSettingsL2(Ruled.ruled())),
        new Mutant(
            "the rate inside of the velocity",
            "its rule|1 - η λ",
            () -> new WithRateInVelocity(Ruled.ruled())),
        new Mutant(
            "keeps its velocity beside the slots",
            "save does not save all",
            () -> new WithOwnVelocity(Ruled.ruled())));
  }

  private static final class WithScheduledRate extends Ruled {
    private WithScheduledRate(Settings settings) {
      super(settings);
    }

    @Override
    Ruled like(Settings settings) {
      return new WithScheduledRate(settings);
    }

    @Override
    double rate(Step now) {
      return learningRate();
    }
  }

  private static final class WithSettingsL2 extends Ruled {
    private WithSettingsL2(Settings settings) {
      super(settings);
    }

    @Override
    Ruled like(Settings settings) {
      return new WithSettingsL2(settings);
    }

    @Override
    double l2(Parameter parameter, Step now) {
      return parameter.role().isDecayed() ? L2 : 0;
    }
  }

  private static final class WithRateInVelocity extends Ruled {
    private WithRateInVelocity(Settings settings) {
      super(settings);
    }

    @Override
    Ruled like(Settings settings) {
      return new WithRateInVelocity(settings);
    }

    @Override
    void descend(
        Tensor value, Tensor gradient, Tensor velocity, double rate, double l2, double shrink) {
      for (int i = 0; i < value.size(); i++) {
        double v = MOMENTUM * velocity.get(i) + rate * (gradient.get(i) + l2 * value.get(i));
        velocity.set(i, v);
        value.set(i, value.get(i) * shrink - v);
      }
    }
  }

  private static final class WithOwnVelocity extends Ruled {
    private final IdentityHashMap<Parameter, Tensor> own = new IdentityHashMap<>();

    private WithOwnVelocity(Settings settings) {
      super(settings);
    }

    @Override
    Ruled like(Settings settings) {
      return new WithOwnVelocity(settings);
    }

    @Override
    protected void update(Parameter parameter, Tensor gradient, Slots kept, Step now) {
      Tensor velocity = own.get(parameter);
      if (velocity == null) {
        velocity = Tensor.zeros(DType.FLOAT64, parameter.shape());
        own.put(parameter, velocity);
      }
      descend(parameter.value(), gradient, velocity, now.rate(), now.l2(), now.shrink());
    }
  }
}
