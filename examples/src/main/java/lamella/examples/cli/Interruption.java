package lamella.examples.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import lamella.optim.Fit;
import lamella.optim.TrainingListener;

/**
 * Ctrl-C, or a request to terminate: training stops after its step, and the JVM waits until this is
 * closed before it ends. The exit status is the JVM's own: 130, or 143.
 */
final class Interruption implements TrainingListener, AutoCloseable {
  /** A step and a checkpoint take less, on any machine. */
  private static final long LONGEST_SECONDS = 60;

  /** What the shell makes of a process that SIGINT ended. */
  static final int STATUS = 130;

  /** Why training ends then; the trainer says the same where its thread is interrupted. */
  static final String REASON = "interrupted";

  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread hook = new Thread(this::stop, "lamella-interruption");
  private volatile boolean requested;

  private Interruption() {}

  /** From now on. */
  static Interruption awaited() {
    Interruption interruption = new Interruption();
    Runtime.getRuntime().addShutdownHook(interruption.hook);
    return interruption;
  }

  private void stop() {
    requested = true;
    try {
      boolean ignored = closed.await(LONGEST_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void afterStep(Fit fit) {
    if (requested) {
      fit.stop(REASON);
    }
  }

  /** Lets the JVM end, if it was asked to. */
  @Override
  public void close() {
    closed.countDown();
    try {
      boolean ignored = Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The JVM is ending already.
      return;
    }
  }
}
