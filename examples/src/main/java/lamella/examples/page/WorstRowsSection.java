package lamella.examples.page;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import lamella.table.Column;

/** The rows that a model is most wrong about, with their values. */
final class WorstRowsSection {
  /** So many rows are shown. */
  static final int ROWS = 12;

  /** And of so many columns. */
  static final int COLUMNS = 16;

  private static final int LONGEST = 40;

  private final Markup html;
  private final TableRun.Part part;
  private final List<String> columns;

  private WorstRowsSection(Markup html, TableRun.Part part, List<String> inputs) {
    this.html = html;
    this.part = part;
    this.columns = inputs.stream().limit(COLUMNS).toList();
  }

  /**
   * Writes the section for classes.
   *
   * @param inputs the model's columns, the most important first
   */
  static void write(
      Markup html, TableRun.Part part, List<String> inputs, ClassAnswers answers, String rows) {
    WorstRowsSection section = new WorstRowsSection(html, part, inputs);
    section.begin(
        inputs,
        "Those of " + rows + " whose true class has the least probability.",
        List.of("row", "true", "its probability", "predicted", "its probability"));
    for (int i : worst(answers.size(), answers::loss)) {
      section.row(
          answers.rows().get(i),
          List.of(
              answers.classes().get(answers.truths()[i]),
              probability(answers.ofTruth(i)),
              answers.classes().get(answers.likeliest(i)),
              probability(answers.confidence(i))));
    }
    section.end();
  }

  /**
   * Writes the section for numbers.
   *
   * @param inputs the model's columns, the most important first
   */
  static void write(
      Markup html, TableRun.Part part, List<String> inputs, NumberAnswers answers, String rows) {
    WorstRowsSection section = new WorstRowsSection(html, part, inputs);
    String ln = answers.isLogarithm() ? "ln " : "";
    section.begin(
        inputs,
        "Those of " + rows + " with the largest residuals, in " + answers.quantity() + ".",
        List.of("row", ln + "true", ln + "predicted", "residual"));
    for (int i : worst(answers.size(), row -> Math.abs(answers.residual(row)))) {
      section.row(
          answers.rows().get(i),
          List.of(
              PageParts.figure(answers.truths()[i]),
              PageParts.figure(answers.predicted()[i]),
              PageParts.figure(answers.residual(i))));
    }
    section.end();
  }

  /** The largest first, of equals the first. */
  static List<Integer> worst(int size, IntToDoubleFunction loss) {
    return IntStream.range(0, size)
        .boxed()
        .sorted(Comparator.comparingDouble((Integer i) -> -loss.applyAsDouble(i)))
        .limit(ROWS)
        .toList();
  }

  private void begin(List<String> inputs, String what, List<String> answers) {
    html.open("section", "id", "worst").element("h2", "Worst rows");
    html.element(
        "p",
        what
            + (inputs.size() > COLUMNS
                ? " The " + COLUMNS + " most important columns of " + inputs.size() + "."
                : ""));
    html.open(
        "div", "class", "scroll", "tabindex", "0", "role", "region", "aria-label", "Worst rows");
    html.open("table", "class", "numbers rows");
    List<String> heads = new ArrayList<>(answers);
    columns.forEach(name -> heads.add(TableDataSection.shortened(name, LONGEST)));
    PageParts.heads(html, heads);
  }

  private void row(int row, List<String> answers) {
    html.open("tr");
    html.element("th", Integer.toString(part.number().applyAsInt(row)), "scope", "row");
    answers.forEach(answer -> html.element("td", answer, "class", "answer"));
    for (String name : columns) {
      Column column = part.rows().column(name);
      String text = column.text(row);
      html.element("td", text == null ? "–" : TableDataSection.shortened(text, LONGEST));
    }
    html.close("tr");
  }

  private void end() {
    html.close("tbody").close("table").close("div").close("section");
  }

  private static String probability(double p) {
    return p >= 1e-4 || p == 0 ? PageParts.number("%.4f", p) : PageParts.number("%.1e", p);
  }
}
