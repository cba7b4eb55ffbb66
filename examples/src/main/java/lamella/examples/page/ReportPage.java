package lamella.examples.page;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Supplier;
import lamella.data.cifar.ImageDataset;
import lamella.data.cifar.ImageShape;
import lamella.examples.Experiment;
import lamella.examples.InitialWeights;
import lamella.examples.PublishedReport;
import lamella.examples.RunOption;
import lamella.optim.Evaluation;

/**
 * The report as a page: {@code index.html}, which holds all it needs, and its pictures as PNG
 * files.
 *
 * <p>Equal runs give equal bytes, but for times and the text that describes the machine.
 */
public final class ReportPage {
  private static final Map<String, String> SECTIONS = sections();

  private final Setting setting;
  private final List<TrainedRun> runs;
  private final ImageDataset test;
  private final int interval;
  private final Experiment experiment;
  private final TrainedRun best;
  private final Charts charts;
  private final Map<TrainedRun, byte[]> grids = new LinkedHashMap<>();
  private final boolean drawsCharts;

  private ReportPage(
      Setting setting,
      List<TrainedRun> runs,
      ImageDataset test,
      int interval,
      boolean drawsCharts) {
    this.setting = setting;
    this.runs = runs;
    this.test = test;
    this.interval = interval;
    this.experiment = runs.getFirst().experiment();
    this.best =
        Collections.min(runs, Comparator.comparingDouble((TrainedRun run) -> -run.validation()));
    this.charts = Charts.of(runs);
    runs.forEach(
        run -> grids.put(run, WeightPicture.png(run.firstWeights(), test.images().shape())));
    this.drawsCharts = drawsCharts;
  }

  /**
   * The page of these runs; only the weights are drawn yet.
   *
   * @param runs one for each activation, of the same experiment otherwise
   * @param test the images that the networks are judged by
   * @param interval iterations between two lines of the tables
   */
  public static ReportPage of(
      Setting setting, List<TrainedRun> runs, ImageDataset test, int interval) {
    return of(setting, runs, test, interval, ChartImage.fontsWork());
  }

  static ReportPage of(
      Setting setting,
      List<TrainedRun> runs,
      ImageDataset test,
      int interval,
      boolean drawsCharts) {
    return new ReportPage(setting, runs, test, interval, drawsCharts);
  }

  /**
   * Makes the files, on all processors: {@code index.html}, {@code loss.png}, {@code
   * weights-relu.png}, and so on.
   */
  public SortedMap<String, byte[]> files() {
    Map<String, Supplier<byte[]>> files = new LinkedHashMap<>();
    files.put("index.html", this::page);
    if (drawsCharts) {
      for (LineChart chart : charts.all()) {
        files.put(chart.name() + ".png", () -> Png.encode(ChartImage.of(chart)));
      }
    }
    grids.forEach((run, png) -> files.put("weights-" + run.activation() + ".png", () -> png));
    SortedMap<String, byte[]> contents = new ConcurrentSkipListMap<>();
    files.entrySet().parallelStream()
        .forEach(file -> contents.put(file.getKey(), file.getValue().get()));
    return contents;
  }

  /** What is missing and why, for the user; empty if nothing is. */
  public Optional<String> missing() {
    return drawsCharts
        ? Optional.empty()
        : Optional.of(
            "no font found on this machine, so the curves are in report/index.html only, not in PNG files;"
                + " any font will do, such as DejaVu");
  }

  // The page, from top to bottom.

  private static Map<String, String> sections() {
    Map<String, String> sections = new LinkedHashMap<>();
    sections.put("configuration", "Configuration");
    sections.put("losses", "Losses");
    sections.put("curves", "Curves");
    sections.put("weights", "Weights");
    sections.put("confusion", "Confusions");
    sections.put("examples", "Images");
    sections.put("times", "Times");
    return sections;
  }

