package lamella.optim;

import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.function.LongPredicate;
import lamella.core.Dataset;
import lamella.core.Description;
import lamella.core.Layer;
import lamella.core.Loss;
import lamella.core.Outputs;
import lamella.core.Shape;
import lamella.core.ShapeException;
import lamella.core.TargetKind;
import org.jspecify.annotations.Nullable;

/**
 * A set on which a training measures its network from time to time.
 *
 * @param name begins the names of what is measured
 * @param data all of it is read each time
 * @param given what is measured; null for what {@link #standard} says
 * @param loss that of the training, if nothing is given
 * @param due the steps after which it is done; null for the last of every epoch
 */
record Evaluator<T>(
    String name,
    Dataset<T> data,
    @Nullable Metrics<T> given,
    @Nullable Loss<T> loss,
    @Nullable LongPredicate due) {

  /** One training's use of it. */
  static final class Run<T> {
    private final Evaluator<T> evaluator;
    private final Layer network;
    private final Outputs meaning;
    private final Shape output;
    private final Metrics<T> metrics;
    private final List<String> names;

    /** What the network has while it is measured; null for what it has anyway. */
    private final @Nullable WeightAverage average;

    private Run(
        Evaluator<T> evaluator, Layer network, Outputs meaning, @Nullable WeightAverage average) {
      this.evaluator = evaluator;
      this.average = average;
      this.network = network;
      this.meaning = meaning;
      this.output = Inference.output(network, evaluator.data);
      this.metrics =
          evaluator.given != null ? evaluator.given : evaluator.standard(network, meaning, output);
      metrics.begin(meaning, output); // refuses outputs that it cannot measure
      if (metrics.names().isEmpty()) {
        throw new IllegalArgumentException(
            Description.of(metrics) + ": measures nothing; give it names()");
      }
      String of = (average == null ? "" : WeightAverage.PREFIX) + evaluator.name + " ";
      this.names = metrics.names().stream().map(name -> of + name).toList();
    }

    /** What is measured, at least one. */
    List<String> names() {
      return names;
    }

    boolean isDue(Fit fit) {
      LongPredicate due = evaluator.due;
      if (due == null) {
        return (fit.step() + 1) % fit.stepsPerEpoch() == 0;
      }
      for (long step = fit.step() - fit.roundSteps() + 1; step <= fit.step(); step++) {
        if (due.test(step)) {
          return true;
        }
      }
      return false;
    }

    /** Whether the last step of all is to be measured, which was not as it was made. */
    boolean isDueAtTheEnd(Fit fit) {
      long last = fit.recorder().lastStepOf(names.getFirst());
      return evaluator.due == null ? last != fit.step() : last < 0;
    }

    void evaluate(Fit fit) throws IOException {
      if (average == null) {
        measure(fit);
        return;
      }
      average.exchange(fit.parameters());
      try {
        measure(fit);
      } finally {
        average.exchange(fit.parameters());
      }
    }

    private void measure(Fit fit) throws IOException {
      double[] values;
      try {
        metrics.begin(meaning, output);
        Inference.over(network, evaluator.data, metrics::add);
        values = metrics.values();
      } catch (ShapeException e) {
        throw e;
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            "evaluation \""
                + evaluator.name
                + "\" after step "
                + fit.step()
                + ": "
                + e.getMessage(),
            e);
      }
      if (values.length != names.size()) {
        throw new IllegalStateException(
            Description.of(metrics)
                + ": expects a value for each of "
                + names
                + ", got "
                + values.length);
      }
      for (int i = 0; i < values.length; i++) {
        fit.evaluated(names.get(i), values[i]);
      }
    }
  }

  /** Measures on behalf of a training, the network as it is or with an average of its weights. */
  Run<T> begin(Layer network, Outputs meaning, @Nullable WeightAverage average) {
    return new Run<>(this, network, meaning, average);
  }

  /** The training's loss, and the accuracy where targets have labels and outputs have classes. */
  private Metrics<T> standard(Layer network, Outputs meaning, Shape output) {
    Loss<T> ofTraining = Objects.requireNonNull(loss);
    Metrics<T> mean = Metrics.loss(ofTraining);
    TargetKind<T> kind = data.newBatch(1, Evaluation.type(network)).targetKind();
    return kind.hasLabels() && meaning.classes(output) > 0
        ? mean.and(Metrics.accuracy(kind))
        : mean;
  }

  /** What is measured, to be compared with an earlier training's. */
  String describeMetrics() {
    return given == null ? "the training's own" : Description.of(given) + " " + given.names();
  }
}
