package lamella.examples.page;

import java.util.Arrays;

/**
 * How many of some values lie in each of equally wide bins.
 *
 * @param from where the first bin begins
 * @param width of a bin
 * @param counts of the values in each bin; a value between two bins is in the upper one, but the
 *     last bin's end is in it
 */
@SuppressWarnings("ArrayRecordComponent") // never compared, only drawn
record Histogram(double from, double width, int[] counts) {

  /** The histogram over a range; a value outside of it is in the bin that is nearest. */
  static Histogram of(double[] values, double from, double to, int bins) {
    double width = (to - from) / bins;
    int[] counts = new int[bins];
    for (double value : values) {
      counts[Math.clamp((long) Math.floor((value - from) / width), 0, bins - 1)]++;
    }
    return new Histogram(from, width, counts);
  }

  /** The most values in one bin. */
  int most() {
    return Arrays.stream(counts).max().orElse(0);
  }
}
