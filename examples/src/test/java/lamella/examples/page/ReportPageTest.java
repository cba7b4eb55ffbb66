package lamella.examples.page;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.SortedMap;
import java.util.TimeZone;
import java.util.TreeSet;
import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;
import lamella.core.DType;
import lamella.data.cifar.ImageDataset;
import lamella.examples.Activation;
import lamella.examples.DivergedException;
import lamella.examples.Experiment;
import lamella.examples.PublishedReport;
import lamella.examples.RunOption;
import lamella.optim.Evaluation;
import lamella.optim.History.Measurement;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

class ReportPageTest {
  private static final List<String> NAMES =
      List.of("a", "b", "<script>", "\"&'", "e", "f", "g", "h", "i", "ship");

  private static ImageDataset data;
  private static List<TrainedRun> runs;
  private static SortedMap<String, byte[]> files;
  private static Document page;

  @BeforeAll
  static void make() throws Exception {
    data = SmallRuns.data(300, 1);
    runs = SmallRuns.train(SmallRuns.experiment(), data);
    files = ReportPage.of(setting("/a<b>&\"c\"/cifar", false), runs, data, 10).files();
    page = parse(files);
  }

  private static Setting setting(String source, boolean cifar10) {
    return new Setting(
        source, cifar10, NAMES, 300, 300, 300, "scalar kernels, 1 thread", "JDK 25", "0.1.0");
  }

