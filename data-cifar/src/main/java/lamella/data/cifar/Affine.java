package lamella.data.cifar;

import java.util.StringJoiner;
import java.util.random.RandomGenerator;

/**
 * Shifts, turns, scales, stretches and shears an image at random, all in one resampling around the
 * image's middle.
 *
 * <p>Each of the six amounts is drawn for itself, uniformly within its limit to both sides. The
 * image is sheared, stretched and scaled, turned and shifted, in this order: what lies v = (x, y)
 * from the middle, x to the right and y down, comes to R D S v + t, with
 *
 * <ul>
 *   <li>S v = (x + tan(h) y, y), h within -shear to shear degrees;
 *   <li>D v = (f a x, f / a y), f within 1 - scale to 1 + scale, a within 1 - stretch to 1 +
 *       stretch;
 *   <li>R the rotation by r, clockwise, within -rotate to rotate degrees;
 *   <li>t = (to the right, down), each within -shift to shift pixels.
 * </ul>
 *
 * <p>Pixels are the mean of the four around the place that they show, and what lies outside of the
 * image is its reflection: {@link Pixels#resample}. Sines, cosines and tangents are StrictMath's,
 * and sums are of whole numbers, so an image has the same bytes on every machine.
 *
 * <p>The random numbers u in [0, 1) make (2 u - 1) times the limit, in the order down, right, r, f,
 * a, h; all are drawn, also where a limit is 0.
 *
 * {@snippet lang=java :
 * Affine.none().withShift(4).withRotate(10).withScale(0.1)
 * }
 *
 * @param shift pixels, at least 0 and fewer than an image has rows and columns
 * @param rotate degrees, 0 to 180
 * @param scale 0 to less than 1
 * @param stretch 0 to less than 1
 * @param shear degrees, 0 to less than 90
 */
public record Affine(double shift, double rotate, double scale, double stretch, double shear)
    implements Augmentation {

  /** The greatest scale and stretch: a tenth of the size. */
  private static final double MOST_SCALE = 0.9;

  private static final double MOST_SHEAR = 80;

  /** Refuses limits that are outside. */
  public Affine {
    check("shift", shift, Double.MAX_VALUE);
    check("rotate", rotate, 180);
    check("scale", scale, MOST_SCALE);
    check("stretch", stretch, MOST_SCALE);
    check("shear", shear, MOST_SHEAR);
  }

  private static void check(String what, double limit, double most) {
    if (!(limit >= 0 && limit <= most)) {
      throw new IllegalArgumentException(
          "Affine: "
              + what
              + (most == Double.MAX_VALUE
                  ? " must not be negative, got "
                  : " must be in [0, " + shortest(most) + "], got ")
              + shortest(limit));
    }
  }

  /** {@return no change at all, to begin with} */
  public static Affine none() {
    return new Affine(0, 0, 0, 0, 0);
  }

  /**
   * {@return the same with other shifts}
   *
   * @param pixels at most, at least 0
   */
  public Affine withShift(double pixels) {
    return new Affine(pixels, rotate, scale, stretch, shear);
  }

  /**
   * {@return the same with other rotations}
   *
   * @param degrees at most, 0 to 180
   */
  public Affine withRotate(double degrees) {
    return new Affine(shift, degrees, scale, stretch, shear);
  }

  /**
   * {@return the same with other sizes}
   *
   * @param part by which an image is larger or smaller at most, 0 to 0.9
   */
  public Affine withScale(double part) {
    return new Affine(shift, rotate, part, stretch, shear);
  }

  /**
   * {@return the same with other widths, at the same area}
   *
   * @param part by which an image is wider or narrower at most, 0 to 0.9
   */
  public Affine withStretch(double part) {
    return new Affine(shift, rotate, scale, part, shear);
  }

  /**
   * {@return the same with other slants}
   *
   * @param degrees at most, 0 to 80
   */
  public Affine withShear(double degrees) {
    return new Affine(shift, rotate, scale, stretch, degrees);
  }

  @Override
  public void check(ImageShape shape) {
    int side = Math.min(shape.height(), shape.width());
    if (shift >= side) {
      throw new IllegalArgumentException(
          "Affine: shift of images "
              + shape
              + " must be in [0, "
              + side
              + "), got "
              + shortest(shift));
    }
  }

  @Override
  public void apply(Pixels pixels, RandomGenerator random) {
    double down = within(shift, random);
    double right = within(shift, random);
    double turn = StrictMath.toRadians(within(rotate, random));
    double factor = 1 + within(scale, random);
    double wider = 1 + within(stretch, random);
    double slope = StrictMath.toRadians(within(shear, random));
    double sin = sin(turn);
    double cos = cos(turn);
    double slant = sin(slope) / cos(slope);
    double perWidth = 1 / (factor * wider);
    double perHeight = wider / factor;
    // What a pixel shows is the inverse of where it goes. R^-1 v = (cos x + sin y, cos y - sin x).
    double rowRow = cos * perHeight;
    double rowColumn = -sin * perHeight;
    double columnRow = sin * perWidth - slant * rowRow;
    double columnColumn = cos * perWidth - slant * rowColumn;
    pixels.resample(
        -(rowRow * down + rowColumn * right),
        -(columnRow * down + columnColumn * right),
        rowRow,
        rowColumn,
        columnRow,
        columnColumn);
  }

  // Of angles up to a half turn, by those of a quarter of the angle: StrictMath's own functions
  // make an array for an angle above an eighth of a turn, and compiled code may do so for any.

  private static double sin(double angle) {
    return 2 * sinOfHalf(angle) * cosOfHalf(angle);
  }

  private static double cos(double angle) {
    double half = sinOfHalf(angle);
    return 1 - 2 * half * half;
  }

  private static double sinOfHalf(double angle) {
    double quarter = StrictMath.sin(angle / 4);
    return 2 * quarter * Math.sqrt(1 - quarter * quarter);
  }

  private static double cosOfHalf(double angle) {
    double quarter = StrictMath.sin(angle / 4);
    return 1 - 2 * quarter * quarter;
  }

  private static double within(double limit, RandomGenerator random) {
    return (2 * random.nextDouble() - 1) * limit;
  }

  /** Whole numbers without a point. */
  static String shortest(double number) {
    return number == Math.rint(number) && Math.abs(number) < 1e9
        ? Long.toString((long) number)
        : Double.toString(number);
  }

  /** For example {@code Affine(shift=4,rotate=10,scale=0.1)}: what is not 0. */
  @Override
  public String toString() {
    StringJoiner text = new StringJoiner(",", "Affine(", ")");
    add(text, "shift", shift);
    add(text, "rotate", rotate);
    add(text, "scale", scale);
    add(text, "stretch", stretch);
    add(text, "shear", shear);
    return text.toString();
  }

  private static void add(StringJoiner text, String what, double limit) {
    if (limit != 0) {
      text.add(what + "=" + shortest(limit));
    }
  }
}
