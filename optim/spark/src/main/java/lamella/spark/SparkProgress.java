package lamella.spark;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import lamella.optim.Fit;
import lamella.optim.TrainingListener;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says in Spark's own log how a training gets on, one line every so often, and one for each
 * executor that is lost and each task that is tried again; and keeps Spark's metrics of it.
 *
 * <p>A line is, for example, {@code epoch 3 of 10, step 120 of 400: loss 0.531207; 5300 examples/s;
 * a round takes 188 ms (broadcast 12, compute 160, collect 16); 95 s left}. Loss and measurements
 * are the last; speed and times are of the rounds since the line before, and there only where a
 * runner reports its rounds here.
 *
 * <p>The metrics are gauges of the source {@code lamella} on the driver, for whatever sinks Spark's
 * {@code metrics.properties} names: {@code step}, {@code steps}, {@code epoch}, {@code loss},
 * {@code examplesPerSecond}, {@code roundMs}, {@code broadcastMs}, {@code computeMs}, {@code
 * collectMs}, {@code executorsLost}, {@code tasksFailed}.
 *
 * <p>One serves one training at a time, and none of the result depends on it.
 */
public final class SparkProgress implements TrainingListener, Consumer<RoundReport> {
  private static final Logger LOG = LoggerFactory.getLogger(SparkProgress.class);

  private static final double NANOS_PER_MS = 1e6;

  private static final double NANOS_PER_SECOND = 1e9;

  private final SparkSession spark;
  private final long interval;
  private final Map<String, Double> measurements = new LinkedHashMap<>();
  private final Rounds rounds = new Rounds();
  private @Nullable FaultLog faults;
  private @Nullable TrainingMetrics metrics;
  private long start;
  private long firstStep;
  private long lastLine;
  private long lastLineStep;

  /** What the rounds since the last line took together. */
  private static final class Rounds {
    private long number;
    private long broadcast;
    private long compute;
    private long collect;

    private void add(RoundReport report) {
      number++;
      broadcast += report.broadcastNanos();
      compute += report.computeNanos();
      collect += report.collectNanos();
    }

    private void clear() {
      number = 0;
      broadcast = 0;
      compute = 0;
      collect = 0;
    }

    private String text() {
      return String.format(
          Locale.ROOT,
          "; a round takes %.0f ms (broadcast %.0f, compute %.0f, collect %.0f)",
          (broadcast + compute + collect) / NANOS_PER_MS / number,
          broadcast / NANOS_PER_MS / number,
          compute / NANOS_PER_MS / number,
          collect / NANOS_PER_MS / number);
    }
  }

  private SparkProgress(SparkSession spark, long interval) {
    this.spark = spark;
    this.interval = interval;
  }

  /**
   * {@return a listener that says how the training gets on at most so often}
   *
   * @param interval between two lines; one of more than 292 years is never over
   * @param spark where the rounds are computed
   * @throws IllegalArgumentException if the time is negative
   */
  public static SparkProgress every(Duration interval, SparkSession spark) {
    if (interval.isNegative()) {
      throw new IllegalArgumentException(
          "SparkProgress: time must not be negative, got " + interval);
    }
    boolean never = interval.compareTo(Duration.ofNanos(Long.MAX_VALUE)) > 0;
    return new SparkProgress(spark, never ? Long.MAX_VALUE : interval.toNanos());
  }

  /**
   * A round has been computed.
   *
   * @param report what it took
   */
  @Override
  public void accept(RoundReport report) {
    rounds.add(report);
    if (metrics != null) {
      metrics.round(report);
    }
  }

  @Override
  public void started(Fit fit) {
    JdkNotice.OF_THIS_JVM.sayTo(LOG::warn);
    measurements.clear();
    rounds.clear();
    start = System.nanoTime();
    lastLine = start;
    firstStep = fit.step();
    lastLineStep = firstStep;
    metrics = TrainingMetrics.register(fit.steps());
    faults = new FaultLog(metrics);
    spark.sparkContext().addSparkListener(faults);
    if (firstStep > 0) {
      LOG.info("training goes on after step {} of {}", firstStep, count(fit));
    } else {
      LOG.info("training begins: {} steps of {} examples", count(fit), fit.batchSize());
    }
  }

  private static String count(Fit fit) {
    return isEndless(fit) ? "any number of" : Long.toString(fit.steps());
  }

  /** Whether training goes on until something stops it. */
  private static boolean isEndless(Fit fit) {
    return fit.steps() == Long.MAX_VALUE;
  }

  @Override
  public void measured(Fit fit, String name, double value) {
    measurements.put(name, value);
  }

  @Override
  public void afterStep(Fit fit) {
    long now = System.nanoTime();
    long done = fit.step() + 1;
    double perSecond =
        (done - lastLineStep) * (double) fit.batchSize() * NANOS_PER_SECOND / (now - lastLine);
    if (metrics != null) {
      metrics.step(fit.step(), fit.step() / fit.stepsPerEpoch(), fit.loss(), perSecond);
    }
    if (now - lastLine < interval) {
      return;
    }
    String left =
        isEndless(fit)
            ? ""
            : String.format(
                Locale.ROOT,
                "; %.0f s left",
                (now - start) / NANOS_PER_SECOND / (done - firstStep) * (fit.steps() - done));
    LOG.info(
        "{}; {} examples/s{}{}",
        state(fit),
        Math.round(perSecond),
        rounds.number == 0 ? "" : rounds.text(),
        left);
    rounds.clear();
    lastLine = now;
    lastLineStep = done;
  }

  /** For example {@code epoch 3 of 10, step 120 of 400: loss 0.531207}. Epochs and steps from 1. */
  private String state(Fit fit) {
    StringBuilder text = new StringBuilder();
    text.append("epoch ").append(fit.step() / fit.stepsPerEpoch() + 1);
    if (!isEndless(fit)) {
      text.append(" of ").append((fit.steps() - 1) / fit.stepsPerEpoch() + 1);
    }
    text.append(", step ").append(fit.step() + 1);
    if (!isEndless(fit)) {
      text.append(" of ").append(fit.steps());
    }
    text.append(": loss ").append(number(fit.loss()));
    measurements.forEach(
        (name, value) -> text.append(", ").append(name).append(' ').append(number(value)));
    return text.toString();
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.6f", value);
  }

  @Override
  public void ended(Fit fit) {
    if (faults != null) {
      spark.sparkContext().removeSparkListener(faults);
      faults = null;
    }
    if (metrics != null) {
      metrics.remove();
      metrics = null;
    }
    LOG.info(
        "training ends after {} steps, {} s{}",
        fit.step(),
        String.format(Locale.ROOT, "%.1f", (System.nanoTime() - start) / NANOS_PER_SECOND),
        fit.stopReason().map(reason -> ": " + reason).orElse(""));
  }

  /** For example {@code SparkProgress(every PT10S)}. */
  @Override
  public String toString() {
    return "SparkProgress(every " + Duration.ofNanos(interval) + ")";
  }
}
