package lamella.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a process of a comparison printed.
 *
 * @param times microseconds by the workload's name
 * @param facts versions and the like, by name
 * @param seconds how long the whole process took
 */
public record Child(Map<String, Double> times, Map<String, String> facts, double seconds) {
  private static final Pattern TIME = Pattern.compile("([a-z]+:[0-9x-]+) ([0-9.]+)");
  // "Core: ..." is what OpenBLAS says with OPENBLAS_VERBOSE=2.
  private static final Pattern FACT = Pattern.compile("(?:# ([^:]+(?::[0-9x-]+)?)|(Core)): (.*)");
  private static final int SHOWN_LINES = 20;

  /**
   * Runs a process to its end.
   *
   * @throws IOException if it cannot start or fails; with the last lines it printed
   */
  public static Child run(List<String> command, Map<String, String> environment)
      throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(environment);
    long begin = System.nanoTime();
    Process process = builder.start();
    Map<String, Double> times = new LinkedHashMap<>();
    Map<String, String> facts = new LinkedHashMap<>();
    List<String> lines = new ArrayList<>();
    try (BufferedReader reader = process.inputReader()) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        lines.add(line);
        Matcher time = TIME.matcher(line);
        Matcher fact = FACT.matcher(line);
        if (time.matches()) {
          times.put(time.group(1), Double.valueOf(time.group(2)));
        } else if (fact.matches()) {
          String name = fact.group(1) == null ? "OpenBLAS kernels" : fact.group(1);
          facts.put(name, fact.group(3).strip());
        }
      }
      process.waitFor();
    } catch (InterruptedException e) {
      throw new IOException("interrupted", e);
    } finally {
      process.destroyForcibly();
    }
    double seconds = (System.nanoTime() - begin) * 1e-9;
    if (process.exitValue() != 0) {
      throw new IOException(
          String.join(" ", command)
              + " ended with status "
              + process.exitValue()
              + ":\n"
              + String.join(
                  "\n", lines.subList(Math.max(0, lines.size() - SHOWN_LINES), lines.size())));
    }
    return new Child(times, facts, seconds);
  }

  /** Whether a program can be started and ends well within some seconds. */
  public static boolean works(String... command) {
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      boolean ended = process.waitFor(30, TimeUnit.SECONDS);
      process.destroyForcibly();
      return ended && process.exitValue() == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
