package lamella.contract;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import lamella.core.DType;
import lamella.core.Layer;
import lamella.core.Pass;
import lamella.core.Tensor;

/** Promises of a layer that draws random numbers in training. Others keep them all. */
final class RandomChecks {
  /** So many rows and steps that masks are not equal by chance. */
  private static final int ROWS = 24;

  private static final int STEPS = 64;

  private RandomChecks() {}

  private static double[] output(Layer layer, Tensor x, Pass pass, long step) {
    pass.beginStep(step);
    return layer.forward(x, pass).toDoubleArray();
  }

  /** What is drawn is a function of the pass's seed and step: another step draws other numbers. */
  static void randomNumbersAreThoseOfTheStep(Subject subject) {
    Layer layer = subject.in(DType.FLOAT64).layer;
    Tensor x = subject.repeated(ROWS, 0);
    List<double[]> bySeed = new ArrayList<>();
    List<double[]> byStep = new ArrayList<>();
    for (int i = 0; i < STEPS; i++) {
      bySeed.add(output(layer, x, Pass.forTraining(Passes.SEED + i), 0));
      byStep.add(output(layer, x, Passes.forTraining(), i));
    }
    boolean seedMatters = differ(bySeed);
    if (seedMatters && !differ(byStep)) {
      throw subject.error(
          "draws the same random numbers in every step: they must be those of the step, which"
              + " pass.random gives");
    }
    if (!seedMatters && differ(byStep)) {
      throw subject.error(
          "draws random numbers that the seed of the pass does not change: they must be those that"
              + " pass.random gives");
    }
    Pass used = Passes.forTraining();
    for (int i = 0; i < 2 * STEPS; i++) {
      int step = i % STEPS;
      String difference = LayerChecks.difference(byStep.get(step), output(layer, x, used, step));
      if (difference != null) {
        throw subject.error(
            "gives another output in step "
                + step
                + " on a pass that made other steps before (are their random numbers, or something"
                + " else of them, kept?): "
                + difference);
      }
    }
  }

  private static boolean differ(List<double[]> outputs) {
    return outputs.stream().anyMatch(output -> !Arrays.equals(output, outputs.getFirst()));
  }
}
