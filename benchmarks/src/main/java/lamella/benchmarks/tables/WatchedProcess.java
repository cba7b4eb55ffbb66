package lamella.benchmarks.tables;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A process whose memory is looked at from outside while it runs.
 *
 * @param seconds how long it ran
 * @param kibibytes the most memory that it had, where Linux tells it; else 0
 */
record WatchedProcess(double seconds, long kibibytes) {
  private static final int MILLISECONDS = 20;

  static WatchedProcess run(Programs.Program program) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(program.command())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD);
    builder.environment().putAll(program.environment());
    long begin = System.nanoTime();
    Process process = builder.start();
    Path status = Path.of("/proc", Long.toString(process.pid()), "status");
    long most = 0;
    try {
      while (!process.waitFor(MILLISECONDS, TimeUnit.MILLISECONDS)) {
        most = Math.max(most, peak(status));
      }
    } catch (InterruptedException e) {
      throw new IOException("interrupted", e);
    } finally {
      process.destroyForcibly();
    }
    if (process.exitValue() != 0) {
      throw new IOException(
          String.join(" ", program.command()) + " ended with status " + process.exitValue());
    }
    return new WatchedProcess((System.nanoTime() - begin) * 1e-9, most);
  }

  private static long peak(Path status) {
    try {
      List<String> lines = Files.readAllLines(status);
      for (String line : lines) {
        if (line.startsWith("VmHWM:")) {
          return Long.parseLong(line.replaceAll("[^0-9]", ""));
        }
      }
    } catch (IOException e) {
      // It has just ended, or this is no Linux.
    }
    return 0;
  }
}
