package lamella.table;

import java.util.Map;
import lamella.optim.Evaluation;

/** How good a model's predictions of a table's rows are. */
public final class TableEvaluation {
  private TableEvaluation() {}

  /**
   * {@return the figures by name, in order} Classes: {@code accuracy}, {@code log loss}, {@code
   * balanced accuracy}, {@code Brier score}, {@code calibration error}, and {@code AUC} of two
   * classes. Numbers, in the target's own units: {@code RMSE}, {@code MAE}, {@code R²}; with a
   * logarithm also {@code RMSE of ln} and {@code R² of ln}.
   */
  public Map<String, Double> figures() {
    throw new UnsupportedOperationException();
  }

  /** {@return one of the figures} */
  public double figure(String name) {
    throw new UnsupportedOperationException();
  }

  /** {@return the number of rows} */
  public int rows() {
    throw new UnsupportedOperationException();
  }

  /** {@return counts of actual and predicted classes} Throws if numbers are predicted. */
  public Evaluation counts() {
    throw new UnsupportedOperationException();
  }
}
