package lamella.benchmarks;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import lamella.benchmarks.Contest.Pair;
import lamella.benchmarks.Contest.Ratio;
import org.jspecify.annotations.Nullable;

/** The page that {@link Compare} writes. */
final class ResultsPage {

  /** How it was measured. */
  record Settings(int threads, int pairs, double warmup, double seconds, double minutes) {}

  /**
   * What was measured.
   *
   * @param contest beside peers
   * @param peakRuns processes of ours with the machine's peak
   * @param avx2Runs those with AVX2
   * @param scalingRuns processes of ours with steps of many sizes
   * @param firstSteps seconds of ten steps, process by process
   */
  record Measured(
      Contest contest,
      List<Map<String, Double>> peakRuns,
      List<Map<String, Double>> avx2Runs,
      List<Map<String, Double>> scalingRuns,
      List<Double> firstSteps) {}

  private static final Map<String, String> TITLES =
      Map.of(
          "pytorch",
          "PyTorch",
          "torch",
          "PyTorch by Python",
          "onnxruntime",
          "ONNX Runtime",
          "dl4j",
          "Deeplearning4j",
          "numpy",
          "NumPy float64",
          "openblas",
          "OpenBLAS",
          "mkl",
          "MKL",
          "scalar",
          "our scalar kernels",
          "noc2",
          "our scalar kernels without C2, one thread,",
          Compare.OTHER_JAVA,
          "the other JDK");
  private static final List<String> PREDICTORS = List.of("onnxruntime", "pytorch");
  private static final List<String> BLAS = List.of("openblas", "mkl");
  private static final List<String> PYTORCHES = List.of("pytorch", "torch");

  /** Microseconds of a training step with a batch of one image. */
  private static final double SINGLE_STEP = 60;

  private static final double FIRST_STEPS_SECONDS = 0.3;
  private static final double SPREAD = 0.08;

  /**
   * The report's training step, its two products with the 3072 x 64 weights only: x W and xᵀ dy.
   */
  private static final double TWO_LARGE_PRODUCTS = 2 * 2.0 * 200 * 3072 * 64;

  private final String command;
  private final Machine machine;
  private final Settings settings;
  private final Map<String, String> facts;
  private final List<String> leftOut;
  private final Contest contest;
  private final List<Map<String, Double>> peakRuns;
  private final List<Map<String, Double>> avx2Runs;
  private final List<Map<String, Double>> scalingRuns;
  private final List<Double> firstSteps;
  private final List<StartUps.GoalRow> startUpGoals;
  private final String processes;

  ResultsPage(
      String command,
      Machine machine,
      Settings settings,
      Map<String, String> facts,
      List<String> leftOut,
      Measured measured,
      List<StartUps.GoalRow> startUpGoals,
      String processes) {
    this.command = command;
    this.machine = machine;
    this.settings = settings;
    this.facts = facts;
    this.leftOut = leftOut;
    this.contest = measured.contest();
    this.peakRuns = measured.peakRuns();
    this.avx2Runs = measured.avx2Runs();
    this.scalingRuns = measured.scalingRuns();
    this.firstSteps = measured.firstSteps();
    this.startUpGoals = startUpGoals;
    this.processes = processes;
  }

  /** The whole page, in Markdown. */
  String text() {
    StringBuilder page = new StringBuilder();
    page.append("# Results\n\nWritten by `").append(command).append("` on ");
    page.append(machine.day()).append("; do not edit.\n\n");
    page.append("## Goals\n").append(goals());
    page.append(
        """

        *At the limit*: the ratio of a program that did nothing but the multiply-adds, at the rate of the loop that does
        nothing else ("the machine's peak", below). No program can exceed it; a goal above it is out of reach on this machine.

        """);
    page.append(predictions());
    appendSetting(page);
    appendContest(page);
    appendPeak(page);
    appendLimits(page);
    page.append(processes);
    appendScaling(page);
    appendPairs(page);
    return page.toString();
  }

  // The goals.

  /** The tables of the goals, each with what was measured. */
  String summary() {
    return goals() + "\n" + predictions();
  }

