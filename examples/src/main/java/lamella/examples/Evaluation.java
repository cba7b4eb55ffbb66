package lamella.examples;

import lamella.core.Batch;
import lamella.core.DType;
import lamella.core.Dataset;
import lamella.core.Network;
import lamella.core.Pass;
import lamella.core.Tensor;

/** How a network classifies a labelled set: the confusion matrix and what follows from it. */
public final class Evaluation {
  /**
   * Images a forward pass takes at once: the inputs of one batch are 6 MB in float32, little enough
   * for the caches.
   */
  private static final int BATCH = 500;

  private final int[][] counts;

  private Evaluation(int[][] counts) {
    this.counts = counts;
  }

  /**
   * Classifies every example: the class with the largest output, the first of equals.
   *
   * @param network with one output per class
   * @param dtype the type of the network's parameters
   */
  public static Evaluation of(Network network, DType dtype, Dataset<int[]> data) {
    int classes = network.outputShape().last();
    int[][] counts = new int[classes][classes];
    Pass pass = Pass.forInference();
    int[] indices = new int[Math.min(BATCH, data.size())];
    Batch<int[]> batch = data.newBatch(indices.length, dtype);
    for (int from = 0; from < data.size(); from += indices.length) {
      if (data.size() - from < indices.length) {
        indices = new int[data.size() - from];
        batch = data.newBatch(indices.length, dtype);
      }
      for (int i = 0; i < indices.length; i++) {
        indices[i] = from + i;
      }
      data.read(indices, batch);
      Tensor outputs = network.forward(batch.inputs(), pass);
      int[] labels = batch.targets();
      for (int i = 0; i < indices.length; i++) {
        counts[labels[i]][outputs.argMax(i)]++;
      }
    }
    return new Evaluation(counts);
  }

  /** The number of examples of class {@code actual} that were taken for class {@code predicted}. */
  public int count(int actual, int predicted) {
    return counts[actual][predicted];
  }

  /** The number of examples of a class. */
  public int count(int actual) {
    int sum = 0;
    for (int count : counts[actual]) {
      sum += count;
    }
    return sum;
  }

  /** The number of examples. */
  public int total() {
    int sum = 0;
    for (int actual = 0; actual < counts.length; actual++) {
      sum += count(actual);
    }
    return sum;
  }

  /** The number of examples classified rightly. */
  public int correct() {
    int sum = 0;
    for (int actual = 0; actual < counts.length; actual++) {
      sum += counts[actual][actual];
    }
    return sum;
  }

  /** The fraction of examples classified rightly. */
  public double accuracy() {
    return (double) correct() / total();
  }

  /** The number of classes. */
  public int classes() {
    return counts.length;
  }
}
