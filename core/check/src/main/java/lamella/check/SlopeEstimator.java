package lamella.check;

import java.util.function.Supplier;
import lamella.check.Slope.Verdict;
import org.jspecify.annotations.Nullable;

/**
 * Central differences of phi(t) = &lt;r, f(x + t v)&gt; at t = 0, and whether backward's value
 * fits.
 *
 * <p>First two steps and Richardson's extrapolation: for a correct gradient that mostly suffices.
 * If the value does not fit them, every power of two from large to tiny is tried, and the
 * derivative is taken where four neighbouring steps agree best. Its error is bounded by their
 * disagreement (truncation), by the noise seen at the tiniest steps, and by what rounding f's
 * result must cost (rounding); that is how steep, flat, tiny and huge functions can be judged by
 * one rule, without a tolerance that a wrong slope could hide in.
 */
final class SlopeEstimator {
  /** Half the distance from 1 to the next double. */
  private static final double ULP = 0x1p-53;

  /** Of the two steps tried first, relative to the size of the value. */
  private static final int FIRST_EXPONENT = -11;

  private static final int LAST_EXPONENT = -44;

  /** Neighbouring steps that must agree. */
  private static final int WINDOW = 4;

  /** A change of phi relative to the numbers it is made of, for a change of x by its own size. */
  private static final double NEGLIGIBLE = 1e-9;

  /** Tiniest steps that are taken together to know the noise. */
  private static final int NOISE_SAMPLES = 9;

  private final Supplier<double[]> function;
  private final double[] weights;
  private final double[] base;
  private final double[] noise;
  private final double invisible;
  private final double relativeTolerance;
  private final double absoluteTolerance;

  /**
   * An estimator around the present point.
   *
   * @param function f at wherever the direction has moved x; its array may be reused
   * @param weights r, one for each output
   * @param base f(x)
   * @param noise what rounding costs in each output
   * @param isPlain whether outputs are separate functions of separate elements; if not, what is
   *     below the last place of all of them together is not seen
   * @param rounding what backward's own rounding may leave of a slope that is 0
   */
  SlopeEstimator(
      Supplier<double[]> function,
      double[] weights,
      double[] base,
      double[] noise,
      boolean isPlain,
      double rounding,
      double relativeTolerance,
      double absoluteTolerance) {
    this.function = function;
    this.weights = weights;
    this.base = base;
    this.noise = noise;
    double sum = 0;
    for (int j = 0; j < base.length; j++) {
      sum += Math.abs(weights[j] * base[j]);
    }
    this.invisible = isPlain ? 0 : Math.max(4 * ULP * sum, rounding);
    this.relativeTolerance = relativeTolerance;
    this.absoluteTolerance = absoluteTolerance;
  }

  /** The differences at one step t: forwards and backwards. */
  private record Sample(double t, double right, double left, double central, double rounding) {
    boolean isFinite() {
      return Double.isFinite(central) && Double.isFinite(rounding);
    }

    /** How much the two one-sided slopes differ. */
    double jump() {
      return right - left;
    }
  }

  /** Compares backward's directional derivative with the differences. */
  Slope compare(Direction direction, double analytic) {
    if (Double.isFinite(analytic)) {
      Slope quick = quick(direction, analytic);
      if (quick != null) {
        return quick;
      }
    }
    return thorough(direction, analytic);
  }

  private @Nullable Slope quick(Direction direction, double analytic) {
    boolean[] moving = new boolean[base.length];
    Sample coarse = sample(direction, FIRST_EXPONENT, moving);
    Sample fine = sample(direction, FIRST_EXPONENT - 1, moving);
    if (!coarse.isFinite() || !fine.isFinite()) {
      return null;
    }
    double numeric = extrapolate(coarse, fine);
    double size = Math.max(Math.abs(numeric), Math.abs(analytic));
    boolean smooth =
        Math.abs(fine.jump()) <= 0.75 * Math.abs(coarse.jump()) + fine.rounding()
            || Math.abs(fine.jump()) <= 1e-6 * size;
    boolean converged = Math.abs(fine.central() - coarse.central()) <= 1e-2 * size;
    boolean fits = Math.abs(numeric - analytic) <= relativeTolerance * size + absoluteTolerance;
    return smooth && converged && fits ? new Slope(Verdict.CORRECT, analytic, numeric, 0) : null;
  }