  private String goals() {
    List<String> rows = new ArrayList<>();
    addPyTorch(rows, "training step 3072-64-10, batch 200", Compare.REPORT_STEP, 1.6);
    addRatio(rows, "the same: Deeplearning4j / ours", "dl4j", Compare.REPORT_STEP, 20);
    addRatio(
        rows,
        "the same with its batch gathered: NumPy float64 (the report's listing) / ours",
        "numpy",
        Compare.REPORT_LOOP,
        8);
    addPyTorch(rows, "training step 3072-1024-1024-10, batch 256", Compare.WIDE_STEP, 1.1);
    addPyTorch(rows, "the same with LayerNorm, GELU and AdamW", Compare.MODERN_STEP, 1.3);
    addModern(rows);
    addPyTorch(rows, "forward 3072-1024-1024-10, batch 256", Compare.WIDE_FORWARD, 1.05);
    addPyTorch(
        rows, "the same as prediction, weights prepared by both", Compare.WIDE_PREDICTION, 1.05);
    addPyTorch(rows, "prediction, batch 1, 3072-64-10", Compare.PREDICTION, 2.7);
    addOwnTime(rows, "training step 3072-64-10, batch 1: ours", Compare.SINGLE_STEP, SINGLE_STEP);
    addProducts(rows, "", 0.93, peakRuns);
    addSpread(rows);
    addProducts(rows, Compare.AVX2_SUFFIX, 0.92, avx2Runs);
    addShare(
        rows,
        "1024³: share of the FMA peak of all cores",
        Compare.LARGE_PRODUCT,
        Workload.parse(Compare.LARGE_PRODUCT).flops(),
        0.80);
    addShare(
        rows,
        "training step 3072-64-10, its two large products only: share of that peak",
        Compare.REPORT_STEP,
        TWO_LARGE_PRODUCTS,
        0.55);
    addAllocation(rows, "bytes allocated per training step 3072-64-10", Compare.REPORT_STEP);
    addAllocation(rows, "bytes allocated per prediction 3072-64-10", Compare.PREDICTION);
    addScalar(rows);
    addRatio(
        rows,
        "training step 3072-64-10 without C2, one thread: scalar kernels / ours",
        "noc2",
        Compare.REPORT_STEP,
        1 / 1.1);
    addRatio(
        rows,
        "the report's four runs, whole process: NumPy float64 / ours float32",
        "numpy",
        Compare.REPORT_RUN.getFirst(),
        2.3);
    addFirstSteps(rows);
    for (StartUps.GoalRow row : startUpGoals) {
      String what = "from a process's start to its first prediction: " + row.name() + " / ours";
      add(rows, what, row.ratio(), row.goal(), Double.NaN);
    }
    return "| what | median | range | goal | reached | at the limit |\n|---|---|---|---|---|---|\n"
        + String.join("", rows);
  }

  /** Each network, batch and number of threads beside each peer, with its goal. */
  private String predictions() {
    StringBuilder table = new StringBuilder();
    for (String peer : PREDICTORS) {
      for (String network : Compare.PREDICTED) {
        for (int batch : Compare.PREDICTED_BATCHES) {
          for (String row : contest.peers()) {
            if (row.startsWith(peer + "/")) {
              appendPrediction(table, row, network, batch);
            }
          }
        }
      }
    }
    return table.isEmpty()
        ? ""
        : """
        ## Predictions
        Linear layers with ReLU between them. A ratio above 1: ours is faster.

        | network | batch | | ours | theirs | theirs / ours | range | goal | reached |
        |---|---|---|---|---|---|---|---|---|
        """
            + table
            + "\n";
  }

  private void appendPrediction(StringBuilder table, String peer, String network, int batch) {
    String workload = Compare.prediction(network, batch);
    Ratio ratio = contest.ratio(peer, workload);
    if (ratio != null) {
      double goal = Compare.goal(network, batch);
      table.append("| ").append(network).append(" | ").append(batch).append(" | ");
      table.append(title(peer)).append(" | ").append(time(contest.ours(peer, workload)));
      table.append(" | ").append(time(contest.theirs(peer, workload))).append(" | ");
      table.append(number(ratio.median())).append(" | ").append(number(ratio.least()));
      table.append(" to ").append(number(ratio.most())).append(" | ").append(number(goal));
      table.append(" | ").append(ratio.median() >= goal ? "yes" : "**no**").append(" |\n");
    }
  }

  private void addRatio(List<String> rows, String what, String peer, String workload, double goal) {
    add(rows, what, contest.ratio(peer, workload), goal, Double.NaN);
  }

