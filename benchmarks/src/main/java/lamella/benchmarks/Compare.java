package lamella.benchmarks;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Runs Lamella and its peers in alternation and writes the ratios to a page; started by the script
 * {@code compare}.
 *
 * <p>One process at a time, for a peer's threads that spin while they wait would slow whatever runs
 * beside them. Ours, peer A, ours, peer B, ..., and all of that again: a machine that drifts does
 * it to both of a pair. Each process warms up and gives the median of its batches; a pair gives a
 * ratio; the median of the ratios counts, and their range says how much to believe it.
 */
public final class Compare {
  static final String REPORT_STEP = "step:200x3072-64-10";
  static final String REPORT_LOOP = "loop:200x3072-64-10";
  static final String WIDE_STEP = "step:256x3072-1024-1024-10";
  static final String MODERN_STEP = "modern:256x3072-1024-1024-10";
  static final String WIDE_FORWARD = "forward:256x3072-1024-1024-10";

  /** As {@link #WIDE_FORWARD}, by whoever may prepare the weights beforehand. */
  static final String WIDE_PREDICTION = "predict:256x3072-1024-1024-10";

  static final String SINGLE_STEP = "step:1x3072-64-10";
  static final String PREDICTION = "predict:1x3072-64-10";
  static final String LARGE_PRODUCT = "xw:1024x1024x1024";
  static final List<String> NETWORKS =
      List.of(
          REPORT_STEP, WIDE_STEP, "forward:200x3072-64-10", WIDE_FORWARD, "forward:1x3072-64-10");

  /** What PyTorch runs, which also has LayerNorm, GELU and AdamW, and something to predict with. */
  static final List<String> ALL_NETWORKS =
      Stream.concat(
              NETWORKS.stream(), Stream.of(MODERN_STEP, PREDICTION, WIDE_PREDICTION, SINGLE_STEP))
          .toList();

  /** Networks that also run with the vectors of older processors. */
  static final List<String> AVX2_NETWORKS = List.of(REPORT_STEP, WIDE_STEP, WIDE_FORWARD);

  /** After the name of a peer that computes with AVX2, as ours then does. */
  static final String AVX2_SUFFIX = "+avx2";

  /** Who is ours on the JDK that is named by an option. */
  static final String OTHER_JAVA = "java";

  /** What tells OpenBLAS whose kernels to take. */
  private static final String OPENBLAS_CORETYPE = "OPENBLAS_CORETYPE";

  /** The first processor with AVX-512, in OpenBLAS's words. */
  private static final String WIDE_CORE = "SkylakeX";

  /** Lets each peer compute as on a processor with AVX2. */
  private static final Map<String, String> AVX2 =
      Map.of(
          OPENBLAS_CORETYPE,
          "Haswell",
          "MKL_ENABLE_INSTRUCTIONS",
          "AVX2",
          "ATEN_CPU_CAPABILITY",
          "avx2",
          "ONEDNN_MAX_CPU_ISA",
          "AVX2",
          "DNNL_MAX_CPU_ISA",
          "AVX2");

  /** Networks that predict, each with its batches. */
  static final List<String> PREDICTED =
      List.of("4-16-3", "64-64-8", "784-256-128-10", "3072-1024-1024-10");

  static final List<Integer> PREDICTED_BATCHES = List.of(1, 16, 256);

  /** Others' time from a process's start to its first prediction / ours. */
  private static final double START_UP = 1.5;

  static final List<String> PRODUCTS =
      List.of(
          "xw:200x3072x64",
          "xtdy:200x3072x64",
          "dywt:200x3072x64",
          "xw:512x512x512",
          LARGE_PRODUCT,
          "xw:2048x2048x2048");

  static final List<String> REPORT_RUN = List.of("report");

  /**
   * Products, each with few rows of its result and with all: what is left without rows is not
   * multiplying.
   */
  static final List<List<String>> GROWING =
      List.of(
          List.of("xw:6x3072x64", "xw:200x3072x64"),
          List.of("xtdy:200x6x64", "xtdy:200x3072x64"),
          List.of("dywt:6x3072x64", "dywt:200x3072x64"),
          List.of("xw:6x1024x1024", LARGE_PRODUCT));

