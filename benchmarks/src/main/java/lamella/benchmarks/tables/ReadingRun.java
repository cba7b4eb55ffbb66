package lamella.benchmarks.tables;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import lamella.benchmarks.Child;

/** A large CSV file into memory: by each library, in a process of its own. */
final class ReadingRun {
  private final Programs programs;
  private final Map<String, Row> rows = new LinkedHashMap<>();

  private static final class Row {
    private final Ratios seconds = new Ratios();
    private final Ratios heap = new Ratios();
    private final Ratios peak = new Ratios();
    private String size = "";
  }

  ReadingRun(Programs programs) {
    this.programs = programs;
  }

  void run(Path file, int rounds, boolean python) throws IOException {
    for (int round = 1; round <= rounds; round++) {
      read("Lamella", programs.ours(2, OurReading.class, file.toString()));
      for (String peer : List.of("smile", "tablesaw")) {
        if (programs.has(peer)) {
          String name = peer.equals("smile") ? "Smile" : "Tablesaw";
          read(name, programs.peer(peer, name + "Reading", 2, file.toString()));
        }
      }
      if (python) {
        read("pandas", programs.script("pandas/reading.py", 2, file.toString()));
      }
    }
  }

  private void read(String name, Programs.Program program) throws IOException {
    Child child = program.run();
    double seconds = Training.seconds(child);
    double heap = megabytes(child, "heap", 1 << 20);
    double peak = megabytes(child, "peak memory", 1 << 10);
    String version = child.facts().getOrDefault(name, "");
    Row row = rows.computeIfAbsent((name + " " + version).strip(), key -> new Row());
    row.seconds.add(seconds);
    row.heap.add(heap);
    row.peak.add(peak);
    row.size = child.facts().getOrDefault("size", "");
    System.out.printf(
        Locale.ROOT,
        "reading   %-14s %6.2f s  table %5.0f MiB  process %5.0f MiB%n",
        name,
        seconds,
        heap,
        peak);
  }

  private static double megabytes(Child child, String fact, int units) {
    return Double.parseDouble(child.facts().getOrDefault(fact, "NaN")) / units;
  }

  String section() {
    StringBuilder text = new StringBuilder("## Reading\n\n");
    text.append(
        """
        The same file into memory, the kinds of the columns guessed by each library; a process of its own that reads once. *Table*: what
        stays of it on the heap. *Process*: the most memory that it had; those in Java have a heap of at most 4 GiB and use it before
        they tidy up. Medians.

        | | seconds | range | table | process | rows x columns |
        |---|---|---|---|---|---|
        """);
    rows.forEach((name, row) ->
        text.append(
            String.format(
                Locale.ROOT,
                "| %s | %.2f | %s | %.0f MiB | %.0f MiB | %s |%n",
                name,
                row.seconds.median(),
                row.seconds.range(),
                row.heap.median(),
                row.peak.median(),
                row.size)));
    return text.append('\n').toString();
  }
}
