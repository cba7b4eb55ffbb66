package lamella.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import lamella.core.Batch;
import lamella.core.Compute;
import lamella.core.DType;
import lamella.core.Initializer;
import lamella.core.Network;
import lamella.core.Pass;
import lamella.core.Sampler;
import lamella.core.Tensor;
import lamella.core.random.NumPyRandom;
import lamella.data.cifar.Cifar10;
import lamella.data.cifar.ImageDataset;
import lamella.data.cifar.ImageSet;
import lamella.data.cifar.ImageShape;
import lamella.data.cifar.Layout;
import lamella.data.cifar.MeanImage;
import lamella.layers.Linear;
import lamella.layers.ReLU;
import lamella.losses.SoftmaxCrossEntropy;
import lamella.optim.Checkpoints;
import lamella.optim.CsvHistory;
import lamella.optim.EarlyStopping;
import lamella.optim.Evaluation;
import lamella.optim.GradientClipping;
import lamella.optim.PlateauSchedule;
import lamella.optim.ProgressLines;
import lamella.optim.Schedule;
import lamella.optim.Sgd;
import lamella.optim.TimeLimit;
import lamella.optim.Trainer;

/**
 * What the trainer costs: the report's network trained by the bare loop, by a trainer, and by one
 * with all listeners; and what an evaluation of 10,000 images costs beside the forward passes in
 * it.
 *
 * <p>All in one process and in turn, so that a machine that drifts does it to all of them; medians
 * of the rounds, of each the ratio to the first in the same round. The images are random bytes: the
 * time does not depend on them.
 */
public final class TrainerCost {
  private static final int TRAIN = 49_000;
  private static final int TEST = 10_000;
  private static final int VALIDATION = 1000;
  private static final int BATCH = 200;

  private final int steps;
  private final Path directory;
  private final ImageDataset train;
  private final ImageDataset test;
  private final ImageDataset validation;
  private final SoftmaxCrossEntropy loss = new SoftmaxCrossEntropy();

  private TrainerCost(int steps, Path directory) {
    this.steps = steps;
    this.directory = directory;
    ImageSet all = images();
    MeanImage mean = MeanImage.of(all.slice(0, TRAIN));
    train = new ImageDataset(all.slice(0, TRAIN), mean);
    test = new ImageDataset(all.slice(TRAIN, TRAIN + TEST), mean);
    validation = new ImageDataset(all.slice(TRAIN + TEST, TRAIN + TEST + VALIDATION), mean);
  }

  private static ImageSet images() {
    Random random = new Random(1);
    int size = TRAIN + TEST + VALIDATION;
    byte[] pixels = new byte[size * ImageShape.CIFAR10.size()];
    random.nextBytes(pixels);
    byte[] labels = new byte[size];
    for (int i = 0; i < size; i++) {
      labels[i] = (byte) random.nextInt(Cifar10.CLASSES);
    }
    return ImageSet.wrap(ImageShape.CIFAR10, Layout.HWC, Cifar10.CLASSES, labels, pixels);
  }

  /** {@code [ROUNDS [STEPS]]}, by default 15 rounds of 2000 steps. */
  public static void main(String[] args) throws IOException {
    int rounds = args.length > 0 ? Integer.parseInt(args[0]) : 15;
    int steps = args.length > 1 ? Integer.parseInt(args[1]) : 2000;
    Path directory = Files.createTempDirectory("lamella-trainer-cost");
    try {
      TrainerCost cost = new TrainerCost(steps, directory);
      System.out.println(Compute.description());
      Map<String, Runnable> training = new LinkedHashMap<>();
      training.put("bare loop", cost::bareLoop);
      training.put("trainer", () -> cost.trainer().fit(cost.train, cost.sampler()));
      training.put("with all listeners", () -> cost.withListeners(false));
      training.put("and clipping by norm", () -> cost.withListeners(true));
      compare(training, rounds, (double) steps * BATCH);
      Map<String, Runnable> evaluation = new LinkedHashMap<>();
      Network network = cost.network();
      evaluation.put("forward", cost.forward(network));
      evaluation.put("evaluation", () -> Evaluation.of(network, cost.test));
      evaluation.put("with loss", () -> Evaluation.of(network, cost.loss, cost.test));
      compare(evaluation, 20 * rounds, TEST);
    } finally {
      clear(directory);
      Files.delete(directory);
    }
  }