  private static final List<String> PARTS =
      List.of(
          "pytorch",
          "onnxruntime",
          "dl4j",
          "numpy",
          "openblas",
          "mkl",
          "avx2",
          "scalar",
          "noc2",
          "peak",
          "scaling",
          "cold",
          "startup",
          "latency",
          "report");

  /** Parts of a page of their own, INFERENCE.md. */
  private static final Set<String> ON_DEMAND = Set.of("onnxruntime", "latency");

  private static final String USAGE =
      """
      usage: compare [--parts LIST] [--workloads REGEX] [--pairs 5] [--threads 1,2] [--warmup 1.2]
                     [--seconds 0.5] [--data DIR] [--python PYTHON] [--java HOME] [--out FILE]
        --parts      some of pytorch,onnxruntime,dl4j,numpy,openblas,mkl,avx2,scalar,noc2,peak,
                     scaling,cold,startup,latency,report; by default all but onnxruntime, latency
        --workloads  only those whose name has a match, for example "^step|^xw:1024"
        --pairs      pairs of processes, ours and theirs, for each peer
        --threads    of Lamella and of each peer, by default all processors; several numbers,
                     by default 1 and all processors, are for predictions, the last for all else
        --warmup     seconds for each workload in each process
        --seconds    timed seconds for each workload in each process
        --data       CIFAR-10's binary files, for the part "report"; by default CIFAR10_HOME
        --python     a Python with PyTorch, which then takes part beside DJL's in "pytorch"
        --java       another JDK, on which ours runs beside ours on this one
        --out        the page; by default RESULTS.md beside this script
      """;

  private final Path home;

  /** From here on a page is written by hand. */
  private static final String BY_HAND = "## What limits it";

  private final String command;
  private Set<String> parts = new LinkedHashSet<>(PARTS);
  private Predicate<String> chosen = name -> true;
  private int pairs = 5;

  /** With so many threads networks predict; all else runs with the last number of them. */
  private List<Integer> threadCounts =
      Stream.of(1, Runtime.getRuntime().availableProcessors()).distinct().toList();

  private int threads = threadCounts.getLast();
  private double warmup = 1.2;
  private double seconds = 0.5;
  private @Nullable Path data;
  private @Nullable String python;
  private @Nullable Path otherJava;
  private Path out;

  private final Contest contest = new Contest();
  private final List<Map<String, Double>> peakRuns = new ArrayList<>();
  private final List<Map<String, Double>> scalingRuns = new ArrayList<>();
  private final List<Map<String, Double>> avx2Runs = new ArrayList<>();
  private final List<Double> firstSteps = new ArrayList<>();
  private final Map<String, String> facts = new LinkedHashMap<>();
  private final List<String> leftOut = new ArrayList<>();

  private Compare(Path home, List<String> arguments) {
    this.home = home;
    this.command = ("benchmarks/compare " + String.join(" ", arguments)).strip();
    this.out = home.resolve("RESULTS.md");
    parts.removeAll(ON_DEMAND);
    String cifar = System.getenv("CIFAR10_HOME");
    this.data = cifar == null ? null : Path.of(cifar);
  }

  /** The folder of this module, and the options. */
  public static void main(String[] args) {
    List<String> arguments = Arrays.asList(args).subList(1, args.length);
    Compare compare = new Compare(Path.of(args[0]), arguments);
    if (arguments.contains("--help")) {
      System.out.print(USAGE);
      return;
    }
    try {
      compare.parse(arguments);
    } catch (IllegalArgumentException e) {
      System.err.println("compare: " + e.getMessage());
      System.err.print(USAGE);
      System.exit(2);
    }
    try {
      compare.run();
    } catch (IOException e) {
      System.err.println("compare: " + e.getMessage());
      System.exit(1);
    }
  }

