package lamella.optim;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import lamella.core.Gradients;
import lamella.core.Layer;
import lamella.core.Layers;
import lamella.core.Parameter;
import lamella.core.SavedState;
import lamella.core.Tensor;
import lamella.core.Tiny;

/**
 * Base of optimisers: steps, schedule, what is kept for each parameter, groups, saving. An
 * optimiser is what remains: its {@link #update} and its numbers.
 *
 * {@snippet file="RmsProp.java"}
 *
 * <p>A subclass has a constructor with {@link Settings}, hands them to this one's, and makes itself
 * anew in {@link #with}; so does each of its own methods {@code with..}.
 *
 * <p>Parameters that are not trained, those without a gradient, and those of a frozen {@link Group}
 * stay as they are, and so does what is kept for them.
 *
 * <p>Numbers at or below 2<sup>-102</sup> in size (in float64 2<sup>-969</sup>), in parameters and
 * in what is kept for them, are set to 0 with the first step and every 64 steps from then on: what
 * nothing but a factor below 1 changes would come to numbers with which processors compute a
 * hundred times as slowly.
 *
 * <p>One optimiser is for the parameters of its first step, and refuses others: its steps, which
 * the schedule counts, and what it keeps belong to them.
 *
 * @param <S> the optimiser itself
 */
public abstract class RuleOptimizer<S extends RuleOptimizer<S>> implements Optimizer {
  /** In so many steps a number falls from 2^-102 to below 2^-126 only if each takes a quarter. */
  private static final long STEPS_BETWEEN_ZEROING = 64;

  private final Settings settings;
  private final IdentityHashMap<Parameter, Slots> slots = new IdentityHashMap<>();
  private final Step step = new Step();

  /** Paths in the network, once that is known. */
  private final IdentityHashMap<Parameter, String> paths = new IdentityHashMap<>();

  /** What steps were made for, and what is in the network. */
  private final Set<Parameter> served = Collections.newSetFromMap(new IdentityHashMap<>());

  /** Whether every group is known to have a parameter. */
  private boolean grouped;

  private long steps;

  /**
   * What every optimiser has.
   *
   * @param schedule the learning rate η of each step
   * @param l2 the strength of the penalty ½ λ ‖W‖², whose gradient λ W is added to that of the
   *     loss; 0 for none
   * @param decay the strength of decay beside the gradient: W = W (1 - η λ) before each step; 0 for
   *     none
   * @param groups of parameters that are treated otherwise
   */
  public record Settings(Schedule schedule, double l2, double decay, List<Group> groups) {
    /**
     * {@return settings without penalty, decay and groups}
     *
     * @param schedule the learning rate of each step
     */
    public static Settings of(Schedule schedule) {
      return new Settings(schedule, 0, 0, List.of());
    }

    /**
     * {@return settings like these with a penalty}
     *
     * @param strength λ
     */
    public Settings withL2(double strength) {
      return new Settings(schedule, strength, decay, groups);
    }

    /**
     * {@return settings like these with a decay beside the gradient}
     *
     * @param strength λ
     */
    public Settings withDecay(double strength) {
      return new Settings(schedule, l2, strength, groups);
    }

    private Settings with(Group group) {
      List<Group> more = new ArrayList<>(groups);
      more.add(group);
      return new Settings(schedule, l2, decay, List.copyOf(more));
    }
  }

  /** The step at hand, as it is for one parameter. The object is reused. */
  public static final class Step {
    private long number;
    private long updates;
    private double rate;
    private double l2;
    private double shrink;

    private Step() {}

    /** {@return the number of steps before this one} */
    public long number() {
      return number;
    }

    /**
     * {@return the number of updates that this parameter had before: fewer than {@link #number} if
     * it was frozen for some time, or had no gradient}
     */
    public long updates() {
      return updates;
    }

    /** {@return the learning rate: the schedule's, times the factors of the parameter's groups} */
    public double rate() {
      return rate;
    }

    /**
     * {@return λ of the penalty, whose gradient λ W the update adds to the one it is given: the
     * settings', times the factors of the parameter's groups; 0 where the parameter's role is not
     * decayed}
     */
    public double l2() {
      return l2;
    }

