package lamella.core.kernel;

/** The kernels of this process, chosen once. */
final class Chosen {
  static final Kernels KERNELS = new ScalarKernels();

  private Chosen() {}
}