  private void parse(List<String> arguments) {
    if (arguments.size() % 2 != 0) {
      throw new IllegalArgumentException("every option has a value");
    }
    for (int i = 0; i < arguments.size(); i += 2) {
      String value = arguments.get(i + 1);
      switch (arguments.get(i)) {
        case "--parts" -> {
          parts = new LinkedHashSet<>(List.of(value.split(",")));
          for (String part : parts) {
            if (!PARTS.contains(part)) {
              throw new IllegalArgumentException("there is no part '" + part + "'");
            }
          }
        }
        case "--workloads" -> chosen = Pattern.compile(value).asPredicate();
        case "--pairs" -> pairs = Integer.parseInt(value);
        case "--threads" -> {
          threadCounts = Stream.of(value.split(",")).map(Integer::valueOf).toList();
          threads = threadCounts.getLast();
        }
        case "--warmup" -> warmup = Double.parseDouble(value);
        case "--seconds" -> seconds = Double.parseDouble(value);
        case "--data" -> data = Path.of(value).toAbsolutePath();
        case "--python" -> python = value;
        case "--java" -> otherJava = Path.of(value, "bin", "java").toAbsolutePath();
        case "--out" -> out = Path.of(value).toAbsolutePath();
        default -> throw new IllegalArgumentException("there is no option " + arguments.get(i));
      }
    }
    if (pairs < 1
        || threadCounts.stream().anyMatch(number -> number < 1)
        || !(warmup > 0)
        || !(seconds > 0)) {
      throw new IllegalArgumentException("numbers must be positive");
    }
  }

  private void run() throws IOException {
    Machine machine = Machine.now();
    List<Group> groups = groups(machine.hasAvx512());
    groups.addAll(predictors());
    System.out.println(machine);
    if (machine.load() > 0.3) {
      System.out.printf(
          Locale.ROOT, "warning: load %.2f, something else is running%n", machine.load());
    }
    long begin = System.nanoTime();
    boolean report = parts.contains("report") && reportIsPossible();
    StartUps startUps = parts.contains("startup") ? startUps() : null;
    Latencies latencies = parts.contains("latency") ? latencies() : null;
    for (int pair = 1; pair <= pairs; pair++) {
      for (Group group : groups) {
        compete(group, pair);
      }
      if (parts.contains("peak")) {
        peakRuns.add(shown("peak", besidePeak(), pair));
      }
      if (parts.contains("cold")) {
        firstSteps.add(firstSteps(pair));
      }
      if (startUps != null) {
        startUps.round();
        startUps.round();
      }
      if (latencies != null && pair <= 2) {
        latencies.round();
      }
      if (report) {
        competeInReport(pair);
      }
      if (parts.contains("scaling") && pair <= 3) {
        scalingRuns.add(shown("scaling", scaling(), pair));
      }
    }
    double minutes = (System.nanoTime() - begin) / 60e9;
    ResultsPage page =
        new ResultsPage(
            command,
            machine,
            new ResultsPage.Settings(threads, pairs, warmup, seconds, minutes),
            facts,
            leftOut,
            new ResultsPage.Measured(contest, peakRuns, avx2Runs, scalingRuns, firstSteps),
            startUps == null ? List.of() : startUps.goals(),
            (startUps == null ? "" : startUps.section())
                + (latencies == null ? "" : latencies.section()));
    String text = page.text();
    System.out.println();
    System.out.println(page.summary());
    Files.writeString(out, text + writtenByHand());
    System.out.println("written: " + out);
  }

  /** What somebody has written below the tables of an earlier run, and the next one keeps. */
  private String writtenByHand() throws IOException {
    String before = Files.exists(out) ? Files.readString(out) : "";
    int begin = before.indexOf(BY_HAND);
    return begin < 0 ? "" : "\n" + before.substring(begin);
  }

  /** What is timed in one process with the machine's peak. */
  private List<String> besidePeak() {
    Set<String> names = new LinkedHashSet<>(List.of("peak:1", "peak:" + threads, REPORT_STEP));
    GROWING.forEach(names::addAll);
    return List.copyOf(names);
  }

  /** Hidden size 16 to 4096 with batch 200, batch 1 to 4096 with hidden size 64, in powers of 4. */
  static List<String> scaling() {
    List<String> names = new ArrayList<>();
    for (int hidden = 16; hidden <= 4096; hidden *= 4) {
      names.add("step:200x3072-" + hidden + "-10");
    }
    for (int batch = 1; batch <= 4096; batch *= 4) {
      names.add("step:" + batch + "x3072-64-10");
    }
    return names;
  }