  /** Beside PyTorch through DJL, or beside the faster of that and PyTorch by Python. */
  private void addPyTorch(List<String> rows, String what, String workload, double goal) {
    List<String> peers =
        PYTORCHES.stream().filter(peer -> !contest.pairs(peer, workload).isEmpty()).toList();
    if (peers.isEmpty()) {
      return;
    }
    boolean arithmetic =
        Workload.parse(workload).batch() > 1 && !workload.equals(Compare.MODERN_STEP);
    add(
        rows,
        what + (peers.size() > 1 ? ": the faster PyTorch / ours" : ": PyTorch / ours"),
        contest.ratioToFastest(peers, workload),
        goal,
        arithmetic ? limit(workload, fastest(peers, workload), peakRuns) : Double.NaN);
  }

  /** The six products beside OpenBLAS and MKL, and their mean. */
  private void addProducts(
      List<String> rows, String suffix, double goal, List<Map<String, Double>> runs) {
    List<String> peers = BLAS.stream().map(peer -> peer + suffix).toList();
    String beside =
        ": the faster of OpenBLAS and MKL / ours" + (suffix.isEmpty() ? "" : ", all with AVX2");
    double logarithms = 0;
    double limitLogarithms = 0;
    int products = 0;
    for (String product : Compare.PRODUCTS) {
      Ratio ratio = contest.ratioToFastest(peers, product);
      if (ratio != null) {
        double limit = limit(product, fastest(peers, product), runs);
        add(rows, "product " + shape(product) + beside, ratio, goal, limit);
        logarithms += Math.log(ratio.median());
        limitLogarithms += Math.log(limit);
        products++;
      }
    }
    if (products == Compare.PRODUCTS.size()) {
      double mean = Math.exp(logarithms / products);
      String which = suffix.isEmpty() ? "products" : "products with AVX2";
      rows.add(
          row(
              which + ": geometric mean of these medians",
              number(mean),
              "",
              number(1),
              mean >= 1,
              numberOrNothing(Math.exp(limitLogarithms / products))));
    }
  }

  /** By how much our slowest process exceeds the fastest, product by product. */
  private void addSpread(List<String> rows) {
    List<Double> spreads = new ArrayList<>();
    for (String product : Compare.PRODUCTS) {
      double least = Double.POSITIVE_INFINITY;
      double most = 0;
      for (String peer : BLAS) {
        for (Pair pair : contest.pairs(peer, product)) {
          least = Math.min(least, pair.ours());
          most = Math.max(most, pair.ours());
        }
      }
      if (most > 0) {
        spreads.add(most / least - 1);
      }
    }
    if (!spreads.isEmpty()) {
      Ratio spread = Ratio.of(spreads);
      rows.add(
          row(
              "products: our slowest process / our fastest - 1",
              percent(spread.median()),
              percent(spread.least()) + " to " + percent(spread.most()),
              percent(SPREAD),
              spread.most() <= SPREAD,
              ""));
    }
  }

  private void addOwnTime(List<String> rows, String what, String workload, double goal) {
    List<Double> times = contest.pairs("pytorch", workload).stream().map(Pair::ours).toList();
    addTime(rows, what, times, goal);
  }

  private void addFirstSteps(List<String> rows) {
    addTime(
        rows,
        "the first ten training steps of a process, 3072-64-10, batch 200: ours",
        firstSteps.stream().map(seconds -> seconds * 1e6).toList(),
        FIRST_STEPS_SECONDS * 1e6);
  }

  private static void addTime(
      List<String> rows, String what, List<Double> microseconds, double goal) {
    if (!microseconds.isEmpty()) {
      Ratio times = Ratio.of(microseconds);
      rows.add(
          row(
              what,
              time(times.median()),
              time(times.least()) + " to " + time(times.most()),
              time(goal),
              times.median() <= goal,
              ""));
    }
  }

  private double fastest(List<String> peers, String workload) {
    return peers.stream()
        .mapToDouble(peer -> contest.theirs(peer, workload))
        .min()
        .orElse(Double.NaN);
  }

  /**
   * The ratio of a program that did nothing but the workload's multiply-adds, at the machine's peak
   * in these runs: their time / that time.
   */
  private double limit(String workload, double theirs, List<Map<String, Double>> runs) {
    return runs.isEmpty()
        ? Double.NaN
        : theirs * peak(runs) / (Workload.parse(workload).flops() * 1e-3);
  }

  private static void add(
      List<String> rows, String what, @Nullable Ratio ratio, double goal, double limit) {
    if (ratio != null) {
      rows.add(
          row(
              what,
              number(ratio.median()),
              number(ratio.least()) + " to " + number(ratio.most()),
              number(goal),
              ratio.median() >= goal,
              numberOrNothing(limit)));
    }
  }

