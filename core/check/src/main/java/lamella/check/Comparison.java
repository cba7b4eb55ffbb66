package lamella.check;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import lamella.check.GradientReport.Element;
import lamella.check.GradientReport.TensorReport;
import lamella.check.GradientReport.Undecided;
import lamella.check.Slope.Verdict;
import lamella.core.Shape;
import org.jspecify.annotations.Nullable;

/** The gradient of one tensor, as far as it has been compared. */
final class Comparison {
  private static final int DIRECTIONS = 6;
  private static final int SAMPLE = 64;

  /** Elements compared to find a cause once a large gradient is known to be wrong. */
  private static final int DIAGNOSED = 512;

  /** Makes an estimator of slopes around a point, given the outputs there and their noise. */
  interface Estimators {
    SlopeEstimator at(double[] output, double[] noise);
  }

  private final double[] values;
  private final double[] analytic;
  private final double[] numeric;
  private final Estimators estimators;
  private final SlopeEstimator estimator;
  private final Nearby nearby;
  private final int tensor;
  private final boolean isPlain;

  /** What is said of each element at x itself; null if it was not compared. */
  private final @Nullable Slope[] here;

  /** What is said of each element after a look beside x: KINK is right there. */
  private final @Nullable Slope[] judged;

  private final List<Slope> directions = new ArrayList<>();
  private double largestError;

  /**
   * A comparison of nothing yet.
   *
   * @param values the tensor's live array
   * @param analytic what backward says of each element
   * @param estimator of slopes at x
   * @param nearby points beside x
   * @param tensor the tensor's place among those that move there
   * @param isPlain whether at most one kink can depend on an element, so that backward must say
   *     something between the slopes of its sides
   */
  Comparison(
      double[] values,
      double[] analytic,
      SlopeEstimator estimator,
      Estimators estimators,
      Nearby nearby,
      int tensor,
      boolean isPlain) {
    this.values = values;
    this.analytic = analytic;
    this.numeric = new double[values.length];
    this.here = new Slope[values.length];
    this.judged = new Slope[values.length];
    this.estimators = estimators;
    this.estimator = estimator;
    this.nearby = nearby;
    this.tensor = tensor;
    this.isPlain = isPlain;
    Arrays.fill(numeric, Double.NaN);
  }

  void allElements() {
    for (int i = 0; i < values.length; i++) {
      element(i);
    }
  }

  void directionsAndSample(RandomGenerator random) {
    element(0);
    element(values.length - 1);
    for (int i = 2; i < SAMPLE; i++) {
      element(random.nextInt(values.length));
    }
    for (int i = 0; i < DIRECTIONS; i++) {
      double[] signs = new double[values.length];
      for (int j = 0; j < signs.length; j++) {
        signs[j] = random.nextBoolean() ? 1 : -1;
      }
      direction(signs);
    }
    if (isWrong()) {
      for (int i = 0; i < DIAGNOSED; i++) {
        element(random.nextInt(values.length));
      }
    }
  }

  private void direction(double[] signs) {
    Slope slope = judged(signs, 0, signs.length);
    directions.add(slope);
    if (slope.is(Verdict.WRONG)) {
      bisect(signs);
    }
    note(slope);
  }

  private void note(Slope slope) {
    if (slope.is(Verdict.WRONG) || slope.is(Verdict.CORRECT)) {
      largestError = Math.max(largestError, slope.error());
    }
  }

  /** Finds an element that makes a direction wrong. */
  private void bisect(double[] signs) {
    int from = 0;
    int to = signs.length;
    while (to - from > 1) {
      int middle = (from + to) >>> 1;
      boolean left = judged(signs, from, middle).is(Verdict.WRONG);
      from = left ? from : middle;
      to = left ? middle : to;
    }
    element(from);
  }

  private Slope judged(double[] signs, int from, int to) {
    int[] elements = new int[to - from];
    for (int i = 0; i < elements.length; i++) {
      elements[i] = from + i;
    }
    double[] some = Arrays.copyOfRange(signs, from, to);
    Direction line = new Direction(values, elements, some);
    return judged(estimator.compare(line, line.along(analytic)), elements, some);
  }

  private void element(int index) {
    if (here[index] != null) {
      return;
    }
    int[] elements = {index};
    double[] signs = {1};
    Direction line = new Direction(values, elements, signs);
    Slope slope = estimator.compare(line, line.along(analytic));
    here[index] = perElement(slope, line);
    numeric[index] = line.perElement(slope.numeric());
    Slope judgement = judged(slope, elements, signs);
    judged[index] = perElement(judgement, line);
    note(judgement);
  }

