package lamella.optim;

import java.util.List;
import lamella.core.Gradients;
import lamella.core.Layer;
import lamella.core.Parameter;
import lamella.core.Stateful;

/**
 * A rule that changes parameters by their gradients. Not safe to share between threads.
 *
 * <p>It counts steps, and whatever else it remembers it must {@link #save save}, or a training that
 * is resumed becomes another one. It serves the parameters it was first used for, and no others.
 */
public interface Optimizer extends Stateful {

  /**
   * Says, before the first step, whose parameters will be changed; a training does, by hand only an
   * optimiser needs it that goes by the parameters' paths. Does nothing by default.
   *
   * @param network all its parameters, in training or not
   * @throws IllegalArgumentException if this optimiser has a rule for parameters that are not there
   */
  default void begin(Layer network) {}

  /**
   * Changes every parameter that has a gradient, and uses the gradients up: afterwards they are
   * cleared.
   *
   * @param gradients of the step's pass
   * @throws IllegalStateException if there is no gradient at all
   */
  void step(Gradients gradients);

  /** {@return the number of steps taken} */
  long steps();

  /**
   * {@return the schedules that this rule follows; none by default} A training is resumed with the
   * same rates only. Those that are also listeners, as {@link PlateauSchedule} is, are told of a
   * training without being given to {@link Trainer#withListeners}. The settings that are numbers
   * belong into {@code toString}, which is compared as well.
   */
  default List<Schedule> schedules() {
    return List.of();
  }

  /** {@return the learning rate the next step will use} */
  double learningRate();

  /**
   * {@return what regularisation adds to the loss for those of these parameters that are trained,
   * as printed beside the data's loss; 0 if there is none}
   *
   * @param parameters of the network, also its statistics and those that are frozen
   */
  double penalty(List<Parameter> parameters);

  /**
   * {@return whether this optimiser can go on with these parameters: it has made no step yet, or
   * its steps were for those of these that are trained} {@link Trainer#fit} asks when it has not
   * used this optimiser before.
   *
   * @param parameters of the network, also its statistics and those that are frozen
   */
  default boolean isFor(List<Parameter> parameters) {
    return steps() == 0;
  }

  /**
   * {@return the likely cause, in the words of an error, when numbers have become infinite or NaN
   * in the steps that this rule made}
   *
   * @param rate the largest learning rate up to now
   */
  default String explainDivergence(double rate) {
    return "learning rate " + rate + " is probably too high";
  }
}