  private static Document parse(Map<String, byte[]> files) throws Exception {
    byte[] html = files.get("index.html");
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

  /** The cells of every row of the tables of a section, header cells too. */
  private static List<List<String>> rows(Document document, String section) {
    List<List<String>> rows = new ArrayList<>();
    for (Element row : all(document, "tr")) {
      if (inside(row, section)) {
        List<String> cells = new ArrayList<>();
        for (int i = 0; i < row.getChildNodes().getLength(); i++) {
          String cell = row.getChildNodes().item(i).getTextContent();
          if (!cell.isBlank()) {
            cells.add(cell);
          }
        }
        rows.add(cells);
      }
    }
    return rows;
  }

  private static boolean inside(Element element, String section) {
    return element.getParentNode() instanceof Element parent
        && (parent.getAttribute("id").equals(section) || inside(parent, section));
  }

  private static String number(String format, double value) {
    return String.format(Locale.ROOT, format, value).replace('-', '−');
  }

  /** Numbers, names and pictures. */
  @Test
  void aCountryChangesNothing() throws Exception {
    Locale locale = Locale.getDefault();
    TimeZone zone = TimeZone.getDefault();
    try {
      for (String country : List.of("fa-IR", "ar-EG", "th-TH-u-ca-buddhist-nu-thai", "tr-TR")) {
        Locale.setDefault(Locale.forLanguageTag(country));
        TimeZone.setDefault(TimeZone.getTimeZone("Asia/Kathmandu"));
        SortedMap<String, byte[]> here =
            ReportPage.of(setting("/a<b>&\"c\"/cifar", false), runs, data, 10).files();
        assertEquals(files.keySet(), here.keySet());
        for (String name : files.keySet()) {
          assertArrayEquals(files.get(name), here.get(name), country + " " + name);
        }
      }
    } finally {
      Locale.setDefault(locale);
      TimeZone.setDefault(zone);
    }
  }

  // It stands alone.

  @Test
  void nothingIsFetchedFromAnywhere() {
    String html = new String(files.get("index.html"), StandardCharsets.UTF_8);
    assertFalse(html.contains("http://") || html.contains("https://"));
    assertFalse(html.contains("@import") || html.contains("url("));
    for (String name : List.of("script", "iframe", "object", "embed", "video")) {
      assertEquals(List.of(), all(page, name));
    }
    for (String name : List.of("src", "href", "srcset", "xlink:href", "data", "poster")) {
      for (Element element : all(page, "*")) {
        String address = element.getAttribute(name);
        assertTrue(
            address.isEmpty() || address.startsWith("data:") || address.startsWith("#"), address);
      }
    }
  }

  @Test
  void everyLinkOfThePageLeadsSomewhereAndNoIdIsThereTwice() {
    Set<String> ids = new HashSet<>();
    for (Element element : all(page, "*")) {
      String id = element.getAttribute("id");
      assertTrue(id.isEmpty() || ids.add(id), id);
    }
    assertEquals(7, all(page, "a").size());
    for (Element link : all(page, "a")) {
      assertTrue(ids.contains(link.getAttribute("href").substring(1)), link.getAttribute("href"));
    }
    for (Element svg : all(page, "svg")) {
      for (String id : svg.getAttribute("aria-labelledby").split(" ", -1)) {
        assertTrue(ids.contains(id), id);
      }
    }
  }

  @Test
  void everyPictureHasATextInstead() {
    Set<String> texts = new HashSet<>();
    for (Element image : all(page, "img")) {
      assertTrue(texts.add(image.getAttribute("alt")), "twice: " + image.getAttribute("alt"));
      assertFalse(image.getAttribute("alt").isBlank());
    }
    assertEquals(4 + 12, texts.size());
    assertEquals(15, all(page, "svg").size());
    for (Element svg : all(page, "svg")) {
      assertEquals("img", svg.getAttribute("role"));
      Element description = (Element) svg.getElementsByTagName("desc").item(0);
      assertTrue(texts.add(description.getTextContent()));
    }
  }

  @Test
  void namesAndPathsOfOthersStayText() {
    assertTrue(
        all(page, "dd").stream().anyMatch(dd -> dd.getTextContent().equals("/a<b>&\"c\"/cifar")));
    assertTrue(all(page, "th").stream().anyMatch(th -> th.getTextContent().equals("<script>")));
    assertEquals(List.of(), all(page, "script"));
  }

  // Its numbers are those of the runs.

  @Test
  void theResultAndTheFingerprintsAreThoseOfTheRuns() {
    List<List<String>> rows = rows(page, "result");
    assertEquals(List.of("activation", "validation", "test"), rows.getFirst());
    for (int i = 0; i < 4; i++) {
      TrainedRun run = runs.get(i);
      assertEquals(
          List.of(
              run.activation().title(),
              number("%.4f", run.validation()),
              number("%.4f", run.test())),
          rows.get(i + 1));
      assertEquals(run.fingerprint(), all(page, "code").get(i).getTextContent());
    }
  }

  @Test
  void theLossesAreThoseOfEveryTenthStepAndItSaysWhyTheyStandAlone() {
    List<List<String>> rows = rows(page, "losses");
    assertEquals(1 + 5, rows.size());
    for (int line = 0; line < 5; line++) {
      List<String> expected = new ArrayList<>(List.of("" + 10 * line));
      for (TrainedRun run : runs) {
        expected.add(number("%.6f", run.history().get(10 * line).loss()));
      }
      assertEquals(expected, rows.get(line + 1));
    }
    assertTrue(
        all(page, "p").stream()
            .anyMatch(p -> p.getTextContent().startsWith("These are not CIFAR-10’s images")));
  }

  @Test
  void onCifar10ThePublishedNumbersStandBesideOurs() throws Exception {
    Experiment shorter =
        Experiment.report(Activation.RELU, DType.FLOAT32).with(RunOption.ITERATIONS, 101L);
    List<TrainedRun> trained = SmallRuns.train(shorter, SmallRuns.data(200, 2));
    Document compared =
        parse(ReportPage.of(setting("cifar", true), trained, data, 100, false).files());
    List<List<String>> rows = rows(compared, "losses");
    assertEquals(4 * 3, rows.size());
    for (int i = 0; i < 4; i++) {
      assertEquals(
          List.of("iteration", "loss", "penalty − cross-entropy", "report", "difference"),
          rows.get(3 * i));
      for (int line = 0; line < 2; line++) {
        TrainedRun run = trained.get(i);
        double ours = PublishedReport.column(run.history().get(100 * line));
        OptionalDouble theirs = PublishedReport.column(run.activation(), 100 * line);
        assertEquals(
            List.of(
                "" + 100 * line,
                number("%.6f", run.history().get(100 * line).loss()),
                number("%.6f", ours),
                number("%.6f", theirs.getAsDouble()),
                number("%+.6f", ours - theirs.getAsDouble())),
            rows.get(3 * i + 1 + line));
      }
    }
    // The report's accuracies are those after 1000 steps.
    assertEquals("–", rows(compared, "result").get(2).get(2));
  }

  @Test
  void anotherExperimentIsNotComparedAndSaysWhereItDiffers() {
    String why = setting("cifar", true).whyNotCompared(SmallRuns.experiment()).orElseThrow();
    assertTrue(why.contains("--hidden 5 (report: 64)"), why);
    assertTrue(
        setting("cifar", true)
            .whyNotCompared(Experiment.report(Activation.SWISH, DType.FLOAT64))
            .isEmpty());
  }

  @Test
  void theConfusionsAreCountedAndTheBestNetworksAreOpen() {
    List<List<String>> rows = rows(page, "confusion");
    assertEquals(4 * 22, rows.size());
    double best = runs.stream().mapToDouble(TrainedRun::validation).max().orElseThrow();
    boolean found = false;
    for (int i = 0; i < 4; i++) {
      TrainedRun run = runs.get(i);
      boolean open = all(page, "details").get(i).hasAttribute("open");
      assertEquals(!found && run.validation() == best, open);
      found |= open;
      Evaluation test = Evaluation.of(run.network(), data);
      for (int c = 0; c < 10; c++) {
        List<String> expected = new ArrayList<>(List.of(NAMES.get(c)));
        int column = 0;
        for (int other = 0; other < 10; other++) {
          expected.add("" + test.count(c, other));
          column += test.count(other, c);
        }
        assertEquals(expected, rows.get(22 * i + 1 + c));
        assertEquals(
            List.of(
                NAMES.get(c),
                number("%.3f", test.count(c, c) / 30.0),
                column == 0 ? "–" : number("%.3f", (double) test.count(c, c) / column)),
            rows.get(22 * i + 12 + c));
      }
    }
  }

  @Test
  void theTimesAreThoseGiven() {
    assertEquals(List.of("ReLU", "1.25 s", "2.00 ms", "10,000"), rows(page, "times").get(1));
  }

  // Its pictures.

  @Test
  void aLineHasAPointForEveryStep() {
    Element svg = all(page, "svg").get(1);
    List<String> points =
        List.of(
            ((Element) svg.getElementsByTagName("polyline").item(0))
                .getAttribute("points")
                .split(" ", -1));
    assertEquals(SmallRuns.ITERATIONS, points.size());
    Axis loss = Charts.of(runs).loss().y();
    for (int t = 0; t < points.size(); t++) {
      String[] point = points.get(t).split(",", -1);
      // 45 steps are an axis from 0 to 50; y points downwards.
      assertEquals(1000 * t / 50.0, Double.parseDouble(point[0]), 0.05);
      double height = 1000 * (1 - loss.share(runs.getFirst().history().get(t).loss()));
      assertEquals(height, Double.parseDouble(point[1]), 0.05 + 1e-9);
    }
  }

  @Test
  void everyChartAndGridIsAFileToo() throws IOException {
    Set<String> expected =
        new TreeSet<>(List.of("index.html", "loss.png", "accuracy.png", "measured-loss.png"));
    for (Activation activation : Activation.values()) {
      for (String kind : List.of("loss-", "accuracy-", "measured-loss-", "weights-")) {
        expected.add(kind + activation + ".png");
      }
    }
    assertEquals(expected, files.keySet());
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      if (file.getKey().endsWith(".png")) {
        BufferedImage image = ImageIO.read(new ByteArrayInputStream(file.getValue()));
        // 5 units stand in 3 columns.
        int width = file.getKey().startsWith("weights") ? 3 * 33 - 1 : 1000;
        assertEquals(width, image.getWidth(), file.getKey());
      }
    }
  }

