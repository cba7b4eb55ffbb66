package lamella.examples;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import lamella.core.Batch;
import lamella.core.Dataset;
import lamella.core.DoubleTensor;
import lamella.core.FloatTensor;
import lamella.core.Gradients;
import lamella.core.Layer;
import lamella.core.Network;
import lamella.core.Parameter;
import lamella.core.Pass;
import lamella.core.Sampler;
import lamella.core.Tensor;
import lamella.core.random.NumPyRandom;
import lamella.optim.Schedule;
import lamella.optim.Sgd;

/**
 * The report's training loop, written out: draw a batch, loss and gradients, update, and once an
 * epoch the accuracies.
 *
 * <p>One {@link NumPyRandom} serves W1, W2 and then the batches, in this order, so that ten lines
 * of NumPy repeat a run.
 */
public final class Training {

  /**
   * What one iteration saw before its update.
   *
   * @param dataLoss mean cross-entropy of the batch
   * @param penalty ½ λ (‖W1‖² + ‖W2‖²)
   * @param learningRate the rate of this iteration's update
   */
  public record Step(int iteration, double dataLoss, double penalty, double learningRate) {
    /** The sum of both terms. */
    public double loss() {
      return dataLoss + penalty;
    }
  }

  /** Fractions classified rightly, after the update of an iteration. */
  public record Accuracy(int iteration, double train, double validation) {}

  /** A finished run. */
  public record Result(TwoLayerNetwork network, List<Step> history, List<Accuracy> accuracies) {}

  private final Experiment experiment;
  private final TwoLayerNetwork network;
  private final Sgd sgd;
  private final Pass pass = Pass.forTraining();

  private Training(Experiment experiment, TwoLayerNetwork network, Sgd sgd) {
    this.experiment = experiment;
    this.network = network;
    this.sgd = sgd;
  }

  /**
   * Trains a new network.
   *
   * @param classes the number of classes, one output each
   * @param listener told of every iteration before its update
   * @throws DivergedException at the first number that is not finite; names step and layer
   */
  public static Result run(
      Experiment experiment,
      int classes,
      Dataset<int[]> train,
      Dataset<int[]> validation,
      Consumer<Step> listener)
      throws DivergedException {
    NumPyRandom random = new NumPyRandom(experiment.seed());
    TwoLayerNetwork network =
        TwoLayerNetwork.of(
            train.exampleShape().size(),
            experiment.hidden(),
            classes,
            experiment.activation(),
            experiment.initStd(),
            experiment.dtype(),
            random);
    Sampler sampler = Sampler.withReplacement(train.size(), random);
    int epoch = experiment.iterationsPerEpoch(train.size());
    Schedule schedule =
        Schedule.exponentialDecay(experiment.learningRate(), experiment.decay(), epoch);
    Sgd sgd = Sgd.of(schedule).withL2(experiment.l2());

    Training training = new Training(experiment, network, sgd);
    int[] indices = new int[experiment.batchSize()];
    Batch<int[]> batch = train.newBatch(indices.length, experiment.dtype());
    List<Step> history = new ArrayList<>();
    List<Accuracy> accuracies = new ArrayList<>();
    for (int t = 0; t < experiment.iterations(); t++) {
      sampler.next(indices);
      train.read(indices, batch);
      Step step = training.step(t, batch);
      history.add(step);
      listener.accept(step);
      if (t % epoch == 0) {
        accuracies.add(
            new Accuracy(
                t,
                Evaluation.of(network.network(), experiment.dtype(), train).accuracy(),
                Evaluation.of(network.network(), experiment.dtype(), validation).accuracy()));
      }
    }
    training.requireFiniteParameters(experiment.iterations());
    return new Result(network, List.copyOf(history), List.copyOf(accuracies));
  }

  private Step step(int iteration, Batch<int[]> batch) throws DivergedException {
    double dataLoss = network.lossAndGradients(batch.inputs(), batch.targets(), pass);
    double penalty = sgd.penalty(network.parameters());
    Step step = new Step(iteration, dataLoss, penalty, sgd.learningRate());
    requireFinite(step, batch.inputs());
    sgd.step(pass.gradients());
    return step;
  }

  // The guard: who was the first to leave the finite numbers?

  private void requireFinite(Step step, Tensor inputs) throws DivergedException {
    if (!Double.isFinite(step.loss())) {
      requireFiniteParameters(step.iteration());
      requireFiniteOutputs(step.iteration(), inputs);
      throw diverged(step.iteration(), "loss is not finite");
    }
    Gradients gradients = pass.gradients();
    List<Parameter> parameters = network.parameters();
    for (int i = 0; i < parameters.size(); i++) {
      if (!isFinite(gradients.of(parameters.get(i)))) {
        String who = network.network().describe(parameters.get(i));
        throw diverged(step.iteration(), who + " gradient is not finite");
      }
    }
  }

  private void requireFiniteParameters(int iteration) throws DivergedException {
    for (Parameter parameter : network.parameters()) {
      if (!isFinite(parameter.value())) {
        String who = network.network().describe(parameter);
        throw diverged(iteration, who + " is not finite");
      }
    }
  }

  private void requireFiniteOutputs(int iteration, Tensor inputs) throws DivergedException {
    Network layers = network.network();
    Tensor tensor = inputs;
    for (int i = 0; i < layers.layers().size(); i++) {
      Layer layer = layers.layers().get(i);
      tensor = layer.forward(tensor);
      if (!isFinite(tensor)) {
        throw diverged(iteration, "layer " + i + " " + layer + ": output is not finite");
      }
    }
  }

  private DivergedException diverged(int iteration, String what) {
    String hint;
    if (iteration == 0) {
      hint = "the initial weights' standard deviation " + experiment.initStd() + " is too high";
    } else {
      hint = "learning rate " + experiment.learningRate() + " is probably too high";
      // Decay by the penalty alone is W *= 1 - rate l2, which grows without bound where rate l2 >
      // 2.
      if (experiment.learningRate() * experiment.l2() > 2 && experiment.l2() > 1) {
        hint += " for l2 " + experiment.l2();
      }
    }
    return new DivergedException("step " + iteration + ", " + what + "; " + hint);
  }

  /**
   * Whether no element is NaN or infinite: the largest bit pattern without sign tells, and C2
   * vectorises the search.
   */
  private static boolean isFinite(Tensor tensor) {
    return switch (tensor) {
      case FloatTensor floats -> {
        int largest = 0;
        for (float element : floats.array()) {
          largest = Math.max(largest, Float.floatToRawIntBits(element) & 0x7fff_ffff);
        }
        yield largest < Float.floatToRawIntBits(Float.POSITIVE_INFINITY);
      }
      case DoubleTensor doubles -> {
        long largest = 0;
        for (double element : doubles.array()) {
          largest = Math.max(largest, Double.doubleToRawLongBits(element) & Long.MAX_VALUE);
        }
        yield largest < Double.doubleToRawLongBits(Double.POSITIVE_INFINITY);
      }
    };
  }
}