    /**
     * {@return 1 - η λ, λ the strength of decay beside the gradient: what the update multiplies the
     * parameter by, before it subtracts its step} λ is the settings', times the factors of the
     * parameter's groups. 1 where there is none, or the parameter's role is not decayed.
     */
    public double shrink() {
      return shrink;
    }
  }

  /**
   * For subclasses.
   *
   * @param settings what every optimiser has
   */
  protected RuleOptimizer(Settings settings) {
    this.settings = settings;
  }

  // What an optimiser is.

  /**
   * {@return a new optimiser with the numbers of this one and other settings}
   *
   * @param changed in place of {@link #settings}
   */
  protected abstract S with(Settings changed);

  /**
   * Changes the value of one parameter: W = W {@link Step#shrink} - η u, where u is what the rule
   * makes of the gradient g + {@link Step#l2} W and of what it keeps.
   *
   * @param parameter one that is trained and has a gradient
   * @param gradient of its value; may be written to
   * @param kept tensors that are kept for this parameter
   * @param now the learning rate, penalty and decay for this parameter
   */
  protected abstract void update(Parameter parameter, Tensor gradient, Slots kept, Step now);

  /**
   * {@return the numbers that are its own, as {@link #toString} says them, for example {@code
   * momentum 0.9}; by default none} A training is resumed with the same ones only.
   */
  protected String numbers() {
    return "";
  }

  /** {@return what every optimiser has} */
  protected final Settings settings() {
    return settings;
  }

  // What it has from here.

  /**
   * {@return a new optimiser like this one with the penalty ½ λ ‖W‖², in place of the one it had}
   * Its gradient λ W is added to that of the loss, and so goes into whatever the optimiser keeps.
   * It falls on parameters whose role is decayed: weights and tables, not biases and gains.
   *
   * @param strength λ
   * @throws IllegalArgumentException if λ is negative or not finite
   */
  public final S withL2(double strength) {
    requireStrength("l2", strength);
    return with(settings.withL2(strength));
  }

  /**
   * {@return a new optimiser like this one with decay beside the gradient, in place of what it had:
   * W = W (1 - η λ) before each step, η the learning rate of the step} Nothing of it goes into what
   * the optimiser keeps, and it is no part of the loss. It falls on the same parameters as a
   * penalty.
   *
   * <p>Source: I. Loshchilov, F. Hutter, "Decoupled Weight Decay Regularization" (2019).
   *
   * @param strength λ
   * @throws IllegalArgumentException if λ is negative or not finite
   */
  public final S withDecay(double strength) {
    requireStrength("decay", strength);
    return with(settings.withDecay(strength));
  }

  private void requireStrength(String what, double strength) {
    if (!(strength >= 0 && strength < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          name() + ": " + what + " must be finite and >= 0, got " + strength);
    }
  }

  /**
   * {@return a new optimiser like this one that treats some parameters otherwise}
   *
   * @param group which, and how; besides those there are
   */
  public final S withGroup(Group group) {
    return with(settings.with(group));
  }

  /**
   * Changes every parameter that is trained and has a gradient.
   *
   * @throws IllegalStateException if there is no gradient, or steps were made for other parameters
   *     and for none of these
   * @throws IllegalArgumentException if the schedule's rate is negative or not finite, or a group
   *     has no parameter
   */
  @Override
  public final void step(Gradients gradients) {
    if (gradients.isEmpty()) {
      throw new IllegalStateException(name() + ": no gradients; call backward before each step");
    }
    double rate = learningRate();
    Rates.require(this, rate);
    List<Parameter> parameters = gradients.parameters();
    requireServed(gradients, parameters);
    requireGroups(parameters);
    for (int i = 0; i < parameters.size(); i++) {
      Parameter parameter = parameters.get(i);
      if (gradients.has(parameter)) {
        served.add(parameter);
        if (parameter.isTrained()) {
          update(parameter, gradients.toUse(parameter), slots(parameter), rate);
        }
      }
    }
    steps++;
    gradients.clear();
  }

