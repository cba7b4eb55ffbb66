package lamella.core.contract;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/** Bytes that the current thread allocates. */
final class Allocation {
  private static final int WARM_UP = 200;
  private static final int STEPS = 50;

  /** A layer that allocates does so in every round; C2 may need this long to remove what it can. */
  private static final long PATIENCE_NANOS = 250_000_000;

  private static final MethodHandle COUNTER = counter();

  private Allocation() {}

  /**
   * The bytes one steady step allocates, 0 as soon as one round of steps allocates nothing.
   *
   * @return bytes per step, rounded up
   */
  static long perStep(Runnable step) {
    for (int i = 0; i < WARM_UP; i++) {
      step.run();
    }
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    long least = Long.MAX_VALUE;
    do {
      long before = allocated();
      for (int i = 0; i < STEPS; i++) {
        step.run();
      }
      least = Math.min(least, allocated() - before);
    } while (least > 0 && System.nanoTime() < deadline);
    return (least + STEPS - 1) / STEPS;
  }

  private static long allocated() {
    try {
      return (long) COUNTER.invokeExact();
    } catch (Throwable e) {
      throw new IllegalStateException("cannot count allocated bytes", e);
    }
  }

  /** Looked up by name, so that a module need not read jdk.management to be tested. */
  private static MethodHandle counter() {
    try {
      Class<?> factory = Class.forName("java.lang.management.ManagementFactory");
      Class<?> bean = Class.forName("com.sun.management.ThreadMXBean");
      MethodHandles.Lookup lookup = MethodHandles.publicLookup();
      Object threads =
          lookup
              .findStatic(
                  factory,
                  "getThreadMXBean",
                  MethodType.methodType(Class.forName("java.lang.management.ThreadMXBean")))
              .invoke();
      return lookup
          .findVirtual(bean, "getCurrentThreadAllocatedBytes", MethodType.methodType(long.class))
          .bindTo(threads);
    } catch (Throwable e) {
      throw new IllegalStateException(
          "cannot count allocated bytes: run with --add-modules jdk.management", e);
    }
  }
}
