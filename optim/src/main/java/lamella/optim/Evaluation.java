package lamella.optim;

import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import lamella.core.Batch;
import lamella.core.DType;
import lamella.core.Dataset;
import lamella.core.Layer;
import lamella.core.Loss;
import lamella.core.Parameter;
import lamella.core.Pass;
import lamella.core.Shape;
import lamella.core.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * How a network classifies a labelled set, from one pass over it: the mean loss, the confusion
 * matrix, and at which place each label came among the outputs.
 *
 * <p>A place is found as {@link Tensor#argMax} finds the first: by size, NaN before all, and of
 * equals the lower class first. The products and, where the dataset does, the reading are divided
 * over all threads; the result is the same for any number of them.
 */
public final class Evaluation {
  /**
   * Examples a forward pass takes at once: weights are copied for the arithmetic once a pass. Of
   * 10,000 images of CIFAR-10 an evaluation takes 1.17 of the time of the forward passes alone, by
   * 200 at once 1.33.
   */
  private static final int BATCH = 1000;

  private final int[][] counts;
  private final long[] places;
  private final OptionalDouble loss;

  private Evaluation(int[][] counts, long[] places, OptionalDouble loss) {
    this.counts = counts;
    this.places = places;
    this.loss = loss;
  }

  /**
   * Classifies every example.
   *
   * @param network one output for each class, or one for yes or no: class 1 where it is above 0
   * @param data with labels in [0, classes)
   * @return what was counted
   * @throws IllegalArgumentException if a label is no class; names the example
   * @throws IllegalStateException if the network's outputs have no classes ({@link
   *     lamella.core.Outputs}); says why
   */
  public static Evaluation of(Layer network, Dataset<int[]> data) {
    return evaluate(network, null, data);
  }

  /**
   * Classifies every example, and takes the mean loss over them.
   *
   * @param network one output for each class, or one for yes or no: class 1 where it is above 0
   * @param loss of the outputs and labels
   * @param data with labels in [0, classes)
   * @return what was counted
   * @throws IllegalArgumentException if a label is no class; names the example
   * @throws IllegalStateException if the network's outputs have no classes ({@link
   *     lamella.core.Outputs}); says why
   */
  public static Evaluation of(Layer network, Loss<int[]> loss, Dataset<int[]> data) {
    return evaluate(network, loss, data);
  }

  /**
   * {@return the mean loss over all examples of a set, with targets of any kind}
   *
   * @param <T> the kind of target
   * @param network what is judged
   * @param loss of its outputs and the targets
   * @param data all of it is read
   */
  public static <T> double loss(Layer network, Loss<T> loss, Dataset<T> data) {
    return over(network, loss, data, (outputs, targets, from) -> {});
  }

  private static Evaluation evaluate(
      Layer network, @Nullable Loss<int[]> loss, Dataset<int[]> data) {
    Shape outputs = network.outputShape(data.exampleShape().openBatch()).example();
    int classes = Meaning.said(network).requireClasses("Evaluation", outputs);
    int[][] counts = new int[classes][classes];
    long[] places = new long[classes];
    double mean =
        over(
            network,
            loss,
            data,
            (batch, labels, from) -> count(batch, labels, from, counts, places));
    return new Evaluation(
        counts, places, loss == null ? OptionalDouble.empty() : OptionalDouble.of(mean));
  }

  private static void count(Tensor outputs, int[] labels, int from, int[][] counts, long[] places) {
    for (int row = 0; row < labels.length; row++) {
      int label = labels[row];
      if (label < 0 || label >= counts.length) {
        throw new IllegalArgumentException(
            "Evaluation: label "
                + label
                + " of example "
                + (from + row)
                + " is outside [0, "
                + counts.length
                + ")");
      }
      boolean yesNo = outputs.shape().last() < counts.length; // one output, two classes
      int predicted = yesNo ? outputs.get(row) > 0 ? 1 : 0 : outputs.argMax(row);
      counts[label][predicted]++;
      places[predicted == label ? 0 : yesNo ? 1 : place(outputs, row, label)]++;
    }
  }

  /** How many outputs of a row come before that of a class. */
  private static int place(Tensor outputs, int row, int label) {
    int classes = outputs.shape().last();
    double own = outputs.get(row * classes + label);
    int before = 0;
    for (int c = 0; c < classes; c++) {
      double other = outputs.get(row * classes + c);
      boolean larger = other > own || (Double.isNaN(other) && !Double.isNaN(own));
      boolean equal = other == own || (Double.isNaN(other) && Double.isNaN(own));
      before += larger || (equal && c < label) ? 1 : 0;
    }
    return before;
  }

  /** What is done with the outputs for a batch. */
  private interface Visitor<T> {
    void visit(Tensor outputs, T targets, int firstExample);
  }

  /** Goes once over all examples in order; the mean loss, or NaN without one. */
  private static <T> double over(
      Layer network, @Nullable Loss<T> loss, Dataset<T> data, Visitor<T> visitor) {
    Pass pass = Pass.forInference();
    int[] indices = new int[Math.min(BATCH, data.size())];
    Batch<T> batch = data.newBatch(indices.length, type(network));
    double sum = 0;
    for (int from = 0; from < data.size(); from += indices.length) {
      if (data.size() - from < indices.length) {
        indices = new int[data.size() - from];
        batch = data.newBatch(indices.length, type(network));
      }
      for (int i = 0; i < indices.length; i++) {
        indices[i] = from + i;
      }
      data.read(indices, batch);
      Tensor outputs = network.forward(batch.inputs(), pass);
      visitor.visit(outputs, batch.targets(), from);
      sum += loss == null ? Double.NaN : loss.value(outputs, batch.targets()) * indices.length;
    }
    return sum / data.size();
  }

  /** The type of the parameters; float32 where there are none. */
  static DType type(Layer network) {
    List<Parameter> parameters = network.parameters();
    return parameters.isEmpty() ? DType.FLOAT32 : parameters.getFirst().value().dtype();
  }

  /**
   * {@return the mean loss}
   *
   * @throws IllegalStateException if none was given
   */
  public double loss() {
    return loss.orElseThrow(() -> new IllegalStateException("Evaluation: was made without a loss"));
  }

  /** {@return the number of classes} */
  public int classes() {
    return counts.length;
  }

  /** {@return the number of examples} */
  public int total() {
    return (int) Arrays.stream(places).sum();
  }

  /**
   * {@return the number of examples of class {@code actual} that were taken for class {@code
   * predicted}}
   *
   * @param actual the class that the label says
   * @param predicted the class that the network says
   */
  public int count(int actual, int predicted) {
    return counts[actual][predicted];
  }

  /**
   * {@return the number of examples of a class}
   *
   * @param actual the class that the label says
   */
  public int count(int actual) {
    return Arrays.stream(counts[actual]).sum();
  }

  /**
   * {@return the number of examples that were taken for a class}
   *
   * @param predicted the class that the network says
   */
  public int predictions(int predicted) {
    int sum = 0;
    for (int[] row : counts) {
      sum += row[predicted];
    }
    return sum;
  }

  /** {@return the number of examples classified rightly} */
  public int correct() {
    return (int) places[0];
  }

  /** {@return the fraction of examples classified rightly} */
  public double accuracy() {
    return topK(1);
  }

  /**
   * {@return the fraction of examples whose class is among the k largest outputs}
   *
   * @param k how many
   * @throws IllegalArgumentException unless k is in [1, classes]
   */
  public double topK(int k) {
    if (k < 1 || k > classes()) {
      throw new IllegalArgumentException(
          "Evaluation: k must lie in [1, " + classes() + "], got " + k);
    }
    return (double) Arrays.stream(places, 0, k).sum() / total();
  }

  /**
   * {@return of the examples taken for a class, the fraction that are of it; NaN if there are none}
   *
   * @param of the class
   */
  public double precision(int of) {
    return (double) counts[of][of] / predictions(of);
  }

  /**
   * {@return of the examples of a class, the fraction taken for it; NaN if there are none}
   *
   * @param of the class
   */
  public double recall(int of) {
    return (double) counts[of][of] / count(of);
  }
}