  // Who competes.

  /** What stands on the page in the place of a peer that predicts with so many threads. */
  static String predictor(String peer, int threads) {
    return peer + "/" + threads;
  }

  static String prediction(String network, int batch) {
    return "predict:" + batch + "x" + network;
  }

  /** The ratio, theirs / ours, that a prediction is to reach. */
  static double goal(String network, int batch) {
    if (batch == 1 && (network.equals("4-16-3") || network.equals("64-64-8"))) {
      return 3;
    }
    return batch == 256 ? 1 : 1.2;
  }

  /** An environment in which a peer may be faster than in another. */
  private record Setting(String name, Map<String, String> environment) {}

  /** Runs once in each of its settings; the fastest counts, for each workload. */
  private record Peer(
      String name, List<String> workloads, List<String> command, List<Setting> settings) {}

  /** Ours, with all workloads of its peers, and the peers in turn. */
  private record Group(List<String> ours, List<Peer> peers) {
    List<String> workloads() {
      return peers.stream().flatMap(peer -> peer.workloads().stream()).distinct().toList();
    }
  }

  private List<Group> groups(boolean hasAvx512) {
    List<Setting> plain = settings(Map.of());
    List<Setting> blas = hasAvx512 ? settingsOfOpenBlas() : plain;
    List<Group> groups = new ArrayList<>();
    addGroup(groups, oursCommand(threads), pyTorches("", ALL_NETWORKS, plain));
    if (parts.contains("dl4j")) {
      List<Peer> dl4j = new ArrayList<>();
      addJavaPeer(dl4j, "dl4j", NETWORKS, "Dl4j", List.of());
      addGroup(groups, oursCommand(threads), dl4j);
    }
    if (parts.contains("numpy")) {
      addGroup(groups, oursCommand(threads), numPy(blas));
    }
    addGroup(groups, oursCommand(threads), products("", blas));
    if (parts.contains("avx2") && hasAvx512) {
      List<Setting> old = settings(AVX2);
      List<Peer> peers = products(AVX2_SUFFIX, old);
      peers.addAll(pyTorches(AVX2_SUFFIX, AVX2_NETWORKS, old));
      addGroup(groups, oursCommand(threads, "-XX:UseAVX=2"), peers);
    }
    if (parts.contains("scalar")) {
      List<String> scalar = oursCommand(threads, "-Dlamella.vector=off");
      addGroup(groups, oursCommand(threads), List.of(peer("scalar", List.of(REPORT_STEP), scalar)));
    }
    if (parts.contains("noc2")) {
      String noC2 = "-XX:TieredStopAtLevel=1";
      List<String> scalar = oursCommand(1, noC2, "-Dlamella.vector=off");
      addGroup(groups, oursCommand(1, noC2), List.of(peer("noc2", List.of(REPORT_STEP), scalar)));
    }
    if (otherJava != null) {
      List<String> other = new ArrayList<>(oursCommand(threads));
      other.set(0, otherJava.toString());
      List<String> workloads = Stream.concat(NETWORKS.stream(), PRODUCTS.stream()).toList();
      addGroup(groups, oursCommand(threads), List.of(peer(OTHER_JAVA, workloads, other)));
    }
    return groups;
  }

  private static void addGroup(List<Group> groups, List<String> ours, List<Peer> peers) {
    List<Peer> some = peers.stream().filter(peer -> !peer.workloads().isEmpty()).toList();
    if (!some.isEmpty()) {
      groups.add(new Group(ours, some));
    }
  }

  /** PyTorch through DJL, and by Python where there is one with it. */
  private List<Peer> pyTorches(String suffix, List<String> workloads, List<Setting> settings) {
    List<Peer> peers = new ArrayList<>();
    if (!parts.contains("pytorch") && suffix.isEmpty()) {
      return peers;
    }
    addJavaPeer(peers, "pytorch", workloads, "PyTorch", djlOptions());
    if (python != null) {
      if (Child.works(python, "-c", "import torch")) {
        String script = home.resolve("peers/pytorch/pytorch.py").toString();
        peers.add(peer("torch", workloads, List.of(python, script)));
      } else if (suffix.isEmpty()) {
        leaveOut("PyTorch by Python: " + python + " has none");
      }
    }
    return renamed(peers, suffix, settings);
  }

