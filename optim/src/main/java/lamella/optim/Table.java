package lamella.optim;

import java.util.ArrayList;
import java.util.List;

/** Lines of cells in columns: names on the left, numbers on the right. */
final class Table {
  private static final int GAP = 2;

  private final List<List<String>> lines = new ArrayList<>();

  Table(String name, List<String> columns) {
    add(name, columns);
  }

  /** A line, with a cell for each column. */
  void add(String name, List<String> cells) {
    List<String> line = new ArrayList<>();
    line.add(name);
    line.addAll(cells);
    lines.add(line);
  }

  /** The lines, each with a line feed. */
  @Override
  public String toString() {
    int[] width = new int[lines.getFirst().size()];
    for (List<String> line : lines) {
      for (int column = 0; column < width.length; column++) {
        width[column] = Math.max(width[column], line.get(column).length());
      }
    }
    StringBuilder text = new StringBuilder();
    for (List<String> line : lines) {
      for (int column = 0; column < width.length; column++) {
        String cell = line.get(column);
        int fill = width[column] - cell.length();
        if (column == 0) {
          text.append(cell).repeat(' ', fill);
        } else {
          text.repeat(' ', GAP + fill).append(cell);
        }
      }
      text.append('\n');
    }
    return text.toString();
  }
}
