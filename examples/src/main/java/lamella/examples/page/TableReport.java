package lamella.examples.page;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import lamella.optim.Evaluation;
import lamella.optim.History;
import lamella.table.PermutationImportance;
import lamella.table.PermutationImportance.Importance;
import lamella.table.TableEvaluation;
import lamella.table.TableSchema;
import lamella.table.Task;

/**
 * A table's training as a page that holds all it needs. Equal runs give equal bytes.
 *
 * <p>However large the table, the page stays small and its work bounded: of many rows it looks at
 * some, drawn at random, and says so.
 */
public final class TableReport {
  /** So many rows at most are predicted for plots and the list of the worst. */
  private static final int MOST_ROWS = 10_000;

  private static final int SHUFFLES = 5;

  /** So many rows at most are predicted for the importance of columns, all shuffles together. */
  private static final int MOST_SHUFFLED = 200_000;

  private static final int MOST_IMPORTANCE_ROWS = 2000;
  private static final int LEAST_IMPORTANCE_ROWS = 100;

  /** With more classes a matrix is no picture any more. */
  private static final int MOST_CLASSES = 40;

  private static final int MOST_PAIRS = 20;
  private static final int LONGEST_CLASS = 24;
  private static final int LONGEST_SETTING = 500;

  private final TableRun run;
  private final TableSchema schema;
  private final int[] sample;
  private final Markup html = new Markup();

  private TableReport(TableRun run) {
    this.run = run;
    this.schema = run.model().schema();
    this.sample = Sample.of(run.shown().rows().rows(), MOST_ROWS);
  }

  /** {@return the page, a file of HTML} */
  public static byte[] html(TableRun run) {
    return new TableReport(run).page();
  }

  private boolean classifies() {
    return schema.target().task() == Task.CLASSIFICATION;
  }

  private byte[] page() {
    String title = schema.target().name() + " of " + run.source();
    PageParts.head(html, "Lamella: " + title);
    html.open("body").open("main");
    header(title);
    TableDataSection.write(html, run.parts(), schema, run.table().summary());
    settings();
    History history = run.model().history();
    if (history != null) {
      TableCurvesSection.write(html, history, run.model().bestEpoch());
    }
    PermutationImportance importance = importance();
    List<String> columns = importance.columns().stream().map(Importance::column).toList();
    if (classifies()) {
      ClassAnswers answers = ClassAnswers.of(run.model(), run.shown().rows(), sample);
      confusion(answers);
      CalibrationSection.write(html, answers, rows(answers.size()));
      importanceSection(importance);
      WorstRowsSection.write(html, run.shown(), columns, answers, rows(answers.size()));
    } else {
      NumberAnswers answers = NumberAnswers.of(run.model(), run.shown().rows(), sample);
      ResidualsSection.write(html, answers, rows(answers.size()));
      importanceSection(importance);
      WorstRowsSection.write(html, run.shown(), columns, answers, rows(answers.size()));
    }
    html.close("main").close("body").close("html");
    return html.bytes();
  }

  private Map<String, String> sections() {
    Map<String, String> sections = new LinkedHashMap<>();
    sections.put("data", "Data");
    sections.put("settings", "Settings");
    if (run.model().history() != null) {
      sections.put("curves", "Training");
    }
    if (classifies()) {
      sections.put("confusion", "Confusions");
      sections.put("calibration", "Calibration");
    } else {
      sections.put("residuals", "Residuals");
    }
    sections.put("importance", "Importance");
    sections.put("worst", "Worst rows");
    return sections;
  }

  private void header(String title) {
    html.open("header");
    html.element("h1", title);
    int inputs = schema.inputs().size();
    html.element(
        "p",
        "A network that predicts "
            + (classifies()
                ? "which of " + schema.target().classes().size() + " classes a row is of"
                : "a number")
            + ", from "
            + inputs
            + (inputs == 1 ? " column." : " columns."),
        "class",
        "lead");
    html.close("header");
    html.open("section", "id", "result", "aria-label", "Result");
    TableFigures.write(html, run);
    PageParts.links(html, sections());
    html.close("section");
  }

  private void settings() {
    html.open("section", "id", "settings").element("h2", "Settings");
    Map<String, String> settings = new LinkedHashMap<>();
    run.settings()
        .forEach(
            (name, text) -> settings.put(name, TableDataSection.shortened(text, LONGEST_SETTING)));
    PageParts.facts(html, settings);
    html.element("p", "Made by");
    html.open("pre").element("code", run.command()).close("pre");
    html.close("section");
  }

  private void confusion(ClassAnswers answers) {
    TableEvaluation evaluation = run.shown().evaluation();
    if (evaluation == null) {
      evaluation = run.model().evaluate(run.shown().rows());
    }
    Evaluation counts = evaluation.counts();
    List<String> classes = schema.target().classes();
    html.open("section", "id", "confusion").element("h2", "What was taken for what");
    String right =
        PageParts.number("%,.0f of ", counts.correct())
            + PageParts.number("%,.0f ", counts.total())
            + run.shown().name()
            + " rows are right.";
    if (classes.size() <= MOST_CLASSES) {
      html.element("p", right + " " + ConfusionTables.EXPLANATION);
      List<String> names =
          classes.stream().map(name -> TableDataSection.shortened(name, LONGEST_CLASS)).toList();
      ConfusionTables.write(html, names, "of " + run.shown().name() + " rows", counts);
    } else {
      html.element("p", right);
      ConfusionTables.mostFrequent(
          html, "Most frequent confusions, of " + rows(answers.size()), answers, MOST_PAIRS);
    }
    html.close("section");
  }

  /** On rows drawn at random where all would take too long. */
  private int[] importanceRows() {
    long most = MOST_SHUFFLED / (SHUFFLES * Math.max(1L, schema.inputs().size()));
    return Sample.of(
        run.shown().rows().rows(), Math.clamp(most, LEAST_IMPORTANCE_ROWS, MOST_IMPORTANCE_ROWS));
  }

  private PermutationImportance importance() {
    String figure = classifies() ? "log loss" : schema.target().logarithm() ? "RMSE of ln" : "RMSE";
    return PermutationImportance.of(
        run.model(), run.shown().rows().rows(importanceRows()), figure, SHUFFLES, 0);
  }

  private void importanceSection(PermutationImportance importance) {
    ImportanceSection.write(html, importance, SHUFFLES, rows(importanceRows().length));
  }

  /** {@code 70 test rows}; how many of them were drawn, if not all were. */
  private String rows(int looked) {
    int all = run.shown().rows().rows();
    String of = PageParts.number("%,.0f ", all) + run.shown().name() + " rows";
    return looked == all ? of : PageParts.number("%,.0f rows drawn from ", looked) + of;
  }
}
