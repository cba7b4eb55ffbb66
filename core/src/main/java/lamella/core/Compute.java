package lamella.core;

import lamella.core.kernel.Kernels;

/**
 * How this process computes: vector width and threads.
 *
 * <p>Chosen once, before the first computation, by two system properties: {@code lamella.vector}
 * ({@code auto}, {@code widest}, {@code 512}, {@code 256}, {@code 128} or {@code off}) and {@code
 * lamella.threads} (default: all processors). {@code auto}, the default, computes by plain loops at
 * first, for a program that does no more than that ends sooner so, and by vectors as wide as the
 * hardware's as soon as the JVM has compiled the code for them, which a thread beside the program
 * sees to; where it never does, plain loops stay, and a warning is logged. {@code widest} or a
 * width uses vectors from the first operation on. No choice changes a single bit of any result.
 */
public final class Compute {
  private Compute() {}

  /** {@return the bits of a vector register in use; 0 if the scalar kernels run} */
  public static int vectorBits() {
    return Kernels.instance().vectorBits();
  }

  /** {@return how many threads compute one product together, the caller's among them} */
  public static int threads() {
    return Kernels.instance().threads();
  }

  /** {@return both in words, for example {@code 512-bit vectors, 2 threads}} */
  public static String description() {
    int threads = threads();
    return (vectorBits() == 0 ? "scalar kernels" : vectorBits() + "-bit vectors")
        + ", "
        + threads
        + (threads == 1 ? " thread" : " threads");
  }
}
