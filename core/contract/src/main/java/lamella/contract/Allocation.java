package lamella.contract;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/** Bytes that the current thread allocates. */
public final class Allocation {
  private static final int STEPS = 50;

  /**
   * Vector kernels allocate until C2 has compiled them, which takes a second or two on a busy
   * machine. What is then still there, the same in every round, is the layer's own.
   */
  private static final long PATIENCE_NANOS = 20_000_000_000L;

  private static final long STEADY_NANOS = 5_000_000_000L;
  private static final long STEADY_ROUNDS = 400;

  private static final MethodHandle COUNTER = counter();

  private Allocation() {}

  /**
   * The bytes one steady step allocates, 0 as soon as one round of steps allocates nothing.
   *
   * @param step what is measured
   * @return bytes per step, rounded up
   */
  public static long perStep(Runnable step) {
    long start = System.nanoTime();
    long least = Long.MAX_VALUE;
    long leastSince = start;
    long rounds = 0;
    while (true) {
      long before = allocated();
      for (int i = 0; i < STEPS; i++) {
        step.run();
      }
      long bytes = allocated() - before;
      long now = System.nanoTime();
      rounds++;
      if (bytes < least) {
        least = bytes;
        leastSince = now;
        rounds = 0;
      }
      boolean steady = now - leastSince > STEADY_NANOS && rounds > STEADY_ROUNDS;
      if (least == 0 || steady || now - start > PATIENCE_NANOS) {
        return (least + STEPS - 1) / STEPS;
      }
    }
  }

  /** All the current thread has allocated so far. */
  static long allocated() {
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
