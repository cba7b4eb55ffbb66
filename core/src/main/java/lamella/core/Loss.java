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
   * {@return what the batch counts in a mean over several: its rows; where rows have weights, and
   * the mean is one by weight, their sum}
   *
   * @param output what the network gave, {@code [n, ...]}; not changed
   * @param target one target for each of the n rows
   */
  default double weight(Tensor output, T target) {
    return output.shape().dimension(0);
  }

  /**
   * What these rows contribute to the mean over more rows than these: with the weights w of the
   * rows and their losses l, the sum of w l / divisor; and its gradient. It is {@link
   * #valueAndGradient(Tensor, Object, Tensor)} where the divisor is {@link #weight}; contributions
   * of the parts of a batch, with the weight of the whole as divisor, add up to the mean of the
   * whole.
   *
   * <p>By default the gradient of the mean is multiplied by weight / divisor, once more rounded. A
   * loss that divides by the divisor instead gives the bits that a row has in the whole batch.
   *
   * @param output what the network gave, {@code [n, ...]}; not changed
   * @param target one target for each of the n rows
   * @param outputGradient filled; same shape and type as {@code output}
   * @param divisor the weight of all rows
   * @return the contribution
   * @throws ShapeException if a shape does not fit
   * @throws IllegalArgumentException if a target is not valid; names the row
   */
  default double valueAndGradient(Tensor output, T target, Tensor outputGradient, double divisor) {
    double mean = valueAndGradient(output, target, outputGradient);
    double share = weight(output, target) / divisor;
    if (share != 1) {
      new Multiple().by(share).over(outputGradient);
    }
    return mean * share;
  }

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
