package lamella.core.io;

import lamella.core.Parameter;
import lamella.core.Shape;

/** How a file holds the matrix W of y = x W. */
public enum WeightLayout {
  /** {@code [inputs, outputs]}: Lamella, and most code in NumPy. */
  IN_OUT,
  /** {@code [outputs, inputs]}, to be transposed: PyTorch's {@code nn.Linear}. */
  OUT_IN;

  /** Only weights of two dimensions have another layout than the parameter's own. */
  boolean isTransposed(Parameter parameter) {
    return this == OUT_IN && parameter.role().isMatrix() && parameter.shape().rank() == 2;
  }

  /** The shape a file has for this parameter. */
  Shape inFile(Parameter parameter) {
    Shape shape = parameter.shape();
    return isTransposed(parameter) ? Shape.of(shape.dimension(1), shape.dimension(0)) : shape;
  }
}