  private void update(Parameter parameter, Tensor gradient, Slots kept, double rate) {
    if (kept.rateFactor() == 0) {
      return;
    }
    step.number = steps;
    step.updates = kept.updates();
    step.rate = rate * kept.rateFactor();
    double factor = parameter.role().isDecayed() ? kept.decayFactor() : 0;
    step.l2 = settings.l2 * factor;
    step.shrink = 1 - step.rate * (settings.decay * factor);
    update(parameter, gradient, kept, step);
    if (steps % STEPS_BETWEEN_ZEROING == 0) {
      Tiny.zero(parameter.value());
      for (int i = 0; i < kept.tensors().size(); i++) {
        Tiny.zero(kept.tensors().get(i));
      }
    }
    kept.setUpdates(step.updates + 1);
    parameter.value().markChanged();
  }

  /** ½ λ ‖W‖² over all parameters that the penalty falls on. */
  @Override
  public double penalty(List<Parameter> parameters) {
    if (settings.l2 == 0) {
      return 0;
    }
    requireGroups(parameters);
    double sum = 0;
    for (int i = 0; i < parameters.size(); i++) {
      Parameter parameter = parameters.get(i);
      if (parameter.isTrained() && parameter.role().isDecayed()) {
        Slots kept = slots(parameter);
        if (kept.rateFactor() != 0 && kept.decayFactor() != 0) {
          sum += kept.decayFactor() * parameter.value().sumOfSquares();
        }
      }
    }
    return 0.5 * settings.l2 * sum;
  }

  /** Decay alone is W *= 1 - η λ, which grows without bound where η λ > 2. */
  @Override
  public String explainDivergence(double rate) {
    String cause = Optimizer.super.explainDivergence(rate);
    return rate * settings.decay > 2 ? cause + " for decay " + settings.decay : cause;
  }

  private void requireServed(Gradients gradients, List<Parameter> parameters) {
    boolean known = steps == 0;
    for (int i = 0; i < parameters.size() && !known; i++) {
      known = served.contains(parameters.get(i)) && gradients.has(parameters.get(i));
    }
    if (!known) {
      throw new IllegalStateException(
          name()
              + ": has made "
              + steps
              + (steps == 1 ? " step" : " steps")
              + " for other parameters; make a new optimiser for each network");
    }
  }

  @Override
  public final long steps() {
    return steps;
  }

  @Override
  public final boolean isFor(List<Parameter> parameters) {
    for (Parameter parameter : parameters) {
      if (steps > 0 && parameter.isTrained() && !served.contains(parameter)) {
        return false;
      }
    }
    return true;
  }

  @Override
  public final List<Schedule> schedules() {
    return List.of(settings.schedule);
  }

  /** The schedule's rate for the next step; groups take it times their factors. */
  @Override
  public final double learningRate() {
    return settings.schedule.at(steps);
  }

  // Groups.

  /**
   * Looks up which parameters the groups have, by their paths in the network.
   *
   * @throws IllegalArgumentException if a group has no parameter; names those there are
   */
  @Override
  public final void begin(Layer network) {
    List<Parameter> parameters = network.parameters();
    if (steps == 0) {
      served.clear();
    }
    served.addAll(parameters);
    if (settings.groups.isEmpty()) {
      return;
    }
    paths.clear();
    Layers.parameters(network).forEach((path, parameter) -> paths.put(parameter, path));
    findGroups(parameters);
    slots.forEach(this::setFactors);
  }

  private void requireGroups(List<Parameter> parameters) {
    if (!grouped) {
      findGroups(parameters);
    }
  }

  private void findGroups(List<Parameter> parameters) {
    for (Group group : settings.groups) {
      if (parameters.stream().noneMatch(p -> group.contains(nameOf(p), p))) {
        throw new IllegalArgumentException(
            name()
                + ": "
                + group
                + " has no parameter; there are "
                + String.join(", ", parameters.stream().map(this::nameOf).toList())
                + (paths.isEmpty()
                    ? "; their paths in the network are known after begin(network)"
                    : ""));
      }
    }
    grouped = true;
  }

  private String nameOf(Parameter parameter) {
    String path = paths.get(parameter);
    return path == null ? parameter.name() : path;
  }

  private Slots slots(Parameter parameter) {
    Slots kept = slots.get(parameter);
    if (kept == null) {
      kept = new Slots(parameter);
      setFactors(parameter, kept);
      slots.put(parameter, kept);
    }
    return kept;
  }

