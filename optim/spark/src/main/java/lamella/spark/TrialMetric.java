package lamella.spark;

import lamella.core.Batch;
import lamella.core.DType;
import lamella.core.Dataset;
import lamella.core.Network;
import lamella.core.Shape;
import lamella.core.Tensor;
import lamella.core.Weighted;
import lamella.optim.Evaluation;
import lamella.optim.Metrics;
import lamella.optim.RegressionEvaluation;

/**
 * What the trials of a sweep are compared by: named as Spark's evaluators name it, each row counted
 * once.
 */
enum TrialMetric {
  LOG_LOSS("logLoss", true, false),
  ACCURACY("accuracy", true, true),
  RMSE("rmse", false, false),
  MAE("mae", false, false),
  R2("r2", false, true);

  private final String name;
  private final boolean ofClasses;
  private final boolean largerIsBetter;

  TrialMetric(String name, boolean ofClasses, boolean largerIsBetter) {
    this.name = name;
    this.ofClasses = ofClasses;
    this.largerIsBetter = largerIsBetter;
  }

  /**
   * {@return the metric of this name}
   *
   * @throws IllegalArgumentException if there is none of classes, or of numbers
   */
  static TrialMetric of(String name, boolean ofClasses) {
    for (TrialMetric metric : values()) {
      if (metric.name.equals(name) && metric.ofClasses == ofClasses) {
        return metric;
      }
    }
    throw new IllegalArgumentException(
        "Sweep: trials of a "
            + (ofClasses
                ? "classifier are compared by logLoss or accuracy"
                : "regressor are compared by rmse, mae or r2")
            + ", got "
            + name);
  }

  /** Whether one value is better than another; NaN is worse than any. */
  boolean isBetter(double value, double than) {
    return !Double.isNaN(value)
        && (Double.isNaN(than) || (largerIsBetter ? value > than : value < than));
  }

  /** Measures a network on examples whose targets are those of an estimator of networks. */
  @SuppressWarnings("unchecked") // what the targets are is seen in a batch
  double of(Network network, Dataset<?> data) {
    return switch (data.newBatch(1, DType.FLOAT32).targets()) {
      case int[] _ -> ofClasses(network, (Dataset<int[]>) data);
      case Tensor _ -> ofNumbers(network, (Dataset<Tensor>) data);
      case Weighted<?> _ -> of(network, new Unweighted<>((Dataset<Weighted<Object>>) data));
      default -> throw new IllegalArgumentException("Sweep: has no metric for " + data);
    };
  }

  private double ofClasses(Network network, Dataset<int[]> data) {
    return this == ACCURACY
        ? Evaluation.of(network, data).accuracy()
        : Evaluation.of(network, Metrics.logLoss(), data).measured().values().iterator().next();
  }

  private double ofNumbers(Network network, Dataset<Tensor> data) {
    RegressionEvaluation evaluation = RegressionEvaluation.of(network, data);
    return switch (this) {
      case MAE -> evaluation.mae();
      case R2 -> evaluation.r2();
      default -> evaluation.rmse();
    };
  }

  @Override
  public String toString() {
    return name;
  }

  /** Examples with weights, without them. */
  private record Unweighted<T>(Dataset<Weighted<T>> examples) implements Dataset<T> {
    @Override
    public int size() {
      return examples.size();
    }

    @Override
    public Shape exampleShape() {
      return examples.exampleShape();
    }

    @Override
    public Batch<T> newBatch(int n, DType dtype) {
      return new Part<>(examples.newBatch(n, dtype));
    }

    @Override
    public void read(int[] indices, Batch<T> batch) {
      examples.read(indices, ((Part<T>) batch).weighted);
    }

    private record Part<T>(Batch<Weighted<T>> weighted) implements Batch<T> {
      @Override
      public int size() {
        return weighted.size();
      }

      @Override
      public Tensor inputs() {
        return weighted.inputs();
      }

      @Override
      public T targets() {
        return weighted.targets().targets();
      }
    }
  }
}
