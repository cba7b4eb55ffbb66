package lamella.check;

/**
 * What finite differences say about one derivative, set against what backward says.
 *
 * @param verdict whether the two agree
 * @param analytic what backward says
 * @param numeric the derivative by central differences; NaN where they converge nowhere
 * @param uncertainty how far the differences may be off themselves
 */
record Slope(Verdict verdict, double analytic, double numeric, double uncertainty) {

  enum Verdict {
    /** They agree. */
    CORRECT,
    /** They do not. */
    WRONG,
    /** The slopes to the left and to the right disagree: there is no derivative to compare with. */
    KINK,
    /** The differences settle at no step size: nothing can be said. */
    UNSETTLED
  }

  Slope as(Verdict other) {
    return new Slope(other, analytic, numeric, uncertainty);
  }

  boolean is(Verdict one) {
    return verdict == one;
  }

  /** Whether both say 0. */
  boolean isZero() {
    return analytic == 0 && numeric == 0;
  }

  /** How far backward's value is from these differences, beyond their uncertainty; relative. */
  double error() {
    double size = Math.max(Math.abs(analytic), Math.abs(numeric));
    double distance = Math.abs(analytic - numeric) - uncertainty;
    return distance <= 0 ? 0 : distance / size;
  }
}
