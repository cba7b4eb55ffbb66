package lamella.benchmarks.tables;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * A table as rows of numbers for peers that bring no encoding of their own: what is measured is
 * their network.
 *
 * <p>Fitted on the training rows. A number less their mean, over their standard deviation, after
 * their median replaced a missing one, with a column beside it that marks what was missing; for a
 * category a column of 0 and 1 for each that the training rows have, all 0 for another or a missing
 * one. The target is the number of the class, or the logarithm of the number.
 *
 * @param train the rows to fit
 * @param validation the rows to choose by
 * @param test the rows to judge by
 * @param classes how many there are; 0 where a number is predicted
 */
public record DenseTable(Part train, Part validation, Part test, int classes) {
  /** Rows and their targets. */
  public static final class Part {
    private final double[][] inputs;
    private final double[] targets;

    private Part(double[][] inputs, double[] targets) {
      this.inputs = inputs;
      this.targets = targets;
    }

    /** {@return the numbers, row by row} */
    public double[][] inputs() {
      return inputs;
    }

    /** {@return the target of each row} */
    public double[] targets() {
      return targets;
    }

    /** {@return the number of rows} */
    public int rows() {
      return targets.length;
    }

    /** {@return the targets as numbers of classes} */
    public int[] labels() {
      return Arrays.stream(targets).mapToInt(target -> (int) target).toArray();
    }
  }

  /** A column of {@code columns.csv}: where it is, what it holds, and the classes it may have. */
  private record Described(int place, boolean numeric, boolean target, List<String> levels) {}

  /**
   * {@return a table of a folder}
   *
   * @param folder where {@code NAME.csv} and {@code NAME.split.csv} lie, and {@code columns.csv},
   *     which says what the columns are; no field is quoted
   */
  public static DenseTable read(Path folder, String name) throws IOException {
    List<Described> columns = describe(folder, name);
    List<String> parts = lines(folder.resolve(name + ".split.csv"));
    Map<String, List<String[]>> rows = new LinkedHashMap<>();
    int row = 0;
    for (String line : lines(folder.resolve(name + ".csv"))) {
      rows.computeIfAbsent(parts.get(row++), part -> new ArrayList<>()).add(line.split(",", -1));
    }
    List<String[]> train = rowsOf(rows, "train");
    List<Input> inputs = new ArrayList<>();
    Described target = null;
    for (Described column : columns) {
      if (column.target()) {
        target = column;
      } else {
        inputs.add(
            column.numeric()
                ? Scaled.fit(column.place(), train)
                : Named.fit(column.place(), train));
      }
    }
    if (target == null) {
      throw new IOException(name + ": no column is the target");
    }
    return new DenseTable(
        part(train, inputs, target),
        part(rowsOf(rows, "validation"), inputs, target),
        part(rowsOf(rows, "test"), inputs, target),
        target.numeric() ? 0 : target.levels().size());
  }

  private static List<String[]> rowsOf(Map<String, List<String[]>> rows, String part)
      throws IOException {
    List<String[]> found = rows.get(part);
    if (found == null) {
      throw new IOException("no row is of " + part);
    }
    return found;
  }

  private static List<String> lines(Path file) throws IOException {
    List<String> all = Files.readAllLines(file);
    return all.subList(1, all.size());
  }

  private static List<Described> describe(Path folder, String name) throws IOException {
    List<Described> columns = new ArrayList<>();
    for (String line : lines(folder.resolve("columns.csv"))) {
      String[] fields = line.split(",", -1);
      if (fields[0].equals(name)) {
        columns.add(
            new Described(
                columns.size(),
                fields[2].equals("numeric"),
                fields[3].equals("yes"),
                Arrays.asList(fields[5].split("\\|", -1))));
      }
    }
    return columns;
  }

  private static Part part(List<String[]> rows, List<Input> inputs, Described target) {
    int width = inputs.stream().mapToInt(Input::width).sum();
    double[][] numbers = new double[rows.size()][width];
    double[] targets = new double[rows.size()];
    for (int i = 0; i < targets.length; i++) {
      String[] row = rows.get(i);
      int at = 0;
      for (Input input : inputs) {
        input.put(row, numbers[i], at);
        at += input.width();
      }
      String text = row[target.place()];
      targets[i] =
          target.numeric() ? Math.log(Double.parseDouble(text)) : target.levels().indexOf(text);
    }
    return new Part(numbers, targets);
  }

  /** Makes numbers of one column. */
  private interface Input {
    int width();

    void put(String[] row, double[] to, int at);
  }

  /** A number. */
  private record Scaled(
      int place,
      double median,
      double mean,
      double deviation,
      double missing,
      double missingDeviation)
      implements Input {
    static Scaled fit(int place, List<String[]> rows) {
      double[] present =
          rows.stream()
              .map(row -> row[place])
              .filter(text -> !text.isEmpty())
              .mapToDouble(Double::parseDouble)
              .sorted()
              .toArray();
      int half = present.length / 2;
      double median =
          present.length % 2 == 1 ? present[half] : (present[half - 1] + present[half]) / 2;
      double[] all =
          rows.stream()
              .mapToDouble(row -> row[place].isEmpty() ? median : Double.parseDouble(row[place]))
              .toArray();
      double missing = (rows.size() - present.length) / (double) rows.size();
      return new Scaled(
          place,
          median,
          Arrays.stream(all).average().orElseThrow(),
          deviation(all),
          missing,
          Math.sqrt(missing * (1 - missing)));
    }

    private static double deviation(double[] values) {
      double mean = Arrays.stream(values).average().orElseThrow();
      double variance =
          Arrays.stream(values).map(x -> (x - mean) * (x - mean)).average().orElseThrow();
      return variance > 0 ? Math.sqrt(variance) : 1;
    }

    @Override
    public int width() {
      return missing > 0 ? 2 : 1;
    }

    @Override
    public void put(String[] row, double[] to, int at) {
      boolean gone = row[place].isEmpty();
      to[at] = ((gone ? median : Double.parseDouble(row[place])) - mean) / deviation;
      if (missing > 0) {
        to[at + 1] = ((gone ? 1 : 0) - missing) / missingDeviation;
      }
    }
  }

  /** A category. */
  private record Named(int place, List<String> values) implements Input {
    static Named fit(int place, List<String[]> rows) {
      TreeSet<String> values = new TreeSet<>();
      rows.forEach(row -> values.add(row[place]));
      values.remove("");
      return new Named(place, List.copyOf(values));
    }

    @Override
    public int width() {
      return values.size();
    }

    @Override
    public void put(String[] row, double[] to, int at) {
      int value = values.indexOf(row[place]);
      if (value >= 0) {
        to[at + value] = 1;
      }
    }
  }
}
