package lamella.spark;

import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.apache.spark.SparkEnv;
import org.apache.spark.metrics.source.Source;
import org.jspecify.annotations.Nullable;

/** A training among Spark's metrics of the driver. */
final class TrainingMetrics implements Source {
  private static final double NANOS_PER_MS = 1e6;

  /** The names of those that are under way: a second training at the same time has another. */
  private static final Set<String> USED = new HashSet<>();

  private final String name;
  private final long steps;
  private final MetricRegistry registry = new MetricRegistry();
  private final AtomicLong executorsLost = new AtomicLong();
  private final AtomicLong tasksFailed = new AtomicLong();
  private volatile Step step = new Step(0, 0, 0, 0);
  private volatile @Nullable RoundReport round;

  private record Step(long number, long epoch, double loss, double examplesPerSecond) {}

  private TrainingMetrics(String name, long steps) {
    this.name = name;
    this.steps = steps;
    gauge("step", () -> step.number);
    gauge("steps", () -> this.steps);
    gauge("epoch", () -> step.epoch);
    gauge("loss", () -> step.loss);
    gauge("examplesPerSecond", () -> step.examplesPerSecond);
    gauge("roundMs", () -> ms(round == null ? 0 : round.nanos()));
    gauge("broadcastMs", () -> ms(round == null ? 0 : round.broadcastNanos()));
    gauge("computeMs", () -> ms(round == null ? 0 : round.computeNanos()));
    gauge("collectMs", () -> ms(round == null ? 0 : round.collectNanos()));
    gauge("executorsLost", executorsLost::get);
    gauge("tasksFailed", tasksFailed::get);
  }

  private void gauge(String what, Supplier<Number> value) {
    registry.register(what, (Gauge<Number>) value::get);
  }

  private static double ms(long nanos) {
    return nanos / NANOS_PER_MS;
  }

  /** {@return the metrics of a training that begins, among Spark's if there is one} */
  static TrainingMetrics register(long steps) {
    TrainingMetrics metrics;
    synchronized (USED) {
      String name = "lamella";
      for (int i = 2; !USED.add(name); i++) {
        name = "lamella-" + i;
      }
      metrics = new TrainingMetrics(name, steps);
    }
    if (SparkEnv.get() != null) {
      SparkEnv.get().metricsSystem().registerSource(metrics);
    }
    return metrics;
  }

  void remove() {
    if (SparkEnv.get() != null) {
      SparkEnv.get().metricsSystem().removeSource(this);
    }
    synchronized (USED) {
      USED.remove(name);
    }
  }

  void step(long number, long epoch, double loss, double examplesPerSecond) {
    step = new Step(number, epoch, loss, examplesPerSecond);
  }

  void round(RoundReport report) {
    round = report;
  }

  void executorLost() {
    executorsLost.incrementAndGet();
  }

  void taskFailed() {
    tasksFailed.incrementAndGet();
  }

  @Override
  public String sourceName() {
    return name;
  }

  @Override
  public MetricRegistry metricRegistry() {
    return registry;
  }
}
