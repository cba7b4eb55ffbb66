package lamella.optim;

import lamella.core.DType;
import lamella.core.Dataset;
import lamella.core.Initializer;
import lamella.core.Network;
import lamella.core.Shape;
import lamella.core.Tensor;
import lamella.core.random.NumPyRandom;
import lamella.layers.Linear;
import lamella.layers.Swish;

/** A small training: points of a plane in three classes, and a network for them. */
final class Toy {
  static final int CLASSES = 3;

  private Toy() {}

  /** So many points of the plane, labelled by their distance from the origin. */
  static Dataset<int[]> points(int size, long seed) {
    NumPyRandom random = new NumPyRandom(seed);
    Tensor inputs = Tensor.zeros(DType.FLOAT64, Shape.of(size, 2));
    int[] labels = new int[size];
    for (int i = 0; i < size; i++) {
      double x = random.nextGaussian();
      double y = random.nextGaussian();
      inputs.set(2 * i, x);
      inputs.set(2 * i + 1, y);
      double distance = Math.sqrt(x * x + y * y);
      labels[i] = distance < 0.8 ? 0 : distance < 1.4 ? 1 : 2;
    }
    return Dataset.of(inputs, labels);
  }

  static Network network(DType dtype, long seed) {
    NumPyRandom random = new NumPyRandom(seed);
    return Network.of(
        Shape.of(2),
        new Linear(dtype, 2, 9, Initializer.he(), random),
        new Swish(),
        new Linear(dtype, 9, CLASSES, Initializer.he(), random));
  }
}
