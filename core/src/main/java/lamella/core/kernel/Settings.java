package lamella.core.kernel;

import java.util.List;

/** The two system properties that choose kernels. */
public final class Settings {
  private static final List<String> WIDTHS = List.of("auto", "widest", "512", "256", "128", "off");

  private Settings() {}

  /**
   * {@code -Dlamella.vector}: {@code auto} (the default: plain loops, and vectors as wide as the
   * hardware's once they are fast), {@code widest} (these from the first operation on), a width in
   * bits, or {@code off}.
   *
   * @throws IllegalArgumentException if it is none of these
   */
  static String vector() {
    String value = System.getProperty("lamella.vector", "auto");
    if (!WIDTHS.contains(value)) {
      throw new IllegalArgumentException(
          "lamella.vector: expects one of " + String.join(", ", WIDTHS) + ", got '" + value + "'");
    }
    return value;
  }

  /**
   * {@return whether vectors may be used: they are not switched off, and the Vector API is there}
   */
  public static boolean vectorsAvailable() {
    return !vector().equals("off")
        && ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
  }

  /** {@return whether plain loops run at first, and vectors once these are fast} */
  public static boolean plainFirst() {
    return vector().equals("auto");
  }

  /**
   * {@code -Dlamella.threads}: 1 to 1024, or 0 if it is not set: as many as there are processors.
   *
   * @throws IllegalArgumentException if it is no such number
   */
  static int threads() {
    String value = System.getProperty("lamella.threads");
    if (value == null) {
      return 0;
    }
    int threads;
    try {
      threads = Integer.parseInt(value);
    } catch (NumberFormatException e) {
      threads = 0;
    }
    if (threads < 1 || threads > 1024) {
      throw new IllegalArgumentException(
          "lamella.threads: expects a number from 1 to 1024, got '" + value + "'");
    }
    return threads;
  }
}
