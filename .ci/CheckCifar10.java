import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Checks the installed command line on real CIFAR-10 files: {@code java CheckCifar10.java LAMELLA DATA WORK}. Runs on any JDK from
 * 17 on. Ends with status 1 at the first figure that is wrong.
 *
 * <p>DATA has the original labels in the original order, and pixels most of which went through JPEG; NUMPY is what NumPy computes in
 * float64 from these very files.
 */
final class CheckCifar10 {
  private static final List<String> ACTIVATIONS = List.of("relu", "leaky-relu", "swish", "selu");

  /** What the report prints at iterations 0, 100, ..., 900: penalty - cross-entropy. */
  private static final double[][] REPORT = {
    {-2.301592, -1.983305, -1.673172, -1.604143, -1.563334, -1.552667, -1.450022, -1.402927, -1.480540, -1.486115},
    {-2.301592, -1.982256, -1.672344, -1.607255, -1.566833, -1.554502, -1.455952, -1.407829, -1.481213, -1.498164},
    {-2.301593, -1.989716, -1.678100, -1.612049, -1.569485, -1.554496, -1.451981, -1.392697, -1.473967, -1.483992},
    {-2.301582, -1.926735, -1.627285, -1.599393, -1.557519, -1.536197, -1.432508, -1.389460, -1.469959, -1.489294}
  };

  /** The losses of ReLU and LeakyReLU in NumPy. */
  private static final double[][] NUMPY = {
    {2.303555315540, 2.004638260841, 1.722383907607, 1.682512750244, 1.656793697194, 1.668077167708, 1.587456967305, 1.552829296494, 1.635438198759, 1.669942027312},
    {2.303555245800, 2.003617814028, 1.721799707484, 1.679621204710, 1.655900762858, 1.669354768286, 1.589143656649, 1.555147177061, 1.639667331130, 1.667559018078}
  };

  /** The validation and test accuracies of ReLU and LeakyReLU in NumPy. */
  private static final String[] NUMPY_ACCURACIES = {
    "validation 0.4710 test 0.4679", "validation 0.4630 test 0.4691"
  };

  private static final Pattern LAST_LINE =
      Pattern.compile("(validation \\S+ test (\\S+)) parameters sha256 ([0-9a-f]{64})");

  private final String lamella;
  private final String data;
  private final Path work;

  private CheckCifar10(String lamella, String data, Path work) {
    this.lamella = lamella;
    this.data = data;
    this.work = work;
  }

  public static void main(String[] args) throws Exception {
    if (args.length != 3) {
      System.err.println("usage: java CheckCifar10.java LAMELLA DATA WORK");
      System.exit(2);
    }
    CheckCifar10 check = new CheckCifar10(args[0], args[1], Path.of(args[2]));
    List<Matcher> float64 = check.report("float64");
    check.compareWithReportAndNumPy(float64);
    List<Matcher> float32 = check.report("float32");
    compareTypes(float64, float32);
    check.compareRuns();
    for (String type : List.of("float64", "float32")) {
      List<Matcher> runs = type.equals("float64") ? float64 : float32;
      for (int i = 0; i < ACTIVATIONS.size(); i++) {
        check.checkModel(work(type, check.work, i).resolve("model.safetensors"), runs.get(i));
      }
    }
    System.out.println("real CIFAR-10: all checks passed");
  }

  private static Path work(String type, Path work, int activation) {
    return work.resolve(type).resolve(ACTIVATIONS.get(activation));
  }

  // The four runs of the report: their last lines.

  private List<Matcher> report(String type) throws IOException, InterruptedException {
    long start = System.nanoTime();
    String printed =
        run(Map.of(), "report", "--data", data, "--dtype", type, "--out", work.resolve(type).toString());
    List<Matcher> runs = lastLines(printed);
    require(runs.size() == 4, "report ends four runs, got " + runs.size());
    say("report --dtype %s in %.0f s", type, (System.nanoTime() - start) / 1e9);
    return runs;
  }

