package lamella.examples.cli;

import java.util.Locale;

/**
 * How fast something goes on, and how long it will still take. The first seconds, in which a JVM
 * compiles and a connection speeds up, say nothing of the others: they are left out, and so long
 * nothing is said.
 */
final class Pace {
  private static final double NANOS_PER_SECOND = 1e9;

  /** Seconds that are left out. */
  private static final double WARM_UP = 2;

  /** Seconds that are measured at least. */
  private static final double MEASURED = 1;

  private long total;
  private boolean begun;
  private boolean warm;
  private long mark;
  private long markNanos;
  private long done;
  private double perSecond;

  /**
   * Of a job that begins now.
   *
   * @param done parts that were done before
   * @param total parts in all
   */
  Pace(long done, long total) {
    this.done = done;
    this.total = total;
  }

  /** So many parts are done at this time. */
  synchronized void reached(long parts, long nanos) {
    double seconds = (nanos - markNanos) / NANOS_PER_SECOND;
    boolean again = parts < done;
    if (!begun || again || (!warm && seconds >= WARM_UP)) {
      warm = begun && !again;
      begun = true;
      mark = parts;
      markNanos = nanos;
      perSecond = 0;
    } else if (warm && seconds >= MEASURED) {
      perSecond = (parts - mark) / seconds;
    }
    done = parts;
  }

  /** There are so many parts in all. */
  synchronized void total(long parts) {
    total = parts;
  }

  /** Parts a second; 0 if that cannot be said yet. */
  synchronized double perSecond() {
    return perSecond;
  }

  /**
   * A line of a bar: {@code training 40% [==== ] 400/1000 iterations, 0:00:12 left}, as wide as the
   * terminal.
   *
   * @param task at the beginning
   * @param unit of what is counted, with the size of one in parts
   * @param more at the end
   */
  synchronized String line(String task, String unit, long size, String more, int width) {
    double share = total == 0 ? 1 : Math.clamp((double) done / total, 0, 1);
    String begin = String.format(Locale.ROOT, "%s %3d%% [", task, (int) (100 * share));
    String end = String.format(Locale.ROOT, "] %d/%d %s", done / size, total / size, unit);
    if (perSecond > 0 && done < total) {
      end += ", " + time((long) Math.ceil((total - done) / perSecond)) + " left";
    }
    end += more;
    int room = Math.max(0, width - begin.length() - end.length());
    int filled = (int) (room * share);
    String line = begin + "=".repeat(filled) + " ".repeat(room - filled) + end;
    return line.length() <= width ? line : line.substring(0, Math.max(0, width));
  }

  private static String time(long seconds) {
    return String.format(
        Locale.ROOT, "%d:%02d:%02d", seconds / 3600, seconds / 60 % 60, seconds % 60);
  }
}
