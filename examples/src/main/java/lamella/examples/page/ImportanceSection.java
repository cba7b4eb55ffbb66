package lamella.examples.page;

import java.util.List;
import java.util.Locale;
import lamella.table.PermutationImportance;
import lamella.table.PermutationImportance.Importance;

/** How much a model leans on each of its columns, as bars. */
final class ImportanceSection {
  /** Less important columns than these are not shown. */
  static final int MOST = 40;

  private ImportanceSection() {}

  /** Writes the section. */
  static void write(Markup html, PermutationImportance importance, int shuffles, String rows) {
    List<Importance> columns = importance.columns();
    html.open("section", "id", "importance").element("h2", "Importance of columns");
    html.element(
        "p",
        "By how much the "
            + importance.figure()
            + " of "
            + rows
            + " ("
            + PageParts.figure(importance.unshuffled())
            + ") is worse when a column's values are shuffled among them: the mean of "
            + shuffles
            + " shuffles and their standard deviation. Of columns that say the same each is of little importance, as the"
            + " others stand in for it.");
    double largest = columns.isEmpty() ? 0 : columns.getFirst().mean();
    html.open("table", "class", "numbers ranks");
    PageParts.heads(html, List.of("column", "", "worse by", "±"));
    for (Importance column : columns.stream().limit(MOST).toList()) {
      double percent = largest > 0 ? Math.max(0, 100 * column.mean() / largest) : 0;
      html.open("tr");
      html.element("th", TableDataSection.shortened(column.column(), 40), "scope", "row");
      html.open("td")
          .open("span", "style", String.format(Locale.ROOT, "width:%.1f%%", percent))
          .close("span")
          .close("td");
      html.element("td", fixed(largest, column.mean()));
      html.element("td", fixed(largest, column.deviation()));
      html.close("tr");
    }
    html.close("tbody").close("table");
    if (columns.size() > MOST) {
      html.element(
          "p", "And " + (columns.size() - MOST) + " columns of less importance.", "class", "note");
    }
    html.close("section");
  }

  /** With as many places for all as four digits of the largest need. */
  private static String fixed(double largest, double value) {
    int whole = largest > 0 ? (int) Math.floor(Math.log10(largest)) : 0;
    return PageParts.number("%,." + Math.clamp(3 - whole, 0, 6) + "f", value);
  }
}
