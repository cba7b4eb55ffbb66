package lamella.benchmarks;

import java.util.Locale;
import lamella.core.Pass;
import lamella.core.Predictor;

/**
 * What a process does before everything is compiled: the first training steps of the report's
 * network, 3072-64-10, batch 200; or a service that has answered single requests for a while and
 * then gets batches. The data are made before the clock runs. One process measures one of them,
 * once.
 */
public final class FirstSteps {
  /** The fact that is printed. */
  static final String FACT = "first ten steps";

  private static final int STEPS = 10;
  private static final String PREDICTIONS = "predict:16x3072-64-10";
  private static final double SLOT_SECONDS = 0.2;
  private static final int SLOTS = 10;

  private FirstSteps() {}

  /**
   * Nothing for ten steps; {@code steps N} for so many, each with its time; {@code service SECONDS}
   * for single predictions for so long, and then the rate of batches of 16 in each fifth of a
   * second.
   */
  public static void main(String[] args) {
    if (args.length == 0) {
      TimedProcess.fact(FACT, String.format(Locale.ROOT, "%.3f", steps(STEPS, false)));
    } else if (args[0].equals("steps")) {
      int count = Integer.parseInt(args[1]);
      TimedProcess.fact(
          "first " + count + " steps", String.format(Locale.ROOT, "%.3f", steps(count, true)));
    } else {
      service(Double.parseDouble(args[1]));
    }
  }

  private static double steps(int count, boolean each) {
    Model model = new Model(Workload.parse(Compare.REPORT_STEP));
    Pass pass = Pass.forTraining();
    long[] ends = new long[count];
    long begin = System.nanoTime();
    for (int i = 0; i < count; i++) {
      model.trainingStep(pass);
      ends[i] = System.nanoTime();
    }
    for (int i = 0; i < count && each; i++) {
      long before = i == 0 ? begin : ends[i - 1];
      System.out.printf(Locale.ROOT, "step %d: %.1f ms%n", i + 1, (ends[i] - before) * 1e-6);
    }
    return (ends[count - 1] - begin) * 1e-9;
  }

  private static void service(double seconds) {
    Workload workload = Workload.parse(PREDICTIONS);
    Model model = new Model(workload);
    Predictor predictor = model.predictor();
    float[] many = model.inputs().array();
    float[] one = Data.inputs(1, workload.inputs());
    float[] outputs = new float[workload.batch() * workload.outputs()];
    long end = System.nanoTime() + (long) (seconds * 1e9);
    long checksum = 0;
    while (System.nanoTime() < end) {
      checksum += predictor.classOf(one);
    }
    for (int slot = 1; slot <= SLOTS; slot++) {
      long begin = System.nanoTime();
      long now = begin;
      int predictions = 0;
      while (now - begin < SLOT_SECONDS * 1e9) {
        predictor.outputs(workload.batch(), many, outputs);
        predictions += workload.batch();
        now = System.nanoTime();
      }
      System.out.printf(
          Locale.ROOT,
          "until %.1f s: %.0f predictions a second%n",
          slot * SLOT_SECONDS,
          predictions * 1e9 / (now - begin));
    }
    TimedProcess.fact("sum of the classes", checksum);
  }
}