  /** Our time without LayerNorm, GELU and AdamW / with them, in one process. */
  private void addModern(List<String> rows) {
    List<Pair> plain = contest.pairs("pytorch", Compare.WIDE_STEP);
    List<Pair> modern = contest.pairs("pytorch", Compare.MODERN_STEP);
    List<Double> ratios = new ArrayList<>();
    for (int i = 0; i < Math.min(plain.size(), modern.size()); i++) {
      ratios.add(plain.get(i).ours() / modern.get(i).ours());
    }
    if (!ratios.isEmpty()) {
      add(
          rows,
          "ours: the step with ReLU and SGD / with LayerNorm, GELU and AdamW",
          Ratio.of(ratios),
          1 / 1.2,
          Double.NaN);
    }
  }

  /** Our vector kernels' time / the scalar ones', which is to be at least 1/8. */
  private void addScalar(List<String> rows) {
    List<Pair> pairs = contest.pairs("scalar", Compare.REPORT_STEP);
    if (!pairs.isEmpty()) {
      Ratio ratio = Ratio.of(pairs.stream().map(pair -> 1 / pair.ratio()).toList());
      add(
          rows,
          "training step 3072-64-10: vector kernels' time / scalar kernels'",
          ratio,
          1.0 / 8,
          Double.NaN);
    }
  }

  private void addShare(
      List<String> rows, String what, String workload, double flops, double goal) {
    List<Double> shares = new ArrayList<>();
    for (Map<String, Double> run : peakRuns) {
      double peak = rate(run, peakName());
      shares.add(flops * 1e-3 / run.getOrDefault(workload, Double.NaN) / peak);
    }
    if (!shares.isEmpty()) {
      Ratio ratio = Ratio.of(shares);
      rows.add(
          row(
              what,
              percent(ratio.median()),
              percent(ratio.least()) + " to " + percent(ratio.most()),
              percent(goal),
              ratio.median() >= goal,
              "100 %"));
    }
  }

  private void addAllocation(List<String> rows, String what, String workload) {
    String bytes = facts.get("allocated " + workload);
    if (bytes != null) {
      rows.add(row(what, bytes, "", "0", bytes.equals("0"), "0"));
    }
  }

  private static String row(
      String what, String median, String range, String goal, boolean reached, String limit) {
    return "| "
        + what
        + " | "
        + median
        + " | "
        + range
        + " | "
        + goal
        + " | "
        + (reached ? "yes" : "**no**")
        + " | "
        + limit
        + " |\n";
  }

  // How it was measured.

  private void appendSetting(StringBuilder page) {
    page.append("## Machine and method\n").append(machine).append(".\n\n");
    facts.forEach((name, value) -> {
      if (!name.startsWith("allocated")) {
        page.append("- ").append(name).append(": ").append(value).append('\n');
      }
    });
    page.append(
        String.format(
            Locale.ROOT,
            """

            %d threads for everyone, unless it says otherwise. One process at a time, ours and a peer's in alternation, %d pairs each, %.0f minutes
            in all; load of the machine before: %.2f. A process warms every workload up for %.1f s, then times batches of
            some 20 ms for %.1f s each, the workloads in turns, and gives the median of its batches. A ratio is the peer's
            time / ours in one pair; the tables give the median, least and largest over the pairs. float32 except NumPy,
            same shapes, same batch, data prepared in advance. Processes of one program differ by up to 25 %% on a virtual
            machine, so single pairs prove nothing.
            """,
            settings.threads(),
            settings.pairs(),
            settings.minutes(),
            machine.load(),
            settings.warmup(),
            settings.seconds()));
    appendPeersSettings(page);
    for (String what : leftOut) {
      page.append("\nLeft out: ").append(what).append(".\n");
    }
    page.append('\n');
  }

