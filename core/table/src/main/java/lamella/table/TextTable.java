package lamella.table;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Cells of text, a line each, in aligned columns: numbers to the right, other texts to the left.
 */
final class TextTable {
  private final List<List<String>> columns = new ArrayList<>();

  void add(String name, List<String> cells, boolean toTheRight) {
    List<String> texts = new ArrayList<>();
    texts.add(name);
    texts.addAll(cells);
    int width = Collections.max(texts.stream().map(TextTable::width).toList());
    texts.replaceAll(text -> {
      String blanks = " ".repeat(width - width(text));
      return toTheRight ? blanks + text : text + blanks;
    });
    columns.add(texts);
  }

  private static int width(String text) {
    return text.codePointCount(0, text.length());
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (int row = 0; row < columns.getFirst().size(); row++) {
      StringBuilder line = new StringBuilder();
      for (List<String> column : columns) {
        line.append(line.isEmpty() ? "" : "  ").append(column.get(row));
      }
      text.append(line.toString().stripTrailing()).append('\n');
    }
    return text.toString();
  }
}
