package lamella.core.kernel;

/**
 * Threads that work beside the program: they do not keep the process alive, nor anything of the
 * thread that started them, be it its thread group, its context class loader or what its
 * thread-locals hold.
 */
public final class Daemons {
  private Daemons() {}

  /**
   * {@return a thread that is not started yet}
   *
   * @param work what it does
   * @param name the thread's name
   */
  public static Thread of(Runnable work, String name) {
    ThreadGroup group = Thread.currentThread().getThreadGroup();
    while (group.getParent() != null) {
      group = group.getParent();
    }
    Thread thread = new Thread(group, work, name, 0, false);
    thread.setDaemon(true);
    thread.setContextClassLoader(null);
    return thread;
  }
}
