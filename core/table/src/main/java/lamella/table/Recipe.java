package lamella.table;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import lamella.core.Initializer;
import lamella.core.Layer;
import lamella.core.Network;
import lamella.core.Parameter.Role;
import lamella.core.Shape;
import lamella.core.Tensor;
import lamella.layers.Linear;
import lamella.layers.Mish;
import lamella.layers.SELU;
import lamella.layers.Scale;
import lamella.losses.MeanLoss;
import lamella.losses.SoftmaxCrossEntropy;
import lamella.losses.SquaredError;
import lamella.optim.AdamW;
import lamella.optim.Group;
import lamella.optim.Optimizer;
import lamella.optim.Schedule;

/**
 * What a {@link TableTrainer} does unless it is told otherwise.
 *
 * <p>Source: D. Holzmüller, L. Grinsztajn, I. Steinwart, "Better by Default" (2024), RealMLP-TD-S.
 * There a layer computes x W / √inputs + b with W of deviation 1; here W / √inputs is the weight,
 * and its learning rate is divided by √inputs, which is the same to Adam.
 */
final class Recipe {
  private static final int WIDTH = 256;
  private static final int DEPTH = 3;

  private final Task task;

  Recipe(Task task) {
    this.task = task;
  }

  int epochs() {
    return 256;
  }

  int batchSize(int rows) {
    return Math.min(256, rows);
  }

  int patience() {
    return Integer.MAX_VALUE;
  }

  SoftmaxCrossEntropy classLoss() {
    return new SoftmaxCrossEntropy();
  }

  MeanLoss<Tensor> numberLoss() {
    return new SquaredError();
  }

  /** A learned scale of the features, hidden layers, and a last one that gives 0 at first. */
  List<Layer> body(Shape input, int outputs, RandomGenerator random) {
    List<Layer> layers = new ArrayList<>();
    layers.add(new Scale(input.size()));
    int width = input.size();
    for (int i = 0; i < DEPTH; i++) {
      Linear linear = new Linear(width, WIDTH, Initializer.leCun(), random);
      Tensor bias = linear.bias().value();
      for (int j = 0; j < bias.size(); j++) {
        bias.set(j, random.nextGaussian());
      }
      layers.add(linear);
      layers.add(task == Task.CLASSIFICATION ? new SELU() : new Mish());
      width = WIDTH;
    }
    layers.add(new Linear(width, outputs, Initializer.zeros(), random));
    return layers;
  }

  Optimizer optimizer(Network network, long steps) {
    double rate = task == Task.CLASSIFICATION ? 0.04 : 0.07;
    AdamW adam =
        AdamW.of(Schedule.cosineLog(rate, steps))
            .withBetas(0.9, 0.95)
            .withDecay(0)
            .withGroup(Group.of(Role.GAIN).withRateFactor(6))
            .withGroup(Group.of(Role.BIAS).withRateFactor(0.1));
    List<Linear> linears = new ArrayList<>();
    collect(network, linears);
    for (Linear linear : linears) {
      adam =
          adam.withGroup(
              Group.of(linear + "", (_, parameter) -> parameter == linear.weight())
                  .withRateFactor(1 / Math.sqrt(linear.inputs())));
    }
    return adam;
  }

  private static void collect(Layer layer, List<Linear> linears) {
    if (layer instanceof Linear linear) {
      linears.add(linear);
    }
    for (Layer inside : layer.layers()) {
      collect(inside, linears);
    }
  }
}
