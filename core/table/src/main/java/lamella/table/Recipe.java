package lamella.table;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import lamella.core.Initializer;
import lamella.core.Layer;
import lamella.core.Network;
import lamella.core.Parameter;
import lamella.core.Shape;
import lamella.core.Tensor;
import lamella.layers.Dropout;
import lamella.layers.Embedding;
import lamella.layers.Linear;
import lamella.layers.Mish;
import lamella.layers.PeriodicEmbedding;
import lamella.layers.Scale;
import lamella.losses.SoftmaxCrossEntropy;
import lamella.losses.SquaredError;
import lamella.optim.AdamW;
import lamella.optim.Group;
import lamella.optim.Optimizer;
import lamella.optim.Schedule;
import lamella.optim.WeightAverage;

/**
 * What a {@link TableTrainer} does unless it is told otherwise, for rows of any table.
 *
 * <p>Source: D. Holzmüller, L. Grinsztajn, I. Steinwart, "Better by Default" (2024), whose RealMLP
 * it is but for this: four networks of a quarter of the epochs in place of one, Mish for classes
 * too, an average of the weights, and no label smoothing. There a layer computes x W / √inputs + b
 * with W of deviation 1; here W / √inputs is the weight, and its learning rate is divided by
 * √inputs, which is the same to Adam.
 */
final class Recipe {
  private static final int WIDTH = 256;
  private static final int DEPTH = 3;
  private static final double DROPOUT = 0.15;
  private static final double RATE = 0.04;
  private static final double DECAY = 0.02;
  private static final int EPOCHS = 64;
  private static final int MANY = 20_000;

  /** After so many epochs the average of weights has forgotten all but 1/e. */
  private static final double AVERAGED_EPOCHS = 5;

  private Recipe() {}

  static int members() {
    return 4;
  }

  /** Fewer where there are many rows, each of which is as good as another. */
  static int epochs(int rows) {
    return rows <= MANY ? EPOCHS : (int) Math.max(16, Math.round((double) EPOCHS * MANY / rows));
  }

  static int batchSize(int rows) {
    return Math.min(256, rows);
  }

  static SoftmaxCrossEntropy classLoss() {
    return new SoftmaxCrossEntropy();
  }

  static SquaredError numberLoss() {
    return new SquaredError();
  }

  static Head.Waves waves() {
    return new Head.Waves(16, 4, 0.2);
  }

  /** A learned scale of the features, hidden layers, and a last one that gives 0 at first. */
  static List<Layer> body(Shape input, int outputs, RandomGenerator random) {
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
      layers.add(new Mish());
      layers.add(new Dropout(DROPOUT));
      width = WIDTH;
    }
    layers.add(new Linear(width, outputs, Initializer.zeros(), random));
    return layers;
  }

  static Optimizer optimizer(Network network, long steps) {
    Parts parts = new Parts();
    parts.collect(network);
    AdamW adam =
        AdamW.of(Schedule.cosineLog(RATE, steps))
            .withBetas(0.9, 0.95)
            .withDecay(DECAY)
            .withGroup(group("scales", parts.scales).withRateFactor(6))
            .withGroup(group("biases", parts.biases).withRateFactor(0.1));
    for (Map.Entry<Integer, Set<Parameter>> weights : parts.weights.entrySet()) {
      double root = Math.sqrt(weights.getKey());
      // Decay goes by the rate, not by the smaller one.
      adam =
          adam.withGroup(
              group("weights of " + weights.getKey() + " inputs", weights.getValue())
                  .withRateFactor(1 / root)
                  .withDecayFactor(root));
    }
    if (!parts.waves.isEmpty()) {
      adam = adam.withGroup(group("waves", parts.waves).withRateFactor(0.1).withDecayFactor(0));
    }
    if (!parts.vectors.isEmpty()) {
      adam = adam.withGroup(group("vectors", parts.vectors).withDecayFactor(0));
    }
    return adam;
  }

  private static Group group(String name, Set<Parameter> members) {
    return Group.of(name, (_, parameter) -> members.contains(parameter));
  }

  static WeightAverage average(long stepsPerEpoch) {
    return WeightAverage.of(1 - 1 / (AVERAGED_EPOCHS * stepsPerEpoch));
  }

  /** The parameters of a network that are treated each in its own way. */
  private static final class Parts {
    private final Set<Parameter> scales = new HashSet<>();
    private final Set<Parameter> biases = new HashSet<>();
    private final Set<Parameter> waves = new HashSet<>();
    private final Set<Parameter> vectors = new HashSet<>();

    /** Of dense layers, by the number of inputs. */
    private final Map<Integer, Set<Parameter>> weights = new TreeMap<>();

    void collect(Layer layer) {
      switch (layer) {
        case Linear linear -> {
          weights.computeIfAbsent(linear.inputs(), _ -> new HashSet<>()).add(linear.weight());
          biases.add(linear.bias());
        }
        case Scale scale -> scales.add(scale.gain());
        case PeriodicEmbedding embedding -> waves.addAll(embedding.parameters());
        case Embedding embedding -> vectors.addAll(embedding.parameters());
        default -> layer.layers().forEach(this::collect);
      }
    }
  }
}
