package lamella.examples.page;

import lamella.core.Tensor;

/** The weights of the first layer as a picture, for whoever shows it elsewhere than on the page. */
public final class WeightPicture {
  private WeightPicture() {}

  /**
   * The bytes of a PNG file: what each hidden unit looks for.
   *
   * @param weights W1, {@code [3072, hidden]}
   */
  public static byte[] png(Tensor weights) {
    return Png.encode(WeightGrid.of(weights));
  }
}
