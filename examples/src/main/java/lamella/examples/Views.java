package lamella.examples;

import java.util.ArrayList;
import java.util.List;
import lamella.core.Layer;
import lamella.core.Network;
import lamella.data.cifar.ImageShape;
import lamella.data.cifar.ImageView;
import lamella.data.cifar.Layout;
import lamella.layers.Ensemble;

/**
 * Views of an image whose predictions are averaged, as a text: {@code mirrored shifts(1)}.
 *
 * <p>{@code mirrored} adds to the image its mirror image; {@code shifts(1)} adds to each of these
 * the same shifted by one pixel up, down, left and right. So {@code mirrored} is 2 views, {@code
 * shifts(1)} 5, and both are 10. They all count the same.
 *
 * @param mirrored whether mirror images are among them
 * @param shift pixels by which they are shifted, 0 for no shifts
 */
public record Views(boolean mirrored, int shift) {
  /** The image itself and nothing else. */
  public static final Views NONE = new Views(false, 0);

  /** What a text may say, for people. */
  public static final String ITEMS = "mirrored, shifts(1), both, or none";

  private static final String NO_VIEWS = "none";
  private static final int MOST = 4095;

  /**
   * Checks the shift.
   *
   * @throws IllegalArgumentException if it is negative
   */
  public Views {
    if (shift < 0) {
      throw new IllegalArgumentException(
          "Views: a shift of 0 pixels or more expected, got " + shift);
    }
  }

  /**
   * Reads a text.
   *
   * @throws IllegalArgumentException if an item is wrong: names it, its place, and what is allowed
   */
  public static Views of(String text) {
    List<Item> items = Item.of(text);
    if (items.isEmpty()) {
      throw new IllegalArgumentException("expected " + ITEMS + ", got nothing");
    }
    if (items.size() == 1 && Spelling.plain(items.getFirst().word()).equals(NO_VIEWS)) {
      items.getFirst().requireAlone();
      return NONE;
    }
    boolean mirrored = false;
    int shift = 0;
    for (Item item : items) {
      switch (Spelling.plain(item.word())) {
        case "mirrored" -> {
          item.requireAlone();
          requireFirst(item, mirrored);
          mirrored = true;
        }
        case "shifts" -> {
          requireFirst(item, shift > 0);
          shift = pixels(item.argument("pixels, as in shifts(1)"));
        }
        default -> {
          String nearest = Spelling.nearest(item.word(), List.of("mirrored", "shifts"));
          throw item.wrong(
              "is unknown"
                  + (nearest == null ? "" : ", did you mean '" + nearest + "'")
                  + "; expected "
                  + ITEMS);
        }
      }
    }
    return new Views(mirrored, shift);
  }

  private static void requireFirst(Item item, boolean seen) {
    if (seen) {
      throw item.wrong("stands there twice");
    }
  }

  private static int pixels(Item item) {
    double pixels = item.number();
    if (!(pixels == Math.rint(pixels) && pixels >= 1 && pixels <= MOST)) {
      throw item.wrong("must be a whole number of pixels in [1, " + MOST + "]");
    }
    return (int) pixels;
  }

  /** How many views there are, the image itself among them. */
  public int count() {
    return (mirrored ? 2 : 1) * (shift > 0 ? 5 : 1);
  }

  /**
   * {@return a network whose prediction is the mean of this one's over the views, whose parameters
   * it shares; this network for no views}
   *
   * @param network takes images, and no views of them yet
   * @param shape of an image
   * @param layout the order of an image's numbers
   * @throws IllegalArgumentException if an image has no more pixels than it is shifted by
   */
  public Network over(Network network, ImageShape shape, Layout layout) {
    if (count() == 1) {
      return network;
    }
    int[][] moves = {{0, 0}, {-shift, 0}, {shift, 0}, {0, -shift}, {0, shift}};
    List<Network> members = new ArrayList<>();
    for (boolean mirror : mirrored ? new boolean[] {false, true} : new boolean[] {false}) {
      for (int[] move : shift > 0 ? moves : new int[][] {moves[0]}) {
        members.add(
            members.isEmpty()
                ? network // the image itself
                : ImageView.of(shape, layout, mirror, move[0], move[1]).before(network));
      }
    }
    return Ensemble.of(members.toArray(Network[]::new));
  }

  // Of a network that was made with views.

  /** Over how many views of an image a network's prediction is the mean; 1 for most networks. */
  public static int count(Network network) {
    return without(network).equals(network) ? 1 : network.layers().getFirst().layers().size();
  }

  /**
   * The network whose predictions another averages over views; that other one itself, if it is not
   * such a mean.
   */
  public static Network without(Network network) {
    if (network.layers().size() != 1 || !(network.layers().getFirst() instanceof Ensemble mean)) {
      return network;
    }
    Layer first = mean.layers().getFirst();
    List<Layer> others = mean.layers().subList(1, mean.layers().size());
    boolean views = !others.isEmpty() && others.stream().allMatch(other -> isView(other, first));
    return views && first instanceof Network one ? one : network;
  }

  @SuppressWarnings("ReferenceEquality") // a layer is itself
  private static boolean isView(Layer member, Layer seen) {
    if (!(member instanceof Network network)) {
      return false;
    }
    List<Layer> layers = network.layers();
    int last = layers.size() - 1;
    return last > 0
        && layers.get(last) == seen
        && layers.subList(0, last).stream().allMatch(ImageView.class::isInstance);
  }

  /** The text in the one form that it has. */
  @Override
  public String toString() {
    if (count() == 1) {
      return NO_VIEWS;
    }
    String shifts = shift > 0 ? "shifts(" + shift + ")" : "";
    return mirrored && shift > 0 ? "mirrored " + shifts : mirrored ? "mirrored" : shifts;
  }
}
