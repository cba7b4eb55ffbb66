package lamella.examples;

import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;
import lamella.data.cifar.Affine;
import lamella.data.cifar.Augmentation;
import lamella.data.cifar.Crop;
import lamella.data.cifar.Cutout;
import lamella.data.cifar.Flip;
import lamella.data.cifar.ImageShape;
import lamella.data.cifar.Noise;

/**
 * How images are changed at random, as a text: {@code flip crop(4) cutout(8)}, or {@code
 * flip(alternating) affine(shift=2,rotate=10,scale=0.1) noise(8)}.
 *
 * @param steps in their order; none for images as they are
 */
public record AugmentText(List<Augmentation> steps) {
  /** Images stay as they are. */
  public static final AugmentText NONE = new AugmentText(List.of());

  private static final String AFFINE = "affine(shift=4,rotate=10,scale=0.1)";
  private static final String EXPECTED =
      "expected flip, flip(alternating), crop(4), crop(4,reflect), "
          + AFFINE
          + ", noise(8) or cutout(8)";
  private static final List<String> STEPS = List.of("flip", "crop", "affine", "noise", "cutout");
  private static final List<String> LIMITS =
      List.of("shift", "rotate", "scale", "stretch", "shear");

  /** What no image exceeds that a step could be meant for; {@link #requireFits} knows more. */
  private static final int MOST_PIXELS = 4096;

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
      case "flip" -> flip(item);
      case "crop" -> crop(item);
      case "affine" -> affine(item);
      case "noise" -> noise(item.argument("grey levels, as in noise(8)"));
      case "cutout" -> new Cutout(pixels(item.argument("pixels, as in cutout(8)")));
      default -> throw item.wrong("is unknown" + nearest(item.word(), STEPS) + "; " + EXPECTED);
    };
  }

  private static String nearest(String word, List<String> known) {
    String nearest = Spelling.nearest(word, known);
    return nearest == null ? "" : ", did you mean '" + nearest + "'";
  }

  private static Flip flip(Item item) {
    if (item.inner() == null) {
      return new Flip();
    }
    Item how = item.argument("no parentheses or flip(alternating)");
    if (!Spelling.plain(how.word()).equals("alternating")) {
      throw how.wrong("is unknown; expected flip or flip(alternating)");
    }
    return Flip.alternating();
  }

  private static Crop crop(Item item) {
    List<Item> inner = item.inner();
    if (inner == null || inner.isEmpty() || inner.size() > 2) {
      throw item.wrong("needs pixels, as in crop(4) or crop(4,reflect)");
    }
    int padding = pixels(inner.getFirst());
    if (inner.size() == 1) {
      return new Crop(padding);
    }
    if (!Spelling.plain(inner.getLast().word()).equals("reflect")) {
      throw inner.getLast().wrong("is unknown; expected crop(4) or crop(4,reflect)");
    }
    return Crop.reflected(padding);
  }

  private static Noise noise(Item item) {
    double deviation = item.number();
    if (!(deviation > 0 && deviation <= 255)) {
      throw item.wrong("must be a deviation above 0 and at most 255 grey levels");
    }
    return new Noise(deviation);
  }

  private static Affine affine(Item item) {
    List<Item> inner = item.inner();
    if (inner == null || inner.isEmpty()) {
      throw item.wrong("needs limits, as in " + AFFINE);
    }
    Affine affine = Affine.none();
    List<String> seen = new ArrayList<>();
    for (Item limit : inner) {
      String word = limit.word();
      int equals = word.indexOf('=');
      if (equals < 0 || limit.inner() != null) {
        throw limit.wrong("is no limit such as rotate=10");
      }
      String name = Spelling.plain(word.substring(0, equals));
      if (seen.contains(name)) {
        throw limit.wrong("is there twice");
      }
      seen.add(name);
      Item value = new Item(word.substring(equals + 1), limit.position() + equals + 1, null);
      affine =
          switch (name) {
            case "shift" -> affine.withShift(between(value, MOST_PIXELS, "pixels"));
            case "rotate" -> affine.withRotate(between(value, 180, "degrees"));
            case "scale" -> affine.withScale(between(value, 0.9, ""));
            case "stretch" -> affine.withStretch(between(value, 0.9, ""));
            case "shear" -> affine.withShear(between(value, 80, "degrees"));
            default ->
                throw limit.wrong(
                    "is unknown"
                        + nearest(word.substring(0, equals), LIMITS)
                        + "; expected some of shift=4, rotate=10, scale=0.1, stretch=0.1, shear=5");
          };
    }
    return affine;
  }

  private static double between(Item item, double most, String unit) {
    double number = item.number();
    if (!(number >= 0 && number <= most)) {
      throw item.wrong(
          "must lie in [0, "
              + (most == Math.rint(most) ? Long.toString((long) most) : Double.toString(most))
              + "]"
              + (unit.isEmpty() ? "" : " " + unit));
    }
    return number;
  }

  private static int pixels(Item item) {
    double pixels = item.number();
    if (!(pixels == Math.rint(pixels) && pixels >= 1 && pixels <= MOST_PIXELS)) {
      throw item.wrong("must be a whole number of pixels in [1, " + MOST_PIXELS + "]");
    }
    return (int) pixels;
  }

  /**
   * Checks that images can be changed so.
   *
   * @param shape of the images
   * @throws IllegalArgumentException if they are too small; says what was expected and given
   */
  public void requireFits(ImageShape shape) {
    for (Augmentation step : steps) {
      try {
        step.check(shape);
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            "invalid value for option '" + RunOption.AUGMENT + "': " + e.getMessage(), e);
      }
    }
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
