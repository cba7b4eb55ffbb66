package lamella.optim;

import java.util.Locale;

/** Measured numbers as text, whatever their size: 31117.25, 0.8500, 0.0003210, 1.500e-07. */
final class Numbers {
  private static final double LARGE = 1e3;
  private static final double HUGE = 1e12;
  private static final double TINY = 1e-6;

  private Numbers() {}

  /**
   * With so many digits after the point where these say something; of large numbers two, of small
   * ones so many as to have that number of digits that count.
   *
   * @param digits at least 3
   */
  static String text(double number, int digits) {
    double size = Math.abs(number);
    if (size >= LARGE && size < HUGE) {
      return String.format(Locale.ROOT, "%.2f", number);
    }
    if (size >= HUGE || (size < TINY && size > 0)) {
      return String.format(Locale.ROOT, "%." + (digits - 1) + "e", number);
    }
    int more = 0;
    for (double least = Math.pow(10, 2 - digits); size > 0 && size < least; least /= 10) {
      more++;
    }
    // 0.0123 has four digits after the point, 0.001230 six.
    return String.format(Locale.ROOT, "%." + (digits + (more == 0 ? 0 : more + 1)) + "f", number);
  }

  /** With four digits. */
  static String text(double number) {
    return text(number, 4);
  }
}
