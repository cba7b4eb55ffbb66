package lamella.examples.page;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import lamella.table.Column;
import lamella.table.Table;
import lamella.table.TableModel;
import lamella.table.TablePrediction;

/**
 * What a model says of some rows' classes, beside what they are.
 *
 * @param classes their names
 * @param rows the rows' numbers in their table, from 0
 * @param truths for each of the rows its class' number
 * @param probabilities for each of the rows one of each class
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record ClassAnswers(
    List<String> classes, List<Integer> rows, int[] truths, double[][] probabilities) {
  private static final double LEAST = 1e-15;

  /** Of these rows of a table those that have a class which the model knows. */
  static ClassAnswers of(TableModel model, Table table, int[] numbers) {
    List<String> classes = model.schema().target().classes();
    Map<String, Integer> places = new HashMap<>();
    classes.forEach(name -> places.put(name, places.size()));
    Column target = table.column(model.schema().target().name());
    List<Integer> rows = new ArrayList<>();
    List<Integer> truths = new ArrayList<>();
    for (int number : numbers) {
      String text = target.text(number);
      Integer place = text == null ? null : places.get(text);
      if (place != null) {
        rows.add(number);
        truths.add(place);
      }
    }
    List<TablePrediction> predictions = model.predict(table.rows(array(rows)));
    double[][] probabilities = new double[rows.size()][classes.size()];
    for (int i = 0; i < probabilities.length; i++) {
      for (int c = 0; c < classes.size(); c++) {
        probabilities[i][c] = predictions.get(i).probability(classes.get(c));
      }
    }
    return new ClassAnswers(classes, rows, array(truths), probabilities);
  }

  private static int[] array(List<Integer> numbers) {
    return numbers.stream().mapToInt(Integer::intValue).toArray();
  }

  int size() {
    return truths.length;
  }

  /** The most probable class, the first of equals. */
  int likeliest(int i) {
    int best = 0;
    for (int c = 1; c < classes.size(); c++) {
      best = probabilities[i][c] > probabilities[i][best] ? c : best;
    }
    return best;
  }

  boolean isRight(int i) {
    return likeliest(i) == truths[i];
  }

  /** The probability of the most probable class. */
  double confidence(int i) {
    return probabilities[i][likeliest(i)];
  }

  /** The probability of the true class. */
  double ofTruth(int i) {
    return probabilities[i][truths[i]];
  }

  /** The log loss of a row. */
  double loss(int i) {
    return -Math.log(Math.max(LEAST, ofTruth(i)));
  }
}