  private List<Peer> products(String suffix, List<Setting> settings) {
    List<Peer> openBlas = new ArrayList<>();
    if (parts.contains("openblas") || !suffix.isEmpty()) {
      addJavaPeer(openBlas, "openblas", PRODUCTS, "OpenBlas", List.of());
    }
    List<Peer> mkl = new ArrayList<>();
    if (parts.contains("mkl") || !suffix.isEmpty()) {
      addJavaPeer(mkl, "mkl", PRODUCTS, "Mkl", List.of());
    }
    List<Peer> peers = renamed(openBlas, suffix, settings);
    peers.addAll(renamed(mkl, suffix, List.of(settings.getFirst())));
    return peers;
  }

  private List<Peer> numPy(List<Setting> settings) {
    if (!Child.works("python3", "-c", "import numpy")) {
      leaveOut("numpy: there is no python3 with NumPy here");
      return List.of();
    }
    String script = home.resolve("peers/numpy/report.py").toString();
    return renamed(
        List.of(peer("numpy", List.of(REPORT_LOOP), List.of("python3", script))), "", settings);
  }

  private static List<Peer> renamed(List<Peer> peers, String suffix, List<Setting> settings) {
    List<Peer> renamed = new ArrayList<>();
    for (Peer peer : peers) {
      renamed.add(new Peer(peer.name() + suffix, peer.workloads(), peer.command(), settings));
    }
    return renamed;
  }

  /** For each network and number of threads those that predict the same, after one run of ours. */
  private List<Group> predictors() throws IOException {
    Path models = null;
    List<Group> groups = new ArrayList<>();
    if (!parts.contains("onnxruntime")) {
      return groups;
    }
    for (String network : PREDICTED) {
      List<String> workloads =
          PREDICTED_BATCHES.stream()
              .map(batch -> prediction(network, batch))
              .filter(chosen)
              .toList();
      if (workloads.isEmpty()) {
        continue;
      }
      List<Peer> commands = new ArrayList<>();
      models = models != null ? models : temporaryDirectory();
      export(network, models);
      addJavaPeer(commands, "onnxruntime", workloads, "OnnxRuntime", List.of("-Dmodels=" + models));
      if (parts.contains("pytorch")) {
        addJavaPeer(commands, "pytorch", workloads, "PyTorch", djlOptions());
      }
      for (int number : threadCounts) {
        List<Peer> peers = new ArrayList<>();
        for (Peer peer : commands) {
          peers.add(
              new Peer(
                  predictor(peer.name(), number),
                  workloads,
                  withThreads(peer.command(), number),
                  List.of(new Setting("", environment(number)))));
        }
        addGroup(groups, oursCommand(number), peers);
      }
    }
    return groups;
  }

  private static List<String> withThreads(List<String> command, int threads) {
    List<String> whole = new ArrayList<>(command);
    whole.add(1, "-Dthreads=" + threads);
    return whole;
  }

  private static Path temporaryDirectory() throws IOException {
    Path directory = Files.createTempDirectory("lamella-compare");
    Runtime.getRuntime().addShutdownHook(new Thread(() -> deleteQuietly(directory)));
    return directory;
  }

  /**
   * Nothing is downloaded, no version is reported home, and the libraries are unpacked below
   * target.
   */
  private List<String> djlOptions() {
    return List.of(
        "-Doffline=true", "-DDJL_CACHE_DIR=" + home.resolve("peers/pytorch/target/cache"));
  }

  private void addJavaPeer(
      List<Peer> peers, String name, List<String> workloads, String main, List<String> options) {
    List<String> command = javaPeer(name, main, options);
    if (!command.isEmpty()) {
      peers.add(peer(name, workloads, command));
    }
  }

