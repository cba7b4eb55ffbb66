package lamella.examples.cli;

import java.util.Locale;
import java.util.function.LongConsumer;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import org.jspecify.annotations.Nullable;

/** Shows how much of a file of rows was predicted: a bar on a terminal, else nothing. */
final class ReadingProgress implements LongConsumer, AutoCloseable {
  private static final int MEGABYTE = 1_000_000;

  private final CountedInput in;
  private final Pace bytes;
  private final Pace rows = new Pace(0, Long.MAX_VALUE);
  private final @Nullable ProgressBar bar;

  private ReadingProgress(CountedInput in, boolean shown) {
    this.in = in;
    bytes = new Pace(0, in.size());
    bar =
        shown
            ? new ProgressBarBuilder()
                .setInitialMax(in.size())
                .setUpdateIntervalMillis(200)
                .setRenderer(
                    (progress, width) -> bytes.line("predicting", "MB", MEGABYTE, speed(), width))
                .setConsumer(new ConsoleProgressBarConsumer(System.err))
                .build()
            : null;
  }

  /**
   * A bar, if somebody watches.
   *
   * @param in read by the way
   * @param free whether the terminal shows nothing else
   */
  static ReadingProgress of(CountedInput in, boolean free) {
    return new ReadingProgress(in, free && in.size() > 0 && Output.isTerminal());
  }

  private String speed() {
    double speed = rows.perSecond();
    return speed > 0 ? String.format(Locale.ROOT, ", %,.0f rows/s", speed) : "";
  }

  /** So many rows are done. */
  @Override
  public void accept(long done) {
    if (bar != null) {
      long now = System.nanoTime();
      rows.reached(done, now);
      bytes.reached(in.count(), now);
      bar.stepTo(in.count());
    }
  }

  @Override
  public void close() {
    if (bar != null) {
      bar.close();
    }
  }
}
