package lamella.examples.page;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import lamella.table.TableSchema;
import lamella.table.TableSummary;

/** The columns of a table: what is in them, and what the model does with them. */
final class TableDataSection {
  /** More columns than this are not listed. */
  static final int MOST = 200;

  /** A table of more columns is folded. */
  private static final int MOST_OPEN = 30;

  private static final int LONGEST = 60;

  private TableDataSection() {}

  /** Writes the section. */
  static void write(Markup html, List<TableRun.Part> parts, TableSchema schema, TableSummary all) {
    html.open("section", "id", "data").element("h2", "Data");
    html.element("p", rows(all.rows(), parts));
    int columns = all.lines().size();
    boolean many = columns > MOST_OPEN;
    html.open("details", many ? new String[0] : new String[] {"open", "open"});
    html.element("summary", columns + (columns == 1 ? " column" : " columns"));
    String caption = "Columns";
    html.open("div", "class", "scroll", "tabindex", "0", "role", "region", "aria-label", caption);
    html.open("table", "class", "numbers columns");
    PageParts.heads(html, List.of("column", "kind", "use", "missing", "distinct", "range"));
    Set<String> inputs =
        schema.inputs().stream().map(TableSchema.Input::name).collect(Collectors.toSet());
    for (TableSummary.Line line : all.lines().stream().limit(MOST).toList()) {
      boolean input = inputs.contains(line.name());
      html.open("tr", "class", input ? "used" : "unused");
      html.element("th", shortened(line.name(), LONGEST), "scope", "row");
      html.element("td", line.kind().toString().toLowerCase(Locale.ROOT));
      html.element("td", use(line.name(), schema, inputs));
      html.element("td", line.missing() == 0 ? "–" : PageParts.number("%,.0f", line.missing()));
      html.element("td", PageParts.number("%,.0f", line.distinct()));
      html.element("td", shortened(line.range(), LONGEST));
      html.close("tr");
    }
    html.close("tbody").close("table").close("div");
    if (columns > MOST) {
      html.element("p", "And " + (columns - MOST) + " columns more.", "class", "note");
    }
    html.close("details");
    html.close("section");
  }

  private static String rows(int all, List<TableRun.Part> parts) {
    String text = PageParts.number("%,.0f", all) + " rows: ";
    List<String> of = new ArrayList<>();
    int inParts = 0;
    for (TableRun.Part part : parts) {
      of.add(PageParts.number("%,.0f for ", part.rows().rows()) + purpose(part.name()));
      inParts += part.rows().rows();
    }
    String rest =
        inParts < all ? PageParts.number(" %,.0f rows are in none of them.", all - inParts) : "";
    return text + String.join(", ", of) + "." + rest;
  }

  /** {@code training} of {@code train}. */
  static String purpose(String part) {
    return part.equals(TableRun.TRAIN) ? "training" : part;
  }

  private static String use(String column, TableSchema schema, Set<String> inputs) {
    if (column.equals(schema.target().name())) {
      return "target";
    }
    return inputs.contains(column)
        ? "input"
        : "left out: " + schema.leftOut().getOrDefault(column, "not among the training columns");
  }

  /** A text of at most so many characters. */
  static String shortened(String text, int longest) {
    return text.codePointCount(0, text.length()) <= longest
        ? text
        : text.substring(0, text.offsetByCodePoints(0, longest - 1)) + "…";
  }
}
