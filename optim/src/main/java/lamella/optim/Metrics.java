package lamella.optim;

import java.util.List;
import java.util.Map;
import lamella.core.Dataset;
import lamella.core.Description;
import lamella.core.Layer;
import lamella.core.Loss;
import lamella.core.Outputs;
import lamella.core.Pass;
import lamella.core.Shape;
import lamella.core.TargetKind;
import lamella.core.Tensor;

/**
 * Numbers that say how good a network is on a set of examples, gathered batch by batch: a loss, an
 * accuracy, an error in units of one's own.
 *
 * {@snippet file="SnippetsTest.java" region="metrics"}
 *
 * <p>{@link Trainer#withEvaluation(String, Dataset, Metrics)} measures them during a training,
 * whose targets may be of another kind: one that learns from soft targets is measured by labels. An
 * object serves one training at a time.
 *
 * @param <T> the targets of a batch: {@code int[]} labels, or a {@link Tensor}
 */
public interface Metrics<T> {

  /** {@return what each number is, for example {@code accuracy}; the same at all times} */
  List<String> names();

  /**
   * Forgets what was added: other outputs follow.
   *
   * @param meaning what they mean
   * @param output the shape of one example's output
   * @throws IllegalStateException if such outputs cannot be measured so; says why
   */
  void begin(Outputs meaning, Shape output);

  /**
   * Adds a batch.
   *
   * @param outputs what the network gave, {@code [n, ...]}; neither changed nor kept
   * @param targets one for each row; neither changed nor kept
   * @throws IllegalArgumentException if a target is not valid; names the example
   */
  void add(Tensor outputs, T targets);

  /**
   * {@return the numbers over all that was added since {@link #begin}, in the order of the names}
   */
  double[] values();

  /**
   * {@return the mean loss, named {@code loss}: over all examples, each with its weight ({@link
   * Loss#weight})}
   *
   * @param <T> the targets of a batch
   * @param loss of outputs and targets
   */
  static <T> Metrics<T> loss(Loss<T> loss) {
    return new LossMetrics<>(loss);
  }

  // Of classes. Probabilities are those of core's Outputs, computed in float64; where an output is
  // NaN or infinite they are none, and neither is what is made of them.

  /**
   * {@return the fraction of examples classified rightly, named {@code accuracy}: see {@link
   * Evaluation}, which counts more}
   */
  static Metrics<int[]> accuracy() {
    return new ClassMetrics(new Accuracy());
  }

  /**
   * {@return the fraction of examples classified rightly, named {@code accuracy}, by targets that
   * have labels}
   *
   * @param <T> the targets of a batch
   * @param kind says which
   * @throws IllegalArgumentException if they have no labels
   */
  static <T> Metrics<T> accuracy(TargetKind<T> kind) {
    return byLabels(kind, accuracy());
  }

  /**
   * {@return the mean of -log p over the examples, p the probability that the network gives to the
   * class of the label; named {@code log-loss}} Infinite if one is 0.
   */
  static Metrics<int[]> logLoss() {
    return new ClassMetrics(new LogLoss());
  }

  /**
   * {@return the area under the ROC curve, named {@code auc}: of all pairs of an example of a class
   * and one of another, the fraction in which the class is more probable for the first, equals
   * counting half} Of two classes it is that of class 1; of several the mean over the classes, each
   * against all others, but for those of which there are no examples, or no others.
   *
   * <p>Exact, not by thresholds; keeps a number for each example and class until it begins anew.
   */
  static Metrics<int[]> auc() {
    return new ClassMetrics(new RocArea());
  }

  /**
   * {@return the expected calibration error, named {@code calibration-error}: how far the
   * probability of the class that the network says is from being right so often; Σ (n_b / n)
   * |accuracy_b - confidence_b| over bins of equal width, in which examples are put by that
   * probability}
   *
   * <p>Bin b of B holds those above (b - 1) / B and up to b / B. Source: C. Guo et al., "On
   * calibration of modern neural networks" (2017), with 15 bins.
   *
   * @param bins at least 1
   * @throws IllegalArgumentException if below 1
   */
  static Metrics<int[]> calibrationError(int bins) {
    return new ClassMetrics(new CalibrationError(bins));
  }

  /**
   * {@return Brier's score, named {@code brier}: the mean over the examples of Σ (p_k - y_k)² over
   * the classes, y 1 for the label's and 0 for others; of two classes (p_1 - y_1)², half of that}
   */
  static Metrics<int[]> brier() {
    return new ClassMetrics(new BrierScore());
  }

  /**
   * {@return metrics of labels for targets that have labels among other things}
   *
   * @param <T> the targets of a batch
   * @param kind says which
   * @param metrics of labels
   * @throws IllegalArgumentException if they have no labels
   */
  static <T> Metrics<T> byLabels(TargetKind<T> kind, Metrics<int[]> metrics) {
    if (!kind.hasLabels()) {
      throw new IllegalArgumentException(
          "Metrics: "
              + Description.of(metrics)
              + " needs labels, and the targets are "
              + kind
              + "; use another metric");
    }
    return new LabelMetrics<>(kind, metrics);
  }

  // Of answers of yes or no.

  /**
   * {@return the fraction of answers of yes or no that are right, over all examples and outputs,
   * named {@code accuracy}: yes where the output is above 0, and where the target is above ½} For
   * targets that are tensors like the outputs.
   */
  static Metrics<Tensor> answers() {
    return new AnswerMetrics();
  }

  // Of numbers.

  /**
   * {@return the root of the mean squared error over the examples, in the targets' unit, named
   * {@code rmse}; of several outputs the mean of theirs}
   */
  static Metrics<Tensor> rmse() {
    return new ErrorMetrics("rmse", ErrorSums::rmse);
  }

  /** {@return the mean of |output - target| over examples and outputs, named {@code mae}} */
  static Metrics<Tensor> mae() {
    return new ErrorMetrics("mae", ErrorSums::mae);
  }

  /**
   * {@return the part of the targets' variance that the outputs explain, named {@code r2}: 1 - Σ
   * (output - target)² / Σ (target - mean)²; of several outputs the mean of theirs} 1 is the best,
   * 0 what the targets' mean would reach. Where all targets are equal it is 1 for outputs without
   * error, and else 0.
   */
  static Metrics<Tensor> r2() {
    return new ErrorMetrics("r2", ErrorSums::r2);
  }

  /**
   * {@return these numbers and then others of the same outputs}
   *
   * @param others with other names
   */
  default Metrics<T> and(Metrics<T> others) {
    return new JoinedMetrics<>(this, others);
  }

  /**
   * {@return these numbers of what a layer makes of the outputs} For a network that is trained
   * without its last layer, as one of several members is without the one that takes their mean.
   *
   * @param last comes behind the network; its parameters are not changed
   */
  default Metrics<T> behind(Layer last) {
    return new LayerMetrics<>(last, this, Pass.forInference());
  }

  /**
   * {@return each name with its number over all examples of a set}
   *
   * @param network what is judged
   * @param data all of it is read, in order
   */
  default Map<String, Double> of(Layer network, Dataset<T> data) {
    begin(Meaning.said(network), Inference.output(network, data));
    Inference.over(network, data, this::add);
    return Evaluation.named(this);
  }
}