  /** Of any size, under any name, on any set, and where it is not always a number. */
  @Test
  void whateverWasMeasuredHasItsCurves() throws Exception {
    List<TrainedRun> measuring =
        runs.stream()
            .map(run ->
                new TrainedRun(
                    run.experiment(),
                    run.network(),
                    run.fingerprint(),
                    run.history(),
                    List.of(
                        new Measurement(0, "validation rmse", 52_000.5 + run.colour()),
                        new Measurement(0, "EMA validation rmse", 50_000),
                        new Measurement(0, "train rmse", 48_000),
                        new Measurement(0, "train top-5/k", 0.0004),
                        new Measurement(0, "never", Double.NaN),
                        new Measurement(20, "validation rmse", 31_117.25 + run.colour()),
                        new Measurement(20, "validation auc", 0.75),
                        new Measurement(20, "train top-5/k", 0.000321)),
                    run.validation(),
                    run.test(),
                    run.timing()))
            .toList();
    Charts charts = Charts.of(measuring);
    assertEquals(List.of("auc", "rmse", "top-5/k"), charts.quantities());
    SortedMap<String, byte[]> made =
        ReportPage.of(setting("/x", false), measuring, data, 10).files();
    assertTrue(made.keySet().containsAll(List.of("measured-rmse.png", "measured-auc-selu.png")));
    assertTrue(made.containsKey("measured-top-5_k-relu.png"));
    String html = new String(made.get("index.html"), StandardCharsets.UTF_8);
    parse(made);
    assertTrue(html.contains("Rmse of the four activations"));
    assertTrue(
        html.contains(
            "Last measured on validation images: ReLU 31117.250, LeakyReLU 31118.250, Swish"
                + " 31119.250, SELU 31120.250."),
        html);
    assertTrue(
        html.contains(
            "Rmse with ReLU over the iterations. Last measured: validation 31117.250, EMA"
                + " validation 50000.000, train 48000.000."));
    assertTrue(
        html.contains("Top-5/k with SELU over the iterations. Last measured: train 0.000321."));
    LineChart rmse = charts.measured("rmse", measuring.getFirst());
    assertEquals(
        List.of(LineChart.Look.DASHED, LineChart.Look.FAINT, LineChart.Look.SOLID),
        rmse.lines().stream().map(LineChart.Line::look).toList());
    assertTrue(rmse.y().from() <= 31_117.25 && rmse.y().to() >= 52_003.5);
  }

