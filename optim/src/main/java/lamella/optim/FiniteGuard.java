package lamella.optim;

import java.util.List;
import lamella.core.Gradients;
import lamella.core.Layers;
import lamella.core.Parameter;
import lamella.core.Tensor;

/** Ends a training at the first number that is not finite, and finds out whose it was. */
final class FiniteGuard {
  /** Gradients grow with the targets, whose size nothing but scaling changes. */
  private static final double LARGE_TARGET = 50;

  private FiniteGuard() {}

  /** What the next update will use. */
  static void requireFiniteLossAndGradients(Fit fit) {
    if (!Double.isFinite(fit.loss())) {
      requireFiniteParameters(fit);
      requireFiniteOutputs(fit);
      throw notFinite(fit, "loss is not finite");
    }
    Gradients gradients = fit.gradients();
    List<Parameter> parameters = fit.parameters();
    for (int i = 0; i < parameters.size(); i++) {
      Parameter parameter = parameters.get(i);
      if (gradients.has(parameter) && !gradients.of(parameter).isFinite()) {
        throw notFinite(fit, fit.describe(parameter) + " gradient is not finite");
      }
    }
  }

  /** What the last update made. */
  static void requireFiniteParameters(Fit fit) {
    for (Parameter parameter : fit.parameters()) {
      if (!parameter.value().isFinite()) {
        throw notFinite(fit, fit.describe(parameter) + " is not finite");
      }
    }
  }

  private static void requireFiniteOutputs(Fit fit) {
    Tensor tensor = fit.inputs();
    if (!tensor.isFinite()) {
      throw notFinite(
          fit, "an input of example " + example(fit, tensor) + " is not finite", "clean the data");
    }
    if (fit.targets() instanceof Tensor targets && !targets.isFinite()) {
      throw notFinite(
          fit, "a target of example " + example(fit, targets) + " is not finite", "clean the data");
    }
    fit.pass()
        .outputs(
            fit.network(),
            (path, layer, output) -> {
              if (!path.isEmpty() && !output.isFinite()) {
                throw notFinite(fit, Layers.who(path, layer) + ": output is not finite");
              }
            });
  }

  /** The example whose row of a batch's tensor is the first that is not finite. */
  private static int example(Fit fit, Tensor tensor) {
    int at = 0;
    while (Double.isFinite(tensor.get(at))) {
      at++;
    }
    return fit.examples()[at / (tensor.size() / fit.batchSize())];
  }

  private static NonFiniteException notFinite(Fit fit, String what) {
    return notFinite(fit, what, likelyCause(fit));
  }

  private static NonFiniteException notFinite(Fit fit, String what, String cause) {
    return new NonFiniteException(fit, what, cause);
  }

  private static String likelyCause(Fit fit) {
    double rate = fit.largestLearningRate();
    double target = fit.targets() instanceof Tensor targets ? largest(targets) : 0;
    if (target > LARGE_TARGET) {
      return "targets are as large as "
          + (float) target
          + ", the loss at step 0 was "
          + (float) fit.recorder().firstLoss()
          + ": scale them to about 1, or take a learning rate far below "
          + rate;
    }
    if (fit.step() == 0) {
      return "the initial weights or the inputs are probably too large";
    }
    return fit.optimizer().explainDivergence(rate);
  }

  private static double largest(Tensor tensor) {
    double largest = 0;
    for (int i = 0; i < tensor.size(); i++) {
      largest = Math.max(largest, Math.abs(tensor.get(i)));
    }
    return largest;
  }
}
