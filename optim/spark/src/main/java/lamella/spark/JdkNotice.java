package lamella.spark;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * A warning, said once, about the JDKs 25.0.0 to 25.0.2, whose collector G1 may move memory that
 * native code is at work on (JDK-8377811). Lamella has no native code, but Spark's compression has.
 */
final class JdkNotice {
  /** Of the JVM that this is. */
  static final JdkNotice OF_THIS_JVM = new JdkNotice(Runtime.version());

  private static final int FEATURE = 25;

  private static final int FIXED_IN_UPDATE = 3;

  private final Runtime.Version version;
  private final AtomicBoolean said = new AtomicBoolean();

  JdkNotice(Runtime.Version version) {
    this.version = version;
  }

  /** Warns if there is reason to, and nobody was warned yet. */
  void sayTo(Consumer<String> log) {
    if (isAffected(version) && said.compareAndSet(false, true)) {
      log.accept(
          "JDK "
              + version
              + " may damage blocks that Spark compresses (JDK-8377811); use 25.0.3 or later");
    }
  }

  static boolean isAffected(Runtime.Version version) {
    return version.feature() == FEATURE
        && version.interim() == 0
        && version.update() < FIXED_IN_UPDATE;
  }
}
