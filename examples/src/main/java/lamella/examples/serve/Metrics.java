package lamella.examples.serve;

import java.lang.ProcessHandle.Info;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;
import lamella.core.Compute;

/**
 * What a service has done, as a page in <a
 * href="https://prometheus.io/docs/instrumenting/exposition_formats/">Prometheus' text format
 * 0.0.4</a>.
 */
final class Metrics {
  /** The page's media type. */
  static final String TYPE = "text/plain; version=0.0.4; charset=utf-8";

  /** The label of requests that are to no model. */
  static final String NO_MODEL = "";

  /** Seconds within which predictions are counted, as the page has them. */
  private static final String[] BUCKETS = {
    "0.0001", "0.00025", "0.0005", "0.001", "0.0025", "0.005", "0.01", "0.025", "0.05", "0.1",
    "0.25", "0.5", "1", "2.5", "5", "10"
  };

  private static final long[] NANOS = new long[BUCKETS.length];

  static {
    for (int i = 0; i < BUCKETS.length; i++) {
      NANOS[i] = Math.round(1e9 * Double.parseDouble(BUCKETS[i]));
    }
  }

  private final long begin = System.nanoTime();
  private final Memory memory;
  private final Map<String, Counts> counts = new LinkedHashMap<>();

  /** Of these models, by name, and of requests to none. */
  Metrics(Iterable<String> models, Memory memory) {
    this.memory = memory;
    for (String model : models) {
      counts.put(model, new Counts());
    }
    counts.put(NO_MODEL, new Counts());
  }

  /** Of one model. */
  private static final class Counts {
    private final Map<Integer, LongAdder> requests = new ConcurrentSkipListMap<>();
    private final LongAdder examples = new LongAdder();
    private final AtomicLongArray predictions = new AtomicLongArray(BUCKETS.length + 1);
    private final LongAdder nanos = new LongAdder();
  }

  private Counts of(String model) {
    Counts found = counts.get(model);
    if (found == null) {
      throw new IllegalArgumentException("no model " + model);
    }
    return found;
  }

  /** Counts an answer, before it is sent. */
  void answered(String model, int status) {
    of(model).requests.computeIfAbsent(status, key -> new LongAdder()).increment();
  }

  /** Counts predictions that have been made, and what they took since their request came. */
  void predicted(String model, int examples, long nanos) {
    Counts found = of(model);
    found.examples.add(examples);
    found.nanos.add(nanos);
    int bucket = 0;
    while (bucket < NANOS.length && nanos > NANOS[bucket]) {
      bucket++;
    }
    found.predictions.incrementAndGet(bucket);
  }

  /**
   * The page.
   *
   * @param inProgress requests under way
   * @param ready for each model, whether it can be asked
   */
  String page(int inProgress, Map<String, Boolean> ready) {
    Page page = new Page();
    page.family(
        "lamella_requests_total",
        "counter",
        "Answers by model and HTTP status; model is empty for other paths.");
    counts.forEach((model, found) ->
        found.requests.forEach((status, number) ->
            page.sample("", number.sum(), "model", model, "status", Integer.toString(status))));
    page.family("lamella_examples_total", "counter", "Examples predicted.");
    counts.forEach((model, found) -> {
      if (!model.equals(NO_MODEL)) {
        page.sample("", found.examples.sum(), "model", model);
      }
    });
    page.family(
        "lamella_prediction_duration_seconds",
        "histogram",
        "From a request's head to its prediction, waiting and the reading of the body included, sending the answer not.");
    counts.forEach((model, found) -> {
      if (!model.equals(NO_MODEL)) {
        histogram(page, model, found);
      }
    });
    page.family(
        "lamella_requests_in_progress",
        "gauge",
        "Requests that are not answered yet, this one included.");
    page.sample("", inProgress);
    page.family("lamella_model_ready", "gauge", "Whether a model is warm and can predict.");
    ready.forEach((model, is) -> page.sample("", is ? 1 : 0, "model", model));
    page.family(
        "lamella_request_memory_bytes", "gauge", "Memory set aside for the requests in progress.");
    page.sample("", memory.taken());
    page.family(
        "lamella_request_memory_limit_bytes",
        "gauge",
        "Memory that may be set aside; requests beyond it wait, and get status 503.");
    page.sample("", memory.bytes());
    page.family("lamella_uptime_seconds", "gauge", "Since this service was started.");
    page.sample("", (System.nanoTime() - begin) * 1e-9);
    page.family("lamella_build_info", "gauge", "The versions, and what computes.");
    page.sample(
        "",
        1,
        "version",
        ServedModel.version(),
        "java",
        Runtime.version().toString(),
        "compute",
        Compute.description());
    process(page);
    return page.text.toString();
  }