  /** In what settings peers were tried, and which of them counts. */
  private void appendPeersSettings(StringBuilder page) {
    page.append(
        """

        Each peer has as many threads as ours and its best setting. DJL's PyTorch takes the faster of two ways to update the weights, all
        tensors being made before.\
        """);
    if (contest.peers().contains("torch")) {
      page.append(
          """
           PyTorch by Python takes the fastest of what its script tries, as listed above: as it is, traced and frozen, in
          oneDNN's layout, compiled with packed weights; its optimisers tensor by tensor, over lists and fused.\
          """);
    }
    page.append('\n');
    for (String peer : contest.peers()) {
      Map<String, List<String>> workloads = new LinkedHashMap<>();
      for (String workload : contest.workloads(peer)) {
        String setting = contest.setting(peer, workload);
        if (!setting.isEmpty()) {
          workloads.computeIfAbsent(setting, key -> new ArrayList<>()).add(workload);
        }
      }
      if (!workloads.isEmpty()) {
        page.append("- ").append(title(peer));
        page.append(
            " runs in two settings, of which the faster counts. In the last pair that was ");
        List<String> texts = new ArrayList<>();
        workloads.forEach(
            (setting, names) -> texts.add("`" + setting + "` for " + String.join(", ", names)));
        page.append(String.join("; ", texts)).append(".\n");
      }
    }
    if (!avx2Runs.isEmpty()) {
      page.append(
          """

          "With AVX2" all are told to compute as on a processor that has no wider vectors: ours by `-XX:UseAVX=2`, peers by
          `OPENBLAS_CORETYPE=Haswell`, `MKL_ENABLE_INSTRUCTIONS=AVX2`, `ATEN_CPU_CAPABILITY=avx2` and `ONEDNN_MAX_CPU_ISA=AVX2`.
          """);
    }
  }

  // Tables.

  private void appendContest(StringBuilder page) {
    for (String peer : contest.peers()) {
      page.append("## ").append(heading(peer)).append('\n');
      page.append("| workload | ours | ").append(title(peer));
      page.append(
          " | ours, GFLOP/s | theirs | theirs / ours | range |\n|---|---|---|---|---|---|---|\n");
      for (String workload : contest.workloads(peer)) {
        Ratio ratio = contest.ratio(peer, workload);
        if (ratio == null) {
          continue;
        }
        double ours = contest.ours(peer, workload);
        double theirs = contest.theirs(peer, workload);
        boolean counted = workload.indexOf(':') > 0;
        double flops = counted ? Workload.parse(workload).flops() * 1e-3 : 0;
        page.append("| ").append(workload).append(" | ").append(time(ours)).append(" | ");
        page.append(time(theirs)).append(" | ").append(counted ? number(flops / ours) : "");
        page.append(" | ").append(counted ? number(flops / theirs) : "").append(" | ");
        page.append(number(ratio.median())).append(" | ").append(number(ratio.least()));
        page.append(" to ").append(number(ratio.most())).append(" |\n");
      }
      page.append('\n');
    }
  }

  private void appendPeak(StringBuilder page) {
    if (peakRuns.isEmpty()) {
      return;
    }
    page.append("## Beside the machine's peak\n");
    page.append(
        "GFLOP/s of one process each, its workloads in turns. The step counts all its products.\n\n");
    page.append(
        "| FMA loop, one core | FMA loop, all cores | 1024³ | share | training step 3072-64-10 |\n");
    page.append("|---|---|---|---|---|\n");
    for (Map<String, Double> run : peakRuns) {
      double peak = rate(run, peakName());
      double product = rate(run, Compare.LARGE_PRODUCT);
      page.append("| ").append(number(rate(run, "peak:1"))).append(" | ").append(number(peak));
      page.append(" | ").append(number(product)).append(" | ").append(percent(product / peak));
      page.append(" | ").append(number(rate(run, Compare.REPORT_STEP))).append(" |\n");
    }
    page.append('\n');
  }

  private void appendLimits(StringBuilder page) {
    if (peakRuns.isEmpty()) {
      return;
    }
    page.append("## What limits the products\n");
    page.append(
        """
        Each product with a tile's six rows of its result and with all its rows, in turns in one process. The line through both
        has a start, which is all that is done once however many rows there are (copying the right-hand matrix into
        panels, waking and waiting for the team), and a slope, the multiplying itself. Medians over the processes.

        | product | time | of it the start | the slope, share of the peak |
        |---|---|---|---|
        """);
    for (List<String> pair : Compare.GROWING) {
      Workload few = Workload.parse(pair.getFirst());
      Workload all = Workload.parse(pair.getLast());
      double fewTime = ownMedian(pair.getFirst());
      double time = ownMedian(pair.getLast());
      double slope = (time - fewTime) / (all.flops() - few.flops());
      double start = time - slope * all.flops();
      page.append("| ").append(shape(pair.getLast())).append(" | ").append(time(time));
      page.append(" | ").append(percent(start / time)).append(" | ");
      page.append(percent(1e-3 / slope / peak(peakRuns))).append(" |\n");
    }
    double step = ownMedian(Compare.REPORT_STEP);
    double products = ownMedian(Compare.GROWING.get(0).getLast());
    products += ownMedian(Compare.GROWING.get(1).getLast());
    page.append("\nThe report's training step takes ").append(time(step)).append(", of which ");
    page.append(percent(products / step)).append(" are its two large products.\n\n");
  }

