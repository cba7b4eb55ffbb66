package lamella.optim;

import java.util.Arrays;

/** {@link Metrics#auc}. */
final class RocArea extends ClassMetric {
  /** Of each class, how probable it was for each example; of two classes of the second only. */
  private double[][] scores = {};

  private int[] labels = {};

  RocArea() {
    super("auc");
  }

  @Override
  void clear(int classes) {
    scores = new double[classes == 2 ? 1 : classes][64];
    labels = new int[64];
  }

  @Override
  void add(Probabilities of, int label) {
    int at = examples();
    if (at == labels.length) {
      labels = Arrays.copyOf(labels, 2 * at);
      for (int i = 0; i < scores.length; i++) {
        scores[i] = Arrays.copyOf(scores[i], 2 * at);
      }
    }
    labels[at] = label;
    for (int i = 0; i < scores.length; i++) {
      scores[i][at] = of.score(classOf(i));
    }
  }

  private int classOf(int index) {
    return scores.length == 1 ? 1 : index;
  }

  @Override
  double value() {
    double sum = 0;
    int classes = 0;
    for (int i = 0; i < scores.length; i++) {
      int of = classOf(i);
      int positives = 0;
      for (int at = 0; at < examples(); at++) {
        positives += labels[at] == of ? 1 : 0;
      }
      if (positives > 0 && positives < examples()) {
        sum += area(scores[i], of, positives);
        classes++;
      }
    }
    return sum / classes;
  }

  /** Of all pairs of an example of the class and another, the part in the right order. */
  private double area(double[] score, int of, int positives) {
    double[] in = new double[positives];
    double[] out = new double[examples() - positives];
    int ins = 0;
    int outs = 0;
    for (int at = 0; at < examples(); at++) {
      if (Double.isNaN(score[at])) {
        return Double.NaN;
      }
      double normal = score[at] + 0.0; // no zero of the other sign, which would be sorted before
      if (labels[at] == of) {
        in[ins++] = normal;
      } else {
        out[outs++] = normal;
      }
    }
    Arrays.sort(in);
    Arrays.sort(out);
    // Twice the number of pairs, where equals count half: exact.
    long halves = 0;
    int below = 0;
    int notAbove = 0;
    for (double one : in) {
      while (below < out.length && out[below] < one) {
        below++;
      }
      while (notAbove < out.length && out[notAbove] <= one) {
        notAbove++;
      }
      halves += below + notAbove;
    }
    return (double) halves / (2.0 * in.length * out.length);
  }
}
