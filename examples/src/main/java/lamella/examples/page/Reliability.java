package lamella.examples.page;

import java.util.Arrays;

/**
 * Rows by the probability that a model gives to the class it says, in bins of equal width: how sure
 * it is and how often it is right.
 *
 * @param rows the number of rows in each bin
 * @param confidence the mean of that probability in each bin; NaN where there are no rows
 * @param right the share of the rows that are of the class said; NaN where there are no rows
 */
@SuppressWarnings("ArrayRecordComponent") // never compared, only drawn
record Reliability(int[] rows, double[] confidence, double[] right) {

  static Reliability of(ClassAnswers answers, int bins) {
    int[] rows = new int[bins];
    double[] confidence = new double[bins];
    double[] right = new double[bins];
    for (int i = 0; i < answers.size(); i++) {
      double p = answers.confidence(i);
      // A bin has its upper end and not its lower one.
      int bin = Math.clamp((int) Math.ceil(p * bins) - 1, 0, bins - 1);
      rows[bin]++;
      confidence[bin] += p;
      right[bin] += answers.isRight(i) ? 1 : 0;
    }
    for (int bin = 0; bin < bins; bin++) {
      confidence[bin] /= rows[bin];
      right[bin] /= rows[bin];
    }
    return new Reliability(rows, confidence, right);
  }

  int bins() {
    return rows.length;
  }

  /** One standard error of the share that is right. */
  double error(int bin) {
    return Math.sqrt(right[bin] * (1 - right[bin]) / rows[bin]);
  }

  /**
   * The expected calibration error: the mean over rows of |confidence - right| of their bins.
   *
   * <p>Source: C. Guo et al., "On calibration of modern neural networks" (2017).
   */
  double expectedError() {
    double sum = 0;
    for (int bin = 0; bin < bins(); bin++) {
      sum += rows[bin] == 0 ? 0 : rows[bin] * Math.abs(confidence[bin] - right[bin]);
    }
    return sum / Arrays.stream(rows).sum();
  }
}
