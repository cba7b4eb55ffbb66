package lamella.optim;

import java.util.List;
import lamella.core.Batch;
import lamella.core.Dataset;
import lamella.core.Gradients;
import lamella.core.Layers;
import lamella.core.Parameter;
import lamella.core.Pass;
import lamella.core.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Ends a training at the first number that is not finite, and finds out whose it was: by what the
 * step's forward has left, or, where it was done in parts or elsewhere, by one more.
 */
final class FiniteGuard<T> {
  /** Gradients grow with the targets, whose size nothing but scaling changes. */
  private static final double LARGE_TARGET = 50;

  private final TrainerSettings<T> settings;
  private final Fit fit;
  private final @Nullable Pass passOfStep;

  /**
   * Guards a training.
   *
   * @param passOfStep on which a step's whole batch goes forward; null if there is none
   */
  FiniteGuard(TrainerSettings<T> settings, Fit fit, @Nullable Pass passOfStep) {
    this.settings = settings;
    this.fit = fit;
    this.passOfStep = passOfStep;
  }

  /**
   * What the next update will use.
   *
   * @param data the examples of the step's epoch
   */
  void requireFiniteLossAndGradients(Dataset<T> data) {
    if (!Double.isFinite(fit.loss())) {
      requireFiniteParameters(data);
      requireFiniteOutputs(data);
      throw notFinite("loss is not finite", likelyCause(data));
    }
    Gradients gradients = fit.gradients();
    List<Parameter> parameters = fit.parameters();
    for (int i = 0; i < parameters.size(); i++) {
      Parameter parameter = parameters.get(i);
      if (gradients.has(parameter) && !gradients.isFinite(parameter)) {
        throw notFinite(fit.describe(parameter) + " gradient is not finite", likelyCause(data));
      }
    }
  }

  /**
   * What the last update made.
   *
   * @param data the examples of its epoch
   */
  void requireFiniteParameters(Dataset<T> data) {
    for (Parameter parameter : fit.parameters()) {
      if (!parameter.value().isFinite()) {
        throw notFinite(fit.describe(parameter) + " is not finite", likelyCause(data));
      }
    }
  }

  /** The step's examples. */
  private Batch<T> read(Dataset<T> data) {
    int[] examples = fit.examples();
    Batch<T> batch = data.newBatch(examples.length, Evaluation.type(settings.network));
    data.read(examples, batch);
    return batch;
  }

  private void requireFiniteOutputs(Dataset<T> data) {
    Batch<T> batch = read(data);
    requireFinite("an input", batch.inputs());
    Tensor numbers = batch.targetKind().numbers(batch.targets());
    if (numbers != null) {
      requireFinite("a target", numbers);
    }
    Pass pass = passOfStep;
    if (pass == null) {
      pass = Pass.forTraining(settings.seed);
      pass.beginStep(fit.step());
      settings.network.forward(batch.inputs(), pass);
    }
    pass.outputs(
        settings.network,
        (path, layer, output) -> {
          if (!path.isEmpty() && !output.isFinite()) {
            throw notFinite(Layers.who(path, layer) + ": output is not finite", likelyCause(data));
          }
        });
  }

  /** The row that is the first not to be finite is that of an example. */
  private void requireFinite(String what, Tensor tensor) {
    if (!tensor.isFinite()) {
      int at = 0;
      while (Double.isFinite(tensor.get(at))) {
        at++;
      }
      int row = at / (tensor.size() / fit.batchSize());
      throw notFinite(
          what + " of example " + fit.examples()[row] + " is not finite", "clean the data");
    }
  }

  private NonFiniteException notFinite(String what, String cause) {
    return new NonFiniteException(fit, what, cause);
  }

  private String likelyCause(Dataset<T> data) {
    double rate = fit.largestLearningRate();
    double target = largestTarget(data);
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

  /** Of the step's examples; 0 if targets are no numbers. */
  private double largestTarget(Dataset<T> data) {
    Batch<T> batch = read(data);
    Tensor numbers = batch.targetKind().numbers(batch.targets());
    double largest = 0;
    for (int i = 0; numbers != null && i < numbers.size(); i++) {
      largest = Math.max(largest, Math.abs(numbers.get(i)));
    }
    return largest;
  }
}
