package lamella.examples;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import lamella.core.Network;
import lamella.core.Shape;
import lamella.data.cifar.ImageShape;
import lamella.data.cifar.Layout;
import org.jspecify.annotations.Nullable;

/**
 * How a network of another program takes images: what is not null was said by the user.
 *
 * @param image the shape of the images
 * @param layout the order of an image's numbers
 * @param scale by which pixels, 0 to 255, are divided
 * @param mean of each channel (red, green and blue, or grey), which is subtracted then
 * @param deviation of each channel, by which the difference is divided
 * @param classes the names of the classes
 */
public record PixelFormat(
    @Nullable ImageShape image,
    @Nullable Layout layout,
    @Nullable Double scale,
    @Nullable List<Double> mean,
    @Nullable List<Double> deviation,
    @Nullable List<String> classes) {
  /** Nothing was said. */
  public static final PixelFormat UNSAID = new PixelFormat(null, null, null, null, null, null);

  /** Whether anything was said of pixels. */
  boolean isSaid() {
    return image != null || layout != null || scale != null || mean != null || deviation != null;
  }

  /**
   * The shape of the images that a network takes: what the user says, else its file, else what the
   * shape of its inputs tells; 3072 numbers are an image of CIFAR-10's.
   *
   * @param network that takes them
   * @param example the shape of an image in the file that it was read from
   * @param metadata the file's
   * @throws IllegalArgumentException if nothing says it, or it has not as many numbers as the
   *     inputs
   */
  ImageShape shape(Network network, Shape example, Map<String, String> metadata) {
    int inputs = network.inputShape().size();
    String said = metadata.get(Model.IMAGE_KEY);
    ImageShape shape = image != null ? image : said != null ? ImageShape.of(said) : of(example);
    if (shape == null && inputs == ImageShape.CIFAR10.size()) {
      shape = ImageShape.CIFAR10;
    }
    if (shape == null) {
      throw new IllegalArgumentException(
          "nothing says the shape of its images, which have "
              + inputs
              + " numbers; say --image height x width x channels, such as 28x28x1");
    }
    if (shape.size() != inputs) {
      throw new IllegalArgumentException(
          "inputs "
              + Shape.of(shape.size())
              + " expected of images "
              + shape
              + ", "
              + network.inputShape()
              + " found");
    }
    return shape;
  }

  /** The image whose numbers stand in this shape; null if that does not tell. */
  private static @Nullable ImageShape of(Shape example) {
    if (example.rank() == 2) {
      return new ImageShape(example.dimension(0), example.dimension(1), 1);
    }
    if (example.rank() != 3) {
      return null;
    }
    boolean first = isChannels(example.dimension(0));
    if (first == isChannels(example.dimension(2))) {
      return null;
    }
    return first
        ? new ImageShape(example.dimension(1), example.dimension(2), example.dimension(0))
        : new ImageShape(example.dimension(0), example.dimension(1), example.dimension(2));
  }

  private static boolean isChannels(int dimension) {
    return dimension == 1 || dimension == 3;
  }

  /**
   * A network that takes our pixels, as the given one takes its own.
   *
   * @param network of as many inputs as an image has numbers
   * @param shape of the images
   * @param example the shape of an image in the file that it was read from
   * @param said the layout that its file says; null if it says none
   * @throws IllegalArgumentException if nothing says which order it takes them in
   */
  Network before(Network network, ImageShape shape, Shape example, @Nullable String said) {
    Layout order = order(shape, example, said);
    requireChannels("--mean", mean, shape);
    requireChannels("--deviation", deviation, shape);
    boolean same =
        (order == Model.LAYOUT || shape.channels() == 1)
            && network.inputShape().equals(Shape.of(shape.size()))
            && scale == null
            && mean == null
            && deviation == null;
    if (same) {
      return network;
    }
    ImageInput input =
        new ImageInput(
            shape,
            order,
            network.inputShape(),
            scale == null ? 1 : scale,
            mean == null ? Collections.nCopies(shape.channels(), 0.0) : mean,
            deviation == null ? Collections.nCopies(shape.channels(), 1.0) : deviation);
    return Network.of(Shape.of(shape.size()), input, network).withOutputs(network.outputs());
  }

  private static void requireChannels(
      String option, @Nullable List<Double> numbers, ImageShape shape) {
    if (numbers != null && numbers.size() != shape.channels()) {
      throw new IllegalArgumentException(
          option
              + " needs a number for each channel of images "
              + shape
              + ", got "
              + numbers.size());
    }
  }

  private Layout order(ImageShape shape, Shape input, @Nullable String said) {
    Shape planes = Shape.of(shape.channels(), shape.height(), shape.width());
    Shape pixels = Shape.of(shape.height(), shape.width(), shape.channels());
    Layout known =
        said != null
            ? Layout.of(said)
            : shape.channels() == 1
                ? null
                : input.equals(planes) ? Layout.CHW : input.equals(pixels) ? Layout.HWC : null;
    if (layout != null && known != null && layout != known) {
      throw new IllegalArgumentException(
          "it takes images as " + known + ", which --layout contradicts");
    }
    Layout order = layout == null ? known : layout;
    if (order == null && shape.channels() == 1) {
      return Model.LAYOUT; // grey images are the same in both
    }
    if (order == null) {
      throw new IllegalArgumentException(
          "nothing says in which order it takes the numbers of an image; say --layout hwc or chw");
    }
    return order;
  }
}
