package lamella.optim;

/** {@link Metrics#brier}. */
final class BrierScore extends ClassMetric {
  private int classes;
  private double sum;

  BrierScore() {
    super("brier");
  }

  @Override
  void clear(int ofClasses) {
    classes = ofClasses;
    sum = 0;
  }

  @Override
  void add(Probabilities of, int label) {
    double squares = 0;
    for (int k = 0; k < classes; k++) {
      double error = of.of(k) - (k == label ? 1 : 0);
      squares += error * error;
    }
    sum += classes == 2 ? squares / 2 : squares;
  }

  @Override
  double value() {
    return sum / examples();
  }
}
