package lamella.examples.page;

import java.util.ArrayList;
import java.util.List;
import lamella.table.Column;
import lamella.table.ColumnKind;
import lamella.table.Table;
import lamella.table.TableModel;
import lamella.table.TablePrediction;

/**
 * What a model says of some rows' numbers, beside what they are; both as logarithms where the model
 * predicts those.
 *
 * @param target the column's name
 * @param isLogarithm whether these are the logarithms of its numbers
 * @param rows the rows' numbers in their table, from 0
 * @param truths for each of the rows
 * @param predicted for each of the rows
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record NumberAnswers(
    String target, boolean isLogarithm, List<Integer> rows, double[] truths, double[] predicted) {

  /** Of these rows of a table those that have a number. */
  static NumberAnswers of(TableModel model, Table table, int[] numbers) {
    boolean logarithm = model.schema().target().logarithm();
    String name = model.schema().target().name();
    Column target = numbers(table.column(name));
    List<Integer> rows = new ArrayList<>();
    for (int number : numbers) {
      if (Double.isFinite(scaled(target.number(number), logarithm))) {
        rows.add(number);
      }
    }
    List<TablePrediction> predictions =
        model.predict(table.rows(rows.stream().mapToInt(Integer::intValue).toArray()));
    double[] truths = new double[rows.size()];
    double[] predicted = new double[rows.size()];
    for (int i = 0; i < truths.length; i++) {
      truths[i] = scaled(target.number(rows.get(i)), logarithm);
      predicted[i] = scaled(predictions.get(i).value(), logarithm);
    }
    return new NumberAnswers(name, logarithm, rows, truths, predicted);
  }

  /** The column as numbers, whatever kind its few or equal values made it be. */
  static Column numbers(Column column) {
    return column.isNumeric() ? column : column.as(ColumnKind.NUMBER);
  }

  private static double scaled(double value, boolean logarithm) {
    return logarithm ? Math.log(value) : value;
  }

  /** What the numbers are, for people. */
  String quantity() {
    return isLogarithm ? "ln " + target : target;
  }

  int size() {
    return truths.length;
  }

  /** How much larger the truth is. */
  double residual(int i) {
    return truths[i] - predicted[i];
  }

  double[] residuals() {
    double[] residuals = new double[size()];
    for (int i = 0; i < residuals.length; i++) {
      residuals[i] = residual(i);
    }
    return residuals;
  }
}