  private byte[] page() {
    Markup html = new Markup();
    PageParts.head(html, "Lamella: four activations compared");
    html.open("body").open("main");
    summary(html);
    configuration(html);
    LossTables.write(html, setting, runs, interval);
    curves(html);
    weights(html);
    List<Evaluation> evaluations = new ArrayList<>();
    for (TrainedRun run : runs) {
      evaluations.add(Evaluation.of(run.network(), test));
    }
    ConfusionSection.write(html, setting.classNames(), runs, best, evaluations);
    Predictions predictions = Predictions.of(best.network(), experiment.dtype(), test);
    ExamplesSection.write(html, setting.classNames(), test.images(), best, predictions);
    times(html);
    footer(html);
    html.close("main").close("body").close("html");
    return html.bytes();
  }

  private void summary(Markup html) {
    html.open("header");
    html.element("h1", "Four activations compared");
    html.element(
        "p",
        "A network of two layers, "
            + test.exampleShape().size()
            + " → "
            + experiment.hidden()
            + " → "
            + setting.classNames().size()
            + ", trained "
            + experiment.iterations()
            + (experiment.iterations() == 1 ? " step" : " steps")
            + " with each activation. Images: "
            + setting.data()
            + ".",
        "class",
        "lead");
    html.close("header");
    html.open("section", "id", "result", "aria-label", "Result");
    accuracies(html);
    PageParts.links(html, SECTIONS);
    html.close("section");
  }

  /** As the console's last table. */
  private void accuracies(Markup html) {
    boolean compare = setting.whyNotCompared(experiment).isEmpty();
    html.open("table", "class", "numbers result");
    html.element(
        "caption", "Accuracy of the finished networks; the best on validation images in bold");
    PageParts.heads(
        html,
        compare
            ? List.of("activation", "validation", "report", "difference", "test")
            : List.of("activation", "validation", "test"));
    for (TrainedRun run : runs) {
      html.open("tr", "class", run.activation() == best.activation() ? "best" : "plain");
      html.open("th", "scope", "row")
          .element("span", run.activation().title(), "class", "key c" + run.colour())
          .close("th");
      html.element("td", PageParts.number("%.4f", run.validation()));
      if (compare) {
        String report =
            experiment.iterations() == PublishedReport.ITERATIONS
                ? PublishedReport.validationAccuracy(run.activation())
                : null;
        html.element("td", report == null ? "–" : report);
        html.element(
            "td",
            report == null
                ? "–"
                : PageParts.number("%+.4f", run.validation() - Double.parseDouble(report)));
      }
      html.element("td", PageParts.number("%.4f", run.test()));
      html.close("tr");
    }
    html.close("tbody").close("table");
  }

  private void configuration(Markup html) {
    html.open("section", "id", "configuration").element("h2", "Configuration");
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("data", setting.data());
    facts.put(
        "images",
        setting.training()
            + " for training, "
            + setting.validation()
            + " for validation, "
            + setting.test()
            + " for the test");
    facts.put("hidden units", Integer.toString(experiment.hidden()));
    facts.put("steps", experiment.iterations() + ", each of " + experiment.batchSize() + " images");
    facts.put("learning rate", learningRate());
    facts.put(
        "penalty", "½ λ (|W1|² + |W2|²), λ = " + PageParts.shortest(experiment.get(RunOption.L2)));
    facts.put("initial weights", initialWeights());
    facts.put("seed", Long.toString(experiment.seed()));
    facts.put("numbers", experiment.dtype().toString());
    String more = experiment.optionsBeyondReports();
    if (!more.isEmpty()) {
      facts.put("further options", more);
    }
    facts.put("computed with", setting.machine());
    facts.put("on", setting.jdk());
    facts.put("by", "Lamella " + setting.version());
    PageParts.facts(html, facts);
    html.element(
        "p",
        "The same options on the same data give the same parameters, bit for bit, on every machine. Their SHA-256:");
    html.open("dl", "class", "fingerprints");
    for (TrainedRun run : runs) {
      html.open("dt")
          .element("span", run.activation().title(), "class", "key c" + run.colour())
          .close("dt");
      html.open("dd").element("code", run.fingerprint()).close("dd");
    }
    html.close("dl").close("section");
  }

  private String learningRate() {
    String rate = PageParts.shortest(experiment.get(RunOption.LEARNING_RATE));
    return experiment.get(RunOption.SCHEDULE) == RunOption.Rates.REPORT
        ? rate + ", times " + PageParts.shortest(experiment.get(RunOption.DECAY)) + " each epoch"
        : rate + ", the highest";
  }

