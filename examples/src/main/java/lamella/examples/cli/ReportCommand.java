package lamella.examples.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import lamella.core.Compute;
import lamella.data.cifar.ImageDataset;
import lamella.examples.Activation;
import lamella.examples.Differences;
import lamella.examples.DivergedException;
import lamella.examples.Experiment;
import lamella.examples.Head;
import lamella.examples.HeadText;
import lamella.examples.PublishedReport;
import lamella.examples.RunOption;
import lamella.examples.Training;
import lamella.examples.page.ReportPage;
import lamella.examples.page.Setting;
import lamella.examples.page.StepClock;
import lamella.examples.page.TrainedRun;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code lamella report}. */
@Command(
    name = "report",
    abbreviateSynopsis = true,
    sortOptions = false,
    modelTransformer = TrainingOptions.WithoutNetwork.class,
    description = {
      "Repeats the report: trains with all four activations and prints the report's numbers beside ours.",
      "",
      "The report's column is penalty - cross-entropy, by a slip of sign in its code; ours is computed the same way for the"
          + " comparison, beside the loss. Writes report/index.html, which shows it all as a page, report.csv, and in a directory for each activation the files that"
          + " 'lamella train' writes. On the built-in images there is nothing to compare with, and ours stand alone.",
      ""
    })
