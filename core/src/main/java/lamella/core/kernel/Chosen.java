package lamella.core.kernel;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/** The team and the kernels of this process, chosen once. */
final class Chosen {
  static final Team TEAM = Team.ofSettings();
  static final Kernels KERNELS = choose();

  private Chosen() {}

  private static Kernels choose() {
    if (Settings.vector().equals("off")) {
      return new ScalarKernels(TEAM);
    }
    if (!Settings.vectorsAvailable()) {
      Logger logger = System.getLogger("lamella.core");
      logger.log(
          Level.WARNING,
          "The Vector API is not there, so the scalar kernels run: the same results, several times slower."
              + " Add --add-modules jdk.incubator.vector to the java command, or use the module path.");
      return new ScalarKernels(TEAM);
    }
    return Settings.plainFirst() ? new PlainFirst(TEAM) : new VectorKernels(TEAM);
  }
}
