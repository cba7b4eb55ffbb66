package lamella.examples.page;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import javax.xml.parsers.DocumentBuilderFactory;
import lamella.core.random.NumPyRandom;
import lamella.table.Column;
import lamella.table.PermutationImportance;
import lamella.table.PermutationImportance.Importance;
import lamella.table.Table;
import lamella.table.TableEvaluation;
import lamella.table.TableModel;
import lamella.table.TablePrediction;
import lamella.table.TableTrainer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

class TableReportTest {
  private static final String SECRET = "<script>\"&'";

  private static TableRun classes;
  private static Document classPage;
  private static TableRun numbers;
  private static Document numberPage;

  @BeforeAll
  static void make() throws Exception {
    Table penguins = penguins();
    classes =
        run(
            penguins.with(Column.categories(SECRET, texts(penguins.rows()))),
            TableModel.classifier("species").ignoring("island"));
    classPage = parse(TableReport.html(classes));
    numbers = run(penguins, TableModel.regressor("body_mass_g").withLogarithm());
    numberPage = parse(TableReport.html(numbers));
  }

  private static Table penguins() throws IOException {
    Path folder = Path.of("").toAbsolutePath();
    Path root = Files.exists(folder.resolve("README.md")) ? folder : folder.getParent();
    return Table.read(root.resolve("examples/guide/penguins.csv"));
  }

  /** Two texts that are no markup. */
  private static String[] texts(int rows) {
    String[] texts = new String[rows];
    for (int row = 0; row < rows; row++) {
      texts[row] = row % 3 == 0 ? "</td>" : "&amp;";
    }
    return texts;
  }

  private static TableRun run(Table table, TableTrainer trainer) {
    List<Table> parts = table.split(new NumPyRandom(1), 0.6, 0.2, 0.2);
    TableModel model = trainer.withEpochs(6).withMembers(1).fit(parts.get(0), parts.get(1));
    List<TableRun.Part> named = new ArrayList<>();
    List<String> names = List.of("train", "validation", "test");
    for (int i = 0; i < 3; i++) {
      TableEvaluation evaluation = i == 0 ? null : model.evaluate(parts.get(i));
      named.add(new TableRun.Part(names.get(i), parts.get(i), row -> 1000 + row, evaluation));
    }
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("seed", "0");
    settings.put("path", SECRET);
    return new TableRun(
        "penguins.csv", "lamella table train penguins.csv", table, named, model, settings);
  }