  /** The command of a peer in Java; empty if it is not built. */
  private List<String> javaPeer(String name, String main, List<String> options) {
    Path target = home.resolve("peers").resolve(name).resolve("target");
    if (!Files.isDirectory(target.resolve("lib"))) {
      String what = name + ": not built; mvn -Ppeers -DskipTests package";
      if (!leftOut.contains(what)) {
        leaveOut(what);
      }
      return List.of();
    }
    List<String> command = new ArrayList<>(java());
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("-Dorg.bytedeco.javacpp.cachedir=" + target.resolve("cache"));
    command.addAll(options);
    command.addAll(
        List.of(
            "-cp",
            target.resolve("classes") + java.io.File.pathSeparator + target.resolve("lib") + "/*",
            "lamella.benchmarks.peers." + name + "." + main));
    return command;
  }

  private Peer peer(String name, List<String> workloads, List<String> command) {
    return new Peer(name, workloads.stream().filter(chosen).toList(), command, settings(Map.of()));
  }

  private List<Setting> settings(Map<String, String> more) {
    Map<String, String> environment = new LinkedHashMap<>(environment(threads));
    environment.putAll(more);
    return List.of(new Setting("no variable", environment));
  }

  /**
   * OpenBLAS knows processors by name, and takes AVX2 on one with AVX-512 that is newer than
   * itself.
   */
  private List<Setting> settingsOfOpenBlas() {
    Map<String, String> named = new LinkedHashMap<>(environment(threads));
    named.put(OPENBLAS_CORETYPE, WIDE_CORE);
    return List.of(
        settings(Map.of()).getFirst(), new Setting(OPENBLAS_CORETYPE + "=" + WIDE_CORE, named));
  }

  private static Map<String, String> environment(int threads) {
    String n = Integer.toString(threads);
    return Map.of(
        "OMP_NUM_THREADS", n,
        "MKL_NUM_THREADS", n,
        "OPENBLAS_NUM_THREADS", n,
        "OPENBLAS_VERBOSE", "2",
        "OPT_OUT_TRACKING", "true");
  }

  private void leaveOut(String what) {
    leftOut.add(what);
    System.out.println("left out: " + what);
  }

  private static List<String> java() {
    return List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx4g");
  }

  private List<String> oursCommand(int threads, String... options) {
    List<String> command = new ArrayList<>(java());
    command.add("--add-modules=jdk.incubator.vector");
    command.add("-Dlamella.threads=" + threads);
    command.addAll(List.of(options));
    command.addAll(
        List.of("-cp", home.resolve("target/benchmarks.jar").toString(), Ours.class.getName()));
    return command;
  }

  // The contest.

  /** Ours, and each peer in turn. */
  private void compete(Group group, int pair) throws IOException {
    boolean avx2 = group.peers().getFirst().name().endsWith(AVX2_SUFFIX);
    List<String> workloads = new ArrayList<>(group.workloads());
    if (avx2) {
      workloads.add("peak:" + threads);
    }
    Child ours = Child.run(withOptions(group.ours(), workloads), Map.of());
    if (avx2) {
      avx2Runs.add(ours.times());
    }
    // Bytes allocated are those of this machine's own vectors.
    if (group.ours().equals(oursCommand(threads))) {
      ours.facts().forEach((name, value) -> facts.merge(name, value, Compare::worse));
    }
    for (Peer peer : group.peers()) {
      compete(peer, ours.times(), pair);
    }
  }

  private void compete(Peer peer, Map<String, Double> ours, int pair) throws IOException {
    Map<String, Double> times = new LinkedHashMap<>();
    for (Setting setting : peer.settings()) {
      Child theirs =
          Child.run(withOptions(peer.command(), peer.workloads()), setting.environment());
      note(peer, theirs.facts());
      for (String workload : peer.workloads()) {
        Double time = theirs.times().get(workload);
        if (time == null) {
          throw new IOException(peer.name() + ": no time for " + workload);
        }
        if (time < times.getOrDefault(workload, Double.POSITIVE_INFINITY)) {
          times.put(workload, time);
          if (peer.settings().size() > 1) {
            contest.setting(peer.name(), workload, setting.name());
          }
        }
      }
    }
    for (String workload : peer.workloads()) {
      Double our = ours.get(workload);
      if (our == null) {
        throw new IOException("ours: no time for " + workload);
      }
      Contest.Pair measured = new Contest.Pair(our, times.getOrDefault(workload, Double.NaN));
      contest.add(peer.name(), workload, measured);
      System.out.printf(
          Locale.ROOT,
          "%d/%d  %-13s %-32s ours %12.2f us  theirs %12.2f us  ratio %6.2f%n",
          pair,
          pairs,
          peer.name(),
          workload,
          our,
          measured.theirs(),
          measured.ratio());
    }
  }