  @Test
  void withoutFontsEverythingButTheChartFilesIsThere() {
    ReportPage poor = ReportPage.of(setting("/a<b>&\"c\"/cifar", false), runs, data, 10, false);
    assertTrue(poor.missing().orElseThrow().startsWith("no font found"));
    SortedMap<String, byte[]> made = poor.files();
    assertEquals(5, made.size());
    assertTrue(made.containsKey("weights-selu.png") && made.containsKey("index.html"));
  }

  @Test
  void theSameRunsGiveTheSameBytes() throws DivergedException {
    List<TrainedRun> again = SmallRuns.train(SmallRuns.experiment(), data);
    SortedMap<String, byte[]> once =
        ReportPage.of(setting("/a<b>&\"c\"/cifar", false), again, data, 10).files();
    assertEquals(files.keySet(), once.keySet());
    files.forEach((name, bytes) -> assertArrayEquals(bytes, once.get(name), name));
  }

  /** As early stopping ends them. */
  @Test
  void runsOfDifferentLengthsStandBesideEachOther() throws Exception {
    for (int shorter = 0; shorter < 4; shorter++) {
      List<TrainedRun> some = new ArrayList<>(runs);
      TrainedRun run = some.get(shorter);
      some.set(
          shorter,
          new TrainedRun(
              run.experiment(),
              run.network(),
              run.fingerprint(),
              run.history().subList(0, 11),
              run.measurements(),
              run.validation(),
              run.test(),
              run.timing()));
      Document made = parse(ReportPage.of(setting("x", false), some, data, 10, false).files());
      List<List<String>> rows = rows(made, "losses");
      assertEquals(6, rows.size());
      for (int line = 0; line < 5; line++) {
        assertEquals("" + 10 * line, rows.get(line + 1).getFirst());
        for (int i = 0; i < 4; i++) {
          String expected =
              i == shorter && line > 1
                  ? "–"
                  : number("%.6f", runs.get(i).history().get(10 * line).loss());
          assertEquals(expected, rows.get(line + 1).get(i + 1));
        }
      }
    }
  }

  @Test
  void aRunOfOneStepHasAPageToo() throws Exception {
    Experiment one =
        SmallRuns.experiment()
            .with(RunOption.HIDDEN, 1L)
            .with(RunOption.ITERATIONS, 1L)
            .with(RunOption.DTYPE, DType.FLOAT64);
    Document shortest =
        parse(
            ReportPage.of(setting("x", false), SmallRuns.train(one, data), data, 1, false).files());
    assertEquals(2, rows(shortest, "losses").size());
    assertEquals(15, all(shortest, "svg").size());
  }
}
