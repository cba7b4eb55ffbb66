package lamella.optim;

import java.io.IOException;
import lamella.core.Stateful;

/**
 * Something told of every step of a training, to show it, to write it down, or to have a say in it.
 *
 * <p>Implement what you need; the rest does nothing. Listeners are called in the order they were
 * given in, on the thread that trains. Whatever one throws ends the training; an {@code
 * IOException} reaches the caller of {@link Trainer#fit} as an {@code UncheckedIOException}. A
 * listener that remembers something which the outcome depends on also {@link #save saves} it.
 */
public interface TrainingListener extends Stateful {

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
   * There will be no further step, whatever the reason: an exception is one too.
   *
   * @param fit the training as it stands
   * @throws IOException ends the training
   */
  default void ended(Fit fit) throws IOException {}
}
