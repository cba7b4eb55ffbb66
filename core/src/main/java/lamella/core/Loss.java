package lamella.core;

/**
 * What training makes small: one number for a batch of outputs and their targets, and its gradient.
 *
 * <p>Stateless and safe to share between threads.
 *
 * @param <T> the targets of a batch: {@code int[]} labels, or a {@link Tensor}
 */
public interface Loss<T> {

  /**
   * The mean loss over the batch, and its gradient with respect to the output in one pass.
   *
   * @param output what the network gave, {@code [n, ...]}; not changed
   * @param target one target for each of the n rows
   * @param outputGradient filled with dL/doutput; same shape and type as {@code output}
   * @return the mean loss
   * @throws ShapeException if a shape does not fit
   * @throws IllegalArgumentException if a target is not valid; names the row
   */
  double valueAndGradient(Tensor output, T target, Tensor outputGradient);

  /**
   * {@return the mean loss over the batch, the same bits as {@link #valueAndGradient} returns}
   *
   * @param output what the network gave, {@code [n, ...]}; not changed
   * @param target one target for each of the n rows
   */
  double value(Tensor output, T target);

  /**
   * {@return what this loss takes a network's outputs for} A training refuses a network whose
   * outputs mean something else, and says it of one of which nobody said anything. Where a loss
   * does not say it either, a training goes by the targets: labels are for classes, tensors for
   * numbers.
   */
  default Outputs outputs() {
    return Outputs.UNSPECIFIED;
  }
}
