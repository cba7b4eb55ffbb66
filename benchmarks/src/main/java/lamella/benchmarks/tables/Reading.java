package lamella.benchmarks.tables;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.function.Function;
import lamella.benchmarks.StartUp;
import lamella.benchmarks.TimedProcess;
import org.jspecify.annotations.Nullable;

/** A process that reads a CSV file once, as programs do: nothing is warm. */
public final class Reading {
  private Reading() {}

  /** What reads a file. */
  @FunctionalInterface
  public interface Reader<T> {
    /** {@return what is in the file} */
    T read(Path file) throws Exception;
  }

  /**
   * Reads a file and prints the seconds, the heap that what was read takes, and the most memory
   * that the process had.
   *
   * @param size how many rows and columns were read
   */
  public static <T> void time(
      String name, @Nullable String version, Path file, Reader<T> reader, Function<T, String> size)
      throws Exception {
    TimedProcess.fact(name, version == null ? "" : version);
    long before = heap();
    long begin = System.nanoTime();
    T table = reader.read(file);
    double seconds = (System.nanoTime() - begin) * 1e-9;
    TimedProcess.fact("seconds", seconds);
    TimedProcess.fact("heap", heap() - before);
    TimedProcess.fact("size", size.apply(table));
    StartUp.reportMemory();
  }

  /** Bytes in use after a collection. */
  private static long heap() {
    System.gc();
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }
}