final class ReportCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;

  @Mixin private DataOptions data = new DataOptions();

  @Mixin private ThreadsOption threads = new ThreadsOption();

  @Mixin private OutputOptions place = new OutputOptions();

  ReportCommand() {}

  @Override
  public Integer call() throws IOException, DivergedException {
    PrintWriter console = Output.of(spec);
    Experiment experiment = TrainingOptions.experiment(Output.filled(spec));
    HeadText preprocess = experiment.get(RunOption.PREPROCESS);
    if (preprocess.hasLayers()) {
      throw new ParameterException(
          Output.filled(spec).commandLine(),
          "--preprocess must be mean or standardise for a report, whose page shows weights as images, got "
              + preprocess);
    }
    threads.use();
    try (OutputDirectory output = place.open("lamella report", Output.errors(spec))) {
      Images images = data.open(console);
      boolean compare = images.isCifar10();
      console.println("computing with " + Compute.description() + ", " + experiment.dtype());
      if (!compare) {
        console.println(
            "these are not CIFAR-10's images, so the report's numbers have no place beside ours");
      } else if (!experiment.differencesFromReport().isEmpty()) {
        console.println(
            "not the report's experiment, so the differences mean little: "
                + experiment.differencesFromReport());
      }
      List<Run> runs = new ArrayList<>();
      List<TrainedRun> trained = new ArrayList<>();
      for (Activation activation : Activation.values()) {
        console.println();
        StepClock clock = new StepClock(experiment.iterations());
        Run run =
            run(experiment.with(RunOption.ACTIVATION, activation), images, compare, clock, console);
        trained.add(forPage(run, clock.stop()));
        try (OutputDirectory directory = output.subdirectory(activation.toString())) {
          run.write(directory, Rescue.places());
        }
        runs.add(run);
      }
      console.println();
      printSummary(console, runs, compare);
      output.stage("report.csv", csv -> writeLines(csv, runs, compare));
      output.publish();
      writePage(images, trained, output);
      console.println();
      console.println(
          "wrote report/index.html, report.csv, and for each activation history.csv, accuracy.csv and"
              + " model.safetensors, to "
              + output.path());
    }
    return 0;
  }

  private static Run run(
      Experiment experiment, Images images, boolean compare, StepClock clock, PrintWriter console)
      throws DivergedException {
    console.println(experiment.activation().title());
    console.println(
        compare
            ? "iteration      loss  penalty - cross-entropy     report  difference"
            : "iteration      loss");
    int interval = Run.interval(experiment);
    Run run =
        Run.of(
            experiment,
            images,
            step -> {
              clock.accept(step);
              if (step.iteration() % interval == 0) {
                console.println(line(experiment.activation(), step, compare));
              }
            });
    run.averageLine().ifPresent(console::println);
    console.println(run.lastLine());
    return run;
  }

  private static TrainedRun forPage(Run run, StepClock.Timing timing) {
    return new TrainedRun(
        run.experiment(),
        run.model().network().withoutHead(),
        run.model().fingerprint(),
        run.history(),
        run.measurements(),
        run.validation(),
        run.test(),
        timing);
  }

  private void writePage(Images images, List<TrainedRun> runs, OutputDirectory output)
      throws IOException {
    Setting setting =
        new Setting(
            images.source().source(),
            images.isCifar10(),
            images.source().classNames(),
            images.train().size(),
            images.validation().size(),
            images.test().size(),
            Compute.description(),
            "JDK " + Runtime.version() + ", " + property("os.name") + ", " + property("os.arch"),
            Lamella.versionOfLamella());
    int interval = Run.interval(runs.getFirst().experiment());
    Experiment first = runs.getFirst().experiment();
    Head head = Head.of(first.get(RunOption.PREPROCESS), images.train().images(), first.dtype());
    ImageDataset test = images.with(head.normalisation()).test();
    ReportPage page = ReportPage.of(setting, runs, test, interval);
    page.missing().ifPresent(what -> Output.errors(spec).println("lamella report: " + what));
    try (OutputDirectory directory = output.subdirectory("report")) {
      for (Map.Entry<String, byte[]> file : page.files().entrySet()) {
        directory.stage(file.getKey(), file.getValue());
      }
      directory.publish();
    }
  }

  private static String property(String name) {
    return System.getProperty(name, "unknown");
  }

  private static String line(Activation activation, Training.Step step, boolean compare) {
    String ours = String.format(Locale.ROOT, "%9d %9.6f", step.iteration(), step.loss());
    if (!compare) {
      return ours;
    }
    double column = PublishedReport.column(step);
    OptionalDouble report = PublishedReport.column(activation, step.iteration());
    String theirs =
        report.isPresent()
            ? String.format(
                Locale.ROOT, "%9.6f  %+10.6f", report.getAsDouble(), column - report.getAsDouble())
            : String.format("%9s  %10s", "-", "-");
    return ours + String.format(Locale.ROOT, "  %23.6f  %s", column, theirs);
  }

  private static void printSummary(PrintWriter console, List<Run> runs, boolean compare) {
    console.println(
        compare
            ? "            validation  report  difference    test"
            : "            validation    test");
    for (Run run : runs) {
      Activation activation = run.experiment().activation();
      String theirs = "";
      if (compare) {
        String report = PublishedReport.validationAccuracy(activation);
        theirs =
            report == null || run.experiment().iterations() != PublishedReport.ITERATIONS
                ? String.format("  %6s  %10s", "-", "-")
                : String.format(
                    Locale.ROOT,
                    "  %6s  %+10.4f",
                    report,
                    run.validation() - Double.parseDouble(report));
      }
      console.printf(
          Locale.ROOT,
          "%-10s  %10.4f%s  %6.4f%n",
          activation.title(),
          run.validation(),
          theirs,
          run.test());
    }
    if (compare) {
      console.println();
      console.println(largestDifference(runs));
    }
  }

  private static String largestDifference(List<Run> runs) {
    Map<Activation, List<Training.Step>> histories = new LinkedHashMap<>();
    runs.forEach(run -> histories.put(run.experiment().activation(), run.history()));
    Differences differences = Differences.of(histories);
    return String.format(
        Locale.ROOT,
        "differences over %d lines: root mean square %.4f, largest %.4f (%s)",
        differences.lines(),
        differences.rootMeanSquare(),
        differences.largest(),
        differences.activation().title() + ", iteration " + differences.iteration());
  }

  private static void writeLines(Writer csv, List<Run> runs, boolean compare) throws IOException {
    csv.write(
        "activation,iteration,loss,data_loss,penalty,penalty_minus_cross_entropy,report,difference\n");
    for (Run run : runs) {
      Activation activation = run.experiment().activation();
      int interval = Run.interval(run.experiment());
      for (Training.Step step : run.history()) {
        if (step.iteration() % interval == 0) {
          double column = PublishedReport.column(step);
          OptionalDouble report =
              compare
                  ? PublishedReport.column(activation, step.iteration())
                  : OptionalDouble.empty();
          csv.write(
              activation
                  + ","
                  + step.iteration()
                  + ","
                  + step.loss()
                  + ","
                  + step.dataLoss()
                  + ","
                  + step.penalty()
                  + ","
                  + column
                  + ","
                  + (report.isPresent()
                      ? report.getAsDouble() + "," + (column - report.getAsDouble())
                      : ",")
                  + "\n");
        }
      }
    }
  }
}
