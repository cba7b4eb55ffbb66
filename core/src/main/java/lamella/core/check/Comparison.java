package lamella.core.check;

import java.util.Arrays;
import java.util.random.RandomGenerator;
import lamella.core.Shape;
import lamella.core.check.GradientReport.Element;
import lamella.core.check.GradientReport.TensorReport;
import lamella.core.check.Slope.Verdict;
import org.jspecify.annotations.Nullable;

/** The gradient of one tensor, as far as it has been compared. */
final class Comparison {
  private static final int DIRECTIONS = 6;
  private static final int SAMPLE = 64;

  /** Elements compared to find a cause once a large gradient is known to be wrong. */
  private static final int DIAGNOSED = 512;

  private final double[] values;
  private final double[] analytic;
  private final double[] numeric;
  private final @Nullable Verdict[] verdicts;
  private final SlopeEstimator estimator;
  private int directions;
  private int wrongDirections;
  private int skippedDirections;
  private double largestError;

  Comparison(double[] values, double[] analytic, SlopeEstimator estimator) {
    this.values = values;
    this.analytic = analytic;
    this.numeric = new double[values.length];
    this.verdicts = new Verdict[values.length];
    this.estimator = estimator;
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
    directions++;
    Slope slope = slope(signs, 0, signs.length);
    if (slope.verdict() == Verdict.WRONG) {
      wrongDirections++;
      bisect(signs);
    } else if (slope.verdict() != Verdict.CORRECT) {
      skippedDirections++;
    }
    Direction line = line(signs, 0, signs.length);
    note(slope, line);
  }

  private void note(Slope slope, Direction line) {
    if (slope.verdict() == Verdict.WRONG || slope.verdict() == Verdict.CORRECT) {
      largestError = Math.max(largestError, slope.error(line.along(analytic)));
    }
  }

  /** Finds an element that makes a direction wrong. */
  private void bisect(double[] signs) {
    int from = 0;
    int to = signs.length;
    while (to - from > 1) {
      int middle = (from + to) >>> 1;
      boolean left = slope(signs, from, middle).verdict() == Verdict.WRONG;
      from = left ? from : middle;
      to = left ? middle : to;
    }
    element(from);
  }

  private Slope slope(double[] signs, int from, int to) {
    Direction line = line(signs, from, to);
    return estimator.compare(line, line.along(analytic));
  }

  private Direction line(double[] signs, int from, int to) {
    int[] elements = new int[to - from];
    for (int i = 0; i < elements.length; i++) {
      elements[i] = from + i;
    }
    return new Direction(values, elements, Arrays.copyOfRange(signs, from, to));
  }

  private void element(int index) {
    if (verdicts[index] != null) {
      return;
    }
    Direction line = Direction.of(values, index);
    Slope slope = estimator.compare(line, line.along(analytic));
    verdicts[index] = slope.verdict();
    numeric[index] = line.perElement(slope.numeric());
    note(slope, line);
  }

  /** Whether any element or direction is wrong. */
  boolean isWrong() {
    return wrongDirections > 0 || count(Verdict.WRONG) > 0;
  }

  /** Whether this element was compared and has a derivative. */
  boolean isCompared(int index) {
    return verdicts[index] == Verdict.WRONG || verdicts[index] == Verdict.CORRECT;
  }

  boolean isWrong(int index) {
    return verdicts[index] == Verdict.WRONG;
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
    int compared = directions;
    int worst = -1;
    for (int i = 0; i < values.length; i++) {
      compared += verdicts[i] == null ? 0 : 1;
      // A NaN counts as largest.
      if (isWrong(i) && (worst < 0 || !(relativeError(i) <= relativeError(worst)))) {
        worst = i;
      }
    }
    int wrong = wrongDirections + count(Verdict.WRONG);
    int skipped = skippedDirections + count(Verdict.KINK) + count(Verdict.UNSETTLED);
    return new TensorReport(
        name,
        shape.toString(),
        compared,
        wrong,
        skipped,
        largestError,
        worst < 0 ? null : new Element(name, place(shape, worst), analytic[worst], numeric[worst]));
  }

  private double relativeError(int index) {
    return GradientReport.relativeError(analytic[index], numeric[index]);
  }

  private int count(Verdict verdict) {
    int count = 0;
    for (Verdict each : verdicts) {
      count += each == verdict ? 1 : 0;
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