  private void compareWithReportAndNumPy(List<Matcher> runs) throws IOException {
    double first = 0;
    double largest = 0;
    double squares = 0;
    double numPy = 0;
    for (int a = 0; a < 4; a++) {
      List<String> lines = Files.readAllLines(work("float64", work, a).resolve("history.csv"));
      require(lines.size() == 1001, "history.csv has 1001 lines, got " + lines.size());
      for (int i = 0; i < 10; i++) {
        String[] fields = lines.get(1 + 100 * i).split(",");
        require(fields[0].equals("" + 100 * i), "iteration " + 100 * i + ", got " + fields[0]);
        double loss = Double.parseDouble(fields[1]);
        double column = Double.parseDouble(fields[3]) - Double.parseDouble(fields[2]);
        double difference = Math.abs(column - REPORT[a][i]);
        String where = ACTIVATIONS.get(a) + ", iteration " + 100 * i;
        require(difference <= (i == 0 ? 2e-6 : 0.02), where + ": " + difference + " from the report's");
        first = i == 0 ? Math.max(first, difference) : first;
        largest = Math.max(largest, difference);
        squares += difference * difference;
        if (a < NUMPY.length) {
          double error = Math.abs(loss - NUMPY[a][i]);
          require(error <= 1e-9, where + ": " + error + " from NumPy's " + NUMPY[a][i]);
          numPy = Math.max(numPy, error);
        }
      }
      if (a < NUMPY.length) {
        require(
            runs.get(a).group(1).equals(NUMPY_ACCURACIES[a]),
            NUMPY_ACCURACIES[a] + " expected, got " + runs.get(a).group(1));
      }
    }
    say("from the report's lines: iteration 0 %.1e, others at most %.4f, rms %.4f", first, largest, Math.sqrt(squares / 40));
    say("from NumPy's lines of ReLU and LeakyReLU: at most %.1e; accuracies equal", numPy);
  }

  private static void compareTypes(List<Matcher> float64, List<Matcher> float32) {
    for (int a = 0; a < 4; a++) {
      double exact = Double.parseDouble(float64.get(a).group(2));
      double rounded = Double.parseDouble(float32.get(a).group(2));
      say("%-10s test accuracy: float64 %.4f, float32 %.4f", ACTIVATIONS.get(a), exact, rounded);
      require(Math.abs(exact - rounded) <= 0.01 + 1e-12, "the types' accuracies are within 0.01");
    }
  }

  // The same options again, with other numbers of threads, and without the Vector API.

  private void compareRuns() throws IOException, InterruptedException {
    String expected = shortRun("as it is", Map.of());
    for (String threads : List.of("1", "2", "3")) {
      String line = shortRun("threads " + threads, Map.of(), "--threads", threads);
      require(line.equals(expected), expected + " expected, got " + line);
    }
    String scalar = shortRun("scalar", Map.of("LAMELLA_OPTS", "-Dlamella.vector=off"));
    require(scalar.equals(expected), expected + " expected, got " + scalar);
    say("100 iterations twice, with 1, 2 and 3 threads, without the Vector API: %s", expected);
  }

  private String shortRun(String name, Map<String, String> environment, String... more)
      throws IOException, InterruptedException {
    List<String> args =
        new ArrayList<>(
            List.of("train", "--data", data, "--iterations", "100", "--out", work.resolve(name).toString()));
    args.addAll(List.of(more));
    List<Matcher> lines = lastLines(run(environment, args.toArray(new String[0])));
    require(lines.size() == 1, "train ends with one line");
    return lines.get(0).group();
  }

  // A reader of safetensors files that knows nothing of Lamella's.

  private void checkModel(Path file, Matcher run) throws Exception {
    byte[] bytes = Files.readAllBytes(file);
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int length = Math.toIntExact(buffer.getLong());
    String header = new String(bytes, 8, length, StandardCharsets.UTF_8);
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    for (String name : List.of("layers.1.weight", "layers.1.bias", "layers.3.weight", "layers.3.bias")) {
      Matcher entry =
          Pattern.compile("\"" + name + "\":\\{[^}]*\"data_offsets\":\\[(\\d+),(\\d+)\\]").matcher(header);
      require(entry.find(), file + " has " + name);
      int from = 8 + length + Integer.parseInt(entry.group(1));
      int to = 8 + length + Integer.parseInt(entry.group(2));
      digest.update(bytes, from, to - from);
    }
    String found = HexFormat.of().formatHex(digest.digest());
    require(found.equals(run.group(3)), file + ": parameters " + run.group(3) + " expected, got " + found);
    String printed = run(Map.of(), "evaluate", "--model", file.toString(), "--data", data);
    List<Matcher> lines = lastLines(printed);
    require(
        lines.size() == 1 && lines.get(0).group().equals(run.group()),
        "evaluate repeats " + run.group() + ", got " + printed);
    say("%s: parameters have the fingerprint, evaluate repeats %s", work.relativize(file), run.group(1));
  }

  // Tools.

  private String run(Map<String, String> environment, String... args)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(lamella));
    command.addAll(Arrays.asList(args));
    ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().putAll(environment);
    Process process = builder.start();
    String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int status = process.waitFor();
    require(status == 0, String.join(" ", command) + " ended with status " + status);
    return printed;
  }

  private static List<Matcher> lastLines(String printed) {
    return printed.lines().map(LAST_LINE::matcher).filter(Matcher::matches).toList();
  }

  private static void require(boolean holds, String what) {
    if (!holds) {
      System.err.println("real CIFAR-10: " + what);
      System.exit(1);
    }
  }

  private static void say(String format, Object... args) {
    System.out.println(String.format(Locale.ROOT, format, args));
  }
}
