package lamella.examples.serve;

import java.time.Duration;

/**
 * What a service takes upon itself at once.
 *
 * @param examples that a request may have
 * @param memory bytes that the requests under way may take, from the first byte of a body to the
 *     last of an answer
 * @param patience how long a request waits for others to give back memory, before it is told to
 *     come again
 * @param computing how many requests are computed at once; others wait
 */
public record Limits(int examples, long memory, Duration patience, int computing) {
  /**
   * Limits that can be kept.
   *
   * @throws IllegalArgumentException if nothing could be answered
   */
  public Limits {
    if (examples < 1 || memory < 1 || patience.isNegative() || computing < 1) {
      throw new IllegalArgumentException(
          "expected limits above 0, got "
              + examples
              + " examples, "
              + memory
              + " bytes, "
              + patience
              + ", "
              + computing
              + " at once");
    }
  }

  /** 1024 examples, a quarter of the heap, a second, and as many at once as processors. */
  public static Limits standard() {
    Runtime runtime = Runtime.getRuntime();
    return new Limits(
        1024, runtime.maxMemory() / 4, Duration.ofSeconds(1), runtime.availableProcessors());
  }

  /** The same with another number of examples. */
  public Limits withExamples(int number) {
    return new Limits(number, memory, patience, computing);
  }
}