  private static Slope perElement(Slope slope, Direction line) {
    return new Slope(
        slope.verdict(),
        line.perElement(slope.analytic()),
        line.perElement(slope.numeric()),
        line.perElement(slope.uncertainty()));
  }

  /**
   * What is to be said of a slope: if backward is not right at x, it may be because x is at a kink.
   * Then it is right beside x, wherever one looks.
   *
   * @return WRONG, CORRECT, KINK if it is right beside x, or UNSETTLED if nothing can be said
   */
  private Slope judged(Slope slope, int[] elements, double[] signs) {
    if (slope.is(Verdict.CORRECT) || !Double.isFinite(slope.analytic())) {
      return slope;
    }
    int right = 0;
    for (int point = 0; point < nearby.count(); point++) {
      Slope beside =
          nearby.compare(
              point,
              tensor,
              (gradient, output, noise) -> {
                Direction line = new Direction(values, elements, signs);
                return estimators.at(output, noise).compare(line, line.along(gradient));
              });
      if (beside.is(Verdict.WRONG)) {
        return slope.is(Verdict.WRONG) ? slope : beside;
      }
      right += beside.is(Verdict.CORRECT) ? 1 : 0;
    }
    if (slope.is(Verdict.WRONG) && (right == 0 || (isPlain && elements.length == 1))) {
      return slope;
    }
    return slope.as(right > 0 ? Verdict.KINK : Verdict.UNSETTLED);
  }

  /** Whether any element or direction is wrong. */
  boolean isWrong() {
    return count(Verdict.WRONG) > 0;
  }

  /** Whether some element is wrong at x itself, not only beside it. */
  boolean isWrongHere() {
    for (int i = 0; i < values.length; i++) {
      if (isWrong(i)) {
        return true;
      }
    }
    return false;
  }

  /** Whether this element was compared at x itself, and has a derivative there. */
  boolean isCompared(int index) {
    return isWrong(index) || is(here[index], Verdict.CORRECT);
  }

  boolean isWrong(int index) {
    return is(judged[index], Verdict.WRONG) && is(here[index], Verdict.WRONG);
  }

  private static boolean is(@Nullable Slope slope, Verdict verdict) {
    return slope != null && slope.is(verdict);
  }

  /** What backward says, all elements. */
  double[] analytic() {
    return analytic;
  }

  /** What differences say; NaN where not compared. */
  double[] numeric() {
    return numeric;
  }

  /** The tensor's values. */
  double[] values() {
    return values;
  }

  TensorReport report(String name, Shape shape) {
    int compared = directions.size();
    int zeros = 0;
    Element worst = null;
    List<Undecided> undecided = new ArrayList<>();
    for (int i = 0; i < values.length; i++) {
      Slope slope = judged[i];
      if (slope == null) {
        continue;
      }
      compared++;
      if (slope.is(Verdict.WRONG)) {
        Element element = new Element(name, place(shape, i), slope.analytic(), slope.numeric());
        // A NaN counts as largest.
        if (worst == null || !(element.relativeError() <= worst.relativeError())) {
          worst = element;
        }
      } else if (slope.is(Verdict.UNSETTLED)) {
        undecided.add(new Undecided(name, place(shape, i), reason(here[i])));
      }
      zeros += slope.is(Verdict.CORRECT) && slope.isZero() ? 1 : 0;
    }
    for (Slope slope : directions) {
      if (slope.is(Verdict.UNSETTLED)) {
        undecided.add(new Undecided(name, "in a random direction", reason(slope)));
      }
      zeros += slope.is(Verdict.CORRECT) && slope.isZero() ? 1 : 0;
    }
    return new TensorReport(
        name,
        shape.toString(),
        compared,
        count(Verdict.WRONG),
        count(Verdict.KINK),
        zeros,
        undecided,
        largestError,
        worst);
  }

  private static String reason(@Nullable Slope slope) {
    return is(slope, Verdict.KINK)
        ? "the slopes to the left and to the right disagree (a kink)"
        : "differences settle at no step (noise, or digits lost by cancellation)";
  }

  private int count(Verdict verdict) {
    int count = 0;
    for (Slope each : judged) {
      count += is(each, verdict) ? 1 : 0;
    }
    for (Slope each : directions) {
      count += each.is(verdict) ? 1 : 0;
    }
    return count;
  }

  /** The place of an element, for example {@code [4, 2]}. */
  static String place(Shape shape, int index) {
    int[] place = new int[shape.rank()];
    int rest = index;
    for (int axis = shape.rank() - 1; axis >= 0; axis--) {
      place[axis] = rest % shape.dimension(axis);
      rest /= shape.dimension(axis);
    }
    return Arrays.toString(place);
  }
}
