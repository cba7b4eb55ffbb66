package lamella.optim;

import lamella.core.FloatTensor;
import lamella.core.Outputs;
import lamella.core.Shape;
import lamella.core.Tensor;

/**
 * What a network says of one example after the other: the probability of each class, and what is
 * made of it, in float64 and with functions whose bits are the same everywhere.
 */
final class Probabilities {
  private final int classes;
  private final boolean isYesNo;
  private final boolean areProbabilities;

  /** Of the example read last: its outputs, as logits. */
  private final double[] z;

  private int likeliest;
  private boolean finite;

  /** exp(z - max z), or for yes and no these two's shares; computed when they are asked for. */
  private final double[] parts;

  private boolean hasParts;
  private double sum;

  /**
   * Of such outputs.
   *
   * @throws IllegalStateException if they have no classes
   */
  Probabilities(String who, Outputs meaning, Shape output) {
    classes = meaning.requireClasses(who, output);
    isYesNo = output.size() < classes;
    areProbabilities = meaning == Outputs.PROBABILITIES;
    parts = new double[classes];
    z = new double[classes];
  }

  int classes() {
    return classes;
  }

  /**
   * Reads the next example. For an answer of yes or no, no has the output 0, and yes what it is.
   */
  void read(Tensor outputs, int row) {
    if (isYesNo) {
      z[1] = outputs.get(row);
      z[0] = 0 * z[1];
    } else {
      copy(outputs, row * classes);
    }
    likeliest = indexOfLargest();
    finite = areFinite();
    for (int k = 0; areProbabilities && k < classes; k++) {
      z[k] = StrictMath.log(z[k]);
    }
    hasParts = false;
  }

  private void copy(Tensor outputs, int from) {
    if (outputs instanceof FloatTensor floats) {
      float[] all = floats.array();
      for (int k = 0; k < classes; k++) {
        z[k] = all[from + k];
      }
    } else {
      for (int k = 0; k < classes; k++) {
        z[k] = outputs.get(from + k);
      }
    }
  }

  /** The first of equals; whatever if there is a NaN. */
  private int indexOfLargest() {
    // In two chains, each of which waits for its own last result only.
    double even = z[0];
    double odd = z[1];
    int k = 2;
    for (; k < classes - 1; k += 2) {
      even = Math.max(even, z[k]);
      odd = Math.max(odd, z[k + 1]);
    }
    double largest = Math.max(Math.max(even, odd), z[classes - 1]);
    int first = 0;
    while (first < classes - 1 && z[first] != largest) {
      first++;
    }
    return first;
  }

  private boolean areFinite() {
    for (int k = 0; k < classes; k++) {
      if (!Double.isFinite(z[k])) {
        return false;
      }
    }
    return true;
  }

  private void requireParts() {
    if (hasParts) {
      return;
    }
    double max = z[likeliest];
    sum = 0;
    for (int k = 0; k < classes; k++) {
      parts[k] = StrictMath.exp(z[k] - max);
      sum += parts[k];
    }
    hasParts = true;
  }

  /** Whether every output is a number and not infinite. */
  boolean isFinite() {
    return finite;
  }

  /** The class of the largest output, the first of equals. */
  int likeliest() {
    return likeliest;
  }

  /** Of a class; NaN if an output is NaN or infinite. */
  double of(int k) {
    requireParts();
    return parts[k] / sum;
  }

  /** -log of it, to the last digits also where the probability is about 1 or vanishes. */
  double negativeLog(int k) {
    requireParts();
    return k == likeliest
        ? StrictMath.log1p(others(k))
        : StrictMath.log(sum) - (z[k] - z[likeliest]);
  }

  /**
   * A number that is the larger the more probable the class is, and tells probabilities apart that
   * are about 1: of two classes the difference of the outputs, of several p / (1 - p).
   */
  double score(int k) {
    requireParts();
    return classes == 2 ? z[k] - z[1 - k] : parts[k] / others(k);
  }

  /**
   * Σ of the other classes' parts; without cancellation for the likeliest, which has the part 1.
   */
  private double others(int k) {
    if (k != likeliest) {
      return sum - parts[k];
    }
    double others = parts[k] - 1; // 0, or NaN
    for (int j = 0; j < classes; j++) {
      others += j == k ? 0 : parts[j];
    }
    return others;
  }
}