  /** The products over the groups that the parameter is in. */
  private void setFactors(Parameter parameter, Slots kept) {
    double rate = 1;
    double decay = 1;
    for (Group group : settings.groups) {
      if (group.contains(nameOf(parameter), parameter)) {
        rate *= group.rateFactor();
        decay *= group.decayFactor();
      }
    }
    kept.setFactors(rate, decay);
  }

  /** Which parameters, by their numbers, each group has. */
  private String members(List<Parameter> parameters) {
    StringBuilder text = new StringBuilder();
    for (Group group : settings.groups) {
      text.append(text.isEmpty() ? "" : "; ").append(group.name()).append(':');
      for (int i = 0; i < parameters.size(); i++) {
        if (group.contains(nameOf(parameters.get(i)), parameters.get(i))) {
          text.append(' ').append(i);
        }
      }
    }
    return text.toString();
  }

  // Saving.

  @Override
  public final void save(SavedState state) {
    List<Parameter> parameters = state.parameters();
    double[] updates = new double[parameters.size()];
    List<String> names = new ArrayList<>();
    for (int i = 0; i < parameters.size(); i++) {
      Slots kept = slots.get(parameters.get(i));
      if (kept != null) {
        updates[i] = kept.updates();
        for (int k = 0; k < kept.names().size(); k++) {
          String name = kept.names().get(k) + "." + i;
          state.put(name, kept.tensors().get(k));
          names.add(name);
        }
      }
    }
    state.put("steps", steps);
    state.put("updates", updates);
    state.put("slots", String.join(" ", names));
    if (!settings.groups.isEmpty()) {
      state.put("groups", members(parameters));
    }
  }

  @Override
  public final void load(SavedState state) {
    List<Parameter> parameters = state.parameters();
    requireSameGroups(state);
    double[] updates = state.numbers("updates");
    if (updates.length != parameters.size()) {
      throw new IllegalArgumentException(
          "expects updates of " + parameters.size() + " parameters, got " + updates.length);
    }
    steps = state.integer("steps", 0, Long.MAX_VALUE);
    slots.clear();
    served.clear();
    if (steps > 0) {
      served.addAll(parameters);
    }
    for (int i = 0; i < parameters.size(); i++) {
      slots(parameters.get(i)).setUpdates((long) updates[i]);
    }
    String names = state.text("slots");
    for (String name : names.isEmpty() ? new String[0] : names.split(" ", -1)) {
      Parameter parameter = parameters.get(indexIn(name, parameters.size()));
      Tensor tensor = state.tensor(name, parameter.shape()).copy();
      slots(parameter).add(name.substring(0, name.lastIndexOf('.')), tensor);
    }
  }

  /** The parameter's number in {@code velocity.3}. */
  private static int indexIn(String name, int count) {
    int index = -1;
    int dot = name.lastIndexOf('.');
    try {
      index = dot < 1 ? -1 : Integer.parseInt(name.substring(dot + 1));
    } catch (NumberFormatException e) {
      // No name of ours, as the check below says.
    }
    if (index < 0 || index >= count) {
      throw new IllegalArgumentException(
          "'" + name + "' is not the name of what is kept for one of " + count + " parameters");
    }
    return index;
  }

  private void requireSameGroups(SavedState state) {
    String here = members(state.parameters());
    String there = state.has("groups") ? state.text("groups") : "";
    if (!there.equals(here)) {
      throw new IllegalArgumentException(
          "the parameters of the groups are '" + there + "' there and '" + here + "' here");
    }
  }

  /**
   * The class, its numbers, its groups: {@code Sgd(l2 1.0, momentum 0.0)}; the decay where there is
   * one.
   */
  @Override
  public final String toString() {
    StringBuilder text = new StringBuilder(name()).append("(l2 ").append(settings.l2);
    if (settings.decay != 0) {
      text.append(", decay ").append(settings.decay);
    }
    String numbers = numbers();
    text.append(numbers.isEmpty() ? "" : ", ").append(numbers);
    for (Group group : settings.groups) {
      text.append(", ").append(group);
    }
    return text.append(')').toString();
  }

  private String name() {
    return getClass().getSimpleName();
  }
}