  /** Versions and the like; those of ours in another setting are known already. */
  private void note(Peer peer, Map<String, String> theirs) {
    if (peer.name().equals(OTHER_JAVA)) {
      facts.put("the other JDK", theirs.getOrDefault("Java", "unknown"));
    } else if (!peer.name().equals("scalar")
        && !peer.name().equals("noc2")
        && !peer.name().endsWith(AVX2_SUFFIX)) {
      facts.putAll(theirs);
    }
  }

  /** Ours alone, and a line for each time. */
  private Map<String, Double> shown(String part, List<String> workloads, int pair)
      throws IOException {
    Child child = Child.run(withOptions(oursCommand(threads), workloads), Map.of());
    child.facts().forEach((name, value) -> facts.merge(name, value, Compare::worse));
    child
        .times()
        .forEach((name, time) ->
            System.out.printf(
                Locale.ROOT,
                "%d/%d  %-9s %-32s ours %12.1f us  %8.1f GFLOP/s%n",
                pair,
                pairs,
                part,
                name,
                time,
                Workload.parse(name).flops() * 1e-3 / time));
    return child.times();
  }

  /** Seconds that a process of its own takes for its first ten training steps. */
  private double firstSteps(int pair) throws IOException {
    List<String> command = new ArrayList<>(oursCommand(threads));
    command.set(command.size() - 1, FirstSteps.class.getName());
    String seconds = Child.run(command, Map.of()).facts().get(FirstSteps.FACT);
    if (seconds == null) {
      throw new IOException("no time for the first steps");
    }
    System.out.printf("%d/%d  first ten steps %s s%n", pair, pairs, seconds);
    return Double.parseDouble(seconds);
  }

  /** Of two allocations the larger one; of anything else the later. */
  private static String worse(String before, String now) {
    return before.matches("[0-9]+") && now.matches("[0-9]+")
        ? Long.toString(Math.max(Long.parseLong(before), Long.parseLong(now)))
        : now;
  }

  private List<String> withOptions(List<String> command, List<String> workloads) {
    List<String> whole = new ArrayList<>(command);
    whole.addAll(
        List.of("--warmup", Double.toString(warmup), "--seconds", Double.toString(seconds)));
    whole.addAll(workloads);
    return whole;
  }

  // Start-up.

  private StartUps startUps() throws IOException {
    Path directory = temporaryDirectory();
    List<String> ours = new ArrayList<>(java());
    ours.addAll(
        List.of(
            "--add-modules=jdk.incubator.vector",
            "-cp",
            home.resolve("target/benchmarks.jar").toString(),
            StartUp.class.getName()));
    StartUps startUps = new StartUps(ours, home.resolve("target/startup.aot"), directory);
    List<String> onnxRuntime = javaPeer("onnxruntime", "StartUp", List.of());
    if (!onnxRuntime.isEmpty()) {
      startUps.add("ONNX Runtime", onnxRuntime, START_UP);
      List<String> command = new ArrayList<>(onnxRuntime);
      command.add(1, "-Donnxruntime.native.path=" + unpackedOnnxRuntime());
      startUps.add("ONNX Runtime, its library unpacked before", command, 0);
    }
    List<String> pyTorch = javaPeer("pytorch", "StartUp", djlOptions());
    if (!pyTorch.isEmpty()) {
      startUps.make(pyTorch);
      startUps.add("PyTorch through DJL", pyTorch, START_UP);
    }
    return startUps;
  }

