package lamella.examples.serve;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A page in Prometheus' text format 0.0.4, read strictly: each line is by the grammar, each metric
 * has its HELP and TYPE once and before its samples, which stand together, no sample is there
 * twice, counters end with {@code _total} and are not negative, and histograms add up.
 *
 * @param samples by their name with labels as on the page, for example {@code a_total{b="c"}}
 */
record PrometheusText(Map<String, Double> samples) {
  private static final String NAME = "[a-zA-Z_:][a-zA-Z0-9_:]*";
  private static final String LABEL = "[a-zA-Z_][a-zA-Z0-9_]*=\"(?:[^\"\\\\\\n]|\\\\[\\\\n\"])*\"";
  private static final Pattern HELP =
      Pattern.compile("# HELP (" + NAME + ") ((?:[^\\\\]|\\\\[\\\\n])+)");
  private static final Pattern TYPE =
      Pattern.compile("# TYPE (" + NAME + ") (counter|gauge|histogram|summary|untyped)");
  private static final Pattern SAMPLE =
      Pattern.compile(
          "("
              + NAME
              + ")(\\{"
              + LABEL
              + "(?:,"
              + LABEL
              + ")*\\})? ([+-]?[0-9.]+(?:[eE][+-]?[0-9]+)?|NaN|[+-]Inf)");
  private static final Pattern LE = Pattern.compile(",?le=\"([^\"]*)\"");

  static PrometheusText parse(String page) {
    require(page.endsWith("\n") && !page.contains("\r"), "lines do not end with a line feed");
    Map<String, Double> samples = new LinkedHashMap<>();
    Map<String, String> types = new LinkedHashMap<>();
    String help = "";
    String metric = "";
    for (String line : page.substring(0, page.length() - 1).split("\n", -1)) {
      Matcher found = HELP.matcher(line);
      if (found.matches()) {
        help = found.group(1);
        continue;
      }
      found = TYPE.matcher(line);
      if (found.matches()) {
        metric = found.group(1);
        require(metric.equals(help), "TYPE without HELP: " + line);
        require(types.put(metric, found.group(2)) == null, "twice: " + line);
        require(found.group(2).equals("counter") == metric.endsWith("_total"), line);
        continue;
      }
      found = SAMPLE.matcher(line);
      require(found.matches(), "not of the format: " + line);
      String type = types.getOrDefault(metric, "");
      String ending =
          found.group(1).startsWith(metric) ? found.group(1).substring(metric.length()) : "?";
      Set<String> endings =
          type.equals("histogram") ? Set.of("_bucket", "_sum", "_count") : Set.of("");
      require(!metric.isEmpty() && endings.contains(ending), "a sample of no metric: " + line);
      double value = Double.parseDouble(found.group(3).replace("Inf", "Infinity"));
      require(value >= 0, "negative: " + line);
      String labels = found.group(2) == null ? "" : found.group(2);
      Set<String> names = new HashSet<>();
      Matcher label =
          Pattern.compile("[{,]([a-zA-Z_][a-zA-Z0-9_]*)=\"(?:[^\"\\\\]|\\\\.)*\"").matcher(labels);
      while (label.find()) {
        require(names.add(label.group(1)), "a label twice: " + line);
      }
      require(samples.put(found.group(1) + labels, value) == null, "twice: " + line);
    }
    types.forEach((name, type) -> {
      if (type.equals("histogram")) {
        checkHistogram(name, samples);
      }
    });
    return new PrometheusText(samples);
  }

  private static void checkHistogram(String name, Map<String, Double> samples) {
    Map<String, List<Double>> bounds = new LinkedHashMap<>();
    Map<String, List<Double>> counts = new LinkedHashMap<>();
    samples.forEach((sample, value) -> {
      if (sample.startsWith(name + "_bucket")) {
        Matcher le = LE.matcher(sample);
        require(le.find(), "a bucket without le: " + sample);
        String bound = le.group(1).replace("Inf", "Infinity");
        String labels = le.replaceAll("").substring((name + "_bucket").length()).replace("{}", "");
        bounds.computeIfAbsent(labels, key -> new ArrayList<>()).add(Double.valueOf(bound));
        counts.computeIfAbsent(labels, key -> new ArrayList<>()).add(value);
      }
    });
    bounds.forEach((labels, of) -> {
      require(of.stream().sorted().distinct().toList().equals(of), "buckets not in order: " + of);
      require(of.getLast().isInfinite(), "no bucket +Inf");
      List<Double> cumulative = counts.getOrDefault(labels, List.of());
      require(cumulative.stream().sorted().toList().equals(cumulative), "not cumulative");
      require(cumulative.getLast().equals(samples.get(name + "_count" + labels)), "count");
      require(samples.containsKey(name + "_sum" + labels), "no sum");
    });
  }

  private static void require(boolean right, String problem) {
    if (!right) {
      throw new IllegalArgumentException(problem);
    }
  }

  /** A sample's value. */
  double value(String sample) {
    Double value = samples.get(sample);
    require(value != null, "no " + sample + " in " + samples.keySet());
    return value == null ? Double.NaN : value;
  }
}
