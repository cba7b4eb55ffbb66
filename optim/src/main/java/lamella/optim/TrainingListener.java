package lamella.optim;

import java.io.IOException;
import java.util.List;
import lamella.core.Stateful;

/**
 * Something told of every step of a training, to show it, to write it down, or to have a say in it.
 *
 * <p>Implement what you need; the rest does nothing. Listeners are called in the order they were
 * given in, on the thread that trains. Whatever one throws ends the training; an {@code
 * IOException} reaches the caller of {@link Trainer#fit} as an {@code UncheckedIOException}.
 *
 * <p>In a training by local steps ({@link Trainer#withLocalSteps}) a round counts as one step: a
 * listener hears of its update, and of what is measured, after its last step, and of {@link
 * #beforeUpdate} with its first, when there are no gradients.
 *
 * <p>A listener that remembers something which the outcome depends on also {@link #save saves} it,
 * and serves one training: {@link Trainer#fit} refuses it when what it would save is no longer what
 * it was before its first training. One that only prints or writes begins anew in {@link #started}.
 * No listener serves two trainings at once.
 */
public interface TrainingListener extends Stateful {

  /**
   * {@return the names of measurements that this listener waits for, for example {@code validation
   * loss}} A training in which nobody makes them is refused, at the latest when its first epoch is
   * over.
   */
  default List<String> watches() {
    return List.of();
  }

  /**
   * {@return the names that this listener gives to {@link Fit#measure}} A listener need say so only
   * if another watches them and they are measured for the first time after the first epoch.
   */
  default List<String> measures() {
    return List.of();
  }

  /**
   * Before the first step; after what was saved has been loaded, where a training is resumed.
   *
   * @param fit the training as it stands
   * @throws IOException ends the training
   */
  default void started(Fit fit) throws IOException {}

  /**
   * Loss and gradients of a step are known; the update comes next.
   *
   * @param fit the training as it stands
   * @throws IOException ends the training
   */
  default void beforeUpdate(Fit fit) throws IOException {}

  /**
   * Something was measured after an update, for example {@code validation accuracy}.
   *
   * @param fit the training as it stands
   * @param name of the measurement
   * @param value what was measured
   * @throws IOException ends the training
   */
  default void measured(Fit fit, String name, double value) throws IOException {}

  /**
   * The update is done, and everything measured that was due.
   *
   * @param fit the training as it stands
   * @throws IOException ends the training
   */
  default void afterStep(Fit fit) throws IOException {}

  /**
   * There will be no further step, and the parameters may be changed for the last time: where they
   * are to be put back, it is here. All listeners are told this before any hears that training has
   * {@link #ended}, so that those that write the network down then write what remains.
   *
   * @param fit the training as it stands
   * @throws IOException the others are told all the same
   */
  default void finishing(Fit fit) throws IOException {}

  /**
   * There will be no further step, whatever the reason: an exception is one too. The parameters are
   * what they will be.
   *
   * @param fit the training as it stands
   * @throws IOException the others are told all the same
   */
  default void ended(Fit fit) throws IOException {}
}
