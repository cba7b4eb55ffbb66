package lamella.benchmarks;

import java.util.Arrays;
import java.util.Locale;
import lamella.core.Compute;
import lamella.core.DType;
import lamella.core.Dataset;
import lamella.core.Layer;
import lamella.core.Network;
import lamella.core.Shape;
import lamella.core.Tensor;
import lamella.core.random.NumPyRandom;
import lamella.layers.Linear;
import lamella.layers.ReLU;
import lamella.losses.SoftmaxCrossEntropy;
import lamella.optim.Sgd;
import lamella.optim.Trainer;

/**
 * What a division into shards costs on one machine: a step of 256 rows by all threads together,
 * beside the same step in 16 shards, which the threads compute one each and then add up, and beside
 * local steps, whose shards come one after another.
 *
 * <p>All in one process and in turn; medians of the rounds. The rows are random.
 */
public final class ShardCost {
  private static final int INPUTS = 3072;
  private static final int ROWS = 2048;
  private static final int BATCH = 256;

  /** The shards and the local steps of each. */
  private static final int[][] DIVISIONS = {{1, 1}, {2, 1}, {4, 1}, {16, 1}, {16, 8}};

  private ShardCost() {}

  /** {@code [ROUNDS [STEPS]]}, by default 9 rounds of 40 steps. */
  public static void main(String[] args) {
    int rounds = args.length > 0 ? Integer.parseInt(args[0]) : 9;
    int steps = args.length > 1 ? Integer.parseInt(args[1]) : 40;
    System.out.println(Compute.description());
    Dataset<int[]> data = data();
    for (int[] hidden : new int[][] {{64}, {1024, 1024}}) {
      double[][] milliseconds = new double[DIVISIONS.length][rounds];
      for (int round = -2; round < rounds; round++) {
        for (int i = 0; i < DIVISIONS.length; i++) {
          long start = System.nanoTime();
          train(hidden, DIVISIONS[i], steps, data);
          double elapsed = (System.nanoTime() - start) * 1e-6;
          if (round >= 0) {
            milliseconds[i][round] = elapsed / steps;
          }
        }
      }
      for (int i = 0; i < DIVISIONS.length; i++) {
        System.out.printf(
            Locale.ROOT,
            "%d-%s-10, batch %d, %2d shards, %d local steps: %8.3f ms a step, %.2f of the first's%n",
            INPUTS,
            String.join("-", Arrays.stream(hidden).mapToObj(Integer::toString).toList()),
            BATCH,
            DIVISIONS[i][0],
            DIVISIONS[i][1],
            median(milliseconds[i]),
            median(milliseconds[i]) / median(milliseconds[0]));
      }
    }
  }

  private static Dataset<int[]> data() {
    NumPyRandom random = new NumPyRandom(1);
    Tensor inputs = Tensor.zeros(DType.FLOAT32, Shape.of(ROWS, INPUTS));
    for (int i = 0; i < inputs.size(); i++) {
      inputs.set(i, random.nextGaussian());
    }
    int[] labels = new int[ROWS];
    for (int i = 0; i < ROWS; i++) {
      labels[i] = random.nextInt(10);
    }
    return Dataset.of(inputs, labels);
  }

  private static void train(int[] hidden, int[] division, int steps, Dataset<int[]> data) {
    NumPyRandom random = new NumPyRandom(2);
    Layer[] layers = new Layer[2 * hidden.length + 1];
    int width = INPUTS;
    for (int i = 0; i < hidden.length; i++) {
      layers[2 * i] = new Linear(width, hidden[i], random);
      layers[2 * i + 1] = new ReLU();
      width = hidden[i];
    }
    layers[2 * hidden.length] = new Linear(width, 10, random);
    var ignored =
        Trainer.of(
                Network.of(Shape.of(INPUTS), layers),
                new SoftmaxCrossEntropy(),
                Sgd.of(1e-4).withMomentum(0.9))
            .withBatchSize(BATCH)
            .withShards(division[0])
            .withLocalSteps(division[1])
            .withSteps(steps)
            .fit(data, random);
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
  }
}
