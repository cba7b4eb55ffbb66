package lamella.benchmarks.tables;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What one training gave; a line of a file of results.
 *
 * @param table which table
 * @param model which program and network
 * @param seed of its random numbers
 * @param scores on the test rows
 * @param seconds it took
 * @param note what else is to be said, without a comma
 */
public record Result(
    String table, String model, long seed, Scores scores, double seconds, String note) {
  /** The first line of a file of results. */
  public static final String HEADER =
      "table,model,seed," + String.join(",", Scores.NAMES) + ",seconds,note";

  /** {@return what a line says} */
  public static Result parse(String line) {
    List<String> fields = Arrays.asList(line.split(",", -1));
    int scores = Scores.NAMES.size();
    if (fields.size() != scores + 5) {
      throw new IllegalArgumentException("not a line of results: " + line);
    }
    Map<String, Double> figures = new LinkedHashMap<>();
    for (int i = 0; i < scores; i++) {
      if (!fields.get(3 + i).isEmpty()) {
        figures.put(Scores.NAMES.get(i), Double.valueOf(fields.get(3 + i)));
      }
    }
    return new Result(
        fields.get(0),
        fields.get(1),
        Long.parseLong(fields.get(2)),
        new Scores(figures),
        Double.parseDouble(fields.get(3 + scores)),
        fields.get(4 + scores));
  }

  /** {@return whether this is another training of the same network on the same rows} */
  boolean replaces(Result other) {
    return table.equals(other.table) && model.equals(other.model) && seed == other.seed;
  }

  /** {@return the line} */
  @Override
  public String toString() {
    return String.format(
        Locale.ROOT, "%s,%s,%d,%s,%.1f,%s", table, model, seed, scores, seconds, note);
  }
}