  private double ownMedian(String workload) {
    return median(peakRuns, workload);
  }

  private double peak(List<Map<String, Double>> runs) {
    return Workload.parse(peakName()).flops() * 1e-3 / median(runs, peakName());
  }

  private static double median(List<Map<String, Double>> runs, String workload) {
    return TimedProcess.median(
        runs.stream().mapToDouble(run -> run.getOrDefault(workload, Double.NaN)).toArray());
  }

  private void appendScaling(StringBuilder page) {
    if (scalingRuns.isEmpty()) {
      return;
    }
    page.append("## Cost grows as the work grows\n");
    page.append("Training steps of 3072-hidden-10; median of ").append(scalingRuns.size());
    page.append(" processes.\n\n| batch | hidden | step | MFLOP | GFLOP/s | time per example |\n");
    page.append("|---|---|---|---|---|---|\n");
    for (String name : Compare.scaling()) {
      double time = median(scalingRuns, name);
      Workload workload = Workload.parse(name);
      page.append("| ").append(workload.batch()).append(" | ").append(workload.widths().get(1));
      page.append(" | ").append(time(time)).append(" | ").append(number(workload.flops() * 1e-6));
      page.append(" | ").append(number(workload.flops() * 1e-3 / time)).append(" | ");
      page.append(time(time / workload.batch())).append(" |\n");
    }
    page.append('\n');
  }

  private void appendPairs(StringBuilder page) {
    page.append("## All pairs\nMicroseconds, ours / theirs, in the order they were taken.\n\n");
    for (String peer : contest.peers()) {
      for (String workload : contest.workloads(peer)) {
        page.append("- ").append(title(peer));
        page.append(peer.endsWith(Compare.AVX2_SUFFIX) ? " with AVX2, " : ", ");
        page.append(workload).append(':');
        for (Pair pair : contest.pairs(peer, workload)) {
          page.append(String.format(Locale.ROOT, " %.2f / %.2f;", pair.ours(), pair.theirs()));
        }
        page.setCharAt(page.length() - 1, '\n');
      }
    }
  }

  // Words and numbers.

  private String peakName() {
    return "peak:" + settings.threads();
  }

  private static double rate(Map<String, Double> run, String workload) {
    return Workload.parse(workload).flops() * 1e-3 / run.getOrDefault(workload, Double.NaN);
  }

  private static String heading(String peer) {
    return peer.endsWith(Compare.AVX2_SUFFIX)
        ? title(peer) + " and ours, both with AVX2"
        : title(peer) + " and ours";
  }

  private static String title(String name) {
    String peer = name.replace(Compare.AVX2_SUFFIX, "");
    int slash = peer.indexOf('/');
    if (slash < 0) {
      return TITLES.getOrDefault(peer, peer);
    }
    String threads = peer.substring(slash + 1);
    return title(peer.substring(0, slash))
        + ", "
        + threads
        + (threads.equals("1") ? " thread" : " threads");
  }

  /** [200 x 3072][3072 x 64] and the like. */
  private static String shape(String product) {
    Workload p = Workload.parse(product);
    int n = p.batch();
    int in = p.inputs();
    int out = p.outputs();
    if (n == in && in == out) {
      return n + "³";
    }
    return switch (p.task()) {
      case XW -> matrix(n, in) + matrix(in, out);
      case XTDY -> matrix(in, n) + matrix(n, out);
      default -> matrix(n, out) + matrix(in, out) + "ᵀ";
    };
  }

  private static String matrix(int rows, int columns) {
    return "[" + rows + "x" + columns + "]";
  }

  static String time(double microseconds) {
    return microseconds >= 1e6
        ? String.format(Locale.ROOT, "%.2f s", microseconds * 1e-6)
        : microseconds >= 1e3
            ? String.format(Locale.ROOT, "%.2f ms", microseconds * 1e-3)
            : String.format(Locale.ROOT, microseconds >= 10 ? "%.1f µs" : "%.2f µs", microseconds);
  }

  private static String number(double value) {
    return String.format(
        Locale.ROOT,
        value >= 100 ? "%.0f" : value >= 10 ? "%.1f" : value >= 1 ? "%.2f" : "%.3f",
        value);
  }

  private static String numberOrNothing(double value) {
    return Double.isNaN(value) ? "" : number(value);
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.0f %%", 100 * share);
  }
}
