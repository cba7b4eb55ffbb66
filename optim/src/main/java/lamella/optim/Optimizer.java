package lamella.optim;

import java.util.List;
import lamella.core.Gradients;
import lamella.core.Parameter;

/**
 * A rule that changes parameters by their gradients. Has state (it counts steps); not safe to share
 * between threads.
 */
public interface Optimizer {

  /**
   * Changes every parameter that has a gradient, and uses the gradients up: afterwards they are
   * cleared.
   *
   * @throws IllegalStateException if there is no gradient at all
   */
  void step(Gradients gradients);

  /** The number of steps taken. */
  long steps();

  /** The learning rate the next step will use. */
  double learningRate();

  /**
   * What regularisation adds to the loss for these parameters, as printed beside the data's loss; 0
   * if there is none.
   */
  double penalty(List<Parameter> parameters);
}
