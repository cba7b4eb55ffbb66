package lamella.optim;

import lamella.core.Tensor;

/**
 * Counts how a network classifies labelled examples: which class each is taken for, and at which
 * rank its own class came among the outputs. {@link Evaluation} says what is counted.
 */
final class ClassCounts {
  private final int classes;
  private final PairCounts pairs;
  private final int[] actual;
  private final int[] predicted;

  /** Of each rank, from 0 for the largest output, how many examples have their class there. */
  private final int[] ranks;

  private int total;
  private int notFinite;

  ClassCounts(int classes) {
    this.classes = classes;
    pairs = new PairCounts(classes);
    actual = new int[classes];
    predicted = new int[classes];
    ranks = new int[classes];
  }

  /** Adds the next examples. */
  void add(Tensor outputs, int[] labels) {
    for (int row = 0; row < labels.length; row++) {
      int label = labels[row];
      if (label < 0 || label >= classes) {
        throw new IllegalArgumentException(
            "Evaluation: label "
                + label
                + " of example "
                + total
                + " is outside [0, "
                + classes
                + ")");
      }
      total++;
      actual[label]++;
      int largest = classOf(outputs, row);
      if (largest < 0) {
        notFinite++;
      } else {
        pairs.add(label, largest);
        predicted[largest]++;
        ranks[largest == label ? 0 : rank(outputs, row, label)]++;
      }
    }
  }

  /** The class that the network says; -1 where nothing can be said. */
  private int classOf(Tensor outputs, int row) {
    if (!isFinite(outputs, row)) {
      return -1;
    }
    if (isYesNo(outputs)) {
      return outputs.get(row) > 0 ? 1 : 0;
    }
    return outputs.argMax(row);
  }

  /** Whether every output of a row is a number and not infinite. */
  private static boolean isFinite(Tensor outputs, int row) {
    int width = outputs.shape().last();
    for (int c = 0; c < width; c++) {
      if (!Double.isFinite(outputs.get(row * width + c))) {
        return false;
      }
    }
    return true;
  }

  /** One output, two classes. */
  private boolean isYesNo(Tensor outputs) {
    return outputs.shape().last() < classes;
  }

  /** How many outputs of a row come before that of its class, which is not the first. */
  private int rank(Tensor outputs, int row, int label) {
    if (isYesNo(outputs)) {
      return 1;
    }
    double own = outputs.get(row * classes + label);
    int before = 0;
    for (int c = 0; c < classes; c++) {
      double other = outputs.get(row * classes + c);
      before += other > own || (other == own && c < label) ? 1 : 0;
    }
    return before;
  }

  int classes() {
    return classes;
  }

  int total() {
    return total;
  }

  int notFinite() {
    return notFinite;
  }

  int count(int ofClass, int takenFor) {
    return pairs.get(ofClass, takenFor);
  }

  int actual(int ofClass) {
    return actual[ofClass];
  }

  int predicted(int ofClass) {
    return predicted[ofClass];
  }

  /** How many examples have their class among the first k. */
  int within(int k) {
    int within = 0;
    for (int rank = 0; rank < k; rank++) {
      within += ranks[rank];
    }
    return within;
  }
}
