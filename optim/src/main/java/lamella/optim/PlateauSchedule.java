package lamella.optim;

import java.util.List;
import lamella.core.SavedState;
import org.jspecify.annotations.Nullable;

/**
 * A learning rate that falls when a measurement stops becoming better: both the optimiser's
 * schedule and the trainer's listener. As the schedule of an {@link Sgd} it is told of the training
 * by itself; inside another schedule, a lambda for example, it must be given to {@link
 * Trainer#withListeners} too, and in a training that it is not told of it gives no rate.
 *
 * <p>rate(t) = schedule(t) factor^k, k the number of times that the measurement was no better than
 * its best for {@code patience} measurements in a row. Unlike other schedules it depends on more
 * than the step: one training has one, used for nothing else.
 */
public final class PlateauSchedule implements Schedule, TrainingListener {
  private final Schedule schedule;
  private final String name;
  private final int sign;
  private final double factor;
  private final int patience;
  private double scale = 1;
  private double best = Double.NaN;
  private int waited;

  /** The training that it was last told of, until that has ended. */
  private @Nullable Fit told;

  private PlateauSchedule(Schedule schedule, String name, int sign, double factor, int patience) {
    if (!(factor > 0 && factor < 1)) {
      throw new IllegalArgumentException(
          "PlateauSchedule: factor must lie in (0, 1), got " + factor);
    }
    if (patience < 1) {
      throw new IllegalArgumentException(
          "PlateauSchedule: patience must be at least 1 measurement, got " + patience);
    }
    this.schedule = schedule;
    this.name = name;
    this.sign = sign;
    this.factor = factor;
    this.patience = patience;
  }

  /**
   * Watches something that is to become small, for example {@code validation loss}.
   *
   * @param name of the measurement
   * @param schedule the rates before any fall
   * @param factor in (0, 1)
   * @param patience measurements in a row that may be no better than the best, at least 1
   * @return a new schedule, for one training
   * @throws IllegalArgumentException if the factor or the patience lies outside
   */
  public static PlateauSchedule lowest(
      String name, Schedule schedule, double factor, int patience) {
    return new PlateauSchedule(schedule, name, -1, factor, patience);
  }

  /**
   * Watches something that is to become large, for example {@code validation accuracy}.
   *
   * @param name of the measurement
   * @param schedule the rates before any fall
   * @param factor in (0, 1)
   * @param patience measurements in a row that may be no better than the best, at least 1
   * @return a new schedule, for one training
   * @throws IllegalArgumentException if the factor or the patience lies outside
   */
  public static PlateauSchedule highest(
      String name, Schedule schedule, double factor, int patience) {
    return new PlateauSchedule(schedule, name, 1, factor, patience);
  }

  /** The rates before any fall. */
  Schedule schedule() {
    return schedule;
  }

  /**
   * The rate as things stand.
   *
   * @throws IllegalStateException in a training that it is not told of
   */
  @Override
  @SuppressWarnings("ReferenceEquality") // a training is itself
  public double at(long step) {
    Fit current = Fit.current();
    if (current != null && current != told && !current.tells(this)) {
      throw new IllegalStateException(
          this + ": is not told of this training; give it to Trainer.withListeners too");
    }
    return schedule.at(step) * scale;
  }

  @Override
  public List<String> watches() {
    return List.of(name);
  }

  @Override
  public void started(Fit fit) {
    told = fit;
  }

  @Override
  public void ended(Fit fit) {
    told = null;
  }

  @Override
  public void measured(Fit fit, String measured, double value) {
    told = fit;
    if (!measured.equals(name)) {
      return;
    }
    if (EarlyStopping.isBetter(value, best, sign, 0)) {
      best = value;
      waited = 0;
    } else if (++waited == patience) {
      scale *= factor;
      waited = 0;
    }
  }

  @Override
  public void save(SavedState state) {
    state.put("scale", scale);
    state.put("best", best);
    state.put("waited", waited);
  }

  @Override
  public void load(SavedState state) {
    double saved = state.number("scale");
    if (!(saved >= 0 && saved <= 1)) {
      throw new IllegalArgumentException("a plateau's scale must lie in [0, 1], got " + saved);
    }
    scale = saved;
    best = state.number("best");
    waited = (int) state.integer("waited", 0, patience);
  }

  /** For example {@code PlateauSchedule(lowest validation loss, factor 0.5, patience 3)}. */
  @Override
  public String toString() {
    return "PlateauSchedule("
        + (sign < 0 ? "lowest " : "highest ")
        + name
        + ", factor "
        + factor
        + ", patience "
        + patience
        + ")";
  }
}
