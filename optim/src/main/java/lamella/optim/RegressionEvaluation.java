package lamella.optim;

import java.util.List;
import lamella.core.Dataset;
import lamella.core.Layer;
import lamella.core.Tensor;

/**
 * How near a network that gives numbers comes to the targets of a set, from one pass over it, for
 * each output and for all: {@link #rmse}, {@link #mae} and {@link #r2}, as {@link Metrics} define
 * them.
 *
 * {@snippet file="SnippetsTest.java" region="regression-evaluation"}
 */
public final class RegressionEvaluation {
  private final ErrorSums sums;

  private RegressionEvaluation(ErrorSums sums) {
    this.sums = sums;
  }

  /**
   * Compares every output with its target.
   *
   * @param network its outputs are numbers
   * @param data with targets like the outputs
   * @return what was found
   * @throws lamella.core.ShapeException if the targets have another shape than the outputs
   * @throws IllegalStateException if the outputs are classes or answers of yes or no
   */
  public static RegressionEvaluation of(Layer network, Dataset<Tensor> data) {
    ErrorSums sums =
        new ErrorSums(
            "RegressionEvaluation",
            "an error",
            Meaning.said(network),
            Inference.output(network, data));
    Inference.over(network, data, sums::add);
    return new RegressionEvaluation(sums);
  }

  /** {@return the number of examples} */
  public int total() {
    return sums.examples();
  }

  /** {@return how many outputs an example has} */
  public int outputs() {
    return sums.outputs();
  }

  /** {@return the root of the mean squared error; of several outputs the mean of theirs} */
  public double rmse() {
    return sums.rmse();
  }

  /**
   * {@return the root of an output's mean squared error}
   *
   * @param output from 0
   * @throws IllegalArgumentException unless it is in [0, outputs)
   */
  public double rmse(int output) {
    return sums.rmse(require(output));
  }

  /** {@return the mean absolute error} */
  public double mae() {
    return sums.mae();
  }

  /**
   * {@return the mean absolute error of an output}
   *
   * @param output from 0
   * @throws IllegalArgumentException unless it is in [0, outputs)
   */
  public double mae(int output) {
    return sums.mae(require(output));
  }

  /**
   * {@return the explained part of the targets' variance; of several outputs the mean of theirs}
   */
  public double r2() {
    return sums.r2();
  }

  /**
   * {@return the explained part of the variance of an output's targets}
   *
   * @param output from 0
   * @throws IllegalArgumentException unless it is in [0, outputs)
   */
  public double r2(int output) {
    return sums.r2(require(output));
  }

  private int require(int output) {
    if (output < 0 || output >= outputs()) {
      throw new IllegalArgumentException(
          "RegressionEvaluation: output must lie in [0, " + outputs() + "), got " + output);
    }
    return output;
  }

  /**
   * {@return a table with a line for each output: RMSE, MAE and R²} Lines end with a line feed.
   *
   * @param names of the outputs, in order; with none given they are numbered
   * @throws IllegalArgumentException if there are more or fewer names than outputs
   */
  public String table(String... names) {
    if (names.length != 0 && names.length != outputs()) {
      throw new IllegalArgumentException(
          "RegressionEvaluation: expects " + outputs() + " names of outputs, got " + names.length);
    }
    Table table = new Table("output", List.of("RMSE", "MAE", "R²"));
    for (int j = 0; j < outputs(); j++) {
      table.add(
          names.length == 0 ? Integer.toString(j) : names[j],
          List.of(Numbers.text(rmse(j)), Numbers.text(mae(j)), Numbers.text(r2(j))));
    }
    return table.toString();
  }

  /** For example {@code RegressionEvaluation(RMSE 31117.25, MAE 20010.50, R² 0.8123 of 1000)}. */
  @Override
  public String toString() {
    return "RegressionEvaluation(RMSE "
        + Numbers.text(rmse())
        + ", MAE "
        + Numbers.text(mae())
        + ", R² "
        + Numbers.text(r2())
        + " of "
        + total()
        + ")";
  }
}
