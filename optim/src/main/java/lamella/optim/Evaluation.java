package lamella.optim;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import lamella.core.DType;
import lamella.core.Dataset;
import lamella.core.Layer;
import lamella.core.Loss;
import lamella.core.Outputs;
import lamella.core.Parameter;
import lamella.core.Shape;
import org.jspecify.annotations.Nullable;

/**
 * How a network classifies a labelled set, from one pass over it: the mean loss, the confusion
 * matrix, at which place each label came among the outputs, and whatever else {@link Metrics}
 * measure. For outputs that are numbers: {@link RegressionEvaluation}.
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
  private final ClassCounts counts;
  private final OptionalDouble loss;
  private final Map<String, Double> measured;

  private Evaluation(ClassCounts counts, OptionalDouble loss, Map<String, Double> measured) {
    this.counts = counts;
    this.loss = loss;
    this.measured = measured;
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
   * Classifies every example, and measures more in the same pass.
   *
   * @param network one output for each class, or one for yes or no: class 1 where it is above 0
   * @param more what else to measure, for example {@link Metrics#logLoss}
   * @param data with labels in [0, classes)
   * @return what was counted and measured
   * @throws IllegalArgumentException if a label is no class; names the example
   * @throws IllegalStateException if the network's outputs have no classes ({@link
   *     lamella.core.Outputs}), or cannot be measured so; says why
   */
  public static Evaluation of(Layer network, Metrics<int[]> more, Dataset<int[]> data) {
    Shape output = Inference.output(network, data);
    Outputs meaning = Meaning.said(network);
    ClassCounts counts = new ClassCounts(meaning.requireClasses("Evaluation", output));
    more.begin(meaning, output);
    Inference.over(
        network,
        data,
        (outputs, labels) -> {
          counts.add(outputs, labels);
          more.add(outputs, labels);
        });
    return new Evaluation(counts, OptionalDouble.empty(), named(more));
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
    LossMetrics<T> mean = new LossMetrics<>(loss);
    Inference.over(network, data, mean::add);
    return mean.mean();
  }

  private static Evaluation evaluate(
      Layer network, @Nullable Loss<int[]> loss, Dataset<int[]> data) {
    int classes =
        Meaning.said(network).requireClasses("Evaluation", Inference.output(network, data));
    ClassCounts counts = new ClassCounts(classes);
    if (loss == null) {
      Inference.over(network, data, counts::add);
      return new Evaluation(counts, OptionalDouble.empty(), Map.of());
    }
    LossMetrics<int[]> mean = new LossMetrics<>(loss);
    Inference.over(
        network,
        data,
        (outputs, labels) -> {
          counts.add(outputs, labels);
          mean.add(outputs, labels);
        });
    return new Evaluation(counts, OptionalDouble.of(mean.mean()), Map.of());
  }

  /** Each name with its number, in the metrics' order. */
  static Map<String, Double> named(Metrics<?> metrics) {
    double[] values = metrics.values();
    Map<String, Double> named = new LinkedHashMap<>();
    for (int i = 0; i < values.length; i++) {
      named.put(metrics.names().get(i), values[i]);
    }
    return Collections.unmodifiableMap(named);
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
    return counts.classes();
  }

  /** {@return the number of examples} */
  public int total() {
    return counts.total();
  }

  /**
   * {@return the number of examples of which nothing can be said, because an output is NaN or
   * infinite} They count as wrong, and are taken for no class.
   */
  public int notFinite() {
    return counts.notFinite();
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
    return counts.count(requireClass(actual), requireClass(predicted));
  }

  /**
   * {@return the number of examples of a class}
   *
   * @param actual the class that the label says
   * @throws IllegalArgumentException unless it is in [0, classes)
   */
  public int count(int actual) {
    return counts.actual(requireClass(actual));
  }

  /**
   * {@return the number of examples that were taken for a class}
   *
   * @param predicted the class that the network says
   * @throws IllegalArgumentException unless it is in [0, classes)
   */
  public int predictions(int predicted) {
    return counts.predicted(requireClass(predicted));
  }

  /** {@return the number of examples classified rightly} */
  public int correct() {
    return counts.within(1);
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
    return (double) counts.within(k) / total();
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

  /**
   * {@return the F1 score of a class, the harmonic mean of precision and recall: 2 right / (2 right
   * + wrongly taken for it + wrongly not); NaN if there are none of it and none was taken for it}
   *
   * @param of the class
   * @throws IllegalArgumentException unless it is in [0, classes)
   */
  public double f1(int of) {
    return 2.0 * count(of, of) / (count(of) + predictions(of));
  }

  /**
   * {@return the mean of {@link #f1} over the classes that came, as a label or as an answer} Rare
   * classes count in it as frequent ones do.
   */
  public double macroF1() {
    double sum = 0;
    int came = 0;
    for (int of = 0; of < classes(); of++) {
      double f1 = f1(of);
      if (!Double.isNaN(f1)) {
        sum += f1;
        came++;
      }
    }
    return sum / came;
  }

  /**
   * {@return what else was measured, by name; empty unless {@link Metrics} were given} Its order is
   * that of the metrics.
   */
  public Map<String, Double> measured() {
    return measured;
  }

  /**
   * {@return a table with a line for each class: precision, recall, F1, and how many examples there
   * are; {@code -} where one is not defined} Lines end with a line feed.
   *
   * @param names of the classes, in order; with none given they are numbered
   * @throws IllegalArgumentException if there are more or fewer names than classes
   */
  public String table(String... names) {
    if (names.length != 0 && names.length != classes()) {
      throw new IllegalArgumentException(
          "Evaluation: expects " + classes() + " names of classes, got " + names.length);
    }
    Table table = new Table("class", List.of("precision", "recall", "F1", "examples"));
    for (int of = 0; of < classes(); of++) {
      table.add(
          names.length == 0 ? Integer.toString(of) : names[of],
          List.of(
              share(precision(of)), share(recall(of)), share(f1(of)), Integer.toString(count(of))));
    }
    return table.toString();
  }

  private static String share(double share) {
    return Double.isNaN(share) ? "-" : String.format(Locale.ROOT, "%.4f", share);
  }

  private int requireClass(int given) {
    if (given < 0 || given >= classes()) {
      throw new IllegalArgumentException(
          "Evaluation: class must lie in [0, " + classes() + "), got " + given);
    }
    return given;
  }

  /**
   * For example {@code Evaluation(accuracy 0.8500 of 1000, loss 0.4312)}, what else was measured,
   * and the number of those that are {@link #notFinite} if there are any.
   */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("Evaluation(accuracy ");
    text.append(String.format(Locale.ROOT, "%.4f of %d", accuracy(), total()));
    loss.ifPresent(mean -> text.append(", loss " + Numbers.text(mean)));
    measured.forEach(
        (name, value) -> text.append(", ").append(name).append(' ').append(Numbers.text(value)));
    if (notFinite() > 0) {
      text.append(", ").append(notFinite()).append(" not finite");
    }
    return text.append(')').toString();
  }
}
