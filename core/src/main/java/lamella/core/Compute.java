package lamella.core;

import lamella.core.kernel.Kernels;

/**
 * How this process computes: vector width and threads.
 *
 * <p>Chosen once, before the first computation, by two system properties: {@code lamella.vector}
 * ({@code auto}, {@code widest}, {@code 512}, {@code 256}, {@code 128} or {@code off}) and {@code
 * lamella.threads} (default: all processors). {@code auto}, the default, computes the first few
 * million operations by plain loops, for a program that does no more ends sooner so, and then as
 * {@code widest}. No choice changes a single bit of any result.
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
