package lamella.optim;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import lamella.core.DType;
import lamella.core.DoubleTensor;
import lamella.core.FloatTensor;
import lamella.core.Gradients;
import lamella.core.Parameter;
import lamella.core.SavedState;
import lamella.core.Tensor;
import lamella.core.Tiny;
import lamella.core.kernel.Kernels;

/**
 * Stochastic gradient descent with L2 penalty and momentum: v = μ v + (g + λ W), W = W - η v.
 *
 * {@snippet file="SnippetsTest.java" region="sgd"}
 *
 * <p>λ is the strength of the penalty ½ λ ‖W‖², whose gradient is λ W; it falls on weights only,
 * biases are exempt. Without momentum (μ = 0, the default) W = W - η (g + λ W). η follows a {@link
 * Schedule}.
 *
 * <p>Weights and velocities at or below 2<sup>-102</sup> in size (in float64 2<sup>-969</sup>) are
 * set to 0 with the first step and every 64 steps from then on: those that nothing but the penalty
 * changes would come to numbers with which processors compute a hundred times as slowly.
 *
 * <p>Momentum as in I. Sutskever et al., "On the importance of initialization and momentum in deep
 * learning" (2013), in the form that keeps η outside of v.
 *
 * <p>One optimiser is for the parameters of its first step, and refuses others: its steps, which
 * the schedule counts, and its velocities belong to them.
 */
public final class Sgd implements Optimizer {
  /** In so many steps a number falls from 2^-102 to below 2^-126 only if each takes a quarter. */
  private static final long STEPS_BETWEEN_ZEROING = 64;

  private final Schedule schedule;
  private final double l2;
  private final double momentum;
  private final IdentityHashMap<Parameter, Tensor> velocities = new IdentityHashMap<>();

  /** All that a step was made for. */
  private final Set<Parameter> served = Collections.newSetFromMap(new IdentityHashMap<>());

  private long steps;

  private Sgd(Schedule schedule, double l2, double momentum) {
    this.schedule = schedule;
    this.l2 = l2;
    this.momentum = momentum;
  }

  /**
   * {@return plain gradient descent at these rates}
   *
   * @param schedule the rate of each step
   */
  public static Sgd of(Schedule schedule) {
    return new Sgd(schedule, 0, 0);
  }

  /**
   * {@return plain gradient descent at one rate}
   *
   * @param learningRate the rate of every step
   */
  public static Sgd of(double learningRate) {
    return of(Schedule.constant(learningRate));
  }

  /**
   * {@return a new optimiser like this one with the penalty ½ λ ‖W‖² on weights}
   *
   * @param strength λ
   * @throws IllegalArgumentException if λ is negative or not finite
   */
  public Sgd withL2(double strength) {
    requireL2(strength);
    return new Sgd(schedule, strength, momentum);
  }

  /**
   * {@return a new optimiser like this one with momentum μ}
   *
   * @param factor μ
   * @throws IllegalArgumentException unless 0 &le; μ &lt; 1
   */
  public Sgd withMomentum(double factor) {
    if (!(factor >= 0 && factor < 1)) {
      throw new IllegalArgumentException("Sgd: momentum must lie in [0, 1), got " + factor);
    }
    return new Sgd(schedule, l2, factor);
  }