  private static void histogram(Page page, String model, Counts found) {
    long sum = 0;
    for (int i = 0; i <= BUCKETS.length; i++) {
      sum += found.predictions.get(i);
      page.sample("_bucket", sum, "model", model, "le", i < BUCKETS.length ? BUCKETS[i] : "+Inf");
    }
    page.sample("_sum", found.nanos.sum() * 1e-9, "model", model);
    page.sample("_count", sum, "model", model);
  }

  /** What Prometheus' own libraries say of a process and a JVM, by their names. */
  private static void process(Page page) {
    Info info = ProcessHandle.current().info();
    info.startInstant()
        .ifPresent(start -> {
          page.family(
              "process_start_time_seconds", "gauge", "When the process started, since 1970.");
          page.sample("", Duration.between(Instant.EPOCH, start).toMillis() * 1e-3);
        });
    info.totalCpuDuration()
        .ifPresent(spent -> {
          page.family("process_cpu_seconds_total", "counter", "Time that processors have worked.");
          page.sample("", spent.toNanos() * 1e-9);
        });
    Runtime runtime = Runtime.getRuntime();
    page.family("jvm_memory_used_bytes", "gauge", "Memory in use.");
    page.sample("", runtime.totalMemory() - runtime.freeMemory(), "area", "heap");
    page.family("jvm_memory_committed_bytes", "gauge", "Memory taken from the system.");
    page.sample("", runtime.totalMemory(), "area", "heap");
    page.family("jvm_memory_max_bytes", "gauge", "Memory that may be taken.");
    page.sample("", runtime.maxMemory(), "area", "heap");
  }

  /** The text as it grows. */
  static final class Page {
    private final StringBuilder text = new StringBuilder();
    private String name = "";

    /** Begins a metric. */
    void family(String metric, String type, String help) {
      name = metric;
      text.append("# HELP ").append(metric).append(' ');
      escape(help, false);
      text.append("\n# TYPE ").append(metric).append(' ').append(type).append('\n');
    }

    /**
     * A value of the metric.
     *
     * @param ending behind its name
     * @param labels names and values in turn
     */
    void sample(String ending, double value, String... labels) {
      sample(ending, Double.toString(value), labels);
    }

    /** A whole number likewise. */
    void sample(String ending, long value, String... labels) {
      sample(ending, Long.toString(value), labels);
    }

    private void sample(String ending, String value, String[] labels) {
      text.append(name).append(ending);
      for (int i = 0; i < labels.length; i += 2) {
        text.append(i == 0 ? '{' : ',').append(labels[i]).append("=\"");
        escape(labels[i + 1], true);
        text.append('"');
      }
      text.append(labels.length == 0 ? " " : "} ").append(value).append('\n');
    }

    private void escape(String part, boolean quotes) {
      for (int i = 0; i < part.length(); i++) {
        char c = part.charAt(i);
        switch (c) {
          case '\\' -> text.append("\\\\");
          case '\n' -> text.append("\\n");
          case '"' -> text.append(quotes ? "\\\"" : "\"");
          default -> text.append(c);
        }
      }
    }

    @Override
    public String toString() {
      return text.toString();
    }
  }
}
