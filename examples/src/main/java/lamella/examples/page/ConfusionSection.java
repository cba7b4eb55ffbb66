package lamella.examples.page;

import java.util.List;
import java.util.Locale;
import lamella.optim.Evaluation;

/**
 * What was taken for what, of the test images, with each activation. The best network's tables are
 * open, the others' are folded.
 */
final class ConfusionSection {
  private ConfusionSection() {}

  /**
   * Writes the section.
   *
   * @param evaluations on the test images, in the order of the runs
   */
  static void write(
      Markup html,
      List<String> names,
      List<TrainedRun> runs,
      TrainedRun best,
      List<Evaluation> evaluations) {
    html.open("section", "id", "confusion").element("h2", "What was taken for what");
    html.element("p", "Of the test images. " + ConfusionTables.EXPLANATION);
    for (int i = 0; i < runs.size(); i++) {
      TrainedRun run = runs.get(i);
      String[] attributes =
          run.activation() == best.activation() ? new String[] {"open", "open"} : new String[0];
      html.open("details", attributes);
      html.open("summary")
          .element("span", run.activation().title(), "class", "key c" + run.colour())
          .text(
              String.format(
                  Locale.ROOT,
                  ", %d of %d right",
                  evaluations.get(i).correct(),
                  evaluations.get(i).total()))
          .close("summary");
      ConfusionTables.write(html, names, "with " + run.activation().title(), evaluations.get(i));
      html.close("details");
    }
    html.close("section");
  }
}
