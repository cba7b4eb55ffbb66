package lamella.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Locale;

/**
 * The machine that measures.
 *
 * @param processor its name and widest vectors
 * @param cores processors that this process may use
 * @param gigabytes memory
 * @param system operating system
 * @param load runnable processes, mean of the last minute; negative if unknown
 * @param day today, UTC
 */
public record Machine(
    String processor, int cores, long gigabytes, String system, double load, LocalDate day) {

  public static Machine now() {
    OperatingSystemMXBean system =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    return new Machine(
        processorName(),
        Runtime.getRuntime().availableProcessors(),
        Math.round(system.getTotalMemorySize() / (double) (1 << 30)),
        System.getProperty("os.name")
            + " "
            + System.getProperty("os.version").replaceAll("[^0-9.].*", "")
            + ", "
            + System.getProperty("os.arch"),
        system.getSystemLoadAverage(),
        LocalDate.now(ZoneOffset.UTC));
  }

  /** Linux says in /proc/cpuinfo; elsewhere the architecture must do. */
  private static String processorName() {
    try {
      String name = System.getProperty("os.arch");
      String model = "";
      String vectors = "";
      for (String line : Files.readAllLines(Path.of("/proc/cpuinfo"))) {
        String value = line.substring(line.indexOf(':') + 1).strip();
        if (line.startsWith("model name")) {
          name = value;
        } else if (line.startsWith("cpu family") || line.matches("model\\s+:.*")) {
          model += (model.isEmpty() ? " (family " : " model ") + value;
        } else if (line.startsWith("flags")) {
          vectors =
              value.contains("avx512f") ? ", AVX-512" : value.contains("avx2") ? ", AVX2" : "";
          break;
        }
      }
      return name + model + (model.isEmpty() ? "" : ")") + vectors;
    } catch (IOException e) {
      return System.getProperty("os.arch");
    }
  }

  /** Whether its vectors have 512 bits, as far as the system says so. */
  public boolean hasAvx512() {
    return processor.contains("AVX-512");
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT, "%s, %d cores, %d GiB, %s", processor, cores, gigabytes, system);
  }
}