  private static Document parse(byte[] html) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new ByteArrayInputStream(html));
  }

  private static List<Element> all(Document document, String name) {
    NodeList nodes = document.getElementsByTagName(name);
    List<Element> elements = new ArrayList<>();
    for (int i = 0; i < nodes.getLength(); i++) {
      elements.add((Element) nodes.item(i));
    }
    return elements;
  }

  private static boolean inside(Element element, String section) {
    return element.getParentNode() instanceof Element parent
        && (parent.getAttribute("id").equals(section) || inside(parent, section));
  }

  /** The cells of every row of the tables of a section, header cells too. */
  private static List<List<String>> rows(Document document, String section) {
    List<List<String>> rows = new ArrayList<>();
    for (Element row : all(document, "tr")) {
      if (inside(row, section)) {
        List<String> cells = new ArrayList<>();
        for (int i = 0; i < row.getChildNodes().getLength(); i++) {
          cells.add(row.getChildNodes().item(i).getTextContent());
        }
        rows.add(cells);
      }
    }
    return rows;
  }

  private static String text(Document document, String section) {
    StringBuilder text = new StringBuilder();
    for (Element paragraph : all(document, "p")) {
      if (inside(paragraph, section)) {
        text.append(paragraph.getTextContent()).append('\n');
      }
    }
    return text.toString();
  }

  // It stands alone.

  @Test
  void nothingIsFetchedAndEveryLinkLeadsSomewhere() {
    for (Document page : List.of(classPage, numberPage)) {
      Set<String> ids = new HashSet<>();
      for (Element element : all(page, "*")) {
        String id = element.getAttribute("id");
        assertTrue(id.isEmpty() || ids.add(id), id);
        for (String name : List.of("src", "href", "srcset", "xlink:href", "data")) {
          String address = element.getAttribute(name);
          assertTrue(
              address.isEmpty() || address.startsWith("data:") || address.startsWith("#"), address);
        }
      }
      for (Element link : all(page, "a")) {
        assertTrue(ids.contains(link.getAttribute("href").substring(1)));
      }
      assertEquals(List.of(), all(page, "script"));
      for (Element svg : all(page, "svg")) {
        assertEquals("img", svg.getAttribute("role"));
        for (String id : svg.getAttribute("aria-labelledby").split(" ", -1)) {
          assertTrue(ids.contains(id), id);
        }
      }
    }
  }

  @Test
  void namesAndValuesOfOthersStayText() {
    assertTrue(rows(classPage, "data").stream().anyMatch(row -> row.getFirst().equals(SECRET)));
    assertTrue(all(classPage, "dd").stream().anyMatch(dd -> dd.getTextContent().equals(SECRET)));
    assertTrue(
        rows(classPage, "worst").stream()
            .anyMatch(row -> row.contains("</td>") || row.contains("&amp;")));
  }

  @Test
  void aCountryChangesNothing() {
    byte[] here = TableReport.html(classes);
    Locale locale = Locale.getDefault();
    try {
      for (String country : List.of("fa-IR", "th-TH-u-ca-buddhist-nu-thai", "tr-TR")) {
        Locale.setDefault(Locale.forLanguageTag(country));
        assertArrayEquals(here, TableReport.html(classes), country);
      }
    } finally {
      Locale.setDefault(locale);
    }
  }

  // What is in it.

  @Test
  void theSectionsAreThoseOfTheTask() {
    assertEquals(
        List.of(
            "result",
            "data",
            "settings",
            "curves",
            "confusion",
            "calibration",
            "importance",
            "worst"),
        all(classPage, "section").stream().map(section -> section.getAttribute("id")).toList());
    assertEquals(
        List.of("result", "data", "settings", "curves", "residuals", "importance", "worst"),
        all(numberPage, "section").stream().map(section -> section.getAttribute("id")).toList());
  }

  @Test
  void theFiguresAreThoseOfTheEvaluationsBesideTheConstantAnswer() {
    List<List<String>> rows = rows(classPage, "result");
    assertEquals(List.of("figure", "validation", "constant", "test", "constant"), rows.getFirst());
    TableEvaluation test = classes.parts().get(2).evaluation();
    Map<String, Double> constant =
        ConstantModel.of(classes.model().schema().target(), classes.parts().get(0).rows())
            .figures(classes.parts().get(2).rows());
    assertEquals(test.figures().size(), rows.size() - 1);
    for (List<String> row : rows.subList(1, rows.size())) {
      String name = row.getFirst();
      assertEquals(String.format(Locale.ROOT, "%.4f", test.figure(name)), row.get(3));
      assertEquals(String.format(Locale.ROOT, "%.4f", constant.get(name)), row.get(4), name);
    }
    List<String> names = rows(numberPage, "result").stream().map(List::getFirst).toList();
    assertEquals(List.of("figure", "RMSE", "MAE", "R²", "RMSE of ln", "R² of ln"), names);
  }

  @Test
  void columnsAreListedWithTheirUse() {
    Map<String, List<String>> rows = new LinkedHashMap<>();
    rows(classPage, "data").forEach(row -> rows.put(row.getFirst(), row));
    assertEquals("target", rows.get("species").get(2));
    assertEquals("input", rows.get("sex").get(2));
    assertEquals("11", rows.get("sex").get(3));
    assertTrue(rows.get("island").get(2).startsWith("left out: "), rows.get("island").get(2));
    assertTrue(text(classPage, "data").startsWith("344 rows: "), text(classPage, "data"));
  }

  @Test
  void theExpectedCalibrationErrorIsTheFigure() {
    double error = classes.parts().get(2).evaluation().figure("calibration error");
    assertTrue(
        text(classPage, "calibration").contains(String.format(Locale.ROOT, "%.4f of ", error)),
        error + " " + text(classPage, "calibration"));
  }

  @Test
  void theImportanceIsThatOfTheTestRows() {
    PermutationImportance importance =
        PermutationImportance.of(classes.model(), classes.parts().get(2).rows());
    List<List<String>> rows = rows(classPage, "importance");
    assertEquals(importance.columns().size(), rows.size() - 1);
    for (int i = 1; i < rows.size(); i++) {
      Importance column = importance.columns().get(i - 1);
      assertEquals(column.column(), rows.get(i).getFirst());
      double shown = Double.parseDouble(rows.get(i).get(2).replace('−', '-'));
      assertEquals(
          column.mean(), shown, 0.0005 * Math.max(0.1, importance.columns().getFirst().mean()));
    }
  }

  @Test
  void theWorstRowIsTheOneOfTheLeastProbableTruth() {
    Table rows = classes.parts().get(2).rows();
    List<TablePrediction> predictions = classes.model().predict(rows);
    int worst = 0;
    for (int row = 0; row < rows.rows(); row++) {
      worst = ofTruth(predictions, rows, row) < ofTruth(predictions, rows, worst) ? row : worst;
    }
    List<String> shown = rows(classPage, "worst").get(1);
    assertEquals("" + (1000 + worst), shown.get(0));
    assertEquals(rows.column("species").text(worst), shown.get(1));
    assertEquals(predictions.get(worst).label(), shown.get(3));
  }

  private static double ofTruth(List<TablePrediction> predictions, Table rows, int row) {
    return predictions.get(row).probability(String.valueOf(rows.column("species").text(row)));
  }

  @Test
  void ofLogarithmsEverythingIsShownAsSuch() {
    String page = new String(TableReport.html(numbers), StandardCharsets.UTF_8);
    assertTrue(page.contains("True ln body_mass_g over predicted"), "title");
    List<String> heads = rows(numberPage, "worst").getFirst();
    assertEquals(List.of("row", "ln true", "ln predicted", "residual"), heads.subList(0, 4));
    double truth = Double.parseDouble(rows(numberPage, "worst").get(1).get(1));
    assertTrue(truth > Math.log(2000) && truth < Math.log(7000), "" + truth);
  }

  // However large the table.

  @Test
  void ofManyRowsSomeAreDrawn() {
    NumPyRandom random = new NumPyRandom(1);
    int n = 60_000;
    double[] x = new double[n];
    double[] y = new double[n];
    for (int i = 0; i < n; i++) {
      x[i] = random.nextGaussian();
      y[i] = 3 * x[i] + random.nextGaussian();
    }
    Table table = Table.of(Column.numbers("x", x), Column.numbers("y", y));
    List<Table> parts = table.split(random, 0.02, 0.02, 0.96);
    TableModel model =
        TableModel.regressor("y").withEpochs(2).withMembers(1).fit(parts.get(0), parts.get(1));
    List<TableRun.Part> named =
        List.of(
            new TableRun.Part("train", parts.get(0), row -> row, null),
            new TableRun.Part("test", parts.get(2), row -> row, model.evaluate(parts.get(2))));
    TableRun run = new TableRun("large.csv", "", table, named, model, Map.of());
    byte[] html = TableReport.html(run);
    String page = new String(html, StandardCharsets.UTF_8);
    assertTrue(page.contains("10,000 rows drawn from 57,600 test rows, of which 2,000"), "plots");
    assertTrue(page.contains("of 2,000 rows drawn from 57,600 test rows"), "importance");
    assertTrue(page.contains("1,200 rows are in none of them."), "rows");
    assertTrue(html.length < 200_000, "" + html.length);
  }

  @Test
  void ofManyColumnsAndClassesSomeAreShown() throws Exception {
    NumPyRandom random = new NumPyRandom(1);
    int n = 400;
    Column[] columns = new Column[301];
    String[] labels = new String[n];
    for (int c = 0; c < 300; c++) {
      double[] values = random.doubles(n).toArray();
      columns[c] = Column.numbers("x" + c, values);
    }
    for (int row = 0; row < n; row++) {
      labels[row] = "class " + row % 50;
    }
    columns[300] = Column.categories("y", labels);
    Table table = Table.of(columns);
    TableRun run = run(table, TableModel.classifier("y"));
    byte[] html = TableReport.html(run);
    Document page = parse(html);
    assertEquals(1 + TableDataSection.MOST, rows(page, "data").size());
    assertTrue(text(page, "data").contains("And 101 columns more."));
    assertEquals(1 + ImportanceSection.MOST, rows(page, "importance").size());
    assertEquals(5 + WorstRowsSection.COLUMNS, rows(page, "worst").getFirst().size());
    assertEquals(List.of("true", "predicted", "rows"), rows(page, "confusion").getFirst());
    assertFalse(new String(html, StandardCharsets.UTF_8).contains("class=\"matrix\""));
    assertTrue(html.length < 200_000, "" + html.length);
  }
}
