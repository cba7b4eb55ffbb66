package lamella.benchmarks.tables;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import lamella.benchmarks.Child;
import org.jspecify.annotations.Nullable;

/** Trainings of the same network, ours and scikit-learn's, in turn: whose is faster. */
final class Training {
  /** A network on a table, with about as many epochs as scikit-learn by itself gives it. */
  private record Task(String table, String widths, int epochs) {}

  private static final List<Task> TASKS =
      List.of(
          new Task("letter", "100", 200),
          new Task("letter", "256-256", 50),
          new Task("diamonds", "100", 40),
          new Task("diamonds", "256-256", 25));

  /** Scikit-learn's time / ours. */
  private static final double GOAL = 2;

  private final Path folder;
  private final Programs programs;
  private final Map<String, Row> rows = new LinkedHashMap<>();
  private @Nullable String version;

  private static final class Row {
    private final Task task;
    private final int threads;
    private final Ratios ours = new Ratios();
    private final Ratios theirs = new Ratios();
    private final Ratios ratio = new Ratios();
    private final Ratios bare = new Ratios();
    private final Ratios single = new Ratios();
    private final Ratios oursAgain = new Ratios();
    private final Ratios ratioAgain = new Ratios();
    private String scores = "";

    private Row(Task task, int threads) {
      this.task = task;
      this.threads = threads;
    }
  }

  Training(Path folder, Programs programs) {
    this.folder = folder;
    this.programs = programs;
  }

  void run(int rounds, List<Integer> threadCounts) throws IOException {
    for (int round = 1; round <= rounds; round++) {
      for (Task task : TASKS) {
        for (int threads : threadCounts) {
          Row row = rows.computeIfAbsent(task + "/" + threads, name -> new Row(task, threads));
          round(row);
        }
      }
    }
  }

  private void round(Row row) throws IOException {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                folder.toString(),
                row.task.table(),
                Accuracy.target(row.task.table()),
                row.task.widths(),
                Integer.toString(row.task.epochs())));
    Child ours =
        programs.ours(row.threads, OurTraining.class, arguments.toArray(String[]::new)).run();
    Child bare = script(row.threads, arguments);
    arguments.addFirst("--validation");
    Child theirs = script(row.threads, arguments);
    arguments.addFirst("--float32");
    Child single = script(row.threads, arguments);
    version = theirs.facts().get("scikit-learn");
    row.ours.add(seconds(ours));
    row.theirs.add(seconds(theirs));
    row.ratio.add(seconds(theirs) / seconds(ours));
    row.bare.add(seconds(bare) / seconds(ours));
    row.single.add(seconds(single) / seconds(ours));
    row.oursAgain.add(seconds(ours, "again"));
    row.ratioAgain.add(seconds(theirs, "again") / seconds(ours, "again"));
    row.scores = ours.facts().get("score") + "; " + theirs.facts().get("score");
    System.out.printf(
        Locale.ROOT,
        "training  %-9s %-8s %d threads  ours %7.2f s, again %7.2f s  scikit-learn %7.2f s, again %7.2f s,"
            + " float32 %7.2f s, without validation rows %7.2f s%n",
        row.task.table(),
        row.task.widths(),
        row.threads,
        seconds(ours),
        seconds(ours, "again"),
        seconds(theirs),
        seconds(theirs, "again"),
        seconds(single),
        seconds(bare));
  }

  private Child script(int threads, List<String> arguments) throws IOException {
    return programs.script("sklearn/training.py", threads, arguments.toArray(String[]::new)).run();
  }

  static double seconds(Child child) throws IOException {
    return seconds(child, "seconds");
  }

  private static double seconds(Child child, String fact) throws IOException {
    String seconds = child.facts().get(fact);
    if (seconds == null) {
      throw new IOException("a process did not say its seconds: " + child.facts());
    }
    return Double.parseDouble(seconds);
  }

  private static String reached(double ratio) {
    return ratio >= GOAL ? "yes" : "**no**";
  }

  String section() {
    StringBuilder text = new StringBuilder("## Training time\n\n");
    text.append("ReLU units, Adam with rate 0.001, batches of 200, equal epochs; scikit-learn ")
        .append(version);
    text.append(
        """
        .
        The clock runs from the table in memory to the fitted model, the encoding included; each training is a process of
        its own, ours and theirs in turn. Both score as many validation rows after each epoch and keep the weights of the
        best. *float32*: scikit-learn with inputs of float32; by itself it computes in float64. *bare*: scikit-learn as it
        comes, which does nothing with validation rows. *again*: each process trains a second time, when ours has its code
        compiled, as in folds, a search for settings, or a service. Medians, and the range of the ratio.

        | table | units | epochs | threads | ours | scikit-learn | theirs / ours | range | goal | reached | float32 / ours | bare / ours | ours again | theirs / ours again | range | reached | test: ours; theirs |
        |---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|
        """);
    for (Row row : rows.values()) {
      double ratio = row.ratio.median();
      double again = row.ratioAgain.median();
      text.append(
          String.format(
              Locale.ROOT,
              "| %s | %s | %d | %d | %.2f s | %.2f s | %.2f | %s | %.0f | %s | %.2f | %.2f | %.2f s | %.2f | %s | %s | %s |%n",
              row.task.table(),
              row.task.widths(),
              row.task.epochs(),
              row.threads,
              row.ours.median(),
              row.theirs.median(),
              ratio,
              row.ratio.range(),
              GOAL,
              reached(ratio),
              row.single.median(),
              row.bare.median(),
              row.oursAgain.median(),
              again,
              row.ratioAgain.range(),
              reached(again),
              row.scores));
    }
    return text.append('\n').toString();
  }
}
