package lamella.benchmarks.tables;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A large CSV file through a model: {@code lamella table predict} in little memory beside a script
 * with pandas and ONNX Runtime; and the predictions alone, ours beside ONNX Runtime's.
 */
final class ScoringRun {
  private static final String LITTLE = "-Xmx256m";
  private static final double EQUAL = 1e-3;

  private final Programs programs;
  private final Path directory;
  private final int rows;
  private final Map<String, Rate> rates = new LinkedHashMap<>();
  private final List<Whole> wholes = new ArrayList<>();

  private static final class Rate {
    private final Ratios ours = new Ratios();
    private final Ratios theirs = new Ratios();
    private final Ratios ratio = new Ratios();
  }

  private record Whole(String name, Ratios seconds, Ratios megabytes) {
    private Whole(String name) {
      this(name, new Ratios(), new Ratios());
    }
  }

  /**
   * Makes the files if they are not there.
   *
   * @param directory where they are
   */
  ScoringRun(Programs programs, Path directory, int rows) {
    this.programs = programs;
    this.directory = directory.resolve(Integer.toString(rows));
    this.rows = rows;
  }

  /** The file of all rows, which is made if it is not there. */
  Path file() throws IOException {
    make();
    return directory.resolve(OurScoring.ROWS);
  }

  private void make() throws IOException {
    if (!Files.exists(directory.resolve(OurScoring.ENCODED))) {
      programs
          .ours(2, OurScoring.class, "--make", directory.toString(), Integer.toString(rows))
          .run();
    }
  }

  void run(int rounds, List<Integer> threadCounts, boolean python) throws IOException {
    make();
    for (int round = 1; round <= rounds; round++) {
      for (int threads : threadCounts) {
        predictions(threads);
      }
      for (int threads : threadCounts) {
        whole(threads, python);
      }
    }
  }

  private void predictions(int threads) throws IOException {
    if (!programs.has("onnxruntime")) {
      return;
    }
    Map<String, String> ours =
        programs.ours(threads, OurScoring.class, directory.toString()).run().facts();
    Map<String, String> theirs =
        programs
            .peer("onnxruntime", "OnnxRuntimeScoring", threads, directory.toString())
            .run()
            .facts();
    for (int batch : Scoring.BATCHES) {
      same(number(ours, "sum of " + batch), number(theirs, "sum of " + batch));
      double our = number(ours, "rate of " + batch);
      double their = number(theirs, "rate of " + batch);
      Rate rate = rates.computeIfAbsent(batch + " | " + threads, name -> new Rate());
      rate.ours.add(our);
      rate.theirs.add(their);
      rate.ratio.add(our / their);
      System.out.printf(
          Locale.ROOT,
          "scoring   batch %4d, %d threads  ours %,11.0f rows/s  ONNX Runtime %,11.0f  ratio"
              + " %.2f%n",
          batch,
          threads,
          our,
          their,
          our / their);
    }
  }

  private static double number(Map<String, String> facts, String name) throws IOException {
    String value = facts.get(name);
    if (value == null) {
      throw new IOException("a process did not say its " + name + ": " + facts);
    }
    return Double.parseDouble(value);
  }

  private static void same(double ours, double theirs) throws IOException {
    if (!(Math.abs(ours - theirs) <= EQUAL * Math.abs(theirs))) {
      throw new IOException("not the same outputs: mean " + ours + " and " + theirs);
    }
  }

  private void whole(int threads, boolean python) throws IOException {
    Path out = directory.resolve("out.csv");
    String n = Integer.toString(threads);
    watch(
        "`lamella table predict`, " + LITTLE + ", " + n + " threads",
        programs.lamella(
            LITTLE,
            "table",
            "predict",
            directory.resolve(OurScoring.ROWS).toString(),
            "--model",
            directory.resolve(OurScoring.MODEL).toString(),
            "--out",
            out.toString(),
            "--threads",
            n,
            "--replace"));
    Files.delete(out);
    if (python) {
      watch(
          "pandas and ONNX Runtime in Python, " + n + " threads",
          programs.script(
              "onnxruntime/scoring.py", threads, directory.toString(), out.toString(), n));
      Files.delete(out);
    }
  }

  private void watch(String name, Programs.Program program) throws IOException {
    WatchedProcess process = WatchedProcess.run(program);
    Whole whole =
        wholes.stream().filter(other -> other.name().equals(name)).findFirst().orElse(null);
    if (whole == null) {
      whole = new Whole(name);
      wholes.add(whole);
    }
    whole.seconds().add(process.seconds());
    whole.megabytes().add(process.kibibytes() / 1024.0);
    System.out.printf(
        Locale.ROOT,
        "scoring   %-60s %6.2f s  %5.0f MiB%n",
        name,
        process.seconds(),
        process.kibibytes() / 1024.0);
  }

  String section() throws IOException {
    StringBuilder text = new StringBuilder("## Scoring\n\n");
    text.append(
        String.format(
            Locale.ROOT,
            """
            %,d rows of twenty columns, generated: twelve of numbers, eight of categories, with gaps; %.0f MB of CSV. The model
            has the default network for three classes. Whole processes, from the CSV file to a CSV file of predictions with the
            probability of each class; the most memory is that of the process, code and all. Medians.

            | | seconds | range | rows per second | most memory |
            |---|---|---|---|---|
            """,
            rows,
            Files.size(file()) / 1e6));
    for (Whole whole : wholes) {
      text.append(
          String.format(
              Locale.ROOT,
              "| %s | %.1f | %s | %,.0f | %.0f MiB |%n",
              whole.name(),
              whole.seconds().median(),
              whole.seconds().range(),
              rows / whole.seconds().median(),
              whole.megabytes().median()));
    }
    if (!rates.isEmpty()) {
      text.append(
          """

          The predictions alone: the same encoded rows in an array, batch by batch into the model, the probabilities into another
          array; ONNX Runtime in Java with the model that Lamella exported. Rows per second, medians; above 1 ours is faster.

          | batch | threads | ours | ONNX Runtime | ours / theirs | range | goal | reached |
          |---|---|---|---|---|---|---|---|
          """);
      rates.forEach((name, rate) ->
          text.append(
              String.format(
                  Locale.ROOT,
                  "| %s | %,.0f | %,.0f | %.2f | %s | 1 | %s |%n",
                  name,
                  rate.ours.median(),
                  rate.theirs.median(),
                  rate.ratio.median(),
                  rate.ratio.range(),
                  rate.ratio.median() >= 1 ? "yes" : "**no**")));
    }
    return text.append('\n').toString();
  }
}
