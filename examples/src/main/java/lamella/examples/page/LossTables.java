package lamella.examples.page;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import lamella.examples.Activation;
import lamella.examples.Differences;
import lamella.examples.PublishedReport;
import lamella.examples.Training;

/**
 * The losses at every hundredth iteration, as the console prints them: beside the published numbers
 * where those belong, else side by side.
 */
final class LossTables {
  private LossTables() {}

  static void write(Markup html, Setting setting, List<TrainedRun> runs, int interval) {
    Optional<String> whyNot = setting.whyNotCompared(runs.getFirst().experiment());
    html.open("section", "id", "losses").element("h2", "Losses");
    if (whyNot.isPresent()) {
      html.element("p", whyNot.get(), "class", "note");
      sideBySide(html, runs, interval);
    } else {
      html.element("p", agreement(runs));
      html.open("div", "class", "pair");
      for (TrainedRun run : runs) {
        compared(html, run, interval);
      }
      html.close("div");
    }
    html.close("section");
  }

  private static void sideBySide(Markup html, List<TrainedRun> runs, int interval) {
    html.open("div", "class", "scroll", "tabindex", "0", "role", "region", "aria-label", "Losses");
    html.open("table", "class", "numbers");
    html.element("caption", "Loss of one batch, its cross-entropy and the penalty together");
    html.open("thead").open("tr").element("th", "iteration", "scope", "col");
    for (TrainedRun run : runs) {
      html.element("th", run.activation().title(), "scope", "col");
    }
    html.close("tr").close("thead").open("tbody");
    // Early stopping ends one run before another.
    int longest = runs.stream().mapToInt(run -> run.history().size()).max().orElse(0);
    for (int t = 0; t < longest; t += interval) {
      html.open("tr").element("th", Integer.toString(t), "scope", "row");
      for (TrainedRun run : runs) {
        boolean ended = t >= run.history().size();
        html.element("td", ended ? "–" : PageParts.number("%.6f", run.history().get(t).loss()));
      }
      html.close("tr");
    }
    html.close("tbody").close("table").close("div");
  }

  private static String agreement(List<TrainedRun> runs) {
    Map<Activation, List<Training.Step>> histories = new LinkedHashMap<>();
    runs.forEach(run -> histories.put(run.activation(), run.history()));
    Differences differences = Differences.of(histories);
    return "The published report prints penalty − cross-entropy, by a slip of sign in its code; ours is computed that way"
        + " too, beside the loss itself. "
        + (differences.lines() == 1 ? "The difference" : "The differences")
        + " over "
        + differences.lines()
        + (differences.lines() == 1 ? " line is " : " lines are ")
        + PageParts.number("%.4f in root mean square and ", differences.rootMeanSquare())
        + PageParts.number("%.4f at most (", differences.largest())
        + differences.activation().title()
        + ", iteration "
        + differences.iteration()
        + ").";
  }

  private static void compared(Markup html, TrainedRun run, int interval) {
    Activation activation = run.activation();
    html.open("table", "class", "numbers");
    html.open("caption")
        .element("span", activation.title(), "class", "key c" + run.colour())
        .close("caption");
    PageParts.heads(
        html, List.of("iteration", "loss", "penalty − cross-entropy", "report", "difference"));
    for (int t = 0; t < run.history().size(); t += interval) {
      Training.Step step = run.history().get(t);
      double ours = PublishedReport.column(step);
      OptionalDouble report = PublishedReport.column(activation, t);
      html.open("tr").element("th", Integer.toString(t), "scope", "row");
      html.element("td", PageParts.number("%.6f", step.loss()));
      html.element("td", PageParts.number("%.6f", ours));
      html.element("td", report.isPresent() ? PageParts.number("%.6f", report.getAsDouble()) : "–");
      html.element(
          "td", report.isPresent() ? PageParts.number("%+.6f", ours - report.getAsDouble()) : "–");
      html.close("tr");
    }
    html.close("tbody").close("table");
  }
}
