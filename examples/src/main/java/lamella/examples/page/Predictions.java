package lamella.examples.page;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import lamella.core.Batch;
import lamella.core.DType;
import lamella.core.Dataset;
import lamella.core.Network;
import lamella.core.Outputs;
import lamella.core.Pass;
import lamella.core.Tensor;

/** The probabilities that a network gives to each class for every example of a labelled set. */
final class Predictions {
  private static final int BATCH = 500;

  private final int[] labels;
  private final int[] best;
  private final double[][] probabilities;

  private Predictions(int[] labels, int[] best, double[][] probabilities) {
    this.labels = labels;
    this.best = best;
    this.probabilities = probabilities;
  }

  /**
   * Computes them: softmax of the network's outputs, if they are no probabilities already.
   *
   * @throws IllegalStateException if the outputs are no classes
   * @throws ArithmeticException if an output is NaN or infinite; names the example
   */
  static Predictions of(Network network, DType dtype, Dataset<int[]> data) {
    int classes = network.outputs().requireClasses("report", network.outputShape());
    int[] labels = new int[data.size()];
    int[] best = new int[data.size()];
    double[][] probabilities = new double[data.size()][];
    Pass pass = Pass.forInference();
    for (int from = 0; from < data.size(); from += BATCH) {
      int[] indices = IntStream.range(from, Math.min(from + BATCH, data.size())).toArray();
      Batch<int[]> batch = data.newBatch(indices.length, dtype);
      data.read(indices, batch);
      Tensor outputs = network.forward(batch.inputs(), pass);
      for (int i = 0; i < indices.length; i++) {
        for (int c = 0; c < classes; c++) {
          if (!Double.isFinite(outputs.get(i, c))) {
            throw new ArithmeticException(
                "example " + (from + i) + ": output " + c + " is " + outputs.get(i, c));
          }
        }
        labels[from + i] = batch.targets()[i];
        best[from + i] = outputs.argMax(i);
        probabilities[from + i] = probabilities(network.outputs(), outputs, i);
      }
    }
    return new Predictions(labels, best, probabilities);
  }

  /** The softmax of logits; probabilities as they are. */
  private static double[] probabilities(Outputs meaning, Tensor outputs, int row) {
    boolean logits = meaning != Outputs.PROBABILITIES;
    double largest = outputs.get(row, outputs.argMax(row));
    double[] result = new double[outputs.shape().last()];
    double sum = 0;
    for (int c = 0; c < result.length; c++) {
      double output = outputs.get(row, c);
      result[c] = logits ? StrictMath.exp(output - largest) : output;
      sum += result[c];
    }
    for (int c = 0; c < result.length; c++) {
      result[c] /= sum;
    }
    return result;
  }

  /** The true class of an example. */
  int label(int example) {
    return labels[example];
  }

  double probability(int example, int c) {
    return probabilities[example][c];
  }

  /** The class it is taken for: that with the largest output, the first of equals. */
  int best(int example) {
    return best[example];
  }

  boolean isRight(int example) {
    return best(example) == label(example);
  }

  /** The probability of the class it was taken for. */
  double confidence(int example) {
    return probability(example, best(example));
  }

  /**
   * The examples classified most confidently, rightly or wrongly; of equals the first. Each is of
   * another class, as long as there are enough classes.
   */
  List<Integer> mostConfident(boolean right, int count) {
    List<Integer> ranked =
        IntStream.range(0, labels.length)
            .filter(example -> isRight(example) == right)
            .boxed()
            .sorted(Comparator.comparingDouble((Integer example) -> -confidence(example)))
            .toList();
    List<Integer> chosen = new ArrayList<>();
    Set<Integer> classes = new HashSet<>();
    choose(ranked, chosen, count, example -> classes.add(label(example)));
    choose(ranked, chosen, count, example -> !chosen.contains(example));
    return chosen;
  }

  private static void choose(
      List<Integer> ranked, List<Integer> chosen, int count, IntPredicate condition) {
    for (int example : ranked) {
      if (chosen.size() < count && condition.test(example)) {
        chosen.add(example);
      }
    }
  }
}
