package lamella.optim;

import lamella.core.Dataset;
import lamella.core.Gradients;

/**
 * Who computes the gradients of a training's steps. By default the thread that trains does, by one
 * forward and backward, or by one for each micro-batch ({@link Trainer#withAccumulation}); another
 * implementation may divide a step's examples over threads or machines, or mix them.
 *
 * {@snippet file="SnippetsTest.java" region="step-gradients"}
 *
 * <p>What it computes is a function of the parameters, the step and its examples, and of nothing it
 * remembers: a training that is resumed asks it for the next step without having asked for those
 * before. One object serves one training at a time.
 *
 * @param <T> the targets of a batch
 */
public interface StepGradients<T> {

  /**
   * Computes the gradients of the mean loss over a step's examples.
   *
   * @param step from 0; random numbers are a function of it ({@link
   *     lamella.core.Pass#beginStep(long)})
   * @param data the examples as they are in the step's epoch
   * @param examples the indices of the step's examples; neither changed nor kept
   * @param into empty, in the order of the network's parameters; filled
   * @return the mean loss
   * @throws IllegalArgumentException if a target is not valid; should name the example
   */
  double compute(long step, Dataset<T> data, int[] examples, Gradients into);

  /**
   * The parameters have been updated by what was computed last: statistics that forward has
   * gathered take effect now. Does nothing by default.
   */
  default void commit() {}
}
