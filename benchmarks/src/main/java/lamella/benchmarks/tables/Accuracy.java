package lamella.benchmarks.tables;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import lamella.benchmarks.Child;

/**
 * How good networks are on tables with fixed splits: ours with its defaults, Smile's and Tribuo's,
 * and what the folder's own {@code baselines/results.csv} says of other models on the same rows.
 */
final class Accuracy {
  /** A table, what is predicted, and the goals. */
  private record Task(String target, String figure, double goal, boolean tie) {}

  private static final String OURS = "lamella";

  /** A goal of NaN: none but to be better than scikit-learn's networks. */
  private static final Map<String, Task> TASKS = tasks();

  private static final List<String> OTHERS = List.of("smile", "smile-256", "tribuo-256");
  private static final List<String> BASELINES =
      List.of(
          "constant", "linear", "mlp", "mlp-256", "hgb", "hgb-stopped", "xgboost", "xgboost-slow");
  private static final List<String> NETWORKS = List.of("mlp", "mlp-256");

  private final Path folder;
  private final Programs programs;
  private final Path store;
  private final List<Result> measured;
  private final List<Result> baselines;
  private final Map<String, String> facts = new LinkedHashMap<>();

  private static Map<String, Task> tasks() {
    Map<String, Task> tasks = new LinkedHashMap<>();
    tasks.put("diamonds", new Task("ln:price", "rmse", 0.088, false));
    tasks.put("ames", new Task("ln:Sale_Price", "rmse", 0.119, false));
    tasks.put("letter", new Task("lettr", "accuracy", 0.97, false));
    tasks.put("shuttle", new Task("Class", "accuracy", 0.9995, false));
    tasks.put("churn", new Task("churn", "accuracy", Double.NaN, true));
    tasks.put("spam", new Task("type", "accuracy", 0.955, false));
    tasks.put("credit-g", new Task("class", "accuracy", Double.NaN, true));
    tasks.put("credit", new Task("Status", "accuracy", Double.NaN, true));
    tasks.put("penguins", new Task("species", "accuracy", Double.NaN, false));
    return tasks;
  }

  /** The names of all tables. */
  static List<String> names() {
    return List.copyOf(TASKS.keySet());
  }

  /** What is predicted in a table; {@code ln:} before it where its logarithm is. */
  static String target(String name) {
    Task task = TASKS.get(name);
    if (task == null) {
      throw new IllegalArgumentException(
          "there is no table '" + name + "'; one of " + String.join(", ", TASKS.keySet()));
    }
    return task.target();
  }

  /**
   * Begins with what was measured before.
   *
   * @param folder of the tables
   * @param store the file of all results
   */
  Accuracy(Path folder, Programs programs, Path store) throws IOException {
    this.folder = folder;
    this.programs = programs;
    this.store = store;
    measured = new ArrayList<>(read(store));
    baselines = read(folder.resolve("baselines/results.csv"));
  }

  private static List<Result> read(Path file) throws IOException {
    if (!Files.exists(file)) {
      return List.of();
    }
    try (Stream<String> lines = Files.lines(file)) {
      return lines.skip(1).map(Result::parse).toList();
    }
  }

  /** Trains each of the models on each of the tables with each of the seeds. */
  void run(List<String> names, List<String> models, List<Long> seeds, int threads)
      throws IOException {
    for (String name : names) {
      for (long seed : seeds) {
        for (String model : models) {
          add(program(model, name, seed, threads).run());
        }
      }
    }
  }

  private Programs.Program program(String model, String name, long seed, int threads)
      throws IOException {
    String folder = this.folder.toString();
    String number = Long.toString(seed);
    return switch (model) {
      case OURS -> programs.ours(threads, OurTable.class, folder, name, target(name), number);
      case "smile" -> programs.peer("smile", "SmileTable", threads, folder, name, number);
      case "tribuo" -> programs.peer("tribuo", "TribuoTable", threads, folder, name, number);
      default -> throw new IllegalArgumentException("there is no model '" + model + "'");
    };
  }

  private void add(Child child) throws IOException {
    for (Map.Entry<String, String> fact : child.facts().entrySet()) {
      if (!fact.getKey().startsWith("result ")) {
        facts.put(fact.getKey(), fact.getValue());
        continue;
      }
      Result result = Result.parse(fact.getValue());
      measured.removeIf(result::replaces);
      measured.add(result);
      System.out.println(result);
    }
    List<String> lines = new ArrayList<>(List.of(Result.HEADER));
    measured.forEach(result -> lines.add(result.toString()));
    Files.createDirectories(store.getParent());
    Files.write(store, lines);
  }

