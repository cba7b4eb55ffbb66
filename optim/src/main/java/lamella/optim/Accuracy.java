package lamella.optim;

/** {@link Metrics#accuracy()}. */
final class Accuracy extends ClassMetric {
  private int right;

  Accuracy() {
    super("accuracy");
  }

  @Override
  void clear(int classes) {
    right = 0;
  }

  @Override
  void add(Probabilities of, int label) {
    right += of.likeliest() == label && of.isFinite() ? 1 : 0;
  }

  @Override
  double value() {
    return (double) right / examples();
  }
}
