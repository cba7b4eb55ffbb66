package lamella.examples;

import java.util.List;
import java.util.Locale;
import lamella.core.Network;
import lamella.core.Shape;
import lamella.data.cifar.ImageShape;
import lamella.data.cifar.Layout;
import org.jspecify.annotations.Nullable;

/**
 * How a network of another program takes images of 32 x 32 pixels: what is not null was said by the
 * user.
 *
 * @param layout the order of an image's numbers
 * @param scale by which pixels, 0 to 255, are divided
 * @param mean of red, green and blue, which is subtracted then
 * @param deviation of red, green and blue, by which the difference is divided
 * @param classes the names of the classes
 */
public record PixelFormat(
    @Nullable Layout layout,
    @Nullable Double scale,
    @Nullable List<Double> mean,
    @Nullable List<Double> deviation,
    @Nullable List<String> classes) {
  /** Nothing was said. */
  public static final PixelFormat UNSAID = new PixelFormat(null, null, null, null, null);

  private static final int SIDE = ImageShape.CIFAR10.width();

  /** Whether anything was said of pixels. */
  boolean isSaid() {
    return layout != null || scale != null || mean != null || deviation != null;
  }

  /**
   * A network that takes our pixels, as the given one takes its own.
   *
   * @param network of 3072 inputs
   * @param example the shape of an image in the file that it was read from
   * @param said the layout that its file says; null if it says none
   * @throws IllegalArgumentException if nothing says which order it takes them in
   */
  Network before(Network network, Shape example, @Nullable String said) {
    Layout order = order(example, said);
    boolean same =
        order == Model.LAYOUT
            && network.inputShape().equals(Shape.of(ImageShape.CIFAR10.size()))
            && scale == null
            && mean == null
            && deviation == null;
    if (same) {
      return network;
    }
    ImageInput input =
        new ImageInput(
            order,
            network.inputShape(),
            scale == null ? 1 : scale,
            mean == null ? List.of(0.0, 0.0, 0.0) : mean,
            deviation == null ? List.of(1.0, 1.0, 1.0) : deviation);
    return Network.of(Shape.of(ImageShape.CIFAR10.size()), input, network)
        .withOutputs(network.outputs());
  }

  private Layout order(Shape input, @Nullable String said) {
    Layout known =
        said != null
            ? layout(said)
            : input.equals(Shape.of(3, SIDE, SIDE))
                ? Layout.CHW
                : input.equals(Shape.of(SIDE, SIDE, 3)) ? Layout.HWC : null;
    if (layout != null && known != null && layout != known) {
      throw new IllegalArgumentException(
          "it takes images as " + known + ", which --layout contradicts");
    }
    Layout order = layout == null ? known : layout;
    if (order == null) {
      throw new IllegalArgumentException(
          "nothing says in which order it takes the numbers of an image; say --layout hwc or chw");
    }
    return order;
  }

  private static Layout layout(String said) {
    for (Layout known : Layout.values()) {
      if (known.toString().equals(said.toUpperCase(Locale.ROOT))) {
        return known;
      }
    }
    throw new IllegalArgumentException("layout HWC or CHW expected, " + said + " found");
  }
}