  // The page.

  String section() throws IOException {
    StringBuilder text = new StringBuilder("## Accuracy\n\n");
    text.append(
        """
        Figures of the test rows, mean and standard deviation of the seeds; all else was done on the others. *lamella*: the
        defaults of `TableTrainer`, the same for all tables. *smile*: `MLP.fit` of Smile as it comes; *smile-256*: its network with
        256-256 units and RMSProp; *tribuo-256*: `MLPExamples` of Tribuo with 256-256 units and Adam, which TensorFlow computes;
        for both of these the validation rows choose the epochs, and numbers are standardised and categories 0 and 1, as they are
        for *linear*, *mlp* and *mlp-256*. Not measured here but taken from where the tables lie: *linear* (logistic or ridge
        regression), *mlp* and *mlp-256* (networks of scikit-learn 1.2.1, as they come and with 256-256 units), *hgb* and *hgb-stopped*
        (its boosted trees), *xgboost* and *xgboost-slow* (XGBoost4J 3.4.0).

        """);
    goals(text);
    figures(text, "accuracy", 100, 2, "Accuracy, %", name -> true);
    figures(text, "logloss", 1, 4, "Log loss, nats", name -> true);
    figures(text, "auc", 1, 4, "Area under the ROC curve", name -> true);
    figures(text, "balanced", 100, 2, "Balanced accuracy, %", "shuttle"::equals);
    figures(text, "rmse", 1, 4, "Root mean square error of the logarithm", name -> true);
    figures(text, "r2", 1, 4, "R² of the logarithm", name -> true);
    ours(text);
    return text.toString();
  }

  private void figures(
      StringBuilder text,
      String figure,
      double factor,
      int digits,
      String title,
      Function<String, Boolean> shown) {
    List<String> models = new ArrayList<>(List.of(OURS));
    models.addAll(OTHERS);
    models.addAll(BASELINES);
    StringBuilder rows = new StringBuilder();
    for (String name : TASKS.keySet()) {
      if (!shown.apply(name) || mean(name, OURS, figure).isNaN()) {
        continue;
      }
      rows.append("| ").append(name).append(" |");
      for (String model : models) {
        rows.append(' ').append(cell(name, model, figure, factor, digits)).append(" |");
      }
      rows.append('\n');
    }
    if (!rows.isEmpty()) {
      text.append("### ").append(title).append("\n\n| | ").append(String.join(" | ", models));
      text.append(" |\n|---|").append("---|".repeat(models.size())).append('\n');
      text.append(rows).append('\n');
    }
  }

  private String cell(String name, String model, String figure, double factor, int digits) {
    double[] values = values(name, model, figure);
    if (values.length == 0) {
      return "";
    }
    double mean = mean(values);
    double deviation = deviation(values, mean);
    String format = "%." + digits + "f";
    String cell = String.format(Locale.ROOT, format, mean * factor);
    return deviation > 1e-9 // of equal values it may be a unit of rounding
        ? cell + " ± " + String.format(Locale.ROOT, format, deviation * factor)
        : cell;
  }

  private double[] values(String name, String model, String figure) {
    return Stream.concat(measured.stream(), baselines.stream())
        .filter(result -> result.table().equals(name) && result.model().equals(model))
        .mapToDouble(result -> result.scores().figures().getOrDefault(figure, Double.NaN))
        .filter(value -> !Double.isNaN(value))
        .toArray();
  }

  private static double mean(double[] values) {
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    return sum / values.length;
  }

  private static double deviation(double[] values, double mean) {
    double sum = 0;
    for (double value : values) {
      sum += (value - mean) * (value - mean);
    }
    return values.length > 1 ? Math.sqrt(sum / (values.length - 1)) : 0;
  }

  private Double mean(String name, String model, String figure) {
    double[] values = values(name, model, figure);
    return values.length == 0 ? Double.NaN : mean(values);
  }

