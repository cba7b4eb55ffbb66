package lamella.benchmarks.tables;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import lamella.benchmarks.Machine;
import org.jspecify.annotations.Nullable;

/**
 * Measures all that has to do with tables and writes a page of it; started by the script {@code
 * tables}. A part that is not measured this time stays on the page as it was.
 */
public final class Tables {
  private static final List<String> PARTS = List.of("accuracy", "training", "scoring", "reading");
  private static final List<String> MODELS = List.of("lamella", "smile", "tribuo");
  private static final String USAGE =
      """
      usage: tables --folder DIR [--parts LIST] [--names LIST] [--seeds 0,1,2] [--models LIST]
                    [--rounds 3] [--threads 1,2] [--rows 1000000] [--python python3] [--out FILE]
        --folder   NAME.csv and NAME.split.csv of each table, and columns.csv that says what their
                   columns are; baselines/results.csv, if there, has figures of other models
        --parts    some of accuracy,training,scoring,reading; all by default
        --names    the tables of "accuracy"; all nine by default
        --seeds    of "accuracy"
        --models   who trains in "accuracy": some of lamella,smile,tribuo; all by default
        --rounds   how often the other parts are measured, in turn
        --threads  by default 1 and all processors; "accuracy" takes the last
        --rows     of the generated file of "scoring" and "reading"
        --python   a Python with scikit-learn, pandas and onnxruntime
        --out      the page; by default TABLES.md beside this script
      """;

  private static final Pattern SECTION = Pattern.compile("(?ms)^## (.+?)$.*?(?=^## |\\z)");

  private final Path home;
  private final String command;
  private Set<String> parts = new LinkedHashSet<>(PARTS);
  private List<String> names = Accuracy.names();
  private List<Long> seeds = List.of(0L, 1L, 2L);
  private List<String> models = MODELS;
  private int rounds = 3;
  private List<Integer> threads =
      Stream.of(1, Runtime.getRuntime().availableProcessors()).distinct().toList();
  private int rows = 1_000_000;
  private String python = "python3";
  private @Nullable Path folder;
  private Path out;

  private Tables(Path home, List<String> arguments) {
    this.home = home;
    this.command = ("benchmarks/tables " + String.join(" ", withoutPaths(arguments))).strip();
    this.out = home.resolve("TABLES.md");
  }

  /** What the page says of how it was made: not where somebody keeps data and programs. */
  private static List<String> withoutPaths(List<String> arguments) {
    List<String> shown = new ArrayList<>(arguments);
    for (int i = 0; i + 1 < shown.size(); i += 2) {
      switch (shown.get(i)) {
        case "--folder" -> shown.set(i + 1, "DIR");
        case "--python" -> shown.set(i + 1, "PYTHON");
        case "--out" -> shown.set(i + 1, "FILE");
        default -> {}
      }
    }
    return shown;
  }

  /** The folder of this module, and the options. */
  public static void main(String[] args) {
    List<String> arguments = Arrays.asList(args).subList(1, args.length);
    if (arguments.contains("--help")) {
      System.out.print(USAGE);
      return;
    }
    Tables tables = new Tables(Path.of(args[0]), arguments);
    try {
      tables.parse(arguments);
    } catch (IllegalArgumentException e) {
      System.err.println("tables: " + e.getMessage());
      System.err.print(USAGE);
      System.exit(2);
    }
    try {
      tables.run();
    } catch (IOException e) {
      System.err.println("tables: " + e.getMessage());
      System.exit(1);
    }
  }

  private void parse(List<String> arguments) {
    if (arguments.size() % 2 != 0) {
      throw new IllegalArgumentException("every option has a value");
    }
    for (int i = 0; i < arguments.size(); i += 2) {
      String value = arguments.get(i + 1);
      List<String> list = List.of(value.split(",", -1));
      switch (arguments.get(i)) {
        case "--folder" -> folder = Path.of(value).toAbsolutePath();
        case "--parts" -> parts = new LinkedHashSet<>(some("part", list, PARTS));
        case "--names" -> names = some("table", list, Accuracy.names());
        case "--seeds" -> seeds = list.stream().map(Long::valueOf).toList();
        case "--models" -> models = some("model", list, MODELS);
        case "--rounds" -> rounds = Integer.parseInt(value);
        case "--threads" -> threads = list.stream().map(Integer::valueOf).toList();
        case "--rows" -> rows = Integer.parseInt(value);
        case "--python" -> python = value;
        case "--out" -> out = Path.of(value).toAbsolutePath();
        default -> throw new IllegalArgumentException("there is no option " + arguments.get(i));
      }
    }
    int fewest = Scoring.BATCHES.getLast();
    if (rows < fewest) {
      throw new IllegalArgumentException("--rows must be at least " + fewest + ", a batch");
    }
    if (rounds < 1 || threads.stream().anyMatch(number -> number < 1)) {
      throw new IllegalArgumentException("numbers must be positive");
    }
    if (folder == null && (parts.contains("accuracy") || parts.contains("training"))) {
      throw new IllegalArgumentException("--folder says where the tables lie");
    }
  }

