package lamella.examples.cli;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import lamella.data.cifar.Download;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;

/** Shows how far a download is: a bar on a terminal, else a line for every tenth. */
interface DownloadProgress extends Download.Listener, AutoCloseable {
  /** Bytes of what the display calls MB. */
  long MEGABYTE = 1_000_000;

  @Override
  void close();

  /** The bar if standard output is a terminal; lines to {@code console} if not. */
  static DownloadProgress on(PrintWriter console) {
    return Output.isTerminal() ? new Bar(console) : new Lines(console);
  }

  /** A bar that moves. */
  final class Bar implements DownloadProgress {
    private final PrintWriter console;
    private final Pace pace = new Pace(0, Download.ARCHIVE_BYTES);
    private final ProgressBar bar =
        new ProgressBarBuilder()
            .setInitialMax(Download.ARCHIVE_BYTES)
            .setRenderer((progress, width) -> pace.line("CIFAR-10", "MB", MEGABYTE, speed(), width))
            .setConsumer(new ConsoleProgressBarConsumer(System.out))
            .build();

    private Bar(PrintWriter console) {
      this.console = console;
    }

    @Override
    public void progress(long bytes, long total) {
      pace.total(total);
      pace.reached(bytes, System.nanoTime());
      bar.maxHint(total);
      bar.stepTo(bytes);
    }

    private String speed() {
      double bytes = pace.perSecond();
      return bytes > 0 ? String.format(Locale.ROOT, ", %.1f MB/s", bytes / MEGABYTE) : "";
    }

    @Override
    public void retrying(String reason, Duration pause) {
      console.println();
      console.println(retry(reason, pause));
    }

    @Override
    public void close() {
      bar.close();
    }
  }

  /** Lines for a log. */
  final class Lines implements DownloadProgress {
    private final PrintWriter console;
    private long tenths = -1;

    Lines(PrintWriter console) {
      this.console = console;
    }

    @Override
    public void progress(long bytes, long total) {
      long now = total == 0 ? 10 : 10 * bytes / total;
      if (now != tenths) {
        tenths = now;
        console.println(bytes / MEGABYTE + " of " + total / MEGABYTE + " MB");
      }
    }

    @Override
    public void retrying(String reason, Duration pause) {
      console.println(retry(reason, pause));
    }

    @Override
    public void close() {}
  }

  private static String retry(String reason, Duration pause) {
    return reason + "; trying again in " + pause.toSeconds() + " s";
  }
}
