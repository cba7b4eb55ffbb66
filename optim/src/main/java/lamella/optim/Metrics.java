package lamella.optim;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import lamella.core.Dataset;
import lamella.core.Layer;
import lamella.core.Loss;
import lamella.core.Outputs;
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

  /**
   * {@return the fraction of examples classified rightly, named {@code accuracy}: see {@link
   * Evaluation}, which counts more}
   */
  static Metrics<int[]> accuracy() {
    return accuracy(TargetKind.LABELS);
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
    return new AccuracyMetrics<>(kind);
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
   * {@return each name with its number over all examples of a set}
   *
   * @param network what is judged
   * @param data all of it is read, in order
   */
  default Map<String, Double> of(Layer network, Dataset<T> data) {
    begin(Meaning.said(network), Inference.output(network, data));
    Inference.over(network, data, this::add);
    double[] values = values();
    Map<String, Double> named = new LinkedHashMap<>();
    for (int i = 0; i < values.length; i++) {
      named.put(names().get(i), values[i]);
    }
    return named;
  }
}