  private static List<String> some(String what, List<String> chosen, List<String> all) {
    for (String one : chosen) {
      if (!all.contains(one)) {
        throw new IllegalArgumentException("there is no " + what + " '" + one + "'");
      }
    }
    return chosen;
  }

  private void run() throws IOException {
    Machine machine = Machine.now();
    System.out.println(machine);
    if (machine.load() > 0.3) {
      System.out.printf(
          Locale.ROOT, "warning: load %.2f, something else is running%n", machine.load());
    }
    Programs programs = new Programs(home, python);
    Map<String, String> sections = sectionsBefore();
    Path target = home.resolve("target/tables");
    if (parts.contains("accuracy") && folder != null) {
      List<String> built =
          models.stream()
              .filter(model -> model.equals("lamella") || isBuilt(programs, model))
              .toList();
      Accuracy accuracy = new Accuracy(folder, programs, target.resolve("results.csv"));
      accuracy.run(names, built, seeds, threads.getLast());
      put(sections, accuracy.section(), machine);
    }
    if (parts.contains("training") && folder != null) {
      if (programs.pythonHas("sklearn", "pandas")) {
        Training training = new Training(folder, programs);
        training.run(rounds, threads);
        put(sections, training.section(), machine);
      } else {
        System.out.println("left out: training; " + python + " lacks scikit-learn or pandas");
      }
    }
    ScoringRun scoring = new ScoringRun(programs, target, rows);
    if (parts.contains("scoring")) {
      isBuilt(programs, "onnxruntime");
      scoring.run(rounds, threads, programs.pythonHas("onnxruntime", "pandas"));
      put(sections, scoring.section(), machine);
    }
    if (parts.contains("reading")) {
      isBuilt(programs, "smile");
      isBuilt(programs, "tablesaw");
      ReadingRun reading = new ReadingRun(programs);
      reading.run(scoring.file(), rounds, programs.pythonHas("pandas"));
      put(sections, reading.section(), machine);
    }
    StringBuilder page = new StringBuilder("# Tables\n\n");
    page.append(
        "Written by `benchmarks/tables`, each part when it was measured last; what stands below ");
    page.append("*What limits it* is written by hand.\n\n");
    sections.values().forEach(page::append);
    Files.writeString(out, page.toString().stripTrailing() + "\n");
    System.out.println("written: " + out);
  }

  private static boolean isBuilt(Programs programs, String peer) {
    boolean built = programs.has(peer);
    if (!built) {
      System.out.println("left out: " + peer + ", not built; mvn -Ppeers -DskipTests package");
    }
    return built;
  }

  /** The sections of the page that is there, by their headings; all those of parts are in order. */
  private Map<String, String> sectionsBefore() throws IOException {
    Map<String, String> sections = new LinkedHashMap<>();
    for (String heading : List.of("Accuracy", "Training time", "Scoring", "Reading")) {
      sections.put(heading, "");
    }
    if (Files.exists(out)) {
      Matcher section = SECTION.matcher(Files.readString(out));
      while (section.find()) {
        sections.put(section.group(1), section.group().stripTrailing() + "\n\n");
      }
    }
    return sections;
  }

  private void put(Map<String, String> sections, String section, Machine machine) {
    String heading = section.substring("## ".length(), section.indexOf('\n'));
    sections.put(
        heading,
        section
            + "On "
            + machine.day()
            + ", "
            + machine
            + ", JDK "
            + Runtime.version()
            + String.format(Locale.ROOT, ", load before %.2f: ", machine.load())
            + "`"
            + command
            + "`\n\n");
  }
}
