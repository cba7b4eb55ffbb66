package lamella.examples;

import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;
import lamella.data.cifar.Augmentation;
import lamella.data.cifar.Crop;
import lamella.data.cifar.Cutout;
import lamella.data.cifar.Flip;

/**
 * How images are changed at random, as a text: {@code flip crop(4) cutout(8)}.
 *
 * @param steps in their order; none for images as they are
 */
public record AugmentText(List<Augmentation> steps) {
  /** Images stay as they are. */
  public static final AugmentText NONE = new AugmentText(List.of());

  private static final String EXPECTED = "expected flip, crop(4) or cutout(8)";
  private static final String NO_STEPS = "none";

  /** A list that does not change. */
  public AugmentText {
    steps = List.copyOf(steps);
  }

  /**
   * Reads a text.
   *
   * @throws IllegalArgumentException if an item is wrong: names it, its place, and what is allowed
   */
  public static AugmentText of(String text) {
    List<Item> items = Item.of(text);
    if (items.isEmpty() || (items.size() == 1 && items.getFirst().word().equals(NO_STEPS))) {
      return NONE;
    }
    List<Augmentation> steps = new ArrayList<>();
    for (Item item : items) {
      steps.add(step(item));
    }
    return new AugmentText(steps);
  }

  private static Augmentation step(Item item) {
    return switch (Spelling.plain(item.word())) {
      case "flip" -> {
        item.requireAlone();
        yield new Flip();
      }
      case "crop" -> new Crop(pixels(item.argument("pixels, as in crop(4)"), 31));
      case "cutout" -> new Cutout(pixels(item.argument("pixels, as in cutout(8)"), 32));
      default -> {
        String nearest = Spelling.nearest(item.word(), List.of("flip", "crop", "cutout"));
        throw item.wrong(
            "is unknown"
                + (nearest == null ? "" : ", did you mean '" + nearest + "'")
                + "; "
                + EXPECTED);
      }
    };
  }

  private static int pixels(Item item, int most) {
    double pixels = item.number();
    if (!(pixels == Math.rint(pixels) && pixels >= 1 && pixels <= most)) {
      throw item.wrong("must be a whole number of pixels in [1, " + most + "]");
    }
    return (int) pixels;
  }

  /** The text in the one form that it has. */
  @Override
  public String toString() {
    StringJoiner text = new StringJoiner(" ");
    for (Augmentation step : steps) {
      text.add(Spelling.lowerCase(step.toString()));
    }
    return steps.isEmpty() ? NO_STEPS : text.toString();
  }
}
