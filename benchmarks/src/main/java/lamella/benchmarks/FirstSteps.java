package lamella.benchmarks;

import java.util.Locale;
import lamella.core.Pass;

/**
 * What the first training steps of a process take, when nothing is compiled yet: the report's
 * network, 3072-64-10, batch 200. The data are made before the clock runs.
 */
public final class FirstSteps {
  /** The fact that is printed. */
  static final String FACT = "first ten steps";

  private static final int STEPS = 10;

  private FirstSteps() {}

  /** No arguments. */
  public static void main(String[] args) {
    Model model = new Model(Workload.parse(Compare.REPORT_STEP));
    Pass pass = Pass.forTraining();
    long begin = System.nanoTime();
    for (int i = 0; i < STEPS; i++) {
      model.trainingStep(pass);
    }
    double seconds = (System.nanoTime() - begin) * 1e-9;
    TimedProcess.fact(FACT, String.format(Locale.ROOT, "%.3f", seconds));
  }
}