  private String initialWeights() {
    InitialWeights initial = experiment.get(RunOption.INIT_STD);
    return "normal, standard deviation "
        + (initial.isHe() ? "√(2 / inputs)" : PageParts.shortest(initial.deviation()));
  }

  private void curves(Markup html) {
    html.open("section", "id", "curves").element("h2", "Loss, accuracy and what else was measured");
    int window = Curve.window(experiment.iterations());
    html.element(
        "p",
        window == 1
            ? "The loss of every step."
            : "The loss of a single batch is noisy: faint is the loss of every step, the line on it the mean of "
                + window
                + " steps around it, fewer at either end.");
    ChartFigure.write(html, charts.loss().onPage(), "tall");
    html.open("div", "class", "pair");
    runs.forEach(run -> ChartFigure.write(html, charts.loss(run).onPage(), "small"));
    html.close("div");
    html.element(
        "p",
        "Measured once an epoch: on validation images (solid) and on training images (dashed).");
    for (String quantity : charts.quantities()) {
      ChartFigure.write(html, charts.measured(quantity).onPage(), "tall");
      html.open("div", "class", "pair");
      runs.forEach(
          run -> ChartFigure.write(html, charts.measured(quantity, run).onPage(), "small"));
      html.close("div");
    }
    html.close("section");
  }

  private void weights(Markup html) {
    int units = experiment.hidden();
    ImageShape shape = test.images().shape();
    int shown = WeightGrid.shown(units, shape);
    html.open("section", "id", "weights").element("h2", "What the first layer looks for");
    html.element(
        "p",
        "The weights of "
            + (shown < units
                ? "the first " + shown + " of " + units + " hidden units"
                : "each hidden unit")
            + " as an image of "
            + shape.height()
            + " × "
            + shape.width()
            + (shape.channels() == 1 ? " grey pixels" : " pixels in red, green and blue")
            + "; each is stretched for itself, from its smallest"
            + " weight, black, to its largest.");
    html.open("div", "class", "pair");
    grids.forEach((run, png) -> {
      html.open("figure", "class", "weights");
      html.open("figcaption")
          .element("span", run.activation().title(), "class", "key c" + run.colour())
          .close("figcaption");
      html.empty(
          "img",
          "src",
          Png.dataUri(png),
          "width",
          Integer.toString(WeightGrid.width(units, shape)),
          "height",
          Integer.toString(WeightGrid.height(units, shape)),
          "class",
          "pixels",
          "alt",
          "First-layer weights of "
              + shown
              + (shown == 1 ? " hidden unit" : " hidden units")
              + " with "
              + run.activation().title()
              + ", an image for each");
      html.close("figure");
    });
    html.close("div").close("section");
  }

  private void times(Markup html) {
    html.open("section", "id", "times").element("h2", "Times");
    html.element(
        "p",
        "Of a whole run, the accuracies measured once an epoch and at the end included; and of a step, in the median,"
            + " with the images a second that this makes.");
    html.open("table", "class", "numbers");
    PageParts.heads(html, List.of("activation", "run", "step", "images/s"));
    for (TrainedRun run : runs) {
      StepClock.Timing timing = run.timing();
      boolean steps = timing.medianStep() > 0;
      html.open("tr").open("th", "scope", "row");
      html.element("span", run.activation().title(), "class", "key c" + run.colour());
      html.close("th");
      html.element("td", PageParts.number("%.2f s", timing.seconds()));
      html.element("td", steps ? PageParts.number("%.2f ms", 1000 * timing.medianStep()) : "–");
      html.element(
          "td",
          steps ? PageParts.number("%,.0f", timing.imagesPerSecond(experiment.batchSize())) : "–");
      html.close("tr");
    }
    html.close("tbody").close("table").close("section");
  }

  private void footer(Markup html) {
    html.open("footer");
    html.element(
        "p",
        "Beside this page: the "
            + (drawsCharts ? "curves and " : "")
            + "weights as PNG files. One folder up: report.csv, and for each activation every step in history.csv, the"
            + " accuracies in accuracy.csv and the network in model.safetensors.");
    html.close("footer");
  }
}
