package lamella.layers;

import lamella.core.DType;
import lamella.core.Layer;
import lamella.core.Shape;
import lamella.core.ShapeException;
import lamella.core.Tensor;

/** What layers with numbers of single features check and make alike. */
final class Features {
  private Features() {}

  /** A vector of one number for each feature. */
  static Tensor vector(String layer, DType dtype, int features, double value) {
    if (features < 1) {
      throw new IllegalArgumentException(
          layer + ": the number of features must be at least 1, got " + features);
    }
    Tensor vector = Tensor.zeros(dtype, Shape.of(features));
    vector.fill(value);
    return vector;
  }

  /** Refuses a first tensor that is no vector. */
  static Tensor requireVector(String what, Tensor tensor) {
    if (tensor.shape().rank() != 1) {
      throw new IllegalArgumentException(what + ": expects [features], got " + tensor.shape());
    }
    return tensor;
  }

  /** Refuses a tensor that is no vector of finite numbers. */
  static Tensor requireFinite(String what, Tensor tensor) {
    requireVector(what, tensor);
    for (int i = 0; i < tensor.size(); i++) {
      if (!Double.isFinite(tensor.get(i))) {
        throw new IllegalArgumentException(
            what + ": must be finite, got " + tensor.get(i) + " at feature " + i);
      }
    }
    return tensor;
  }

  /** Refuses a tensor that is not of the first one's features and type. */
  static Tensor requireLike(String what, Tensor first, Tensor tensor) {
    if (!tensor.shape().equals(first.shape())) {
      throw new ShapeException(what, first.shape(), tensor.shape());
    }
    if (tensor.dtype() != first.dtype()) {
      throw new IllegalArgumentException(
          what + ": expects type " + first.dtype() + ", as gain, got " + tensor.dtype());
    }
    return tensor;
  }

  /** The input's shape; refuses one that is not of so many features. */
  static Shape requireInput(Layer layer, Shape features, Shape input) {
    Shape expected = features.openBatch();
    if (!expected.accepts(input)) {
      throw new ShapeException(layer, expected, input);
    }
    return input;
  }

  /** A number as it was meant: of a float32 the shortest decimal that rounds to it. */
  static double number(Tensor number) {
    double value = number.get(0);
    return number.dtype() == DType.FLOAT64
        ? value
        : Double.parseDouble(Float.toString((float) value));
  }

  static double requireEpsilon(String layer, double epsilon) {
    if (!(epsilon > 0 && epsilon < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          layer + ": epsilon must be finite and > 0, got " + epsilon);
    }
    return epsilon;
  }
}