  /** Runs all in turn; prints the median rate of each and its ratio to the first. */
  private static void compare(Map<String, Runnable> codes, int rounds, double images) {
    List<Runnable> all = List.copyOf(codes.values());
    double[][] seconds = new double[all.size()][rounds];
    for (int round = -2; round < rounds; round++) {
      for (int i = 0; i < all.size(); i++) {
        long start = System.nanoTime();
        all.get(i).run();
        double elapsed = (System.nanoTime() - start) * 1e-9;
        if (round >= 0) {
          seconds[i][round] = elapsed;
        }
      }
    }
    int i = 0;
    for (String name : codes.keySet()) {
      double[] ratios = new double[rounds];
      for (int round = 0; round < rounds; round++) {
        ratios[round] = seconds[i][round] / seconds[0][round];
      }
      System.out.printf(
          Locale.ROOT,
          "%-22s %9.0f images/s, time %.4f of the first's%n",
          name,
          images / median(seconds[i]),
          median(ratios));
      i++;
    }
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
  }

  private Network network() {
    NumPyRandom random = new NumPyRandom(1);
    Initializer normal = Initializer.normal(1e-4);
    return Network.of(
        train.exampleShape(),
        new Linear(ImageShape.CIFAR10.size(), 64, normal, random),
        new ReLU(),
        new Linear(64, Cifar10.CLASSES, normal, random));
  }

  private Sampler sampler() {
    return Sampler.withReplacement(TRAIN, new NumPyRandom(2));
  }

  private Schedule schedule() {
    return Schedule.exponentialDecay(1e-3, 0.95, epoch());
  }

  private static int epoch() {
    return TRAIN / BATCH;
  }

  /** The guide's loop, with the evaluation of the validation images once an epoch. */
  private void bareLoop() {
    Network network = network();
    Sgd sgd = Sgd.of(schedule()).withL2(1);
    Pass pass = Pass.forTraining();
    pass.deferProducts();
    Sampler sampler = sampler();
    int[] indices = new int[BATCH];
    Batch<int[]> batch = train.newBatch(BATCH, DType.FLOAT32);
    double sum = 0;
    for (int step = 0; step < steps; step++) {
      sampler.next(indices);
      train.read(indices, batch);
      Tensor logits = network.forward(batch.inputs(), pass);
      Tensor gradient = pass.outputGradient(logits);
      double value = loss.valueAndGradient(logits, batch.targets(), gradient);
      sum += value + sgd.penalty(network.parameters());
      Tensor none = network.backward(gradient, pass);
      if (none != null) {
        throw new IllegalStateException("a pass for training gave the gradient of the input");
      }
      sgd.step(pass.gradients());
      if (step % epoch() == 0) {
        sum += Evaluation.of(network, loss, validation).loss();
      }
    }
    if (!Double.isFinite(sum)) {
      throw new IllegalStateException("the bare loop diverged");
    }
  }

  private Trainer<int[]> trainer() {
    return trainer(Sgd.of(schedule()));
  }

  private Trainer<int[]> trainer(Sgd sgd) {
    return Trainer.of(network(), loss, sgd.withL2(1))
        .withBatchSize(BATCH)
        .withSteps(steps)
        .withEvaluation("validation", validation, step -> step % epoch() == 0);
  }

  private void withListeners(boolean clipping) {
    clear(directory);
    PlateauSchedule rate = PlateauSchedule.lowest("validation loss", schedule(), 0.5, 1000);
    Trainer<int[]> trainer =
        trainer(Sgd.of(rate))
            .withCheckpoints(Checkpoints.in(directory))
            .withListeners(
                rate,
                EarlyStopping.lowest("validation loss", 1000),
                new CsvHistory(directory.resolve("history.csv")),
                ProgressLines.every(Duration.ofSeconds(1), line -> {}),
                new TimeLimit(Duration.ofHours(1)));
    if (clipping) {
      trainer = trainer.withListeners(GradientClipping.byNorm(1e6));
    }
    var ignored = trainer.fit(train, sampler());
  }

  /** As many forward passes as classify the test images, all on one batch. */
  private Runnable forward(Network network) {
    Batch<int[]> batch = test.newBatch(BATCH, DType.FLOAT32);
    test.read(new int[BATCH], batch);
    Pass pass = Pass.forInference();
    return () -> {
      for (int i = 0; i < TEST / BATCH; i++) {
        network.forward(batch.inputs(), pass);
      }
    };
  }

  private static void clear(Path directory) {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        if (!file.equals(directory)) {
          Files.delete(file);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