  private Slope thorough(Direction direction, double analytic) {
    int largest = direction.largestExponent();
    Sample[] samples = new Sample[largest - LAST_EXPONENT + 1];
    boolean[] moving = new boolean[base.length];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = sample(direction, largest - i, moving);
    }
    double magnitude = magnitude(direction, moving);
    double resolution = 4 * ULP * magnitude + 2 * noise(moving);
    double[] changes = noise(samples);
    int best = -1;
    double bestError = Double.POSITIVE_INFINITY;
    double bestValue = Double.NaN;
    // From the finest window to coarser ones, which are more exact as long as they say the same:
    // one
    // that says something else has left the neighbourhood of x.
    for (int i = samples.length - WINDOW; i >= 0; i--) {
      double error = error(samples, i, changes[i + 2], resolution);
      double value = extrapolate(samples[i + 1], samples[i + 2]);
      boolean agrees = best < 0 || Math.abs(value - bestValue) <= 4 * (error + bestError);
      if (error < bestError && agrees) {
        best = i;
        bestError = error;
        bestValue = value;
      }
    }
    if (best < 0) {
      return new Slope(Verdict.UNSETTLED, analytic, Double.NaN, 0);
    }
    double numeric = extrapolate(samples[best + 1], samples[best + 2]);
    if (!Double.isFinite(analytic)) {
      return new Slope(Verdict.WRONG, analytic, numeric, 0);
    }
    double size = Math.max(Math.abs(numeric), Math.abs(analytic));
    double allowed = relativeTolerance * size + 4 * bestError + absoluteTolerance;
    // A saturated output stays at exactly 1, say, in forward and in backward, whatever x does.
    double unseen = size <= invisible ? invisible : 0;
    allowed += unseen;
    if (Math.abs(numeric - analytic) <= allowed) {
      Sample middle = samples[best + 2];
      double steepest = 0;
      for (int i = 0; i < best + WINDOW; i++) {
        steepest =
            samples[i].isFinite() ? Math.max(steepest, Math.abs(samples[i].central())) : steepest;
      }
      // What rounding x costs where the function is steepest nearby.
      double argument = 4 * ULP * steepest * direction.relativeSize() / middle.t();
      double rounding = middle.rounding() + 4 * ULP * magnitude / middle.t() + argument;
      // Or so little that it does not matter: in a saturated unit nothing is left of a slope.
      boolean explained = bestError <= 64 * rounding || 4 * bestError <= NEGLIGIBLE * magnitude;
      boolean settled = explained || 4 * bestError <= 1e-2 * size + absoluteTolerance;
      Verdict verdict = settled ? Verdict.CORRECT : Verdict.UNSETTLED;
      return new Slope(verdict, analytic, numeric, 4 * bestError + unseen);
    }
    // Where the slopes of the two sides differ, backward may say anything about as far away as
    // that.
    double jump =
        Math.max(
            Math.abs(jumpAtZero(samples[best], samples[best + 1])),
            Math.abs(jumpAtZero(samples[best + 2], samples[best + 3])));
    boolean kink = Math.abs(numeric - analytic) <= allowed + jump;
    return new Slope(kink ? Verdict.KINK : Verdict.WRONG, analytic, numeric, 0);
  }

  /**
   * How far a window's value may be from the derivative; infinite where neighbouring steps do not
   * begin to agree, as where a step spans many periods of a sine.
   */
  private static double error(Sample[] samples, int first, double noise, double resolution) {
    for (int i = first; i < first + WINDOW; i++) {
      if (!samples[i].isFinite()) {
        return Double.POSITIVE_INFINITY;
      }
    }
    double a = extrapolate(samples[first], samples[first + 1]);
    double b = extrapolate(samples[first + 1], samples[first + 2]);
    double c = extrapolate(samples[first + 2], samples[first + 3]);
    double truncation = 2 * Math.max(Math.abs(a - b), Math.abs(b - c));
    Sample middle = samples[first + 2];
    double rounding = Math.max(middle.rounding(), resolution / middle.t());
    return truncation <= 0.1 * Math.abs(b) + rounding
        ? truncation + Math.max(rounding, 3 * noise / middle.t())
        : Double.POSITIVE_INFINITY;
  }

  /**
   * The noise of phi at steps no larger than each: where truncation is over, nothing else makes
   * neighbouring differences disagree. For a function that loses digits inside it is far above what
   * rounding its result costs.
   */
  private static double[] noise(Sample[] samples) {
    double[] noise = new double[samples.length];
    for (int i = samples.length - 2; i >= 0; i--) {
      noise[i] = noise[i + 1];
      if (samples[i].isFinite() && samples[i + 1].isFinite()) {
        double change = Math.abs(samples[i].central() - samples[i + 1].central());
        noise[i] = Math.max(noise[i], change * samples[i + 1].t());
      }
    }
    // One or two differences are too few to know the noise by.
    for (int i = samples.length - NOISE_SAMPLES; i < samples.length; i++) {
      noise[i] = noise[samples.length - NOISE_SAMPLES];
    }
    return noise;
  }

  /**
   * How large the numbers are that phi is made of: 4 ULP of them are the smallest change that it
   * can surely show. A function may lose digits inside, as log(1 + exp(x)) and x (1 + tanh(x)) do
   * for negative x: they are taken to compute with numbers as large as their results for an x of
   * size 1, times x (up to 16: beyond, such functions are flat).
   */
  private double magnitude(Direction direction, boolean[] moving) {
    double[] size = new double[base.length];
    for (int j = 0; j < base.length; j++) {
      size[j] = Math.abs(base[j]);
    }
    double factor = Math.min(direction.size(), 16);
    for (double x : new double[] {0, 1, -1}) {
      direction.moveTo(x);
      double[] output = function.get();
      for (int j = 0; j < base.length; j++) {
        moving[j] |= output[j] != base[j];
        double other = Math.abs(output[j]) * factor;
        size[j] = other < Double.POSITIVE_INFINITY ? Math.max(size[j], other) : size[j];
      }
    }
    // Far off, to see which outputs depend on x at all: a share of 1e-20 of an output does not
    // show.
    double far = 1e3 * direction.size();
    for (double x : new double[] {far, -far}) {
      direction.moveTo(x);
      double[] output = function.get();
      for (int j = 0; j < base.length; j++) {
        moving[j] |= output[j] != base[j];
        if (!Double.isNaN(output[j])) {
          size[j] = Math.max(size[j], Math.min(1, Math.abs(output[j])));
        }
      }
    }
    direction.restore();
    return sum(size, moving);
  }

  /** What rounding costs on the way to the outputs that move. */
  private double noise(boolean[] moving) {
    return sum(noise, moving);
  }

  private double sum(double[] sizes, boolean[] moving) {
    boolean any = false;
    for (boolean each : moving) {
      any |= each;
    }
    double sum = 0;
    for (int j = 0; j < base.length; j++) {
      // An output that does not move may do so by less than shows even over the longest way.
      sum += Math.abs(weights[j]) * sizes[j] * (moving[j] || !any ? 1 : 1e-6);
    }
    return sum;
  }

  /**
   * What remains of the difference between the slopes as the step goes to 0: nothing, if smooth.
   */
  private static double jumpAtZero(Sample coarse, Sample fine) {
    return 2 * fine.jump() - coarse.jump();
  }

  /** Richardson: from steps t and t / 2 to an error of order t to the fourth. */
  private static double extrapolate(Sample coarse, Sample fine) {
    return fine.central() + (fine.central() - coarse.central()) / 3;
  }

  private Sample sample(Direction direction, int exponent, boolean[] moving) {
    double t = Math.scalb(1.0, exponent);
    Change change = new Change(moving);
    double right = direction.move(t);
    double rise = change.add(function.get());
    double left = direction.move(-t);
    double fall = change.add(function.get());
    direction.restore();
    double width = right - left;
    // What rounding x + t v and rounding f's result cost, both relative to what they round.
    double rounding = change.magnitude + change.terms * direction.relativeSize() / t;
    return new Sample(
        t,
        rise / right,
        fall / left,
        (rise - fall) / width,
        (4 * ULP * rounding + 8 * Double.MIN_VALUE) / width);
  }

  /** Sums over the outputs that one step moves. */
  private final class Change {
    private final boolean[] moving;
    private double terms;
    private double magnitude;

    private Change(boolean[] moving) {
      this.moving = moving;
    }

    /** Returns &lt;r, f(x + t v) - f(x)&gt;. */
    private double add(double[] output) {
      double sum = 0;
      for (int j = 0; j < base.length; j++) {
        double change = output[j] - base[j];
        if (change != 0) {
          moving[j] = true;
          sum += weights[j] * change;
          terms += Math.abs(weights[j] * change);
          magnitude += Math.abs(weights[j]) * Math.max(Math.abs(output[j]), Math.abs(base[j]));
        }
      }
      return sum;
    }
  }
}
