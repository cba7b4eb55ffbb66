package lamella.table;

import static lamella.core.io.FileFormatException.plain;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What there is in each column of a table. Its text is a table of a line for each.
 *
 * <p>Hints say what may be meant otherwise than it is taken: texts that are numbers but for a few,
 * numbers whose commas may be decimal or between thousands, and columns that no model takes.
 */
public final class TableSummary {
  private static final int MOST_FREQUENT = 3;

  /** Texts are cut to this length where several stand side by side. */
  private static final int LONGEST_TEXT = 20;

  private final int rows;
  private final List<Line> lines;

  private TableSummary(int rows, List<Line> lines) {
    this.rows = rows;
    this.lines = List.copyOf(lines);
  }

  /**
   * What there is in one column.
   *
   * @param name the column's
   * @param kind what its values are
   * @param missing how many rows have no value
   * @param distinct how many different values there are
   * @param range the least and the greatest number, or the most frequent values with how many rows
   *     have them
   * @param hint what may be meant otherwise, or what becomes of the column; empty if nothing
   */
  public record Line(
      String name, ColumnKind kind, int missing, int distinct, String range, String hint) {}

  static TableSummary of(Table table) {
    return new TableSummary(
        table.rows(), table.columns().stream().map(TableSummary::line).toList());
  }

  private static Line line(Column column) {
    int missing = column.missing();
    if (!column.isNumeric()) {
      return textLine(column, missing);
    }
    double[] numbers =
        Arrays.stream(column.numbers()).filter(number -> !Double.isNaN(number)).sorted().toArray();
    int distinct = 0;
    for (int i = 0; i < numbers.length; i++) {
      distinct += i == 0 || numbers[i] != numbers[i - 1] ? 1 : 0;
    }
    String range = "";
    if (distinct > 0) {
      String first = Decimals.text(numbers[0]);
      range = distinct == 1 ? first : first + " to " + Decimals.text(numbers[numbers.length - 1]);
    }
    return new Line(column.name(), column.kind(), missing, distinct, range, Hints.of(column));
  }

  private static Line textLine(Column column, int missing) {
    List<String> texts = column.categories();
    int[] counts = counts(column);
    int distinct = (int) Arrays.stream(counts).filter(count -> count > 0).count();
    List<Integer> order =
        new ArrayList<>(
            IntStream.range(0, counts.length)
                .boxed()
                .sorted((a, b) -> counts[b] - counts[a])
                .limit(MOST_FREQUENT)
                .toList());
    order.removeIf(code -> counts[code] == 0);
    String range =
        order.stream()
            .map(code -> shortened(texts.get(code)) + " (" + counts[code] + ")")
            .collect(Collectors.joining(", "));
    return new Line(
        column.name(),
        column.kind(),
        missing,
        distinct,
        distinct > MOST_FREQUENT ? range + ", ..." : range,
        Hints.of(column));
  }

  private static String shortened(String text) {
    String line = plain(text);
    return line.length() > LONGEST_TEXT ? line.substring(0, LONGEST_TEXT - 3) + "..." : line;
  }

  /** How many rows have each text. */
  static int[] counts(Column column) {
    int[] counts = new int[column.categories().size()];
    for (int row = 0; row < column.size(); row++) {
      int code = column.category(row);
      if (code >= 0) {
        counts[code]++;
      }
    }
    return counts;
  }

  /** {@return the number of rows} */
  public int rows() {
    return rows;
  }

  /** {@return a line for each column, in order} */
  public List<Line> lines() {
    return lines;
  }

  /** {@return a heading with the number of rows and columns, and a line for each column} */
  @Override
  public String toString() {
    TextTable text = new TextTable();
    text.add("column", lines.stream().map(line -> plain(line.name())).toList(), false);
    text.add("kind", lines.stream().map(line -> line.kind().toString()).toList(), false);
    text.add("missing", lines.stream().map(line -> "" + line.missing()).toList(), true);
    text.add("distinct", lines.stream().map(line -> "" + line.distinct()).toList(), true);
    text.add("values", lines.stream().map(Line::range).toList(), false);
    if (lines.stream().anyMatch(line -> !line.hint().isEmpty())) {
      text.add("hint", lines.stream().map(Line::hint).toList(), false);
    }
    return rows + " rows, " + lines.size() + " columns\n" + text;
  }
}
