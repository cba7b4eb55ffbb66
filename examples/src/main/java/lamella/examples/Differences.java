package lamella.examples;

import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * How far our runs are from what the report prints.
 *
 * @param lines how many numbers of the report were compared
 * @param rootMeanSquare of all differences
 * @param largest of all differences, without sign
 * @param activation where the largest is
 * @param iteration where the largest is
 */
public record Differences(
    int lines, double rootMeanSquare, double largest, Activation activation, int iteration) {

  /**
   * Compares every step for which the report has a number.
   *
   * @param histories all steps of each activation's run, iteration 0 among them
   */
  public static Differences of(Map<Activation, List<Training.Step>> histories) {
    int lines = 0;
    double squares = 0;
    double largest = -1;
    Activation where = Activation.RELU;
    int when = 0;
    for (Map.Entry<Activation, List<Training.Step>> history : histories.entrySet()) {
      for (Training.Step step : history.getValue()) {
        OptionalDouble report = PublishedReport.column(history.getKey(), step.iteration());
        if (report.isPresent()) {
          double difference = PublishedReport.column(step) - report.getAsDouble();
          squares += difference * difference;
          lines++;
          if (Math.abs(difference) > largest) {
            largest = Math.abs(difference);
            where = history.getKey();
            when = step.iteration();
          }
        }
      }
    }
    return new Differences(lines, Math.sqrt(squares / lines), largest, where, when);
  }
}
