package lamella.optim;

import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import lamella.core.Batch;
import lamella.core.DType;
import lamella.core.Dataset;
import lamella.core.Layer;
import lamella.core.Layers;
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
 * <p>A place is found by size, and of equals the lower class comes first. Where an output of an
 * example is NaN or infinite nothing can be said of its class, as {@link lamella.core.Predictor}
 * says nothing either: it counts as wrong, is taken for no class, and its label has no place;
 * {@link #notFinite} says how many there are.
 *
 * <p>The products and, where the dataset does, the reading are divided over all threads; the result
 * is the same for any number of them. Examples are read 1000 at once, fewer where these and their
 * outputs of all layers would take more than 32 MB; what is counted takes memory for each class and
 * for each pair of label and predicted class that there is.
 */
public final class Evaluation {
  /**
   * Examples a forward pass takes at once: weights are copied for the arithmetic once a pass. Of
   * 10,000 images of CIFAR-10 an evaluation takes 1.17 of the time of the forward passes alone, by
   * 200 at once 1.33.
   */
  private static final int BATCH = 1000;

  /** What inputs and outputs of a forward pass may take. */
  private static final long BATCH_BYTES = 1 << 25;

  private final Counts counts;
  private final OptionalDouble loss;

  private Evaluation(Counts counts, OptionalDouble loss) {
    this.counts = counts;
    this.loss = loss;
  }

  /** What is counted on the way over all examples. */
  private static final class Counts {
    private final int classes;
    private final PairCounts pairs;
    private final int[] actual;
    private final int[] predicted;
    private final int[] places;
    private int total;
    private int notFinite;

    private Counts(int classes) {
      this.classes = classes;
      pairs = new PairCounts(classes);
      actual = new int[classes];
      predicted = new int[classes];
      places = new int[classes];
    }

    private void add(Tensor outputs, int[] labels, int from) {
      for (int row = 0; row < labels.length; row++) {
        int label = labels[row];
        if (label < 0 || label >= classes) {
          throw new IllegalArgumentException(
              "Evaluation: label "
                  + label
                  + " of example "
                  + (from + row)
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
          places[largest == label ? 0 : place(outputs, row, label)]++;
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

    /** How many classes come before that of the label, which is not the first. */
    private int place(Tensor outputs, int row, int label) {
      return isYesNo(outputs) ? 1 : Evaluation.place(outputs, row, label);
    }

    /** One output, two classes. */
    private boolean isYesNo(Tensor outputs) {
      return outputs.shape().last() < classes;
    }
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
    Counts counts = new Counts(Meaning.said(network).requireClasses("Evaluation", outputs));
    double mean = over(network, loss, data, counts::add);
    return new Evaluation(counts, loss == null ? OptionalDouble.empty() : OptionalDouble.of(mean));
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

  /** How many outputs of a row come before that of a class. */
  private static int place(Tensor outputs, int row, int label) {
    int classes = outputs.shape().last();
    double own = outputs.get(row * classes + label);
    int before = 0;
    for (int c = 0; c < classes; c++) {
      double other = outputs.get(row * classes + c);
      before += other > own || (other == own && c < label) ? 1 : 0;
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
    int[] indices = new int[Math.min(rowsAtOnce(network, data.exampleShape()), data.size())];
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
      sum += loss == null ? Double.NaN : loss(loss, outputs, batch, indices) * indices.length;
    }
    return sum / data.size();
  }

  private static <T> double loss(Loss<T> loss, Tensor outputs, Batch<T> batch, int[] examples) {
    try {
      return loss.value(outputs, batch.targets());
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      throw Mistakes.named("Evaluation", examples, e);
    }
  }

  /** As many examples as may lie in memory at once, with what every layer makes of them. */
  private static int rowsAtOnce(Layer network, Shape example) {
    Shape one = example.batch(1);
    long numbers = one.size() + Layers.outputElements(network, one);
    long bytes = numbers * (type(network) == DType.FLOAT64 ? Double.BYTES : Float.BYTES);
    return (int) Math.max(1, Math.min(BATCH, BATCH_BYTES / bytes));
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
    return counts.classes;
  }

  /** {@return the number of examples} */
  public int total() {
    return counts.total;
  }

  /**
   * {@return the number of examples of which nothing can be said, because an output is NaN or
   * infinite} They count as wrong, and are taken for no class.
   */
  public int notFinite() {
    return counts.notFinite;
  }

  /**
   * {@return the number of examples of class {@code actual} that were taken for class {@code
   * predicted}}
   *
   * @param actual the class that the label says
   * @param predicted the class that the network says
   * @throws IllegalArgumentException unless both are in [0, classes)
   */
  public int count(int actual, int predicted) {
    return counts.pairs.get(requireClass(actual), requireClass(predicted));
  }

  /**
   * {@return the number of examples of a class}
   *
   * @param actual the class that the label says
   * @throws IllegalArgumentException unless it is in [0, classes)
   */
  public int count(int actual) {
    return counts.actual[requireClass(actual)];
  }

  /**
   * {@return the number of examples that were taken for a class}
   *
   * @param predicted the class that the network says
   * @throws IllegalArgumentException unless it is in [0, classes)
   */
  public int predictions(int predicted) {
    return counts.predicted[requireClass(predicted)];
  }

  /** {@return the number of examples classified rightly} */
  public int correct() {
    return counts.places[0];
  }

  /** {@return the fraction of examples classified rightly} */
  public double accuracy() {
    return topK(1);
  }

  /**
   * {@return the fraction of examples whose class is among the k largest outputs} Those that count
   * as {@link #notFinite} are not among them for any k.
   *
   * @param k how many
   * @throws IllegalArgumentException unless k is in [1, classes]
   */
  public double topK(int k) {
    if (k < 1 || k > classes()) {
      throw new IllegalArgumentException(
          "Evaluation: k must lie in [1, " + classes() + "], got " + k);
    }
    long within = 0;
    for (int place = 0; place < k; place++) {
      within += counts.places[place];
    }
    return (double) within / total();
  }

  /**
   * {@return of the examples taken for a class, the fraction that are of it; NaN if there are none}
   *
   * @param of the class
   * @throws IllegalArgumentException unless it is in [0, classes)
   */
  public double precision(int of) {
    return (double) count(of, of) / predictions(of);
  }

  /**
   * {@return of the examples of a class, the fraction taken for it; NaN if there are none}
   *
   * @param of the class
   * @throws IllegalArgumentException unless it is in [0, classes)
   */
  public double recall(int of) {
    return (double) count(of, of) / count(of);
  }

  private int requireClass(int given) {
    if (given < 0 || given >= classes()) {
      throw new IllegalArgumentException(
          "Evaluation: class must lie in [0, " + classes() + "), got " + given);
    }
    return given;
  }

  /**
   * For example {@code Evaluation(accuracy 0.8500 of 1000, loss 0.4312)}, and the number of those
   * that are {@link #notFinite} if there are any.
   */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("Evaluation(accuracy ");
    text.append(String.format(Locale.ROOT, "%.4f of %d", accuracy(), total()));
    loss.ifPresent(mean -> text.append(String.format(Locale.ROOT, ", loss %.4f", mean)));
    if (notFinite() > 0) {
      text.append(", ").append(notFinite()).append(" not finite");
    }
    return text.append(')').toString();
  }
}
