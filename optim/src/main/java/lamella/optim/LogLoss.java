package lamella.optim;

/** {@link Metrics#logLoss}. */
final class LogLoss extends ClassMetric {
  private double sum;

  LogLoss() {
    super("log-loss");
  }

  @Override
  void clear(int classes) {
    sum = 0;
  }

  @Override
  void add(Probabilities of, int label) {
    sum += of.negativeLog(label);
  }

  @Override
  double value() {
    return sum / examples();
  }
}