  private static void requireL2(double strength) {
    if (!(strength >= 0 && strength < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("Sgd: l2 must be finite and >= 0, got " + strength);
    }
  }

  /**
   * Changes every parameter that has a gradient.
   *
   * @throws IllegalStateException if there is no gradient, or steps were made for other parameters
   *     and for none of these
   * @throws IllegalArgumentException if the schedule's rate is negative or not finite
   */
  @Override
  public void step(Gradients gradients) {
    if (gradients.isEmpty()) {
      throw new IllegalStateException("Sgd: no gradients; call backward before each step");
    }
    double rate = learningRate();
    Rates.require(this, rate);
    List<Parameter> parameters = gradients.parameters();
    requireServed(gradients, parameters);
    for (int i = 0; i < parameters.size(); i++) {
      Parameter parameter = parameters.get(i);
      if (gradients.has(parameter)) {
        update(parameter, gradients.of(parameter), rate);
        served.add(parameter);
      }
    }
    steps++;
    gradients.clear();
  }

  private void requireServed(Gradients gradients, List<Parameter> parameters) {
    boolean known = served.isEmpty();
    for (int i = 0; i < parameters.size() && !known; i++) {
      known = served.contains(parameters.get(i)) && gradients.has(parameters.get(i));
    }
    if (!known) {
      throw new IllegalStateException(
          "Sgd: has made "
              + steps
              + (steps == 1 ? " step" : " steps")
              + " for other parameters; make a new optimiser for each network");
    }
  }

  private void update(Parameter parameter, Tensor gradient, double rate) {
    double strength = parameter.role().isDecayed() ? l2 : 0;
    Kernels kernels = Kernels.instance();
    switch (parameter.value()) {
      case FloatTensor w -> {
        float[] g = ((FloatTensor) gradient).array();
        if (momentum == 0) {
          kernels.sgd(w.array(), g, (float) rate, (float) strength);
        } else {
          float[] v = ((FloatTensor) velocity(parameter)).array();
          kernels.sgdMomentum(w.array(), g, v, (float) rate, (float) strength, (float) momentum);
        }
      }
      case DoubleTensor w -> {
        double[] g = ((DoubleTensor) gradient).array();
        if (momentum == 0) {
          kernels.sgd(w.array(), g, rate, strength);
        } else {
          double[] v = ((DoubleTensor) velocity(parameter)).array();
          kernels.sgdMomentum(w.array(), g, v, rate, strength, momentum);
        }
      }
    }
    if (steps % STEPS_BETWEEN_ZEROING == 0) {
      Tiny.zero(parameter.value());
      Tensor velocity = velocities.get(parameter);
      if (velocity != null) {
        Tiny.zero(velocity);
      }
    }
    parameter.value().markChanged();
  }

  private Tensor velocity(Parameter parameter) {
    Tensor velocity = velocities.get(parameter);
    DType dtype = parameter.value().dtype();
    if (velocity == null || velocity.dtype() != dtype) {
      velocity = velocity == null ? Tensor.zeros(dtype, parameter.shape()) : velocity.to(dtype);
      velocities.put(parameter, velocity);
    }
    return velocity;
  }

  @Override
  public long steps() {
    return steps;
  }

  @Override
  public boolean isFor(List<Parameter> parameters) {
    for (Parameter parameter : parameters) {
      if (parameter.isTrained() && !served.isEmpty() && !served.contains(parameter)) {
        return false;
      }
    }
    return true;
  }

  /** {@return the strength λ of the penalty} */
  public double l2() {
    return l2;
  }

  @Override
  public List<Schedule> schedules() {
    return List.of(schedule);
  }

  @Override
  public double learningRate() {
    return schedule.at(steps);
  }

  /** ½ λ ‖W‖² over all weights that are trained. */
  @Override
  public double penalty(List<Parameter> parameters) {
    if (l2 == 0) {
      return 0;
    }
    double sum = 0;
    for (int i = 0; i < parameters.size(); i++) {
      if (parameters.get(i).isTrained() && parameters.get(i).role().isDecayed()) {
        sum += parameters.get(i).value().sumOfSquares();
      }
    }
    return 0.5 * l2 * sum;
  }

  @Override
  public void save(SavedState state) {
    state.put("steps", steps);
    for (int i = 0; i < state.parameters().size(); i++) {
      Tensor velocity = velocities.get(state.parameters().get(i));
      if (velocity != null) {
        state.put("velocity." + i, velocity);
      }
    }
  }

  @Override
  public void load(SavedState state) {
    steps = state.integer("steps", 0, Long.MAX_VALUE);
    velocities.clear();
    served.clear();
    if (steps > 0) {
      served.addAll(state.parameters());
    }
    for (int i = 0; i < state.parameters().size(); i++) {
      if (state.has("velocity." + i)) {
        Parameter parameter = state.parameters().get(i);
        velocities.put(parameter, state.tensor("velocity." + i, parameter.shape()).copy());
      }
    }
  }

  /** For example {@code Sgd(l2 1.0, momentum 0.0)}. */
  @Override
  public String toString() {
    return "Sgd(l2 " + l2 + ", momentum " + momentum + ")";
  }
}
