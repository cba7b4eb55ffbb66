package lamella.optim;

/** {@link Metrics#calibrationError}. */
final class CalibrationError extends ClassMetric {
  private final int[] right;
  private final double[] confidence;
  private final int[] count;
  private boolean isFinite;

  CalibrationError(int bins) {
    super("calibration-error");
    if (bins < 1) {
      throw new IllegalArgumentException(
          "Metrics: a calibration error needs at least 1 bin, got " + bins);
    }
    right = new int[bins];
    confidence = new double[bins];
    count = new int[bins];
  }

  @Override
  void clear(int classes) {
    for (int bin = 0; bin < count.length; bin++) {
      right[bin] = 0;
      confidence[bin] = 0;
      count[bin] = 0;
    }
    isFinite = true;
  }

  @Override
  void add(Probabilities of, int label) {
    double p = of.of(of.likeliest());
    if (Double.isNaN(p)) {
      isFinite = false;
      return;
    }
    int bin = Math.clamp((int) Math.ceil(p * count.length) - 1, 0, count.length - 1);
    right[bin] += of.likeliest() == label ? 1 : 0;
    confidence[bin] += p;
    count[bin]++;
  }

  @Override
  double value() {
    double sum = 0;
    for (int bin = 0; bin < count.length; bin++) {
      sum += Math.abs(right[bin] - confidence[bin]);
    }
    return isFinite ? sum / examples() : Double.NaN;
  }

  /** For example {@code calibration-error(15 bins)}. */
  @Override
  public String toString() {
    return super.toString() + "(" + count.length + (count.length == 1 ? " bin)" : " bins)");
  }
}
