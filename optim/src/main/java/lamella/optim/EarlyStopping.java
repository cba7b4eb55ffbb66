package lamella.optim;

import java.util.ArrayList;
import java.util.List;
import lamella.core.Parameter;
import lamella.core.SavedState;
import lamella.core.Tensor;

/**
 * Stops when a measurement has not become better for some time, and puts the parameters back to
 * where it was best, also if training ends for another reason.
 *
 * <p>A measurement that is NaN is no better than any other. If all are, training stops after as
 * many of them as the patience says, and the parameters stay as they are then. The parameters are
 * put back before any listener's {@link #ended}: one that saves the network there saves the best,
 * wherever it stands in the list.
 *
 * <p>Source: L. Prechelt, "Early stopping - but when?" (1998); here the criterion is patience.
 */
public final class EarlyStopping implements TrainingListener {
  private final String name;
  private final int sign;
  private final int patience;
  private final double minDelta;
  private double best = Double.NaN;
  private long bestStep;
  private int waited;
  private final List<Tensor> bestValues = new ArrayList<>();

  private EarlyStopping(String name, int sign, int patience, double minDelta) {
    if (patience < 1) {
      throw new IllegalArgumentException(
          "EarlyStopping: patience must be at least 1 measurement, got " + patience);
    }
    this.name = name;
    this.sign = sign;
    this.patience = patience;
    this.minDelta = minDelta;
  }

  /**
   * Watches something that is to become small.
   *
   * @param name of the measurement, for example {@code validation loss}
   * @param patience measurements in a row that may be no better than the best
   * @return a new rule, for one training
   */
  public static EarlyStopping lowest(String name, int patience) {
    return new EarlyStopping(name, -1, patience, 0);
  }

  /**
   * Watches something that is to become large.
   *
   * @param name of the measurement, for example {@code validation accuracy}
   * @param patience measurements in a row that may be no better than the best
   * @return a new rule, for one training
   */
  public static EarlyStopping highest(String name, int patience) {
    return new EarlyStopping(name, 1, patience, 0);
  }

  /**
   * Takes a measurement for better only if it is so by more than this.
   *
   * @param difference finite, not negative; 0 by default
   * @return a new rule like this one, for one training
   * @throws IllegalArgumentException if it is negative or not finite
   */
  public EarlyStopping withMinDelta(double difference) {
    if (!(difference >= 0 && difference < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "EarlyStopping: the least difference must be finite and >= 0, got " + difference);
    }
    return new EarlyStopping(name, sign, patience, difference);
  }

  /** {@return the best measurement so far; NaN before the first that is a number} */
  public double best() {
    return best;
  }

  /** {@return the step after which the best was measured} */
  public long bestStep() {
    return bestStep;
  }

  @Override
  public List<String> watches() {
    return List.of(name);
  }

  @Override
  public void started(Fit fit) {
    stopIfOverdue(fit);
  }

  @Override
  public void measured(Fit fit, String measured, double value) {
    if (!measured.equals(name)) {
      return;
    }
    if (isBetter(value, best, sign, minDelta)) {
      best = value;
      bestStep = fit.step();
      waited = 0;
      keep(fit.parameters());
    } else {
      waited++;
    }
    stopIfOverdue(fit);
  }

  /**
   * Whether a measurement is better than the best by more than some difference; a NaN never is, and
   * anything else beats it.
   */
  static boolean isBetter(double value, double best, int sign, double minDelta) {
    return sign * value > sign * best + minDelta || (Double.isNaN(best) && !Double.isNaN(value));
  }

  private void stopIfOverdue(Fit fit) {
    if (waited >= patience) {
      fit.stop(
          Double.isNaN(best)
              ? name + " was not a number at any of " + waited + " measurements"
              : name
                  + " was best, "
                  + best
                  + ", after step "
                  + bestStep
                  + ", and no better at "
                  + waited
                  + " measurements since");
    }
  }

  private void keep(List<Parameter> parameters) {
    if (bestValues.isEmpty()) {
      parameters.forEach(parameter -> bestValues.add(parameter.value().copy()));
    }
    for (int i = 0; i < parameters.size(); i++) {
      bestValues.get(i).copyFrom(parameters.get(i).value());
    }
  }

  @Override
  public void finishing(Fit fit) {
    for (int i = 0; i < bestValues.size(); i++) {
      fit.parameters().get(i).value().copyFrom(bestValues.get(i));
    }
  }

  /** The same again, for a listener that passes on what it is told to this one, but not all. */
  @Override
  public void ended(Fit fit) {
    finishing(fit);
  }

  @Override
  public void save(SavedState state) {
    state.put("best", best);
    state.put("best_step", bestStep);
    state.put("waited", waited);
    for (int i = 0; i < bestValues.size(); i++) {
      state.put("parameter." + i, bestValues.get(i));
    }
  }

  @Override
  public void load(SavedState state) {
    best = state.number("best");
    bestStep = state.integer("best_step", 0, Long.MAX_VALUE);
    waited = (int) state.integer("waited", 0, Integer.MAX_VALUE);
    bestValues.clear();
    for (int i = 0; i < state.parameters().size() && !Double.isNaN(best); i++) {
      Parameter parameter = state.parameters().get(i);
      bestValues.add(
          state.tensor("parameter." + i, parameter.shape()).to(parameter.value().dtype()));
    }
  }

  /** For example {@code EarlyStopping(lowest validation loss, patience 5)}. */
  @Override
  public String toString() {
    return "EarlyStopping("
        + (sign < 0 ? "lowest " : "highest ")
        + name
        + ", patience "
        + patience
        + (minDelta > 0 ? ", min delta " + minDelta : "")
        + ")";
  }
}
