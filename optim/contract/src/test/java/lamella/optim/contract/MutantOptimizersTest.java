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
          sum += 0.5 * l2(parameter) * value * value;
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
                }));
  }
}
