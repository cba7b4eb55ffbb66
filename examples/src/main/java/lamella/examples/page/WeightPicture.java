package lamella.examples.page;

import lamella.core.Tensor;
import lamella.data.cifar.ImageShape;

/** The weights of the first layer as a picture, for whoever shows it elsewhere than on the page. */
public final class WeightPicture {
  private WeightPicture() {}

  /**
   * The bytes of a PNG file: what each hidden unit looks for.
   *
   * @param weights W1, {@code [size, hidden]}
   * @param shape of the images that they look at
   */
  public static byte[] png(Tensor weights, ImageShape shape) {
    return Png.encode(WeightGrid.of(weights, shape));
  }
}
