package lamella.examples;

import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;
import lamella.data.cifar.ImageSet;
import lamella.data.cifar.ImageShape;
import lamella.data.cifar.MeanImage;
import lamella.data.cifar.Normalisation;
import lamella.data.cifar.RawPixels;
import lamella.data.cifar.Standardisation;
import lamella.layers.ContrastNorm;

/**
 * What is made of pixels before the first layer with weights sees them, as a text: {@code mean}, or
 * {@code contrast whiten(256,10)}.
 *
 * <p>{@code mean} and {@code standardise} can only come first, and are computed while images are
 * read; {@code contrast}, {@code cosine} and {@code whiten} follow in this order, each at most
 * once, and are layers at the head of the network.
 *
 * @param items in their order, at least one
 */
public record HeadText(List<Step> items) {
  /** The report's: less the mean image of the training images. */
  public static final HeadText MEAN = new HeadText(List.of(new Mean()));

  /** Less each colour's mean over the training images, divided by its standard deviation. */
  public static final HeadText STANDARDISE = new HeadText(List.of(new Standardise()));

  /** What an item may be, for people. */
  static final String ITEMS =
      "mean or standardise, and after it or alone contrast or contrast(10), cosine(18,5,1), whiten(256,10)";

  /** One item. */
  public sealed interface Step permits Mean, Standardise, Contrast, Cosine, Whiten {}

  /** {@link MeanImage}. */
  public record Mean() implements Step {
    @Override
    public String toString() {
      return "mean";
    }
  }

  /** {@link Standardisation}. */
  public record Standardise() implements Step {
    @Override
    public String toString() {
      return "standardise";
    }
  }

  /** {@link ContrastNorm}. */
  public record Contrast(double epsilon) implements Step {
    @Override
    public String toString() {
      return epsilon == ContrastNorm.EPSILON ? "contrast" : "contrast(" + shortest(epsilon) + ")";
    }
  }

  /**
   * {@link lamella.data.cifar.CosineTransform}, and an InputNorm behind it.
   *
   * @param brightness how many frequencies of the brightness
   * @param colours how many of each difference of colours
   * @param s times the mean variance is added to each coefficient's
   */
  public record Cosine(int brightness, int colours, double s) implements Step {
    @Override
    public String toString() {
      return "cosine(" + brightness + "," + colours + "," + shortest(s) + ")";
    }
  }

  /**
   * {@link lamella.layers.Whitening}.
   *
   * @param s times the mean variance is added to each component's
   */
  public record Whiten(int components, double s) implements Step {
    @Override
    public String toString() {
      return "whiten(" + components + "," + shortest(s) + ")";
    }
  }

  private static String shortest(double number) {
    return OptionKind.shortest(Double.toString(number));
  }

  /** A list that does not change. */
  public HeadText {
    items = List.copyOf(items);
  }

  /**
   * Reads a text.
   *
   * @throws IllegalArgumentException if an item is wrong: names it, its place, and what is allowed
   */
  public static HeadText of(String text) {
    List<Step> steps = new ArrayList<>();
    for (Item item : Item.of(text)) {
      Step step = step(item);
      if (!steps.isEmpty() && place(step) <= place(steps.getLast())) {
        throw item.wrong("cannot come after " + steps.getLast() + "; expected " + ITEMS);
      }
      steps.add(step);
    }
    if (steps.isEmpty()) {
      throw new IllegalArgumentException("expected " + ITEMS + ", got nothing");
    }
    return new HeadText(steps);
  }

  /** Where it can stand among others: before those of higher numbers. */
  private static int place(Step step) {
    return switch (step) {
      case Mean _, Standardise _ -> 0;
      case Contrast _ -> 1;
      case Cosine _ -> 2;
      case Whiten _ -> 3;
    };
  }

  private static Step step(Item item) {
    return switch (Spelling.plain(item.word())) {
      case "mean" -> {
        item.requireAlone();
        yield new Mean();
      }
      case "standardise" -> {
        item.requireAlone();
        yield new Standardise();
      }
      case "contrast" -> {
        if (item.inner() == null) {
          yield new Contrast(ContrastNorm.EPSILON);
        }
        Item epsilon = item.argument("a variance to add, as in contrast(10)");
        if (epsilon.number() <= 0) {
          throw epsilon.wrong("must be above 0");
        }
        yield new Contrast(epsilon.number());
      }
      case "cosine" -> {
        List<Item> numbers =
            arguments(
                item, 3, "frequencies of brightness, of colours, and s, as in cosine(18,5,1)");
        yield new Cosine(
            whole(numbers.get(0), 1), whole(numbers.get(1), 0), notNegative(numbers.get(2)));
      }
      case "whiten" -> {
        List<Item> numbers = arguments(item, 2, "components and s, as in whiten(256,10)");
        yield new Whiten(whole(numbers.get(0), 1), notNegative(numbers.get(1)));
      }
      default -> {
        String nearest =
            Spelling.nearest(
                item.word(), List.of("mean", "standardise", "contrast", "cosine", "whiten"));
        throw item.wrong(
            "is unknown"
                + (nearest == null ? "" : ", did you mean '" + nearest + "'")
                + "; expected "
                + ITEMS);
      }
    };
  }

  private static List<Item> arguments(Item item, int count, String what) {
    List<Item> inner = item.inner();
    if (inner == null
        || inner.size() != count
        || inner.stream().anyMatch(argument -> argument.inner() != null)) {
      throw item.wrong("needs " + what);
    }
    return inner;
  }

  private static int whole(Item item, int least) {
    double number = item.number();
    if (number != Math.rint(number) || number < least || number > ImageShape.CIFAR10.size() * 100) {
      throw item.wrong("must be a whole number from " + least + " on");
    }
    return (int) number;
  }

  private static double notNegative(Item item) {
    double number = item.number();
    if (number < 0) {
      throw item.wrong("must not be negative");
    }
    return number;
  }

  /** Whether it is more than what is computed while images are read. */
  public boolean hasLayers() {
    return place(items.getLast()) > 0;
  }

  /** What is done while images are read. */
  Normalisation normalisation(ImageSet train) {
    return switch (items.getFirst()) {
      case Mean _ -> MeanImage.of(train);
      case Standardise _ -> Standardisation.of(train);
      default -> RawPixels.of(train);
    };
  }

  /**
   * How many numbers it makes of an image.
   *
   * @throws IllegalArgumentException if it cannot be made of such images; says why
   */
  public int outputs(ImageShape shape) {
    int width = shape.size();
    for (Step step : items) {
      switch (step) {
        case Cosine cosine -> {
          int most = Math.min(shape.height(), shape.width());
          if (cosine.brightness > most || cosine.colours > most) {
            throw new IllegalArgumentException(
                "--preprocess: "
                    + cosine
                    + " of images of "
                    + shape
                    + ": at most "
                    + most
                    + " frequencies");
          }
          int colours = shape.channels() == 1 ? 0 : cosine.colours;
          width = cosine.brightness * cosine.brightness + 2 * colours * colours;
        }
        case Whiten whiten -> {
          if (whiten.components > width) {
            throw new IllegalArgumentException(
                "--preprocess: "
                    + whiten
                    + " of "
                    + width
                    + " numbers: at most so many components");
          }
          width = whiten.components;
        }
        case Mean _, Standardise _, Contrast _ -> {}
      }
    }
    return width;
  }

  /** The text in the one form that it has. */
  @Override
  public String toString() {
    StringJoiner text = new StringJoiner(" ");
    for (Step step : items) {
      text.add(step.toString());
    }
    return text.toString();
  }
}
