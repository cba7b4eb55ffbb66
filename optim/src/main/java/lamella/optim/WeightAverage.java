package lamella.optim;

import java.util.ArrayList;
import java.util.List;
import lamella.core.Layer;
import lamella.core.Loop;
import lamella.core.Parameter;
import lamella.core.SavedState;
import lamella.core.Tensor;
import lamella.core.Tiny;

/**
 * The exponential moving average (EMA) of a training's parameters, often a better network than the
 * last one: after each update A = A + (1 - d) (W - A), d its decay.
 *
 * {@snippet file="SnippetsTest.java" region="average"}
 *
 * <p>It begins as a copy of the parameters, and the decay of update t, from 1 on, is min(d, (1 + t)
 * / (10 + t)), so that the first parameters are soon forgotten. What does not change is its own
 * average, to the last bit.
 *
 * <p>{@link Trainer#withAverage} keeps it, and makes each evaluation of it too, under the
 * evaluation's name after {@code EMA}: {@code EMA validation accuracy} beside {@code validation
 * accuracy}. While these are measured, the network has the averaged parameters: an {@link
 * EarlyStopping} or {@link SaveBest} that watches such a name keeps the average. Training goes on
 * with the others. Checkpoints hold the average.
 *
 * <p>Statistics, as the running means of a normalisation, are not averaged: the average is
 * evaluated, and copied, with those that the network has.
 *
 * <p>Source: B. Polyak, A. Juditsky, "Acceleration of stochastic approximation by averaging"
 * (1992); the decay of the first steps is that of TensorFlow.
 */
public final class WeightAverage implements TrainingListener {
  /** Before the names of what is measured of the average. */
  static final String PREFIX = "EMA ";

  /** As {@link RuleOptimizer} does: see {@link Tiny}. */
  private static final long UPDATES_BETWEEN_ZEROING = 64;

  private final double decay;
  private final List<Tensor> averages = new ArrayList<>();
  private final Approach approach = new Approach();
  private final Exchange exchange = new Exchange();
  private long updates;

  private WeightAverage(double decay) {
    this.decay = decay;
  }

  /**
   * {@return an average for one training}
   *
   * @param decay d; 0.999 remembers some thousand steps
   * @throws IllegalArgumentException unless 0 &le; d &lt; 1
   */
  public static WeightAverage of(double decay) {
    if (!(decay >= 0 && decay < 1)) {
      throw new IllegalArgumentException("WeightAverage: decay must lie in [0, 1), got " + decay);
    }
    return new WeightAverage(decay);
  }

  /** {@return the number of updates that have been averaged} */
  public long updates() {
    return updates;
  }

  /**
   * Sets the parameters of a network to the average; its statistics stay.
   *
   * @param network the one that was trained, or one like it
   * @throws IllegalStateException if there is no average yet
   * @throws IllegalArgumentException if the network's parameters are of other shapes
   */
  public void copyTo(Layer network) {
    if (averages.isEmpty()) {
      throw new IllegalStateException(this + ": there is no average before a training begins");
    }
    List<Parameter> parameters = averaged(network.parameters());
    requireShapes(parameters);
    for (int i = 0; i < averages.size(); i++) {
      parameters.get(i).value().copyFrom(averages.get(i));
    }
  }

  private void requireShapes(List<Parameter> parameters) {
    boolean same = parameters.size() == averages.size();
    for (int i = 0; same && i < averages.size(); i++) {
      same = parameters.get(i).shape().equals(averages.get(i).shape());
    }
    if (!same) {
      throw new IllegalArgumentException(
          this
              + ": expects parameters of shapes "
              + averages.stream().map(Tensor::shape).toList()
              + ", got "
              + parameters.stream().map(Parameter::shape).toList());
    }
  }

  private static List<Parameter> averaged(List<Parameter> parameters) {
    return parameters.stream().filter(p -> p.role().isTrainable()).toList();
  }

  /** Before the first step it is a copy. */
  @Override
  public void started(Fit fit) {
    if (averages.isEmpty()) {
      averaged(fit.parameters()).forEach(parameter -> averages.add(parameter.value().copy()));
    }
  }

  /** After an update of the parameters, before anything is measured. */
  void update(List<Parameter> parameters) {
    updates++;
    approach.part = 1 - Math.min(decay, (1.0 + updates) / (10.0 + updates));
    int next = 0;
    for (int i = 0; i < parameters.size(); i++) {
      if (parameters.get(i).role().isTrainable()) {
        Tensor average = averages.get(next++);
        approach.over(average, parameters.get(i).value());
        if (updates % UPDATES_BETWEEN_ZEROING == 0) {
          Tiny.zero(average);
        }
      }
    }
  }

  /** Gives the network the average, and keeps what the network had; the second time, back again. */
  void exchange(List<Parameter> parameters) {
    int next = 0;
    for (int i = 0; i < parameters.size(); i++) {
      if (parameters.get(i).role().isTrainable()) {
        exchange.over(parameters.get(i).value(), averages.get(next++));
      }
    }
  }

  @Override
  public void save(SavedState state) {
    state.put("updates", updates);
    for (int i = 0; i < averages.size(); i++) {
      state.put("average." + i, averages.get(i));
    }
  }

  @Override
  public void load(SavedState state) {
    updates = state.integer("updates", 0, Long.MAX_VALUE);
    averages.clear();
    if (state.tensors().isEmpty()) {
      return;
    }
    for (Parameter parameter : averaged(state.parameters())) {
      Tensor saved = state.tensor("average." + averages.size(), parameter.shape());
      averages.add(saved.copy().to(parameter.value().dtype()));
    }
  }

  /** For example {@code WeightAverage(decay 0.999)}. */
  @Override
  public String toString() {
    return "WeightAverage(decay " + decay + ")";
  }

  /** a = a + part (w - a). */
  private static final class Approach extends Loop {
    private double part;

    @Override
    protected void run(float[][] arrays, int from, int to) {
      float[] a = arrays[0];
      float[] w = arrays[1];
      float p = (float) part;
      for (int i = from; i < to; i++) {
        a[i] += p * (w[i] - a[i]);
      }
    }

    @Override
    protected void run(double[][] arrays, int from, int to) {
      double[] a = arrays[0];
      double[] w = arrays[1];
      double p = part;
      for (int i = from; i < to; i++) {
        a[i] += p * (w[i] - a[i]);
      }
    }
  }

  private static final class Exchange extends Loop {
    @Override
    protected void run(float[][] arrays, int from, int to) {
      float[] a = arrays[0];
      float[] b = arrays[1];
      for (int i = from; i < to; i++) {
        float kept = a[i];
        a[i] = b[i];
        b[i] = kept;
      }
    }

    @Override
    protected void run(double[][] arrays, int from, int to) {
      double[] a = arrays[0];
      double[] b = arrays[1];
      for (int i = from; i < to; i++) {
        double kept = a[i];
        a[i] = b[i];
        b[i] = kept;
      }
    }
  }
}
