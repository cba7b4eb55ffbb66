package lamella.core;

import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A differentiable function of one tensor, with parameters or without.
 *
 * <p>A layer holds its structure and its parameters and <em>no state of a call</em>: what {@code
 * backward} needs from {@code forward} is in the {@link Pass}. That is why any number of threads
 * may compute with one layer at once, each with a pass of its own. A layer writes only to tensors
 * from its own pass; it changes neither its input nor the gradient it is given.
 *
 * <p>To write one: {@code forward} asks {@link Pass#output(Layer, Tensor)} for the tensor to fill,
 * {@code backward} starts with {@link Pass#recall}, adds to {@link Pass#gradient} for each
 * parameter, and fills {@link Pass#inputGradient} if {@link Pass#needsInputGradient()}. One that
 * draws random numbers in training asks {@link Pass#random} for them, and one that keeps a running
 * mean gives its new value to {@link Pass#update}. For a function of one number see {@link
 * Elementwise}.
 *
 * {@snippet file="Scale.java"}
 */
public interface Layer {

  /**
   * {@return the shape of the output for an input of this shape, whose batch may be open}
   *
   * @param input of one example, or of a batch
   * @throws ShapeException if this layer cannot take such an input
   */
  Shape outputShape(Shape input);

  /** {@return what training changes, in a fixed order} */
  default List<Parameter> parameters() {
    return List.of();
  }

  /**
   * {@return the layers inside this one, in the order of their positions on the pass; none for a
   * layer that calls no other}
   *
   * <p>A container names them all, or whoever walks through a network (to save it, to name its
   * parameters, to print it) takes it for a single layer. The parameters of the layers inside are
   * also its own, in {@link #parameters}.
   */
  default List<Layer> layers() {
    return List.of();
  }

  /**
   * {@return this layer with parameters of its own of the same values, for {@link Network#copy()}}
   * A layer without parameters and without layers inside it may be shared, and returns itself. One
   * that has some overrides this; a container asks {@code copies} for the layers inside it.
   *
   * @param copies gives the copy of a layer, the same one whenever it is asked for the same layer
   * @throws UnsupportedOperationException if the layer has parameters, or layers inside it, or
   *     changes from call to call, and does not say how it is copied
   */
  default Layer copy(UnaryOperator<Layer> copies) {
    if (parameters().isEmpty() && layers().isEmpty() && !(this instanceof Stateful)) {
      return this;
    }
    throw new UnsupportedOperationException(
        this + ": cannot be copied; " + getClass().getName() + " must override Layer.copy");
  }

  /**
   * {@return what the outputs mean, where the layer gives them that meaning whatever goes into it,
   * as a softmax does; unspecified for most} A network whose last layer says so need not be told,
   * {@link Network#outputs}.
   */
  default Outputs outputMeaning() {
    return Outputs.UNSPECIFIED;
  }

  /**
   * {@return the multiply-adds of forward for one example, for {@link Network#summary}}
   *
   * <p>Each element of each weight counts once, as in a dense layer; biases and functions of single
   * numbers count nothing. A layer that uses its weights more than once per example, or multiplies
   * without any, overrides this.
   *
   * @param example the shape of one input example
   */
  default long multiplyAdds(Shape example) {
    long sum = 0;
    for (Parameter parameter : parameters()) {
      sum += parameter.role().isMatrix() ? parameter.shape().size() : 0;
    }
    return sum;
  }

  /**
   * Computes y = f(x).
   *
   * @param input x; not changed
   * @param pass this thread's memory of the call
   * @return y, a tensor of the pass: it is overwritten when this layer runs on the pass again
   * @throws ShapeException if the input has another shape than this layer takes
   */
  Tensor forward(Tensor input, Pass pass);

  /**
   * Adds dL/dparameter to the pass for every parameter, and computes dL/dx, for the input of the
   * last {@code forward} on this pass.
   *
   * @param outputGradient dL/dy
   * @param pass that of the forward
   * @return dL/dx, a tensor of the pass; null exactly when {@link Pass#needsInputGradient()} is
   *     false
   * @throws IllegalStateException if there was no forward on this pass since the last backward
   */
  @Nullable Tensor backward(Tensor outputGradient, Pass pass);

  /**
   * Computes y = f(x) on a pass made for this one call.
   *
   * @param input x; not changed
   * @return y, which is the caller's
   */
  default Tensor forward(Tensor input) {
    return forward(input, Pass.forInference());
  }
}
