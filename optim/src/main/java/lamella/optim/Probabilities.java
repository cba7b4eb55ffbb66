package lamella.optim;

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

  /** Of the example read last: exp(z - max z), or for yes and no these two's shares. */
  private final double[] parts;

  private double sum;
  private double max;
  private int likeliest;
  private final double[] z;

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
    for (int k = 0; k < classes; k++) {
      double output = isYesNo ? k * outputs.get(row) : outputs.get(row * classes + k);
      z[k] = areProbabilities ? StrictMath.log(output) : output;
    }
    likeliest = 0;
    for (int k = 1; k < classes; k++) {
      likeliest = z[k] > z[likeliest] ? k : likeliest;
    }
    max = z[likeliest];
    sum = 0;
    for (int k = 0; k < classes; k++) {
      parts[k] = StrictMath.exp(z[k] - max);
      sum += parts[k];
    }
  }

  /** The class of the largest output, the first of equals. */
  int likeliest() {
    return likeliest;
  }

  /** Of a class; NaN if an output is NaN or infinite. */
  double of(int k) {
    return parts[k] / sum;
  }

  /** -log of it, to the last digits also where the probability is about 1 or vanishes. */
  double negativeLog(int k) {
    return k == likeliest ? StrictMath.log1p(others(k)) : StrictMath.log(sum) - (z[k] - max);
  }

  /**
   * A number that is the larger the more probable the class is, and tells probabilities apart that
   * are about 1: of two classes the difference of the outputs, of several p / (1 - p).
   */
  double score(int k) {
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
