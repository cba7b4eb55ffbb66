package lamella.benchmarks.peers.smile;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Properties;
import java.util.Random;
import lamella.benchmarks.TimedProcess;
import lamella.benchmarks.tables.DenseTable;
import lamella.benchmarks.tables.Result;
import lamella.benchmarks.tables.Scores;
import smile.classification.MLP;
import smile.math.MathEx;
import smile.model.mlp.Layer;
import smile.model.mlp.LayerBuilder;
import smile.model.mlp.MultilayerPerceptron;
import smile.util.function.TimeFunction;

/**
 * Smile's own network on a table: {@code DIR TABLE SEED} trains it twice.
 *
 * <p>{@code smile} is its {@code MLP.fit} as it comes: 100 ReLU units, 100 epochs, batches of 32.
 * {@code smile-256} has two layers of 256, RMSProp with rate 0.001 and batches of 32, as many
 * epochs as are best on the validation rows, patience 20; that is the most its class has.
 */
public final class SmileTable {
  private static final int EPOCHS = 500;
  private static final int PATIENCE = 20;
  private static final int BATCH = 32;

  /** No training goes on for longer, in seconds; the best epoch until then counts. */
  private static final double LONGEST = 300;

  private final String name;
  private final DenseTable table;
  private final double mean;
  private final double deviation;

  private SmileTable(String name, DenseTable table) {
    this.name = name;
    this.table = table;
    double[] targets = table.train().targets();
    boolean numbers = table.classes() == 0;
    mean = numbers ? Arrays.stream(targets).average().orElseThrow() : 0;
    deviation =
        numbers
            ? Math.sqrt(
                Arrays.stream(targets).map(y -> (y - mean) * (y - mean)).average().orElseThrow())
            : 1;
  }

  /** See above. */
  public static void main(String[] args) throws IOException {
    SmileTable smile = new SmileTable(args[1], DenseTable.read(Path.of(args[0]), args[1]));
    long seed = Long.parseLong(args[2]);
    TimedProcess.fact("Smile", MLP.class.getPackage().getImplementationVersion());
    TimedProcess.fact("result 1", smile.asItComes(seed));
    TimedProcess.fact("result 2", smile.chosen(seed));
  }

  private Result asItComes(long seed) {
    MathEx.setSeed(seed + 1);
    long begin = System.nanoTime();
    Scores scores;
    if (table.classes() == 0) {
      smile.regression.MLP network =
          smile.regression.MLP.fit(table.train().inputs(), scaledTargets(), new Properties());
      scores = scores(network, table.test());
    } else {
      MLP network = MLP.fit(table.train().inputs(), table.train().labels(), new Properties());
      scores = scores(network, table.test());
    }
    return new Result(name, "smile", seed, scores, seconds(begin), "100 epochs");
  }

  private Result chosen(long seed) {
    MathEx.setSeed(seed + 1);
    Random random = new Random(seed);
    long begin = System.nanoTime();
    int classes = table.classes();
    LayerBuilder[] layers =
        Layer.of(classes, table.train().inputs()[0].length, "ReLU(256)|ReLU(256)");
    MultilayerPerceptron network =
        classes == 0 ? new smile.regression.MLP(layers) : new MLP(layers);
    network.setLearningRate(TimeFunction.constant(0.001));
    network.setRMSProp(0.9, 1e-7);
    int best = 0;
    double least = Double.POSITIVE_INFINITY;
    Scores scores = scores(network, table.test());
    int epoch = 1;
    for (; epoch <= EPOCHS && epoch - best <= PATIENCE && seconds(begin) < LONGEST; epoch++) {
      train(network, random);
      double now = scores(network, table.validation()).toChooseBy();
      if (now < least) {
        least = now;
        best = epoch;
        // Kept, as the weights themselves are not to be copied.
        scores = scores(network, table.test());
      }
    }
    return new Result(
        name, "smile-256", seed, scores, seconds(begin), "epoch " + best + " of " + (epoch - 1));
  }

  /** One epoch, the rows in another order. */
  private void train(MultilayerPerceptron network, Random random) {
    double[][] inputs = table.train().inputs();
    int[] order = order(inputs.length, random);
    double[] targets = table.classes() == 0 ? scaledTargets() : new double[0];
    int[] labels = table.classes() == 0 ? new int[0] : table.train().labels();
    for (int from = 0; from < order.length; from += BATCH) {
      int[] rows = Arrays.copyOfRange(order, from, Math.min(order.length, from + BATCH));
      double[][] x = Arrays.stream(rows).mapToObj(i -> inputs[i]).toArray(double[][]::new);
      if (network instanceof MLP classifier) {
        classifier.update(x, Arrays.stream(rows).map(i -> labels[i]).toArray());
      } else if (network instanceof smile.regression.MLP regressor) {
        regressor.update(x, Arrays.stream(rows).mapToDouble(i -> targets[i]).toArray());
      }
    }
  }

  private static int[] order(int size, Random random) {
    int[] order = new int[size];
    Arrays.setAll(order, i -> i);
    for (int i = size - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int other = order[i];
      order[i] = order[j];
      order[j] = other;
    }
    return order;
  }

  private double[] scaledTargets() {
    return Arrays.stream(table.train().targets()).map(y -> (y - mean) / deviation).toArray();
  }

  private Scores scores(MultilayerPerceptron network, DenseTable.Part part) {
    if (network instanceof MLP classifier) {
      double[][] probabilities = new double[part.rows()][table.classes()];
      for (int i = 0; i < probabilities.length; i++) {
        int ignored = classifier.predict(part.inputs()[i], probabilities[i]);
      }
      return Scores.ofClasses(probabilities, part.labels());
    }
    smile.regression.MLP regressor = (smile.regression.MLP) network;
    double[] values =
        Arrays.stream(part.inputs())
            .mapToDouble(row -> regressor.predict(row) * deviation + mean)
            .toArray();
    return Scores.ofNumbers(values, part.targets());
  }

  private static double seconds(long begin) {
    return (System.nanoTime() - begin) * 1e-9;
  }
}
