package lamella.benchmarks;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * How long calls take in many threads that share a model, ours and others', a process for each
 * network and library: see {@link LatencyProcess}.
 */
final class Latencies {
  static final int CALLERS = 64;

  /** A library. */
  private record Program(String name, List<String> command, Map<String, String> environment) {}

  /** One line of the table. */
  private record Line(String network, String kind, String program) {}

  /** What a process said: microseconds, and answers in a second. */
  private record Measured(double median, double p99, double rate) {
    static Measured parse(String text) {
      String[] numbers = text.split(" ", -1);
      return new Measured(
          Double.parseDouble(numbers[0]),
          Double.parseDouble(numbers[1]),
          Double.parseDouble(numbers[2]));
    }
  }

  private final List<String> networks;
  private final List<Program> programs = new ArrayList<>();
  private final Map<Line, List<Measured>> lines = new LinkedHashMap<>();

  Latencies(List<String> networks) {
    this.networks = networks;
  }

  void add(String name, List<String> command, Map<String, String> environment) {
    programs.add(new Program(name, command, environment));
  }

  /** Runs each once. */
  void round() throws IOException {
    for (String network : networks) {
      for (Program program : programs) {
        List<String> command = new ArrayList<>(program.command());
        command.addAll(
            List.of("--callers", Integer.toString(CALLERS), Compare.prediction(network, 1)));
        Child child = Child.run(command, program.environment());
        for (String kind : List.of("platform", "virtual")) {
          String text = child.facts().get("latency " + kind + " " + network);
          if (text == null) {
            throw new IOException(program.name() + ": no latency of " + network);
          }
          lines
              .computeIfAbsent(new Line(network, kind, program.name()), key -> new ArrayList<>())
              .add(Measured.parse(text));
          System.out.printf(
              Locale.ROOT,
              "     latency   %-18s %-9s %-20s %s%n",
              network,
              kind,
              program.name(),
              text);
        }
      }
    }
  }

  /** A section of the page. */
  String section() {
    StringBuilder text = new StringBuilder("## Calls in " + CALLERS + " threads at once\n");
    text.append(
        """
        One prediction a call, one model for all threads, each of which calls again as soon as it has its answer; virtual
        threads give way after each. The time of a call as its caller sees it, with the waits for a processor. Every
        answer is compared. ONNX Runtime and PyTorch have one thread within a call, as is usual for many callers.
        Medians over the processes.

        | network | threads | | median | 99 % | calls in a second |
        |---|---|---|---|---|---|
        """);
    lines.forEach((line, measured) ->
        text.append(
            String.format(
                Locale.ROOT,
                "| %s | %s | %s | %s | %s | %,.0f |%n",
                line.network(),
                line.kind(),
                line.program(),
                ResultsPage.time(median(measured.stream().map(Measured::median).toList())),
                ResultsPage.time(median(measured.stream().map(Measured::p99).toList())),
                median(measured.stream().map(Measured::rate).toList()))));
    return text.append('\n').toString();
  }

  private static double median(List<Double> values) {
    return TimedProcess.median(values.stream().mapToDouble(Double::doubleValue).toArray());
  }
}
