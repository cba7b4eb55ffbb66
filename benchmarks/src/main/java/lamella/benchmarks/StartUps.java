package lamella.benchmarks;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Whole processes that read a saved model of the report's network, predict once and end: ours, and
 * others that do the same, in turns.
 */
final class StartUps {
  /** One way to do it. */
  private record Program(
      String name,
      double goal,
      List<String> command,
      List<Double> seconds,
      List<Double> megabytes) {
    Program(String name, double goal, List<String> command) {
      this(name, goal, command, new ArrayList<>(), new ArrayList<>());
    }
  }

  private final Path directory;
  private final List<Program> programs = new ArrayList<>();

  /**
   * Makes the models.
   *
   * @param ours the command of {@link StartUp}, without arguments
   * @param aotCache the cache of classes with which ours runs a second time
   */
  StartUps(List<String> ours, Path aotCache, Path directory) throws IOException {
    this.directory = directory;
    List<String> withCache = new ArrayList<>(ours);
    // An unusable cache is an error, not a slower start.
    withCache.addAll(1, List.of("-XX:AOTCache=" + aotCache, "-XX:AOTMode=on"));
    make(ours);
    add("Lamella", ours, 0);
    add("Lamella from the ONNX file", with(ours, "--onnx"), 0);
    add("Lamella with an AOT cache (JDK 25)", withCache, 0);
  }

  /** Lets a program make its model. */
  void make(List<String> command) throws IOException {
    Child.run(with(command, "--make", directory.toString()), Map.of());
  }

  /**
   * Another that reads a model that is there.
   *
   * @param goal its seconds / those of the first, or 0 for none
   */
  void add(String name, List<String> command, double goal) {
    programs.add(new Program(name, goal, with(command, directory.toString())));
  }

  private static List<String> with(List<String> command, String... arguments) {
    List<String> whole = new ArrayList<>(command);
    whole.addAll(List.of(arguments));
    return whole;
  }

  /** Runs each once. */
  void round() throws IOException {
    for (Program program : programs) {
      Child child = Child.run(program.command(), Map.of("OPT_OUT_TRACKING", "true"));
      program.seconds().add(child.seconds());
      program
          .megabytes()
          .add(Double.parseDouble(child.facts().getOrDefault("peak memory", "NaN")) / 1024);
      System.out.printf(
          Locale.ROOT, "     start-up  %-36s %6.3f s%n", program.name(), child.seconds());
    }
  }

  /** Rows of the table of goals: another program's seconds / ours, round by round. */
  List<GoalRow> goals() {
    List<GoalRow> rows = new ArrayList<>();
    Program ours = programs.getFirst();
    for (Program program : programs) {
      if (program.goal() > 0) {
        List<Double> ratios = new ArrayList<>();
        for (int i = 0; i < program.seconds().size(); i++) {
          ratios.add(program.seconds().get(i) / ours.seconds().get(i));
        }
        rows.add(new GoalRow(program.name(), Contest.Ratio.of(ratios), program.goal()));
      }
    }
    return rows;
  }

  /** What was measured beside a goal. */
  record GoalRow(String name, Contest.Ratio ratio, double goal) {}

  /** A section of the page. */
  String section() {
    StringBuilder text = new StringBuilder("## From a process's start to its first prediction\n");
    text.append(
        "A process reads a saved model of 3072-64-10, predicts one image and ends: the whole ");
    text.append("process, and the most memory it had. Medians, least and largest.\n\n");
    text.append("| | seconds | range | peak memory |\n|---|---|---|---|\n");
    for (Program program : programs) {
      double[] seconds =
          program.seconds().stream().mapToDouble(Double::doubleValue).sorted().toArray();
      double[] megabytes = program.megabytes().stream().mapToDouble(Double::doubleValue).toArray();
      text.append(
          String.format(
              Locale.ROOT,
              "| %s | %.2f | %.2f to %.2f | %.0f MiB |%n",
              program.name(),
              TimedProcess.median(seconds),
              seconds[0],
              seconds[seconds.length - 1],
              TimedProcess.median(megabytes)));
    }
    return text.append('\n').toString();
  }
}