  /** ONNX Runtime unpacks its library at each start, unless it is told where it lies. */
  private Path unpackedOnnxRuntime() throws IOException {
    Path directory = temporaryDirectory();
    String system = System.getProperty("os.arch").equals("amd64") ? "linux-x64" : "linux-aarch64";
    try (DirectoryStream<Path> jars =
        Files.newDirectoryStream(
            home.resolve("peers/onnxruntime/target/lib"), "onnxruntime-*.jar")) {
      for (Path jar : jars) {
        try (FileSystem files = FileSystems.newFileSystem(jar);
            DirectoryStream<Path> libraries =
                Files.newDirectoryStream(files.getPath("ai/onnxruntime/native", system))) {
          for (Path library : libraries) {
            Files.copy(library, directory.resolve(library.getFileName().toString()));
          }
        }
      }
    }
    return directory;
  }

  // Many callers.

  private Latencies latencies() throws IOException {
    Latencies latencies =
        new Latencies(
            PREDICTED.stream().filter(network -> chosen.test(prediction(network, 1))).toList());
    latencies.add("Lamella", oursCommand(threads), Map.of());
    Path models = temporaryDirectory();
    for (String network : PREDICTED) {
      export(network, models);
    }
    List<String> onnxRuntime =
        javaPeer("onnxruntime", "OnnxRuntime", List.of("-Dmodels=" + models));
    if (!onnxRuntime.isEmpty()) {
      latencies.add("ONNX Runtime", withThreads(onnxRuntime, 1), environment(1));
    }
    List<String> pyTorch = javaPeer("pytorch", "PyTorch", djlOptions());
    if (!pyTorch.isEmpty()) {
      latencies.add("PyTorch through DJL", pyTorch, environment(1));
    }
    return latencies;
  }

  private static void export(String network, Path directory) throws IOException {
    new Model(Workload.parse(prediction(network, 1))).export(directory.resolve(network + ".onnx"));
  }

  private static void deleteQuietly(Path directory) {
    try {
      delete(directory);
    } catch (IOException e) {
      System.err.println("compare: cannot delete " + directory + ": " + e.getMessage());
    }
  }

  // The report, as whole processes.

  private Path lamella() {
    return home.resolveSibling("examples/target/lamella/bin/lamella");
  }

  private boolean reportIsPossible() {
    if (data == null || !Files.isReadable(data.resolve("data_batch_1.bin"))) {
      leaveOut("report: needs CIFAR-10's binary files; --data DIR");
    } else if (!Files.isExecutable(lamella())) {
      leaveOut("report: " + lamella() + " is not built; mvn -DskipTests package");
    } else if (!Child.works("python3", "-c", "import numpy")) {
      leaveOut("report: there is no python3 with NumPy here");
    } else {
      return true;
    }
    return false;
  }

  private void competeInReport(int pair) throws IOException {
    String directory = String.valueOf(data);
    Path results = Files.createTempDirectory("lamella-report");
    double ours;
    try {
      ours =
          Child.run(
                  List.of(
                      lamella().toString(),
                      "report",
                      "--data",
                      directory,
                      "--dtype",
                      "float32",
                      "--threads",
                      Integer.toString(threads),
                      "--out",
                      results.toString()),
                  Map.of("JAVA_HOME", System.getProperty("java.home")))
              .seconds();
    } finally {
      delete(results);
    }
    Map<String, String> environment = new LinkedHashMap<>(environment(threads));
    // The setting that was faster for the loop.
    if (contest.setting("numpy", REPORT_LOOP).equals(OPENBLAS_CORETYPE + "=" + WIDE_CORE)) {
      environment.put(OPENBLAS_CORETYPE, WIDE_CORE);
    }
    List<String> numpy =
        List.of("python3", home.resolve("peers/numpy/report.py").toString(), "--data", directory);
    double theirs = Child.run(numpy, environment).seconds();
    contest.add("numpy", REPORT_RUN.getFirst(), new Contest.Pair(ours * 1e6, theirs * 1e6));
    System.out.printf(
        Locale.ROOT,
        "%d/%d  %-9s %-32s ours %10.2f s    theirs %10.2f s    ratio %6.2f%n",
        pair,
        pairs,
        "numpy",
        "report (whole process)",
        ours,
        theirs,
        theirs / ours);
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> paths = Files.walk(directory)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