  private void ours(StringBuilder text) {
    text.append("### What was trained\n\n");
    text.append(
        "Seconds from the file to the trained model, one process each; what else it says is the"
            + " epoch that the ");
    text.append("validation rows chose, and the fingerprint of the parameters.\n\n");
    text.append("| | seed | seconds | |\n|---|---|---|---|\n");
    for (String name : TASKS.keySet()) {
      measured.stream()
          .filter(result -> result.table().equals(name) && result.model().equals(OURS))
          .sorted((a, b) -> Long.compare(a.seed(), b.seed()))
          .forEach(result ->
              text.append(
                  String.format(
                      Locale.ROOT,
                      "| %s | %d | %.1f | %s |%n",
                      name,
                      result.seed(),
                      result.seconds(),
                      result.note())));
    }
    text.append("\n| mean seconds | ").append(OURS);
    OTHERS.forEach(model -> text.append(" | ").append(model));
    text.append(" |\n|---|").append("---|".repeat(OTHERS.size() + 1)).append('\n');
    for (String name : TASKS.keySet()) {
      text.append("| ").append(name).append(" |");
      Stream.concat(Stream.of(OURS), OTHERS.stream())
          .forEach(model -> text.append(' ').append(seconds(name, model)).append(" |"));
      text.append('\n');
    }
    text.append('\n');
  }

  private String seconds(String name, String model) {
    double[] values =
        measured.stream()
            .filter(result -> result.table().equals(name) && result.model().equals(model))
            .mapToDouble(Result::seconds)
            .toArray();
    return values.length == 0 ? "" : String.format(Locale.ROOT, "%.1f", mean(values));
  }

  // Goals.

  private void goals(StringBuilder text) throws IOException {
    StringBuilder rows = new StringBuilder();
    for (Map.Entry<String, Task> entry : TASKS.entrySet()) {
      String name = entry.getKey();
      Task task = entry.getValue();
      double ours = mean(name, OURS, task.figure());
      if (Double.isNaN(ours)) {
        continue;
      }
      boolean error = task.figure().equals("rmse");
      ToDoubleFunction<String> gain =
          model -> (error ? -1 : 1) * (ours - mean(name, model, task.figure()));
      double least = error ? 0 : standardError(ours, name);
      if (!Double.isNaN(task.goal())) {
        boolean reached = error ? ours <= task.goal() : ours >= task.goal();
        row(rows, name, task.figure(), ours, (error ? "≤ " : "≥ ") + number(task.goal()), reached);
      }
      for (String network : NETWORKS) {
        double theirs = mean(name, network, task.figure());
        if (!Double.isNaN(theirs)) {
          row(
              rows,
              name,
              task.figure(),
              ours,
              network + ": " + number(theirs) + (error ? "" : " − " + number(least)),
              gain.applyAsDouble(network) >= -least);
        }
      }
      if (task.tie()) {
        String best = null;
        for (String model : BASELINES) {
          double ahead = gain.applyAsDouble(model);
          if (!Double.isNaN(ahead) && (best == null || ahead < gain.applyAsDouble(best))) {
            best = model;
          }
        }
        if (best != null) {
          double theirs = mean(name, best, task.figure());
          row(
              rows,
              name,
              task.figure(),
              ours,
              "the best, " + best + ": " + number(theirs) + " − " + number(least),
              ours >= theirs - least);
        }
        double loss = mean(name, OURS, "logloss");
        double linear = mean(name, "linear", "logloss");
        row(rows, name, "logloss", loss, "linear: " + number(linear), loss <= linear);
      }
    }
    if (!rows.isEmpty()) {
      text.append("### Goals\n\n");
      text.append(
          "An accuracy may be less by the standard error of its own: √(p (1 − p) / test"
              + " rows).\n\n");
      text.append("| | figure | lamella | goal | reached |\n|---|---|---|---|---|\n");
      text.append(rows).append('\n');
    }
  }

  private static void row(
      StringBuilder rows, String name, String figure, double ours, String goal, boolean reached) {
    rows.append("| ").append(name).append(" | ").append(figure).append(" | ");
    rows.append(number(ours)).append(" | ").append(goal).append(" | ");
    rows.append(reached ? "yes" : "**no**").append(" |\n");
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.4f", value);
  }

  private double standardError(double accuracy, String name) throws IOException {
    try (Stream<String> parts = Files.lines(folder.resolve(name + ".split.csv"))) {
      return Math.sqrt(accuracy * (1 - accuracy) / parts.filter("test"::equals).count());
    }
  }

  /** Versions and the like. */
  Map<String, String> facts() {
    return facts;
  }
}
